import ArgumentParser
import CryptoPrimitives
import DurableFiles
import Foundation
import SystemPackage

/// `group-parameters`: derives the group that proofs are made in from a tag, so that whoever doubts the shipped one makes it again.
@main
struct GroupParametersProgram: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "group-parameters",
        abstract: "Derives the group of proofs from a tag.",
        discussion: """
            Searches for primes q, r and p = 2qr + 1 from SHAKE256 of the tag, and hashes the generators. About half a minute of one processor.
            With a tag and nothing else, the same comes out on every machine; what is shipped with Cordon is compared with it.

            Example:
              swift run -c release GroupParameters
              swift run -c release GroupParameters --tag medrec-zk/group/v1 --json

            Exit codes: 0 done, 4 a file cannot be written, 5 what is shipped is not what the tag gives.
            """)

    @Option(help: "What everything is derived from.") var tag = SG3072.tag
    @Option(help: ArgumentHelp("Writes the numbers and generators as Cordon ships them.", valueName: "file")) var out: String?
    @Flag(help: "Print JSON, for programs.") var json = false

    func run() throws {
        let progress = Progress()
        let group = GroupDerivation.search(tag: tag) { progress.show("\($0) candidates for r") }
        progress.show("generators")
        let resource = group.resource()
        progress.end()
        let isShipped = SHA256.hash(resource) == SG3072.parametersHash
        print(json ? try encoded(group, resource) : text(group, resource))
        if let out { try write(resource, to: out) }
        guard tag != SG3072.tag || isShipped else {
            FileHandle.standardError.write(
                Data("group-parameters: this is not the group that Cordon ships: do not use this build.\n".utf8))
            throw ExitCode(5)
        }
    }

    private func write(_ resource: [UInt8], to out: String) throws {
        let folder = FilePath(FileManager.default.currentDirectoryPath)
        do {
            try DurableFile.write(resource, to: folder.pushing(FilePath(out)))
        } catch {
            FileHandle.standardError.write(Data("group-parameters: cannot write \(out). Is the folder there, and yours?\n".utf8))
            throw ExitCode(4)
        }
    }

    private func fields(_ group: GroupDerivation, _ resource: [UInt8]) -> [(String, String)] {
        let numbers = group.numbers
        func hash(_ label: String) -> String { SHA256.hash(group.generator(label).bytes).description }
        return [
            ("tag", tag), ("qi", "\(group.orderStep)"), ("i", "\(group.cofactorStep)"),
            ("q", Hexadecimal.encode(numbers.order.bytes)), ("r", Hexadecimal.encode(numbers.cofactor.bytes)),
            ("p", Hexadecimal.encode(numbers.modulus.bytes)), ("SHA-256(p)", SHA256.hash(numbers.modulus.bytes).description),
            ("SHA-256(H)", hash("H")), ("SHA-256(Q)", hash("Q")), ("SHA-256(G/0)", hash("G/0")), ("SHA-256(K/0)", hash("K/0")),
            ("SHA-256(all)", SHA256.hash(resource).description),
        ]
    }

    private func text(_ group: GroupDerivation, _ resource: [UInt8]) -> String {
        fields(group, resource).map { "\($0)=\($1)" }.joined(separator: "\n")
    }

    private func encoded(_ group: GroupDerivation, _ resource: [UInt8]) throws -> String {
        let object = Dictionary(uniqueKeysWithValues: fields(group, resource))
        let data = try JSONSerialization.data(
            withJSONObject: object, options: [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes])
        return String(decoding: data, as: UTF8.self)
    }
}

/// One line on the terminal, which the next replaces. Nothing where nobody looks.
private struct Progress {
    private let isShown = isatty(FileHandle.standardError.fileDescriptor) == 1

    func show(_ text: String) {
        if isShown { FileHandle.standardError.write(Data("\r\u{1B}[K\(text)".utf8)) }
    }

    func end() {
        if isShown { FileHandle.standardError.write(Data("\r\u{1B}[K".utf8)) }
    }
}
