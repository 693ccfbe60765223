import CryptoPrimitives
import Synchronization

/// Compilations that were made before. A consent is compiled once for the same bytes in the same grant.
package final class ConsentCache: Sendable {
    /// Bytes of consents. Above that all are forgotten, and made again.
    private static let capacity = 4 << 20

    private struct Key: Hashable {
        let scope: ConsentScope
        let consent: Hash
    }

    private struct Known {
        var compilations: [Key: CompiledConsent] = [:]
        var size = 0
    }

    private let known = Mutex(Known())

    package init() {}

    package func compile(_ consent: [UInt8], _ scope: ConsentScope) -> CompiledConsent {
        let key = Key(scope: scope, consent: SHA256.hash(consent))
        if let compiled = known.withLock({ $0.compilations[key] }) { return compiled }
        let compiled = ConsentCompiler.compile(consent, scope)
        // A plain one weighs more than its seven bytes.
        let size = consent.count + 256
        known.withLock { known in
            if known.size + size > Self.capacity { known = Known() }
            known.compilations[key] = compiled
            known.size += size
        }
        return compiled
    }
}
