package import CryptoPrimitives

/// A gateway's two keys in a file: the member's, which signs entries and answers, and the ledger's, which signs checkpoints.
///
///     "cordon-gateway-keys-v1" || [16] salt || ChaCha20-Poly1305([32] member seed || [32] ledger seed)
///
/// The key is Argon2id of the passphrase and the salt, and the associated data everything before the ciphertext. It is no age file
/// because the gateway has no code that opens one. docs/formats.md, section 2.
package struct MemberKeys: ~Copyable, Sendable {
    package let member: Ed25519.PrivateKey
    package let ledger: Ed25519.PrivateKey
    private let seeds: SecretBytes

    private static let magic = Array("cordon-gateway-keys-v1".utf8)
    private static let headerSize = magic.count + Argon2id.saltSize
    package static let fileSize = headerSize + 64 + ChaCha20Poly1305.tagSize
    private static let passes = 3
    private static let memory = 256 << 20

    package enum OpenError: Error {
        /// Not a key file, or cut.
        case malformed
        /// Another passphrase, or a changed file.
        case notAuthentic
        /// Not enough memory to try the passphrase.
        case outOfMemory
    }

    package static func random() -> MemberKeys {
        MemberKeys(seeds: SecretBytes.random(count: 64))
    }

    /// The same member with a ledger key of its own: for a ledger that begins in place of this one.
    package borrowing func withNewLedgerKey() -> MemberKeys {
        let fresh = SecretBytes.random(count: 32)
        let joined = SecretBytes(count: 64) { (span: inout MutableSpan<UInt8>) in
            seeds.withBytes { seeds in
                fresh.withBytes { fresh in
                    for index in 0..<32 {
                        span[index] = seeds[index]
                        span[32 + index] = fresh[index]
                    }
                }
            }
        }
        return MemberKeys(seeds: joined)
    }

    private init(seeds: consuming SecretBytes) {
        member = seeds.withBytes { Ed25519.PrivateKey(seed: SecretBytes(copying: $0.extracting(0..<32))) }
        ledger = seeds.withBytes { Ed25519.PrivateKey(seed: SecretBytes(copying: $0.extracting(32..<64))) }
        self.seeds = seeds
    }

    package init(opening file: [UInt8], passphrase: borrowing SecretBytes) throws(OpenError) {
        guard file.count == Self.fileSize, file.starts(with: Self.magic) else { throw .malformed }
        let header = Array(file.prefix(Self.headerSize))
        let key = try Self.key(passphrase, salt: Array(header.suffix(Argon2id.saltSize)))
        do {
            let ciphertext = Array(file.suffix(from: Self.headerSize))
            let seeds = try ChaCha20Poly1305.openSecret(
                ciphertext.span, key: key, nonce: .init(repeating: 0), associatedData: header.span)
            self.init(seeds: seeds)
        } catch {
            throw .notAuthentic
        }
    }

    package borrowing func sealed(passphrase: borrowing SecretBytes) throws(OpenError) -> [UInt8] {
        let salt = Random.bytes(Argon2id.saltSize)
        let header = Self.magic + salt
        let key = try Self.key(passphrase, salt: salt)
        // The salt makes every key new, so that the nonce may stay the same.
        let ciphertext = seeds.withBytes {
            ChaCha20Poly1305.seal($0, key: key, nonce: .init(repeating: 0), associatedData: header.span)
        }
        return header + ciphertext
    }

    private static func key(_ passphrase: borrowing SecretBytes, salt: [UInt8]) throws(OpenError) -> SecretBytes {
        do {
            return try Argon2id.deriveKey(passphrase: passphrase, salt: salt, passes: passes, memory: memory)
        } catch {
            throw .outOfMemory
        }
    }
}
