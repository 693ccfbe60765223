import Cedar
import CryptoPrimitives
import Synchronization

/// Compilations that were made before. A consent is compiled once for the same bytes in the same grant, and what several forbid together
/// once for the same consents: a decision should compile nothing.
package final class ConsentCache: Sendable {
    /// In bytes, by estimate. Above that all are forgotten, and made again.
    private static let capacity = 64 << 20
    /// What a compiled policy takes beside the text it comes from, with its tables.
    private static let weightOfPolicy = 6 << 10

    private struct Key: Hashable {
        let scope: ConsentScope
        let consent: Hash
    }

    private struct Known {
        var compilations: [Key: CompiledConsent] = [:]
        /// By the hashes of the compilations.
        var forbidding: [[Hash]: PolicySet] = [:]
        var size = 0

        mutating func make(room: Int) {
            if size + room > ConsentCache.capacity { self = Known() }
            size += room
        }
    }

    private let known = Mutex(Known())
    private let compiler: GrantCheck.Compile

    package init(_ compiler: @escaping GrantCheck.Compile = { ConsentCompiler.compile($0, $1) }) {
        self.compiler = compiler
    }

    package func compile(_ consent: [UInt8], _ scope: ConsentScope) -> CompiledConsent {
        let key = Key(scope: scope, consent: SHA256.hash(consent))
        if let compiled = known.withLock({ $0.compilations[key] }) { return compiled }
        let compiled = compiler(consent, scope)
        known.withLock { known in
            known.make(room: consent.count + 2 * Self.weightOfPolicy)
            known.compilations[key] = compiled
        }
        return compiled
    }

    /// The forbids of all of these.
    ///
    /// - Returns: `nil` if one stands there twice.
    func forbidding(_ consents: [CompiledConsent]) -> PolicySet? {
        guard consents.count > 1 else { return consents.first?.forbidding ?? PolicySet() }
        let hashes = consents.map(\.hash)
        if let set = known.withLock({ $0.forbidding[hashes] }) { return set }
        guard let set = PolicySet(all: consents.compactMap(\.forbid)) else { return nil }
        known.withLock { known in
            known.make(room: consents.count * Self.weightOfPolicy)
            known.forbidding[hashes] = set
        }
        return set
    }
}
