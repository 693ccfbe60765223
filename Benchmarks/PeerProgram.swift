import Foundation
import TestSupport

/// A peer in another language: a program that does its work once for every line it is sent and answers with the time it took.
///
/// It greets with its name and version. Every answer is nanoseconds of its thread's processor time, measured around the work alone,
/// then whatever shows that the work was done.
final class PeerProgram {
    struct Answer {
        let time: Duration
        let result: String
    }

    enum PeerError: Error {
        /// It ended, or said what is no answer.
        case noAnswer
    }

    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private(set) var greeting = ""

    init(_ program: URL, _ arguments: [String], environment: [String: String] = [:]) throws {
        process.executableURL = program
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        greeting = try line()
    }

    func round() throws -> Answer {
        try input.fileHandleForWriting.write(contentsOf: Data("again\n".utf8))
        let words = try line().split(separator: " ", maxSplits: 1).map(String.init)
        guard let time = words.first.flatMap({ Int64($0) }) else { throw PeerError.noAnswer }
        return Answer(time: .nanoseconds(time), result: words.count == 2 ? words[1] : "")
    }

    private func line() throws -> String {
        var line: [UInt8] = []
        while let byte = try output.fileHandleForReading.read(upToCount: 1)?.first {
            if byte == UInt8(ascii: "\n") { return String(decoding: line, as: UTF8.self) }
            line.append(byte)
        }
        throw PeerError.noAnswer
    }

    /// At the end of its input it ends.
    deinit { try? input.fileHandleForWriting.close() }
}

extension PeerProgram {
    /// Where a program of this name would be started from.
    static func installed(_ name: String) -> URL? {
        (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(name)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }.map { URL(filePath: $0) }
    }

    static func source(_ name: String) -> URL {
        Fixtures.repository.appending(path: "Benchmarks/peers").appending(path: name)
    }
}

/// A folder on the disk on which the package is built, gone when the run ends. Not the system's temporary folder, which may be memory:
/// a disk that is none makes every durable write look free.
final class ScratchFolder {
    let url = Fixtures.repository.appending(path: ".build/benchmarks-\(UUID().uuidString)")

    init() throws {
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }
}
