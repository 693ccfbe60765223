import CryptoPrimitives
import TestSupport
import Testing

@testable import EnvelopeEncryption

@Suite struct Headers {
    private func header(_ stanzas: [Stanza]) -> Header {
        Header(stanzas: stanzas, authenticatedWith: .random())
    }

    private func stanza(_ type: String, _ arguments: [String] = [], body: Int = 32) -> Stanza {
        Stanza(type: type, arguments: arguments, body: content(body))
    }

    private func refusal(_ bytes: [UInt8]) -> HeaderError? {
        do throws(HeaderError) {
            _ = try Header(bytes)
            return nil
        } catch {
            return error
        }
    }

    @Test func `what is written is read, whatever the length of a body`() throws {
        let written = header((0..<128).map { stanza("example.com/\($0)", ["a", "~!"], body: $0) })
        let read = try Header(written.bytes)
        #expect(read.stanzas == written.stanzas)
        #expect(try Header(startOf: written.bytes + [0, 1, 2]).bytes == written.bytes)
    }

    @Test func `what follows the header is not part of it`() {
        #expect(refusal(header([stanza("x")]).bytes + [0]) == .malformed)
    }

    @Test func `every cut is refused`() {
        let bytes = header([stanza("x", ["y"], body: 100)]).bytes
        for count in bytes.indices { #expect(refusal(Array(bytes.prefix(count))) == .malformed) }
    }

    @Test func `more stanzas than there may be are refused`() {
        #expect(refusal(header(Array(repeating: stanza("x"), count: 128)).bytes) == nil)
        #expect(refusal(header(Array(repeating: stanza("x"), count: 129)).bytes) == .malformed)
    }

    @Test func `the largest header we write is one we read`() throws {
        let identity = HybridIdentity.random()
        let header = try Header.wrap(.random(), to: Array(repeating: identity.recipient(), count: Header.maximumStanzaCount))
        #expect(refusal(header.bytes) == nil)
        #expect(header.bytes.count < Header.maximumSize && Header.maximumSize < Payload.pieceSize)
    }

    @Test func `a header above the limit is refused, however it is made up`() {
        let limit = Header.maximumSize
        #expect(refusal(header([stanza("x", body: limit / 2)]).bytes) == nil)
        #expect(refusal(header([stanza("x", body: limit)]).bytes) == .malformed)
        #expect(refusal(header([stanza("x", [String(repeating: "y", count: limit)])]).bytes) == .malformed)
        #expect(refusal([UInt8](repeating: 0x41, count: 10 * limit)) == .malformed)
    }

    static let version = "age-encryption.org/v1\n"
    static let mac = "--- AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
    static let full = String(repeating: "A", count: 64)

    @Test func `the refusals below differ from this`() {
        #expect(refusal(Array("\(Self.version)-> x\n\n\(Self.mac)".utf8)) == nil)
    }

    @Test(arguments: [
        "", "\n", version, "\(version)\(mac)", "age-encryption.org/v2\n-> x\n\n\(mac)", "age-encryption.org/v1 \n-> x\n\n\(mac)",
        "age-encryption.org/v1\r\n-> x\n\n\(mac)", "\(version)-> x\r\n\n\(mac)", "\(version)-> x\n\r\n\(mac)",
        "\(version)->\n\n\(mac)", "\(version)-> \n\n\(mac)", "\(version)->  x\n\n\(mac)", "\(version)-> x \n\n\(mac)",
        "\(version)-> x  y\n\n\(mac)", "\(version)-> x\ty\n\n\(mac)", "\(version)-> \u{E9}\n\n\(mac)",
        "\(version)-> x\u{7F}\n\n\(mac)",
        "\(version)->x\n\n\(mac)", "\(version)-- x\n\n\(mac)", "\(version)-> x\n\(mac)", "\(version)-> x\nAA==\n\(mac)",
        "\(version)-> x\nAB\n\(mac)", "\(version)-> x\nA\n\(mac)", "\(version)-> x\nAA\nAA\n\(mac)", "\(version)-> x\nA-\n\(mac)",
        "\(version)-> x\n\(full)\n\(mac)", "\(version)-> x\n\(full)AA\n\(mac)", "\(version)\n-> x\n\n\(mac)",
        "\(version)-> x\n\n--- AAAA\n", "\(version)-> x\n\n---\n", "\(version)-> x\n\n--- \(mac.dropFirst(4).dropLast())A\n",
        "\(version)-> x\n\n--- \(mac.dropFirst(4).dropLast(2))B\n", "\(version)-> x\n\n--- \(mac.dropFirst(4).dropLast())=\n",
        "\(version)-> x\n\n---  \(mac.dropFirst(4))", "\(version)-> x\n\n\(mac.dropLast()) \n",
        "\(version)-> x\n\n\(mac.dropLast())\r\n",
        "\(version)-> scrypt\n\n-> x\n\n\(mac)", "\(version)-> x\n\n-> scrypt\n\n\(mac)",
        "\(version)-> scrypt\n\n-> scrypt\n\n\(mac)",
    ])
    func `another form of a header is refused`(text: String) {
        #expect(refusal(Array(text.utf8)) == .malformed)
    }
}

@Suite struct HeaderAuthentication {
    @Test func `a header under another file key's MAC is refused`() throws {
        let identity = X25519Identity.random()
        let stanza = try identity.recipient.wrap(.random())
        let header = Header(stanzas: [stanza], authenticatedWith: .random())
        #expect(throws: HeaderError.notAuthentic) { _ = exposed(try header.unwrap(with: identity)) }
    }

    @Test func `a stanza slipped in, taken out or moved is noticed`() throws {
        let first = X25519Identity.random()
        let second = X25519Identity.random()
        let header = try Header.wrap(.random(), to: [first.recipient, second.recipient])
        let stanzas = header.stanzas
        let code = header.bytes.suffix(48)
        let grease = Stanza(type: "grease", arguments: [], body: [])
        for changed in [[stanzas[1], stanzas[0]], [stanzas[0]], stanzas + [grease], [stanzas[0], stanzas[0], stanzas[1]]] {
            let bytes = Header(stanzas: changed, authenticatedWith: .random()).bytes.dropLast(48) + code
            #expect(throws: HeaderError.notAuthentic) { _ = exposed(try Header(Array(bytes)).unwrap(with: first)) }
        }
    }

    @Test func `a wrong identity finds nothing`() throws {
        let file = try Header.wrap(.random(), to: X25519Identity.random().recipient)
        #expect(throws: HeaderError.noIdentityMatches) { _ = exposed(try file.unwrap(with: X25519Identity.random())) }
        #expect(throws: HeaderError.noIdentityMatches) { _ = exposed(try file.unwrap(with: HybridIdentity.random())) }
        #expect(throws: HeaderError.noIdentityMatches) { _ = exposed(try file.unwrap(with: quickPassphrase())) }
    }
}
