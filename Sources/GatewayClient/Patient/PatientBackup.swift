import CryptoPrimitives
import EnvelopeEncryption

/// What the 24 words bring back: a patient's seed and state, each in an age file of its own.
///
///     b32 sealed seed || b32 sealed state
struct PatientBackup: ~Copyable {
    let seed: SecretBytes
    let state: PatientState

    init(opening backup: [UInt8], with identity: borrowing HybridIdentity) throws(ClientError) {
        var reader = CanonicalReader(backup)
        do {
            let sealedSeed = try reader.string(length: UInt32.self, atMost: backup.count)
            let sealedState = try reader.string(length: UInt32.self, atMost: backup.count)
            try reader.expectEnd()
            let seed = try Envelope.openSecret(sealedSeed, with: identity)
            let bytes = try Envelope.open(sealedState, with: identity)
            guard seed.count == 32, let state = ProfileState.decoded(PatientState.self, from: bytes) else {
                throw ClientError.localData(.notA(kind: "backup"))
            }
            self.seed = seed
            self.state = state
        } catch {
            throw .localData(.notA(kind: "backup"))
        }
    }

    borrowing func keyring() -> Keyring { Keyring(role: .patient, seed: seed.duplicate()) }
}
