import CryptoPrimitives
import TestSupport
import Testing

@Suite(.enabled(if: Corpora.arePresent, Comment(rawValue: Corpora.comment)))
struct HashingVectors {
    struct MACGroup: Decodable {
        struct Case: Decodable {
            let tcId: Int
            let key: Hex
            let msg: Hex
            let tag: Hex
            let result: Verdict
        }
        let tagSize: Int
        let tests: [Case]
    }

    struct HKDFGroup: Decodable {
        struct Case: Decodable {
            let tcId: Int
            let ikm: Hex
            let salt: Hex
            let info: Hex
            let size: Int
            let okm: Hex
            let result: Verdict
        }
        let tests: [Case]
    }

    struct KDFCase: Decodable {
        let id: String
        let masterKey: Hex
        let context: String
        let subkeyId: String
        let outLen: Int
        let subkey: Hex

        enum CodingKeys: CodingKey { case id, masterKey, context, subkeyId, outLen, subkey }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            id = try container.decode(String.self, forKey: .id)
            masterKey = try container.decode(Hex.self, forKey: .masterKey)
            context = try container.decode(String.self, forKey: .context)
            // Numbers above 2^53 stand as strings.
            subkeyId =
                try (try? container.decode(String.self, forKey: .subkeyId))
                ?? String(container.decode(UInt64.self, forKey: .subkeyId))
            outLen = try container.decode(Int.self, forKey: .outLen)
            subkey = try container.decode(Hex.self, forKey: .subkey)
        }
    }

    @Test func `Wycheproof: HMAC-SHA-256, tags cut as the group says`() throws {
        let file: Wycheproof<MACGroup> = try Corpora.json("crypto-wycheproof/hmac_sha256_test.json")
        var failures = Failures()
        for group in file.testGroups {
            for test in group.tests {
                let code = HMAC.authenticationCode(for: test.msg.bytes, key: secret(test.key.bytes)).bytes.prefix(group.tagSize / 8)
                failures.check((Array(code) == test.tag.bytes) == (test.result == .valid), "tcId \(test.tcId)")
            }
        }
        #expect(failures.isEmpty, "\(failures)")
        #expect(failures.caseCount == file.numberOfTests)
    }

    @Test func `Wycheproof: HKDF-SHA-256`() throws {
        let file: Wycheproof<HKDFGroup> = try Corpora.json("crypto-wycheproof/hkdf_sha256_test.json")
        var failures = Failures()
        for test in file.testGroups.flatMap(\.tests) {
            guard (1...HKDF.maximumOutput).contains(test.size) else {
                failures.check(test.result == .invalid, "tcId \(test.tcId): no such size")
                continue
            }
            let key = HKDF.deriveKey(
                from: secret(test.ikm.bytes), salt: test.salt.bytes, info: test.info.bytes, count: test.size)
            failures.check((exposed(key) == test.okm.bytes) == (test.result == .valid), "tcId \(test.tcId)")
        }
        #expect(failures.isEmpty, "\(failures)")
        #expect(failures.caseCount == file.numberOfTests)
    }

    /// Of the vectors, only those with a context that the design uses a `StaticString` for can be asked; the contexts are listed.
    @Test func `libsodium: crypto_kdf`() throws {
        let file: VectorFile<KDFCase> = try Corpora.json("crypto-vectors/kdf-blake2b.json")
        var failures = Failures()
        for test in file.tests {
            guard let number = UInt64(test.subkeyId) else {
                failures.check(false, "\(test.id): number")
                continue
            }
            guard let subkey = derive(test, number) else {
                failures.check(false, "\(test.id): unknown context \(test.context)")
                continue
            }
            failures.check(subkey == test.subkey.bytes, test.id)
        }
        #expect(failures.isEmpty, "\(failures)")
    }

    private func derive(_ test: KDFCase, _ number: UInt64) -> [UInt8]? {
        let parent = secret(test.masterKey.bytes)
        func subkey(_ context: StaticString) -> [UInt8] {
            exposed(SubkeyDerivation.deriveKey(from: parent, number: number, context: context, count: test.outLen))
        }
        switch test.context {
        case "KDF test": return subkey("KDF test")
        case "cordon__": return subkey("cordon__")
        case "recordky": return subkey("recordky")
        case "grants__": return subkey("grants__")
        default: return nil
        }
    }
}

@Suite struct Hashing {
    @Test func `SHA-256 of abc is as FIPS 180-4 says, in one piece or three`() {
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        #expect(SHA256.hash(Array("abc".utf8)).description == expected)
        #expect(SHA256.hash([0x61], [], [0x62, 0x63]).description == expected)
    }

    @Test func `the empty tree hashes as RFC 6962 says`() {
        #expect(Hash.emptyTree.description == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    }

    @Test func `a label ends where it ends`() {
        var short = LabelledHasher("cordon/a")
        short.update([0x62])
        let long = LabelledHasher("cordon/ab")
        #expect(short.finalize() != long.finalize())
        #expect(Hash.labelled(.request, [1], [2]) == Hash.labelled(.request, [1, 2]))
        #expect(Hash.labelled(.request, [1]) != Hash.labelled(.release, [1]))
        #expect(Label.allCases.allSatisfy { !$0.rawValue.utf8.contains(0) })
    }

    @Test func `what is signed for one ledger means nothing on another`() throws {
        let (north, south) = (try #require(TextLine("north")), try #require(TextLine("north2")))
        #expect(Label.entry.message(origin: north, [0x32, 1]) != Label.entry.message(origin: south, [1]))
        let key = Ed25519.PrivateKey(seed: secret(Array(repeating: 7, count: 32)))
        let signature = key.sign(.entry, origin: north, [1])
        try key.publicKey.verify(signature, .entry, origin: north, [1])
        #expect(throws: Ed25519.SignatureError.self) { try key.publicKey.verify(signature, .entry, origin: south, [1]) }
        #expect(throws: Ed25519.SignatureError.self) { try key.publicKey.verify(signature, .grant, origin: north, [1]) }
    }

    @Test func `an HMAC fed in pieces equals one fed at once`() {
        let message = (0..<1_000).map { UInt8(truncatingIfNeeded: $0) }
        var hmac = HMAC(key: secret([1, 2, 3]))
        for start in stride(from: 0, to: 1_000, by: 37) { hmac.update(Array(message[start..<min(start + 37, 1_000)])) }
        #expect(hmac.finalize() == HMAC.authenticationCode(for: message, key: secret([1, 2, 3])))
    }
}
