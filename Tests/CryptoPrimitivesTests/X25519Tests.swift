import CryptoPrimitives
import TestSupport
import Testing

@Suite(.enabled(if: Corpora.arePresent, Comment(rawValue: Corpora.comment)))
struct X25519Vectors {
    struct Group: Decodable {
        struct Case: Decodable {
            let tcId: Int
            let flags: [String]
            let `public`: Hex
            let `private`: Hex
            let shared: Hex
            let result: Verdict
        }
        let tests: [Case]
    }

    /// Points of small order are "acceptable" to Wycheproof and refused here, as age demands.
    @Test func `Wycheproof: the shared secret is right, and never all zero`() throws {
        let file: Wycheproof<Group> = try Corpora.json("crypto-wycheproof/x25519_test.json")
        var failures = Failures()
        for test in file.testGroups.flatMap(\.tests) {
            let key = X25519.PrivateKey(secret(test.private.bytes))
            let other = try #require(X25519.PublicKey(test.public.bytes))
            let shared = exposed(ifMade: { try key.sharedSecret(with: other) })
            let isZero = test.shared.bytes.allSatisfy { $0 == 0 }
            let isRight = isZero || test.result == .invalid ? shared == nil : shared == test.shared.bytes
            failures.check(isRight, "tcId \(test.tcId)")
        }
        #expect(failures.isEmpty, "\(failures)")
        #expect(failures.caseCount == file.numberOfTests)
    }
}

@Suite struct X25519Agreement {
    @Test func `both sides agree`() throws {
        let here = X25519.PrivateKey.random()
        let there = X25519.PrivateKey.random()
        let isSame = try here.sharedSecret(with: there.publicKey).isEqual(to: there.sharedSecret(with: here.publicKey))
        #expect(isSame)
    }

    @Test(arguments: [0, 1] as [UInt8]) func `a point of small order is refused`(first: UInt8) throws {
        let point = try #require(X25519.PublicKey([first] + [UInt8](repeating: 0, count: 31)))
        #expect(throws: X25519.AgreementError.smallOrderPoint) {
            _ = try X25519.PrivateKey.random().sharedSecret(with: point).count
        }
    }
}
