import CSodium
import Crypto
import CryptoPrimitives
import EnvelopeEncryption
import Foundation

/// A small record for one recipient, sealed and opened. What the peer does has no file key, no header and no stream: the one
/// public-key operation that nothing can do without.
enum SealingContests {
    private static let message = Random.bytes(1_024)
    private static let repetitions = 400

    static func all() throws -> [Contest] {
        precondition(sodium_init() >= 0, "libsodium starts")
        return try classical() + hybrid()
    }

    static var libraryVersion: String { "libsodium \(unsafe String(cString: sodium_version_string()))" }

    private static func classical() throws -> [Contest] {
        let key = CryptoBox()
        let identity = X25519Identity.random()
        let recipient = identity.recipient
        let file = try Envelope.seal(message.span, to: recipient)
        let box = key.seal(message)
        // Boxed, because a closure that outlives this call cannot hold the identity itself.
        let holder = Holder(identity)
        return [
            contest("seal 1 KiB to an X25519 recipient", "libsodium crypto_box_seal") {
                _ = try Envelope.seal(message.span, to: recipient)
            } theirs: {
                _ = key.seal(message)
            },
            contest("open 1 KiB with an X25519 identity", "libsodium crypto_box_seal_open") {
                guard try Envelope.open(file, with: holder.identity) == message else { throw SealingError.wrongContent }
            } theirs: {
                guard key.open(box) == message else { throw SealingError.wrongContent }
            },
        ]
    }

    private static func hybrid() throws -> [Contest] {
        let suite = HPKE.Ciphersuite(kem: .XWingMLKEM768X25519, kdf: .HKDF_SHA256, aead: .chaChaPoly)
        let key = try XWingMLKEM768X25519.PrivateKey.generate()
        let publicKey = key.publicKey
        let identity = HybridIdentity.random()
        let recipient = identity.recipient()
        let file = try Envelope.seal(message.span, to: recipient)
        let holder = Holder(identity)
        var sender = try HPKE.Sender(recipientKey: publicKey, ciphersuite: suite, info: Data())
        let (encapsulatedKey, box) = (sender.encapsulatedKey, try sender.seal(message))
        return [
            contest("seal 1 KiB to a hybrid recipient", "swift-crypto HPKE X-Wing seal") {
                _ = try Envelope.seal(message.span, to: recipient)
            } theirs: {
                var sender = try HPKE.Sender(recipientKey: publicKey, ciphersuite: suite, info: Data())
                _ = try sender.seal(message)
            },
            contest("open 1 KiB with a hybrid identity", "swift-crypto HPKE X-Wing open") {
                guard try Envelope.open(file, with: holder.identity) == message else { throw SealingError.wrongContent }
            } theirs: {
                var opener = try HPKE.Recipient(
                    privateKey: key, ciphersuite: suite, info: Data(), encapsulatedKey: encapsulatedKey)
                guard try opener.open(box).elementsEqual(message) else { throw SealingError.wrongContent }
            },
        ]
    }

    private static func contest(
        _ title: String, _ peer: String, ours: @escaping () throws -> Void, theirs: @escaping () throws -> Void
    ) -> Contest {
        Contest(
            title: title, peer: peer, ours: { try ThreadClock.measure(repetitions, ours) },
            theirs: { try ThreadClock.measure(repetitions, theirs) })
    }
}

enum SealingError: Error {
    /// What came out is not what went in: then no time means anything.
    case wrongContent
}

private final class Holder<Value: ~Copyable> {
    let identity: Value

    init(_ identity: consuming Value) {
        self.identity = identity
    }
}

/// The peer's key pair, as libsodium has it.
private struct CryptoBox {
    private var publicKey = [UInt8](repeating: 0, count: crypto_box_publickeybytes())
    private var privateKey = [UInt8](repeating: 0, count: crypto_box_secretkeybytes())

    init() {
        let status = unsafe crypto_box_keypair(&publicKey, &privateKey)
        precondition(status == 0, "crypto_box_keypair cannot fail")
    }

    func seal(_ message: [UInt8]) -> [UInt8] {
        var box = [UInt8](repeating: 0, count: message.count + crypto_box_sealbytes())
        let status = unsafe crypto_box_seal(&box, message, UInt64(message.count), publicKey)
        precondition(status == 0, "crypto_box_seal cannot fail")
        return box
    }

    func open(_ box: [UInt8]) -> [UInt8]? {
        var message = [UInt8](repeating: 0, count: box.count - crypto_box_sealbytes())
        let status = unsafe crypto_box_seal_open(&message, box, UInt64(box.count), publicKey, privateKey)
        return status == 0 ? message : nil
    }
}
