package import CryptoPrimitives
package import EnvelopeEncryption
import SharingContract

/// What the 24 words yield. After enrolment it is on no device: only what follows from it and is public stays there.
package struct RecoveryKey: ~Copyable, Sendable {
    private let key: SecretBytes

    package init(_ words: borrowing RecoveryWords) {
        key = HKDF.deriveKey(from: words.seed(), info: Array("cordon/recovery/v1".utf8))
    }

    /// The compartment entry of a category, which commits to the next epoch's key and to the recovery key.
    borrowing func commitments(_ category: UInt16) -> RecoveryCommitments {
        let next = Ed25519.PrivateKey(
            seed: SubkeyDerivation.deriveKey(from: key, number: Epoch.number(category, 1), context: "cdn-sign"))
        let recovery = Ed25519.PrivateKey(
            seed: SubkeyDerivation.deriveKey(from: key, number: Epoch.number(category, 0), context: "cdn-rcvr"))
        return RecoveryCommitments(
            category: category, next: Compartment.nextCommitment(to: next.publicKey),
            recovery: Compartment.recoveryCommitment(to: recovery.publicKey))
    }

    /// Opens the backup.
    package borrowing func backupIdentity() -> HybridIdentity {
        HybridIdentity(seed: SubkeyDerivation.deriveKey(from: key, number: 0, context: "cdn-bkup"))
    }

    /// Fetches the backup.
    package borrowing func fetchKey() -> Ed25519.PrivateKey {
        Ed25519.PrivateKey(seed: SubkeyDerivation.deriveKey(from: key, number: 0, context: "cdn-bkfe"))
    }
}

/// What a compartment commits to, made at enrolment, so that the paper can go into a drawer.
package struct RecoveryCommitments: Codable, Hashable, Sendable {
    let category: UInt16
    let next: Hash
    let recovery: Hash
}

/// Categories of which the registry knows nothing yet, for which commitments are made all the same.
package enum SpareCategories {
    static let all: ClosedRange<UInt16> = 0xFF00...0xFF3F
}
