import CryptoPrimitives
import Foundation
import TestSupport
import Testing

@testable import EnvelopeEncryption

/// Envelopes that were sealed once and lie in the repository. What opens them today must open them for good.
@Suite struct EnvelopeFixtures {
    struct Manifest: Decodable {
        struct Envelope: Decodable, CustomStringConvertible {
            /// Files that make up the envelope, one behind the other.
            let parts: [String]
            let isArmored: Bool
            let identity: String?
            let passphrase: String?
            let fileKey: String
            let content: String
            let payloadID: String

            var description: String { parts.joined(separator: " + ") }
        }
        let envelopes: [Envelope]
    }

    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appending(path: "../../fixtures/envelopes/v1").standardizedFileURL

    static func envelopes() throws -> [Manifest.Envelope] {
        try JSONDecoder().decode(Manifest.self, from: Data(contentsOf: folder.appending(path: "manifest.json"))).envelopes
    }

    private func file(of envelope: Manifest.Envelope) throws -> [UInt8] {
        let bytes = try envelope.parts.flatMap { try Folder(url: Self.folder).read($0) }
        return envelope.isArmored ? try Armor.decode(bytes) : bytes
    }

    private func identities(of envelope: Manifest.Envelope) -> Identities {
        Identities(texts: envelope.identity.map { [$0] } ?? [], passphrases: envelope.passphrase.map { [$0] } ?? [])
    }

    @Test(arguments: try envelopes()) func `it still opens`(envelope: Manifest.Envelope) throws {
        let file = try file(of: envelope)
        let content = try Envelope.open(file, with: identities(of: envelope))
        #expect(String(decoding: content, as: UTF8.self) == envelope.content)
        #expect(stream(file, with: identities(of: envelope)).content == content)
    }

    @Test(arguments: try envelopes()) func `key, nonce and content still make the same bytes`(envelope: Manifest.Envelope) throws {
        let file = try file(of: envelope)
        let header = try Header(startOf: file)
        let fileKey = try header.unwrap(with: identities(of: envelope))
        let nonce = Array(file[header.bytes.count...].prefix(Payload.nonceSize))
        var payload: [UInt8] = []
        var sealer = PayloadSealer(fileKey: fileKey, nonce: nonce)
        let content = Array(envelope.content.utf8)
        sealer.seal(content.span, appendingTo: &payload)
        let sealed = sealer.finish(appendingTo: &payload)
        #expect(Hexadecimal.encode(exposed(fileKey)) == envelope.fileKey)
        #expect(Header(stanzas: header.stanzas, authenticatedWith: fileKey).bytes + payload == file)
        #expect(sealed.id.description == envelope.payloadID)
    }

    @Test func `all files of the folder are tried`() throws {
        let listed = Set(try Self.envelopes().flatMap(\.parts))
        let present = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
        #expect(listed == Set(present).subtracting(["README.md", "manifest.json"]))
    }
}
