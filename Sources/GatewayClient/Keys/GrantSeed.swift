package import CryptoPrimitives
package import EnvelopeEncryption
package import SharingContract

/// The 32 bytes that the patient draws for one grant and seals to the grantee. They are the grantee's pseudonym: the release key, which
/// makes a release happen, and the recipient, to which depositors seal.
package struct GrantSeed: ~Copyable, Sendable {
    private let seed: SecretBytes

    package static func random() -> GrantSeed {
        GrantSeed(seed: SecretBytes.random(count: 32))
    }

    private init(seed: consuming SecretBytes) {
        self.seed = seed
    }

    package borrowing func releaseKey() -> Ed25519.PrivateKey {
        Ed25519.PrivateKey(seed: SubkeyDerivation.deriveKey(from: seed, number: 0, context: "cdn-rlse"))
    }

    package borrowing func identity() -> HybridIdentity {
        HybridIdentity(seed: SubkeyDerivation.deriveKey(from: seed, number: 0, context: "cdn-gsal"))
    }

    /// An age file that the grantee opens.
    package borrowing func sealed(to grantee: HybridRecipient) throws(WrapError) -> [UInt8] {
        try seed.withBytes { bytes throws(WrapError) in try Envelope.seal(bytes, to: grantee) }
    }

    package static func open(_ file: [UInt8], with identity: borrowing HybridIdentity) throws(OpenError) -> GrantSeed {
        let seed = try Envelope.openSecret(file, with: identity)
        guard seed.count == 32 else { throw .tooLarge }
        return GrantSeed(seed: seed)
    }
}

extension RecipientKey {
    /// The same key for wrapping. `RecipientKey` has the same length, so there always is one.
    package var hybrid: HybridRecipient {
        guard let recipient = HybridRecipient(bytes) else { preconditionFailure("both are 1,216 bytes") }
        return recipient
    }
}

extension HybridRecipient {
    package var key: RecipientKey {
        guard let key = RecipientKey(bytes) else { preconditionFailure("both are 1,216 bytes") }
        return key
    }
}
