import Foundation
import TestSupport
import Testing

/// `Tests/External/check_formats.py` knows docs/formats.md and none of our code. It must read every example, and refuse a changed one.
@Suite(.enabled(if: IndependentReader.isPresent, "python3 with the module cryptography is not installed"))
struct IndependentReaderTests {
    @Test func `a reader written from the document alone agrees with every example`() throws {
        let outcome = try IndependentReader.read(Fixtures.url("vectors/formats"))
        #expect(outcome.status == 0, "\(outcome.output)")
    }

    @Test(arguments: try IndependentReader.files()) func `it refuses an example with one digit changed`(name: String) throws {
        let folder = try TemporaryFolder()
        for file in try IndependentReader.files() {
            try FileManager.default.copyItem(
                at: Fixtures.url("vectors/formats/\(file)"), to: folder.url.appending(path: file))
        }
        let file = folder.url.appending(path: name)
        try Data(IndependentReader.changed(Array(try Data(contentsOf: file)))).write(to: file)
        #expect(try IndependentReader.read(folder.url).status == 1)
    }
}

enum IndependentReader {
    static let isPresent = (try? run(["-c", "import cryptography"]).status) == 0

    static func files() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: Fixtures.url("vectors/formats").path).filter { $0.hasSuffix(".json") }
            .sorted()
    }

    static func read(_ folder: URL) throws -> (status: Int32, output: String) {
        let program = Fixtures.repository.appending(path: "Tests/External/check_formats.py")
        return try run(["-B", program.path, folder.path])
    }

    private static func run(_ arguments: [String]) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3"] + arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: text, as: UTF8.self))
    }

    /// The first digit of the first long value is another.
    static func changed(_ bytes: [UInt8]) -> [UInt8] {
        let digits = Set("0123456789abcdef".utf8)
        let start = Array("\": \"".utf8)
        var changed = bytes
        for index in bytes.indices.dropLast(40) where bytes[index...].starts(with: start) {
            let value = index + start.count
            guard bytes[value..<value + 32].allSatisfy(digits.contains) else { continue }
            changed[value] = bytes[value] == UInt8(ascii: "0") ? UInt8(ascii: "1") : UInt8(ascii: "0")
            break
        }
        return changed
    }
}
