import CryptoPrimitives
import TestSupport
import Testing

private func nonce(_ bytes: [UInt8]) -> ChaCha20Poly1305.Nonce? {
    guard bytes.count == 12 else { return nil }
    return ChaCha20Poly1305.Nonce { bytes[$0] }
}

private func open(_ sealed: [UInt8], key: borrowing SecretBytes, nonce: ChaCha20Poly1305.Nonce, data: [UInt8]) -> [UInt8]? {
    guard let plaintext = try? ChaCha20Poly1305.openSecret(sealed.span, key: key, nonce: nonce, associatedData: data.span)
    else { return nil }
    return exposed(plaintext)
}

@Suite(.enabled(if: Corpora.arePresent, Comment(rawValue: Corpora.comment)))
struct ChaCha20Poly1305Vectors {
    struct Group: Decodable {
        struct Case: Decodable {
            let tcId: Int
            let key: Hex
            let iv: Hex
            let aad: Hex
            let msg: Hex
            let ct: Hex
            let tag: Hex
            let result: Verdict
        }
        let tests: [Case]
    }

    @Test func `Wycheproof: valid messages seal and open to the byte, the others do not open`() throws {
        let file: Wycheproof<Group> = try Corpora.json("crypto-wycheproof/chacha20_poly1305_test.json")
        var failures = Failures()
        for test in file.testGroups.flatMap(\.tests) {
            guard let nonce = nonce(test.iv.bytes) else {
                failures.check(test.result == .invalid, "tcId \(test.tcId): the type has no room for this nonce")
                continue
            }
            let key = secret(test.key.bytes)
            let sealed = test.ct.bytes + test.tag.bytes
            let opened = open(sealed, key: key, nonce: nonce, data: test.aad.bytes)
            if test.result == .valid {
                let resealed = ChaCha20Poly1305.seal(
                    test.msg.bytes.span, key: key, nonce: nonce, associatedData: test.aad.bytes.span)
                failures.check(opened == test.msg.bytes && resealed == sealed, "tcId \(test.tcId)")
            } else {
                failures.check(opened == nil, "tcId \(test.tcId)")
            }
        }
        #expect(failures.isEmpty, "\(failures)")
        #expect(failures.caseCount == file.numberOfTests)
    }
}

@Suite struct ChaCha20Poly1305Refusals {
    @Test func `every flipped bit, cut, key, nonce and associated data is refused`() throws {
        let key = secret(Array(0..<32))
        let nonce = ChaCha20Poly1305.Nonce(repeating: 9)
        let data = Array("header".utf8)
        let plaintext = Array("glucose 5.4 mmol/L".utf8)
        let sealed = ChaCha20Poly1305.seal(plaintext.span, key: key, nonce: nonce, associatedData: data.span)
        #expect(open(sealed, key: key, nonce: nonce, data: data) == plaintext)
        for bit in 0..<8 * sealed.count {
            var changed = sealed
            changed[bit / 8] ^= 1 << (bit % 8)
            #expect(open(changed, key: key, nonce: nonce, data: data) == nil)
        }
        for count in 0..<sealed.count {
            #expect(open(Array(sealed.prefix(count)), key: key, nonce: nonce, data: data) == nil)
        }
        #expect(open(sealed, key: secret(Array(1...32)), nonce: nonce, data: data) == nil)
        #expect(open(sealed, key: key, nonce: .init(repeating: 8), data: data) == nil)
        #expect(open(sealed, key: key, nonce: nonce, data: []) == nil)
    }
}
