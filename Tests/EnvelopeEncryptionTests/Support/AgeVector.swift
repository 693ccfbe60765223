import CryptoPrimitives
import Foundation
import TestSupport

@testable import EnvelopeEncryption

/// A file of the `age` corpus: what to try and what must come of it, then the age file.
struct AgeVector {
    enum Outcome: String {
        case success
        case noMatch = "no match"
        case macFailure = "HMAC failure"
        case headerFailure = "header failure"
        case armorFailure = "armor failure"
        case payloadFailure = "payload failure"
    }

    struct Malformed: Error {}

    private static let knownKeys: Set = [
        "expect", "payload", "file key", "identity", "passphrase", "armored", "compressed", "comment",
    ]

    let name: String
    let expectation: Outcome
    /// SHA-256 of the content that must come out, also before a payload failure.
    let contentHash: String?
    let fileKey: [UInt8]
    let identities: Identities
    let isArmored: Bool
    let file: [UInt8]

    static func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: Corpora.url("age").path).filter { $0 != "README.md" }.sorted()
    }

    /// `nil` when the file says something we do not understand.
    init?(_ name: String) throws {
        let bytes = Array(try Corpora.data("age/\(name)"))
        let newline = UInt8(ascii: "\n")
        guard let end = bytes.indices.dropLast().first(where: { bytes[$0] == newline && bytes[$0 + 1] == newline }) else {
            throw Malformed()
        }
        let lines = String(decoding: bytes[..<end], as: UTF8.self).split(separator: "\n").map {
            $0.split(separator: ":", maxSplits: 1)
        }
        var values: [String: [String]] = [:]
        for line in lines { values[String(line[0]), default: []].append(line[1].trimmingCharacters(in: .whitespaces)) }
        guard Self.knownKeys.isSuperset(of: values.keys), let expectation = values["expect"].flatMap({ Outcome(rawValue: $0[0]) }),
            let fileKey = values["file key"].flatMap({ Hexadecimal.decode($0[0]) })
        else { return nil }
        self.name = name
        self.expectation = expectation
        self.fileKey = fileKey
        contentHash = values["payload"]?[0]
        identities = Identities(texts: values["identity"] ?? [], passphrases: values["passphrase"] ?? [])
        isArmored = values["armored"] == ["yes"]
        let file = Array(bytes[(end + 2)...])
        self.file = values["compressed"] == ["zlib"] ? try Self.decompress(file) : file
    }

    private static func decompress(_ bytes: [UInt8]) throws -> [UInt8] {
        guard let python = Tool("python3") else { throw CocoaError(.executableNotLoadable) }
        let program = "import sys, zlib; sys.stdout.buffer.write(zlib.decompress(sys.stdin.buffer.read()))"
        return try python.run(["-c", program], input: bytes)
    }
}

/// All secrets of a vector as one identity, as a keyring is one: it asks each in turn.
struct Identities: Identity {
    let texts: [String]
    let passphrases: [String]

    func unwrap(_ stanzas: [Stanza]) throws(HeaderError) -> FileKey? {
        for text in texts {
            if let identity = X25519Identity(text: secret(text)) {
                if let fileKey = try identity.unwrap(stanzas) { return fileKey }
            } else if let identity = HybridIdentity(text: secret(text)) {
                if let fileKey = try identity.unwrap(stanzas) { return fileKey }
            } else {
                preconditionFailure("an identity this test does not know")
            }
        }
        for passphrase in passphrases {
            if let fileKey = try Passphrase(secret(passphrase)).unwrap(stanzas) { return fileKey }
        }
        return nil
    }
}
