import ArgumentParser
import CryptoPrimitives
import Foundation
import GatewayAPI

struct Init: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Begins a ledger, of which this gateway is the first member.",
        discussion: """
            Example:
              cordon-gateway init --folder /var/lib/cordon --name "North Consortium" --address https://cordon.north.example
            """)

    @Option(help: "Where keys, ledger and records are kept.") var folder: String
    @Option(help: "The member's public name.") var name: String
    @Option(help: "Under which address clients reach it: scheme, host, port.") var address: String
    @Option(help: "The ledger's name, such as north.example/ledger. Made from the member's name when left out.") var origin: String?

    @Flag(help: "Print JSON, for programs.") var json = false

    private struct Begun: Encodable {
        let origin: String
        let member: String
        let address: String
        let folder: String
    }

    func run() throws {
        guard let name = TextLine(name), !name.isEmpty else { throw Failure.usage("a name is one visible line of up to 255 bytes") }
        let origin = try origin.map(Self.checked) ?? Self.origin(for: name)
        let address = try GatewayAddress(checking: address)
        try GatewayFolder(folder).create(
            name: name, origin: origin, address: address.text, passphrase: Passphrase.read(mayBeEmpty: false))
        if json {
            let begun = Begun(origin: origin.text, member: name.text, address: address.text.text, folder: folder)
            try Output.json(begun)
        } else {
            print("The ledger \(origin) has begun, and \(name) is its only member. It is unwitnessed.")
            print("Keys and records are in \(folder). Back up gateway.keys and remember its passphrase.")
        }
    }

    static func checked(_ text: String) throws -> TextLine {
        guard let origin = TextLine(text), !origin.isEmpty, !text.contains(where: { $0.isWhitespace || $0 == "+" }) else {
            throw Failure.usage("an origin has no spaces and no plus sign, such as north.example/ledger")
        }
        return origin
    }

    /// A name of its own for every ledger, so that two that begin alike are not taken for one.
    static func origin(for name: TextLine) throws -> TextLine {
        let words = name.text.lowercased().split { !$0.isASCII || !($0.isLetter || $0.isNumber) }
        let slug = words.isEmpty ? "ledger" : words.joined(separator: "-")
        return try checked("\(slug.prefix(100)).cordon/\(Hexadecimal.encode(Random.bytes(4)))")
    }
}

enum Output {
    static func json(_ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        print(String(decoding: try encoder.encode(value), as: UTF8.self))
    }
}
