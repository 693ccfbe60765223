import CryptoPrimitives
import Foundation
import TestSupport
import Testing

@Suite(.enabled(if: Corpora.arePresent, Comment(rawValue: Corpora.comment)))
struct Ed25519Vectors {
    struct Group: Decodable {
        struct Key: Decodable { let pk: Hex }
        struct Case: Decodable {
            let tcId: Int
            let msg: Hex
            let sig: Hex
            let result: Verdict
        }
        let publicKey: Key
        let tests: [Case]
    }

    struct Signing: Decodable {
        let id: String
        let seed: Hex
        let publicKey: Hex
        let message: Hex
        let signature: Hex
    }

    @Test func `Wycheproof: valid signatures verify and the others do not`() throws {
        let file: Wycheproof<Group> = try Corpora.json("crypto-wycheproof/ed25519_test.json")
        var failures = Failures()
        for group in file.testGroups {
            let key = try #require(Ed25519.PublicKey(group.publicKey.pk.bytes))
            for test in group.tests {
                let isValid = Ed25519.Signature(test.sig.bytes).map { signature in
                    (try? key.verify(signature, of: test.msg.bytes)) != nil
                }
                failures.check((isValid ?? false) == (test.result == .valid), "tcId \(test.tcId)")
            }
        }
        #expect(failures.isEmpty, "\(failures)")
        #expect(failures.caseCount == file.numberOfTests)
    }

    @Test func `RFC 8032 and libsodium: a seed signs exactly as published`() throws {
        let rfc: VectorFile<Signing> = try Corpora.json("crypto-vectors/rfc8032-ed25519.json")
        let libsodium = try JSONDecoder().decode(
            VectorFile<Signing>.self, from: Corpora.gunzip("crypto-vectors/ed25519-sign-input.json.gz"))
        var failures = Failures()
        for test in rfc.tests + libsodium.tests {
            let key = Ed25519.PrivateKey(seed: secret(test.seed.bytes))
            let isSame = key.publicKey.bytes == test.publicKey.bytes && key.sign(test.message.bytes).bytes == test.signature.bytes
            failures.check(isSame, test.id)
        }
        #expect(failures.isEmpty, "\(failures)")
        #expect(failures.caseCount > 700)
    }
}

@Suite struct Ed25519Refusals {
    let message = Array("a record was released".utf8)

    @Test func `a signature with any bit changed is refused`() throws {
        let key = Ed25519.PrivateKey(seed: secret(Array(repeating: 7, count: 32)))
        let signature = key.sign(message)
        try key.publicKey.verify(signature, of: message)
        for bit in 0..<8 * Ed25519.Signature.count {
            var bytes = signature.bytes
            bytes[bit / 8] ^= 1 << (bit % 8)
            let changed = try #require(Ed25519.Signature(bytes))
            #expect(throws: Ed25519.SignatureError.notAuthentic) { try key.publicKey.verify(changed, of: message) }
        }
    }

    @Test func `another key, another message and a point of small order are refused`() throws {
        let key = Ed25519.PrivateKey(seed: secret(Array(repeating: 7, count: 32)))
        let other = Ed25519.PrivateKey(seed: secret(Array(repeating: 8, count: 32)))
        let signature = key.sign(message)
        let smallOrder = try #require(Ed25519.PublicKey([1] + [UInt8](repeating: 0, count: 31)))
        #expect(throws: Ed25519.SignatureError.notAuthentic) { try other.publicKey.verify(signature, of: message) }
        #expect(throws: Ed25519.SignatureError.notAuthentic) { try key.publicKey.verify(signature, of: message + [0]) }
        #expect(throws: Ed25519.SignatureError.notAuthentic) { try smallOrder.verify(signature, of: message) }
    }

    @Test(arguments: [0, 63, 65]) func `a signature of another length is none`(count: Int) {
        #expect(Ed25519.Signature([UInt8](repeating: 1, count: count)) == nil)
    }
}
