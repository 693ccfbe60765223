import CryptoPrimitives
import TestSupport
import Testing

@testable import EnvelopeEncryption

@Suite struct Recipients {
    private func opened(_ header: Header, with identity: borrowing some Identity & ~Copyable) throws -> [UInt8] {
        exposed(try Header(header.bytes).unwrap(with: identity))
    }

    @Test func `each kind of recipient unwraps what was wrapped for it`() throws {
        let fileKey = FileKey.random()
        let classical = X25519Identity.random()
        let hybrid = HybridIdentity.random()
        #expect(try opened(.wrap(fileKey, to: classical.recipient), with: classical) == exposed(fileKey))
        #expect(try opened(.wrap(fileKey, to: hybrid.recipient()), with: hybrid) == exposed(fileKey))
        #expect(try opened(.wrap(fileKey, to: quickPassphrase()), with: quickPassphrase()) == exposed(fileKey))
    }

    @Test func `each of several recipients unwraps the same key`() throws {
        let fileKey = FileKey.random()
        let first = HybridIdentity.random()
        let second = HybridIdentity.random()
        let third = HybridIdentity.random()
        let header = try Header.wrap(fileKey, to: [first.recipient(), second.recipient()])
        #expect(try opened(header, with: first) == exposed(fileKey))
        #expect(try opened(header, with: second) == exposed(fileKey))
        #expect(throws: HeaderError.noIdentityMatches) { try opened(header, with: third) }
    }

    @Test func `one seed gives one recipient`() {
        let seed = [UInt8](0..<32)
        #expect(HybridIdentity(seed: secret(seed)).recipient() == HybridIdentity(seed: secret(seed)).recipient())
        #expect(HybridIdentity(seed: secret(seed)).recipient() != HybridIdentity.random().recipient())
    }

    @Test func `wrapping twice shares nothing but the length`() throws {
        let fileKey = FileKey.random()
        let recipient = HybridIdentity.random().recipient()
        let first = try recipient.wrap(fileKey)
        let second = try recipient.wrap(fileKey)
        #expect(first.arguments != second.arguments && first.body != second.body)
    }

    @Test func `no recipients and too many are refused`() {
        let recipient = X25519Identity.random().recipient
        #expect(throws: WrapError.recipientCount) { try Header.wrap(.random(), to: [X25519Recipient]()) }
        #expect(throws: WrapError.recipientCount) { try Header.wrap(.random(), to: Array(repeating: recipient, count: 129)) }
    }

    @Test(arguments: [0, 1] as [UInt8]) func `a public key of small order is refused`(first: UInt8) throws {
        let point = [first] + [UInt8](repeating: 0, count: 31)
        let classical = X25519Recipient(try #require(X25519.PublicKey(point)))
        #expect(throws: WrapError.unusableRecipient) { try Header.wrap(.random(), to: classical) }
        let bytes = Array(HybridIdentity.random().recipient().bytes.dropLast(32)) + point
        let hybrid = try #require(HybridRecipient(bytes))
        #expect(throws: WrapError.unusableRecipient) { try Header.wrap(.random(), to: hybrid) }
    }

    @Test func `bytes that are no ML-KEM key are refused`() throws {
        let hybrid = try #require(HybridRecipient([UInt8](repeating: 0xFF, count: HybridRecipient.size)))
        #expect(throws: WrapError.unusableRecipient) { try Header.wrap(.random(), to: hybrid) }
    }

    @Test(arguments: [0, 32, 1_215, 1_217]) func `bytes of another number are no hybrid recipient`(count: Int) {
        #expect(HybridRecipient([UInt8](repeating: 1, count: count)) == nil)
    }

    @Test(arguments: [0, 15, 17, 32]) func `bytes of another number are no file key`(count: Int) {
        let isKey = FileKey(SecretBytes(zeroesOfCount: count)) != nil
        #expect(!isKey)
    }
}

/// What an identity makes of stanzas that someone else wrote.
@Suite struct ForeignStanzas {
    private func opened(_ stanzas: [Stanza], _ fileKey: borrowing FileKey, with identity: borrowing some Identity & ~Copyable)
        throws
        -> [UInt8]
    {
        exposed(try Header(Header(stanzas: stanzas, authenticatedWith: fileKey).bytes).unwrap(with: identity))
    }

    private func changed(_ stanza: Stanza, arguments: [String]? = nil, body: [UInt8]? = nil) -> Stanza {
        Stanza(type: stanza.type, arguments: arguments ?? stanza.arguments, body: body ?? stanza.body)
    }

    /// The same stanza with what must not be: arguments too few, too many, no base 64, of another length; a body longer or shorter.
    private func malformations(of stanza: Stanza, valueSize: Int) -> [Stanza] {
        let value = stanza.arguments[0]
        let others = Array(stanza.arguments.dropFirst())
        let arguments = [
            [], stanza.arguments + ["x"], [value + "="] + others, ["*" + value.dropFirst()] + others,
            [Base64.encode(content(valueSize - 1), .unpadded)] + others,
            [Base64.encode(content(valueSize + 1), .unpadded)] + others,
        ]
        let bodies = [[], content(31), content(33), stanza.body + [0], content(48)]
        return arguments.map { changed(stanza, arguments: $0) } + bodies.map { changed(stanza, body: $0) }
    }

    @Test func `unknown types are passed over, before and behind`() throws {
        let fileKey = FileKey.random()
        let grease = Stanza(type: "x25519", arguments: ["not", "ours"], body: content(7))
        let classical = X25519Identity.random()
        let hybrid = HybridIdentity.random()
        let forClassical = try classical.recipient.wrap(fileKey)
        let forHybrid = try hybrid.recipient().wrap(fileKey)
        #expect(try opened([grease, forClassical, grease], fileKey, with: classical) == exposed(fileKey))
        #expect(try opened([grease, forHybrid, grease], fileKey, with: hybrid) == exposed(fileKey))
        #expect(throws: HeaderError.noIdentityMatches) { try opened([grease], fileKey, with: quickPassphrase()) }
    }

    @Test func `a malformed X25519 stanza is refused, whoever it is for, and passed over by others`() throws {
        let fileKey = FileKey.random()
        let classical = X25519Identity.random()
        let hybrid = HybridIdentity.random()
        let stanza = try classical.recipient.wrap(fileKey)
        let forHybrid = try hybrid.recipient().wrap(fileKey)
        for malformed in malformations(of: stanza, valueSize: 32) {
            #expect(throws: HeaderError.malformed) { try opened([malformed], fileKey, with: classical) }
            #expect(throws: HeaderError.malformed) { try opened([stanza, malformed], fileKey, with: classical) }
            #expect(try opened([malformed, forHybrid], fileKey, with: hybrid) == exposed(fileKey))
        }
    }

    @Test func `a malformed hybrid stanza is refused, whoever it is for, and passed over by others`() throws {
        let fileKey = FileKey.random()
        let classical = X25519Identity.random()
        let hybrid = HybridIdentity.random()
        let stanza = try hybrid.recipient().wrap(fileKey)
        let forClassical = try classical.recipient.wrap(fileKey)
        for malformed in malformations(of: stanza, valueSize: 1_120) {
            #expect(throws: HeaderError.malformed) { try opened([malformed], fileKey, with: hybrid) }
            #expect(throws: HeaderError.malformed) { try opened([stanza, malformed], fileKey, with: hybrid) }
            #expect(try opened([malformed, forClassical], fileKey, with: classical) == exposed(fileKey))
        }
    }

    @Test func `a malformed passphrase stanza is refused`() throws {
        let fileKey = FileKey.random()
        let stanza = try quickPassphrase().wrap(fileKey)
        for malformed in malformations(of: stanza, valueSize: 16) {
            #expect(throws: HeaderError.malformed) { try opened([malformed], fileKey, with: quickPassphrase()) }
        }
        for workFactor in ["0", "04", "+4", "-4", "4x", "0x4", "4.0", "\u{664}"] {
            let malformed = changed(stanza, arguments: [stanza.arguments[0], workFactor])
            #expect(throws: HeaderError.malformed) { try opened([malformed], fileKey, with: quickPassphrase()) }
        }
    }

    @Test(arguments: ["21", "22", "63", "64", "99999999999999999999"])
    func `a work factor above the limit is refused without trying`(workFactor: String) throws {
        let fileKey = FileKey.random()
        let stanza = try quickPassphrase().wrap(fileKey)
        let costly = changed(stanza, arguments: [stanza.arguments[0], workFactor])
        #expect(throws: HeaderError.tooCostly) { try opened([costly], fileKey, with: quickPassphrase()) }
    }

    @Test func `another work factor, another salt and another passphrase find nothing`() throws {
        let fileKey = FileKey.random()
        let stanza = try quickPassphrase().wrap(fileKey)
        let harder = changed(stanza, arguments: [stanza.arguments[0], "5"])
        let salted = changed(stanza, arguments: [Base64.encode(content(16), .unpadded), "4"])
        #expect(throws: HeaderError.noIdentityMatches) { try opened([harder], fileKey, with: quickPassphrase()) }
        #expect(throws: HeaderError.noIdentityMatches) { try opened([salted], fileKey, with: quickPassphrase()) }
        #expect(throws: HeaderError.noIdentityMatches) { try opened([stanza], fileKey, with: quickPassphrase("wrong")) }
    }

    @Test func `an X25519 share of small order ends the search`() throws {
        let fileKey = FileKey.random()
        let identity = X25519Identity.random()
        let stanza = try identity.recipient.wrap(fileKey)
        let zero = changed(stanza, arguments: [Base64.encode([UInt8](repeating: 0, count: 32), .unpadded)])
        #expect(throws: HeaderError.malformed) { try opened([zero, stanza], fileKey, with: identity) }
    }
}
