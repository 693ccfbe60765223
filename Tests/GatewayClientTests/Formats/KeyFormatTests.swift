import CryptoPrimitives
import EnvelopeEncryption
import GatewayAPI
import SharingContract
import TestSupport
import Testing

@testable import GatewayClient

/// The examples that docs/formats.md names in section 2.
@Suite struct KeyFormats {
    private static let file = FormatFile("keys.json")
    private static let phrase = "correct horse battery staple"

    @Test func `keys, words and key files are as the document says`() throws {
        let difference = try Self.file.difference(from: [
            ("patient", try patient()), ("clinic", clinic()), ("recovery", recovery()), ("grant seed", try grantSeed()),
            ("keyring", try keyring()), ("gateway keys", try gatewayKeys()),
        ])
        #expect(difference == nil)
    }

    static func keyring(_ name: String, _ role: ProfileRole) -> Keyring {
        Keyring(role: role, seed: secret(name))
    }

    /// 32 bytes that are the same in every run.
    static func secret(_ name: String) -> SecretBytes {
        SecretBytes(copying: SHA256.hash(Array(name.utf8)).bytes.span)
    }

    static func passphrase(_ text: String = phrase, workFactor: Int = 4) -> Passphrase {
        Passphrase(SecretBytes(copying: Array(text.utf8).span), workFactor: workFactor)
    }

    private func shown(_ key: borrowing Ed25519.PrivateKey) -> Shown { key.publicKey.shown }
    private func shown(_ identity: borrowing HybridIdentity) -> Shown { identity.recipient().bytes.shown }

    private func patient() throws -> Shown {
        let keyring = Self.keyring("ana", .patient)
        let categories: [UInt16] = [1, 3, 10]
        return fields([
            "seed": SHA256.hash(Array("ana".utf8)),
            "compartments": categories.map {
                fields([
                    "category": $0, "signing key": shown(keyring.compartmentKey($0)),
                    "identity": shown(keyring.compartmentIdentity($0)),
                ])
            },
            "control keys": [0, 1, 255].map { (number: UInt64) in
                fields(["number": number, "key": shown(keyring.controlKey(number))])
            },
            "inbox key": shown(keyring.inboxKey()), "inbox identity": shown(keyring.inboxIdentity()),
            "state identity": shown(keyring.stateIdentity()),
        ])
    }

    private func clinic() -> Shown {
        let keyring = Self.keyring("hillside", .clinic)
        return fields([
            "seed": SHA256.hash(Array("hillside".utf8)), "signing key": shown(keyring.actorKey()),
            "identity": shown(keyring.actorIdentity()), "state identity": shown(keyring.stateIdentity()),
        ])
    }

    static func words() -> RecoveryWords { RecoveryWords(entropy: secret("ana's paper")) }

    private func recovery() -> Shown {
        let words = Self.words()
        var sentence: [String] = []
        words.forEachWord { sentence.append($1) }
        let recovery = RecoveryKey(words)
        return fields([
            "entropy": SHA256.hash(Array("ana's paper".utf8)), "words": sentence.joined(separator: " "),
            "compartments": ([1, 3, 0xFF3F] as [UInt16]).map {
                let commitments = recovery.commitments($0)
                return fields(["category": $0, "next": commitments.next, "recovery": commitments.recovery])
            },
            "backup identity": shown(recovery.backupIdentity()), "backup fetching key": shown(recovery.fetchKey()),
        ])
    }

    private func grantSeed() throws -> Shown {
        let reader = Self.keyring("lakeside", .clinic)
        let seed = Self.secret("grant seed")
        let sealed = try Self.file.once("grant seed", "sealed") {
            try seed.withBytes { bytes throws(WrapError) in try Envelope.seal(bytes, to: reader.actorIdentity().recipient()) }
        }
        let grant = try GrantSeed.open(sealed, with: reader.actorIdentity())
        return fields([
            "seed": SHA256.hash(Array("grant seed".utf8)), "release key": shown(grant.releaseKey()),
            "identity": shown(grant.identity()), "grantee's seed": SHA256.hash(Array("lakeside".utf8)), "sealed": sealed,
        ])
    }

    private func keyring() throws -> Shown {
        let file = try Self.file.once("keyring", "file") {
            try Self.keyring("ana", .patient).sealed(under: Self.passphrase(workFactor: 10))
        }
        let keyring = try Keyring.open(file, with: Self.passphrase())
        let isSame = keyring.seed.isEqual(to: Self.secret("ana"))
        #expect(isSame)
        return fields([
            "passphrase": Self.phrase, "role": keyring.role.rawValue, "seed": SHA256.hash(Array("ana".utf8)), "file": file,
        ])
    }

    private func gatewayKeys() throws -> Shown {
        let passphrase = SecretBytes(copying: Array(Self.phrase.utf8).span)
        let file = try Self.file.once("gateway keys", "file") { try MemberKeys.random().sealed(passphrase: passphrase) }
        let keys = try MemberKeys(opening: file, passphrase: passphrase)
        return fields([
            "passphrase": Self.phrase, "member key": keys.member.publicKey, "ledger key": keys.ledger.publicKey, "file": file,
        ])
    }
}
