import CryptoPrimitives
import Foundation
import Testing

@testable import EnvelopeEncryption

/// Debian's stock age and, where it wants a terminal, a helper that lends it one.
private enum Stock {
    static let age = Tool("age")
    static let keygen = Tool("age-keygen")
    static let python = Tool("python3")
    static let isThere = age != nil && keygen != nil
    static let hasTerminal = isThere && python != nil

    private static let helper = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appending(path: "Support/passphrase.py").path

    static func run(_ arguments: [String], input: [UInt8]) throws -> [UInt8] {
        try #require(age).run(arguments, input: input)
    }

    static func run(_ arguments: [String], passphrase: String, input: [UInt8]) throws -> [UInt8] {
        try Folder.temporary { folder in
            try folder.write(input, to: "in")
            let command = [helper, passphrase, try #require(age).url.path]
            _ = try #require(python).run(command + arguments + ["-o", folder.path("out"), folder.path("in")])
            // It makes no file for content of no bytes.
            return (try? folder.read("out")) ?? []
        }
    }
}

@Suite(.enabled(if: Stock.isThere, "age is not on PATH"))
struct Interoperation {
    static let sizes = [0, 1, 65_535, 65_536, 65_537, 3_000_017]

    @Test(arguments: sizes, [false, true]) func `stock age opens what we seal for X25519`(size: Int, isArmored: Bool) throws {
        let identity = X25519Identity.random()
        let file = try Envelope.seal(content(size).span, to: [identity.recipient, X25519Identity.random().recipient])
        let opened = try Folder.temporary { folder in
            try folder.write(exposed(identity.exportedText()), to: "identity")
            return try Stock.run(["-d", "-i", folder.path("identity")], input: isArmored ? Armor.encode(file) : file)
        }
        #expect(opened == content(size))
    }

    @Test(arguments: sizes, [false, true]) func `we open what stock age seals for X25519`(size: Int, isArmored: Bool) throws {
        let identity = X25519Identity.random()
        let arguments = ["-r", identity.recipient.description] + (isArmored ? ["-a"] : [])
        let sealed = try Stock.run(arguments, input: content(size))
        let file = isArmored ? try Armor.decode(sealed) : sealed
        if isArmored { #expect(Armor.encode(file) == sealed) }
        #expect(try Envelope.open(file, with: identity) == content(size))
        #expect(stream(file, with: identity).content == content(size))
    }

    @Test func `stock age derives the same recipient, and its own identities are ours`() throws {
        let keygen = try #require(Stock.keygen)
        let ours = X25519Identity.random()
        let derived = try keygen.run(["-y"], input: exposed(ours.exportedText()))
        #expect(String(decoding: derived, as: UTF8.self) == "\(ours.recipient)\n")

        let lines = String(decoding: try keygen.run([]), as: UTF8.self).split(separator: "\n")
        let theirs = X25519Identity(text: secret(String(try #require(lines.last))))
        let recipient = theirs?.recipient
        #expect(recipient != nil && lines.contains { $0.hasSuffix(" \(recipient?.description ?? "-")") })
    }

    @Test(.enabled(if: Stock.hasTerminal, "python3 is not on PATH"), arguments: sizes, [false, true])
    func `stock age opens what we seal under a passphrase`(size: Int, isArmored: Bool) throws {
        let file = try Envelope.seal(content(size).span, to: quickPassphrase("under a pear tree"))
        let opened = try Stock.run(
            ["-d"], passphrase: "under a pear tree", input: isArmored ? Armor.encode(file) : file)
        #expect(opened == content(size))
    }

    @Test(.enabled(if: Stock.hasTerminal, "python3 is not on PATH"), arguments: zip([0, 65_537], [true, false]))
    func `we open what stock age seals under a passphrase`(size: Int, isArmored: Bool) throws {
        let sealed = try Stock.run(
            ["-p"] + (isArmored ? ["-a"] : []), passphrase: "under a pear tree", input: content(size))
        let file = isArmored ? try Armor.decode(sealed) : sealed
        #expect(try Envelope.open(file, with: Passphrase(secret("under a pear tree"))) == content(size))
    }

    @Test func `our default work factor is what stock age takes and writes`() throws {
        let file = try Envelope.seal([1, 2, 3].span, to: Passphrase(secret("p")))
        #expect(try Header(startOf: file).stanzas.first?.arguments.last == "18")
    }
}
