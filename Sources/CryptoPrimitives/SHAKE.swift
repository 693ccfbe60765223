internal import COpenSSL

/// SHAKE128 and SHAKE256 (FIPS 202, section 6.2) by OpenSSL.
///
/// A value: a copy goes its own way. `output` leaves what was absorbed as it is, so that one can take output and absorb on; a sponge
/// that squeezes in steps asks for the offset and the count together, for OpenSSL 3.0 cannot squeeze twice.
///
/// OpenSSL's contexts lie on the heap, neither locked nor fenced, and are overwritten when they are freed (`OPENSSL_clear_free` in its
/// provider).
package struct SHAKE: Sendable {
    package enum Strength: Sendable {
        case bits128
        case bits256
    }

    private var state: State

    package init(_ strength: Strength) {
        state = State(strength)
    }

    package mutating func absorb(_ bytes: Span<UInt8>) {
        if !isKnownUniquelyReferenced(&state) { state = State(copying: state) }
        state.absorb(bytes)
    }

    package mutating func absorb(_ bytes: [UInt8]) {
        absorb(bytes.span)
    }

    package mutating func absorb(_ secret: borrowing SecretBytes) {
        secret.withBytes { absorb($0) }
    }

    /// The first `count` bytes of output over all that was absorbed.
    package func output(_ count: Int) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initializedCount in
            if count > 0 { unsafe State(copying: state).finish(into: buffer.baseAddress!, count) }
            initializedCount = count
        }
    }

    /// The same as key material, which OpenSSL writes into the arena.
    package func secretOutput(_ count: Int) -> SecretBytes {
        unsafe SecretBytes(writtenByC: count) { unsafe State(copying: state).finish(into: $0, count) }
    }

    package static func hash(_ strength: Strength, _ parts: [UInt8]..., count: Int) -> [UInt8] {
        var hasher = SHAKE(strength)
        for part in parts { hasher.absorb(part) }
        return hasher.output(count)
    }
}

extension SHAKE {
    /// `@unchecked`, for the context is a pointer: it changes only while one value alone refers to it.
    @safe
    private final class State: @unchecked Sendable {
        private let context: OpaquePointer

        init(_ strength: Strength) {
            guard let context = unsafe EVP_MD_CTX_new() else { fatalError("no memory for a hash") }
            unsafe self.context = context
            let digest = unsafe Fetched.all.digest(strength)
            let status = unsafe EVP_DigestInit_ex2(context, digest, nil)
            precondition(status == 1, "OpenSSL has SHAKE")
        }

        init(copying other: State) {
            guard let context = unsafe EVP_MD_CTX_new() else { fatalError("no memory for a hash") }
            unsafe self.context = context
            let status = unsafe EVP_MD_CTX_copy_ex(context, other.context)
            precondition(status == 1, "EVP_MD_CTX_copy_ex fails only without memory")
        }

        deinit { unsafe EVP_MD_CTX_free(context) }

        func absorb(_ bytes: Span<UInt8>) {
            let status = unsafe bytes.withUnsafeBytes { unsafe EVP_DigestUpdate(context, $0.baseAddress, $0.count) }
            precondition(status == 1, "EVP_DigestUpdate cannot fail")
        }

        /// Ends the context: nothing can be absorbed or squeezed after it.
        func finish(into output: UnsafeMutablePointer<UInt8>, _ count: Int) {
            let status = unsafe EVP_DigestFinalXOF(context, output, count)
            precondition(status == 1, "EVP_DigestFinalXOF cannot fail")
        }
    }

    /// Fetched once: to look them up takes longer than to hash a block. They live as long as the process.
    @safe
    private struct Fetched: @unchecked Sendable {
        static let all = Fetched()

        private let shake128: OpaquePointer?
        private let shake256: OpaquePointer?

        /// The system's configuration is not read: it could put other code in their place.
        private init() {
            OPENSSL_init_crypto(UInt64(OPENSSL_INIT_NO_LOAD_CONFIG), nil)
            unsafe shake128 = EVP_MD_fetch(nil, "SHAKE128", nil)
            unsafe shake256 = EVP_MD_fetch(nil, "SHAKE256", nil)
        }

        func digest(_ strength: Strength) -> OpaquePointer? {
            switch strength {
            case .bits128: unsafe shake128
            case .bits256: unsafe shake256
            }
        }
    }
}
