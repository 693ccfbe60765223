internal import Crypto
internal import CryptoPrimitives
internal import FoundationEssentials

/// HPKE base mode by swift-crypto, as the age specification fixes it for `mlkem768x25519`: KEM MLKEM768-X25519 (X-Wing), KDF
/// HKDF-SHA256, AEAD ChaCha20Poly1305, info "age-encryption.org/mlkem768x25519", no associated data.
///
/// The one file of this module that says `unsafe`: swift-crypto takes `DataProtocol`, which a `Span` is not and a raw buffer pointer
/// is, and a `Data` made for it would be a copy of a key that nothing wipes. No pointer outlives its closure.
///
/// What does not stay in the arena: swift-crypto expands the seed into an object of its own and derives shared secrets on the heap,
/// and frees some of that unwiped. It hands the file key out as `Data`, which is wiped below where it lies; a copy it may have made on
/// the way is out of reach.
enum HybridEncryption {
    struct Wrap {
        let encapsulatedKey: [UInt8]
        let body: [UInt8]
    }

    /// The ML-KEM-768 ciphertext, then the X25519 share.
    static let encapsulatedKeySize = 1_088 + 32

    private static let suite = HPKE.Ciphersuite(kem: .XWingMLKEM768X25519, kdf: .HKDF_SHA256, aead: .chaChaPoly)
    private static let info = Data("age-encryption.org/mlkem768x25519".utf8)

    static func wrap(_ fileKey: borrowing FileKey, to recipient: HybridRecipient) throws(WrapError) -> Wrap {
        do {
            let key = try XWingMLKEM768X25519.PublicKey(rawRepresentation: recipient.bytes)
            var sender = try HPKE.Sender(recipientKey: key, ciphersuite: suite, info: info)
            let body = try fileKey.withBytes { bytes in
                try unsafe bytes.withUnsafeBytes { try unsafe sender.seal($0) }
            }
            return Wrap(encapsulatedKey: Array(sender.encapsulatedKey), body: Array(body))
        } catch {
            // Sealing 16 bytes cannot fail, so encapsulation did: swift-crypto looks at the key no sooner.
            throw .unusableRecipient
        }
    }

    static func unwrapFirst(of wraps: [Wrap], with seed: borrowing SecretBytes) throws(HeaderError) -> FileKey? {
        guard !wraps.isEmpty else { return nil }
        let key = privateKey(of: seed)
        for wrap in wraps {
            if let fileKey = try unwrap(wrap, with: key) { return fileKey }
        }
        return nil
    }

    static func recipient(of seed: borrowing SecretBytes) -> HybridRecipient {
        guard let recipient = HybridRecipient(Array(privateKey(of: seed).publicKey.rawRepresentation)) else {
            preconditionFailure("an X-Wing public key is 1,216 bytes")
        }
        return recipient
    }

    private static func unwrap(_ wrap: Wrap, with key: XWingMLKEM768X25519.PrivateKey) throws(HeaderError) -> FileKey? {
        guard
            var recipient = try? HPKE.Recipient(
                privateKey: key, ciphersuite: suite, info: info, encapsulatedKey: Data(wrap.encapsulatedKey))
        else {
            // ML-KEM rejects implicitly, so what failed is the X25519 part: a share of small order.
            throw .malformed
        }
        guard var bytes = try? recipient.open(wrap.body) else { return nil }
        defer { bytes.resetBytes(in: bytes.indices) }
        return FileKey(SecretBytes(copying: bytes.span))
    }

    private static func privateKey(of seed: borrowing SecretBytes) -> XWingMLKEM768X25519.PrivateKey {
        let key = seed.withBytes { seed in
            unsafe seed.withUnsafeBytes { try? unsafe XWingMLKEM768X25519.PrivateKey(seedRepresentation: $0, publicKey: nil) }
        }
        guard let key else { preconditionFailure("32 bytes are an X-Wing seed") }
        return key
    }
}
