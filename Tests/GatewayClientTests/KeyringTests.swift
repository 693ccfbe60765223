import CryptoPrimitives
import EnvelopeEncryption
import TestSupport
import Testing

@testable import GatewayClient

/// What a call that must fail on local data failed with.
func problem(_ body: () throws(ClientError) -> Void) -> String? {
    do {
        try body()
        return nil
    } catch .localData(let problem) {
        return "\(problem)"
    } catch {
        return "\(error)"
    }
}

@Suite struct KeyringTests {
    private var passphrase: Passphrase { KeyFormats.passphrase("correct horse") }

    private func file(_ plaintext: [UInt8]) throws -> [UInt8] { try Envelope.seal(plaintext.span, to: passphrase) }

    private func problemOpening(_ file: [UInt8], _ passphrase: borrowing Passphrase) -> String? {
        problem { () throws(ClientError) in _ = try Keyring.open(file, with: passphrase).role }
    }

    @Test(arguments: ProfileRole.allCases) func `a keyring comes back with its role and its seed`(role: ProfileRole) throws {
        let keyring = KeyFormats.keyring("ana", role)
        let opened = try Keyring.open(keyring.sealed(under: passphrase), with: passphrase)
        let isSame = opened.seed.isEqual(to: keyring.seed)
        #expect(isSame && opened.role == role)
    }

    @Test func `another passphrase opens nothing`() throws {
        let file = try KeyFormats.keyring("ana", .patient).sealed(under: passphrase)
        #expect(problemOpening(file, KeyFormats.passphrase("correct horsf")) == "passphraseWrong")
        #expect(problemOpening(file, KeyFormats.passphrase("")) == "passphraseWrong")
    }

    @Test func `a keyring with any byte changed, cut or appended opens nothing`() throws {
        let file = try KeyFormats.keyring("ana", .patient).sealed(under: passphrase)
        var failures = Failures()
        for index in stride(from: 0, to: file.count, by: 7) {
            var changed = file
            changed[index] ^= 1
            failures.check(problemOpening(changed, passphrase) != nil, "byte \(index)")
            failures.check(problemOpening(Array(file.prefix(index)), passphrase) != nil, "cut to \(index)")
        }
        failures.check(problemOpening(file + [0], passphrase) != nil, "appended")
        #expect(failures.isEmpty, "\(failures)")
    }

    @Test func `what is sealed must be a keyring`() throws {
        let seed = [UInt8](repeating: 7, count: 32)
        let magic = Array("cordon-keyring-v1".utf8)
        #expect(problemOpening(try file(magic + [1] + seed), passphrase) == nil)
        let others = [
            magic + [0] + seed, magic + [6] + seed, magic + [1] + seed + [0], magic + [1] + seed.dropLast(),
            Array("cordon-keyring-v2".utf8) + [1] + seed, [],
        ]
        for other in others {
            #expect(problemOpening(try file(other), passphrase) == "damaged(file: \"keyring.age\")")
        }
    }

    @Test func `a keyring that would cost too much memory is not tried`() throws {
        var text = String(decoding: try file([1]), as: UTF8.self)
        let stanza = try #require(text.firstRange(of: " 4\n"))
        text.replaceSubrange(stanza, with: " 21\n")
        // The header is text; what follows it need not be kept, as the cost is looked at first.
        #expect(problemOpening(Array(text.utf8), passphrase) == "outOfMemory")
    }

    @Test func `a grant seed of another length is none`() throws {
        let identity = KeyFormats.keyring("lakeside", .clinic).actorIdentity()
        for count in [0, 31, 33] {
            let file = try Envelope.seal([UInt8](repeating: 1, count: count).span, to: identity.recipient())
            #expect(throws: OpenError.tooLarge) { _ = try GrantSeed.open(file, with: identity).releaseKey().publicKey }
        }
    }
}
