internal import CSodium

enum Sodium {
    /// Prepares libsodium. Safe to call from any thread, any number of times; everything that calls the library calls this first.
    static func initialize() {
        _ = once
    }

    /// libsodium cannot go on without a source of randomness, and neither can we.
    private static let once: Void = {
        guard sodium_init() >= 0 else { fatalError("libsodium found no source of randomness") }
    }()
}
