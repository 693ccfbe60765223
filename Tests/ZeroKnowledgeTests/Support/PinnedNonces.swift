import CryptoPrimitives
import ZeroKnowledge

/// The pinned generator of the drafts' test vectors: a sponge that squeezes `Ns` + 16 bytes for each number. Never for a real proof.
struct PinnedNonces<Secrets: SecretVector>: NonceSource {
    private var sponge: Transcript

    init(_ name: String) {
        sponge = Transcript(sessionID: Transcript.sessionID(tag: Array("TestDRNG-SIGMA-PROOFS-\(name)".utf8)))
    }

    mutating func nonces(_ count: Int) -> Secrets {
        let bytes = sponge.squeeze(count * (Secrets.Scalar.size + 16))
        return Secrets(squeezed: SecretBytes(copying: bytes.span))
    }
}
