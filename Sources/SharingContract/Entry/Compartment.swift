package import CryptoPrimitives

/// One patient's records of one category, under a key of their own. Nothing here says whose or which.
package struct Compartment: Hashable, Sendable {
    package let key: Ed25519.PublicKey
    /// H(cordon/compartment-next/v1; the key of the next epoch).
    package let next: Hash
    /// H(cordon/compartment-recovery/v1; the recovery public key).
    package let recovery: Hash
    /// The compartment this one takes over from, which had committed to this key.
    package let predecessor: Ed25519.PublicKey?

    package init(key: Ed25519.PublicKey, next: Hash, recovery: Hash, predecessor: Ed25519.PublicKey? = nil) {
        self.key = key
        self.next = next
        self.recovery = recovery
        self.predecessor = predecessor
    }

    package static func nextCommitment(to key: Ed25519.PublicKey) -> Hash {
        .labelled(.compartmentNext, key.bytes)
    }

    package static func recoveryCommitment(to key: Ed25519.PublicKey) -> Hash {
        .labelled(.compartmentRecovery, key.bytes)
    }

    init(from reader: inout CanonicalReader) throws(FormatError) {
        key = try reader.value()
        next = try reader.value()
        recovery = try reader.value()
        predecessor = try reader.optional { reader throws(FormatError) in try reader.value() }
    }

    func encode(to writer: inout CanonicalWriter) {
        writer.value(key)
        writer.value(next)
        writer.value(recovery)
        writer.optional(predecessor) { $0.value($1) }
    }
}
