package import CryptoPrimitives
package import EnvelopeEncryption

/// The one secret of a profile, from which its other keys follow. docs/formats.md, section 2.
///
/// At rest it is an age file under the passphrase: "cordon-keyring-v1" || u8 role || [32] seed.
package struct Keyring: ~Copyable, Sendable {
    package let role: ProfileRole
    let seed: SecretBytes

    private static let magic = Array("cordon-keyring-v1".utf8)
    private static let size = magic.count + 1 + 32

    package init(role: ProfileRole, seed: consuming SecretBytes) {
        precondition(seed.count == 32, "a seed is 32 bytes")
        self.role = role
        self.seed = seed
    }

    package static func random(_ role: ProfileRole) -> Keyring {
        Keyring(role: role, seed: SecretBytes.random(count: 32))
    }

    package borrowing func sealed(under passphrase: borrowing Passphrase) throws(ClientError) -> [UInt8] {
        let plaintext = plaintext()
        do {
            return try plaintext.withBytes { bytes throws(WrapError) in try Envelope.seal(bytes, to: passphrase) }
        } catch {
            throw .localData(.outOfMemory)
        }
    }

    package static func open(_ file: [UInt8], with passphrase: borrowing Passphrase) throws(ClientError) -> Keyring {
        let plaintext: SecretBytes
        do {
            plaintext = try Envelope.openSecret(file, with: passphrase)
        } catch .header(.noIdentityMatches) {
            throw .localData(.passphraseWrong)
        } catch .header(.tooCostly) {
            throw .localData(.outOfMemory)
        } catch {
            throw .localData(.damaged(file: "keyring.age"))
        }
        return try Keyring(plaintext: plaintext)
    }
}

// What is sealed under the passphrase.
extension Keyring {
    init(plaintext: borrowing SecretBytes) throws(ClientError) {
        let (magic, size) = (Self.magic, Self.size)
        let role = plaintext.withBytes { bytes -> ProfileRole? in
            guard bytes.count == size, magic.indices.allSatisfy({ bytes[$0] == magic[$0] }) else { return nil }
            return ProfileRole(rawValue: bytes[magic.count])
        }
        guard let role else { throw .localData(.damaged(file: "keyring.age")) }
        self.init(role: role, seed: plaintext.withBytes { SecretBytes(copying: $0.extracting((magic.count + 1)..<size)) })
    }

    borrowing func plaintext() -> SecretBytes {
        let (magic, role) = (Self.magic, role)
        return seed.withBytes { seed in
            SecretBytes(count: Self.size) { span in
                for (index, byte) in magic.enumerated() { span[index] = byte }
                span[magic.count] = role.rawValue
                for index in seed.indices { span[magic.count + 1 + index] = seed[index] }
            }
        }
    }
}

extension Keyring {
    borrowing func signingKey(_ number: UInt64, _ context: StaticString) -> Ed25519.PrivateKey {
        Ed25519.PrivateKey(seed: SubkeyDerivation.deriveKey(from: seed, number: number, context: context))
    }

    borrowing func identity(_ number: UInt64, _ context: StaticString) -> HybridIdentity {
        HybridIdentity(seed: SubkeyDerivation.deriveKey(from: seed, number: number, context: context))
    }

    /// Seals the profile's own state at rest.
    package borrowing func stateIdentity() -> HybridIdentity { identity(0, "cdn-stat") }

    // A clinic's, auditor's or desk's.
    package borrowing func actorKey() -> Ed25519.PrivateKey { signingKey(0, "cdn-sign") }
    package borrowing func actorIdentity() -> HybridIdentity { identity(0, "cdn-seal") }

    // A patient's. Epoch 0; later epochs follow from the recovery key.
    package borrowing func compartmentKey(_ category: UInt16) -> Ed25519.PrivateKey {
        signingKey(Epoch.number(category, 0), "cdn-sign")
    }
    package borrowing func compartmentIdentity(_ category: UInt16) -> HybridIdentity {
        identity(Epoch.number(category, 0), "cdn-seal")
    }
    /// Signs one grant and its revocation. The number is never used again.
    package borrowing func controlKey(_ grant: UInt64) -> Ed25519.PrivateKey { signingKey(grant, "cdn-ctrl") }
    package borrowing func inboxKey() -> Ed25519.PrivateKey { signingKey(0, "cdn-inbx") }
    package borrowing func inboxIdentity() -> HybridIdentity { identity(0, "cdn-inbs") }
}

/// How category and epoch make a number for key derivation: category in the upper 16 bits, epoch in the next 32, 16 zero bits.
enum Epoch {
    static func number(_ category: UInt16, _ epoch: UInt32) -> UInt64 {
        UInt64(category) << 48 | UInt64(epoch) << 16
    }
}
