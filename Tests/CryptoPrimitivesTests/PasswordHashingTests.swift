import CryptoPrimitives
import TestSupport
import Testing

@Suite(.enabled(if: Corpora.arePresent, Comment(rawValue: Corpora.comment)))
struct PasswordHashingVectors {
    struct Argon2idCase: Decodable {
        let id: String
        let password: Hex
        let salt: Hex
        let opslimit: Int
        let memlimitBytes: Int
        let output: Hex?
    }

    struct PBKDF2Group: Decodable {
        struct Case: Decodable {
            let tcId: Int
            let password: Hex
            let salt: Hex
            let iterationCount: Int
            let dkLen: Int
            let dk: Hex
            let result: Verdict
        }
        let tests: [Case]
    }

    @Test func `libsodium: Argon2id, and the calls that must fail`() throws {
        let file: VectorFile<Argon2idCase> = try Corpora.json("crypto-vectors/argon2id.json")
        var failures = Failures()
        for test in file.tests {
            let output = exposed(ifMade: {
                try Argon2id.deriveKey(
                    passphrase: secret(test.password.bytes), salt: test.salt.bytes, passes: test.opslimit,
                    memory: test.memlimitBytes, count: test.output?.bytes.count ?? 32)
            })
            failures.check(output == test.output?.bytes, test.id)
        }
        #expect(failures.isEmpty, "\(failures)")
    }

    @Test func `Wycheproof: PBKDF2-HMAC-SHA-512`() throws {
        let file: Wycheproof<PBKDF2Group> = try Corpora.json("crypto-wycheproof/pbkdf2_hmacsha512_test.json")
        var failures = Failures()
        for test in file.testGroups.flatMap(\.tests) {
            let key = PBKDF2.deriveKey(
                passphrase: secret(test.password.bytes), salt: test.salt.bytes, iterations: test.iterationCount, count: test.dkLen)
            failures.check((exposed(key) == test.dk.bytes) == (test.result == .valid), "tcId \(test.tcId)")
        }
        #expect(failures.isEmpty, "\(failures)")
        #expect(failures.caseCount == file.numberOfTests)
    }
}

@Suite struct PasswordHashing {
    /// RFC 7914, section 12, the vector with r = 8 and p = 1: N = 16384, 64 bytes of output, of which ours are the first 32.
    @Test func `scrypt is as RFC 7914 says`() throws {
        let key = try Scrypt.deriveKey(
            passphrase: secret(Array("pleaseletmein".utf8)), salt: Array("SodiumChloride".utf8), workFactor: 14)
        #expect(Hexadecimal.encode(exposed(key)) == "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2")
    }

    @Test(arguments: [0, 31, -1]) func `a work factor out of range is refused`(workFactor: Int) {
        #expect(throws: PasswordHashingError.invalidParameters) {
            _ = try Scrypt.deriveKey(passphrase: secret([1]), salt: [], workFactor: workFactor).count
        }
    }
}
