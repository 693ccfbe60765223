package import CryptoPrimitives

/// Nonces out of a fresh seed, the witness and all that the challenge will depend on:
///
///     SHAKE256("cordon/zk/nonces/v1" || 0x00 || seed (32) || VarLen(secret) || VarLen(binding) || LE32(call))
///
/// with `Ns` + 16 bytes for each nonce. A seed that repeats gives the same nonces for the same proof alone; a seed that somebody knows
/// gives them to nobody who does not know the secret too.
package struct HedgedNonces<Secrets: SecretVector>: NonceSource {
    private let hash: SHAKE
    private var calls: UInt32 = 0

    /// `binding` must hold everything that the challenge depends on but for the commitment: tag and statement.
    package init(seed: borrowing SecretBytes, secret: borrowing SecretBytes, binding: [UInt8]) {
        precondition(seed.count == 32, "a seed has 32 bytes")
        var hash = SHAKE(.bits256)
        hash.absorb(Array("cordon/zk/nonces/v1".utf8) + [0])
        hash.absorb(seed)
        hash.absorb(Codec.integer(UInt32(secret.count)))
        hash.absorb(secret)
        hash.absorb(Codec.variableLength(binding))
        self.hash = hash
    }

    package mutating func nonces(_ count: Int) -> Secrets {
        var hash = hash
        hash.absorb(Codec.integer(calls))
        calls += 1
        return Secrets(squeezed: hash.secretOutput(count * (Secrets.Scalar.size + 16)))
    }
}
