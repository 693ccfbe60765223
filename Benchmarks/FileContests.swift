import CryptoPrimitives
import EnvelopeEncryption
import Foundation

/// A large file, sealed and opened by a program from its start to its end, in a file system in memory. The peer is Debian's `age` on
/// the same file; what either makes, the other opens.
enum FileContests {
    private static let size = 256 << 20

    static func all(in folder: MemoryFolder) throws -> [Contest] {
        guard let age = PeerProgram.installed("age")?.path else {
            return ["seal a file of 256 MiB", "open it"].map { Contest(title: $0, peer: "age", ours: { .zero }, theirs: nil) }
        }
        let identity = X25519Identity.random()
        let recipient = identity.recipient.description
        let text = identity.exportedText().withBytes { span in String(decoding: span.indices.map { span[$0] }, as: UTF8.self) }
        try Data(text.utf8).write(to: URL(filePath: folder.path("identity")))
        let input = folder.path("input")
        guard FileManager.default.createFile(atPath: input, contents: nil), let handle = FileHandle(forWritingAtPath: input) else {
            throw SealingError.wrongContent
        }
        for _ in 0..<size >> 20 { try handle.write(contentsOf: Data(Random.bytes(1 << 20))) }
        try handle.close()
        return try contests(age, recipient, folder)
    }

    private static func contests(_ age: String, _ recipient: String, _ folder: MemoryFolder) throws -> [Contest] {
        let own = ProgramPaths.own
        let (input, sealed, theirs, opened) = (
            folder.path("input"), folder.path("ours.age"), folder.path("theirs.age"), folder.path("opened")
        )
        let version = "age \(try text(of: age, ["--version"]))"
        let seal = { try ProgramRun.run(own, ["seal-file", recipient, input, sealed]) }
        let peerSeals = { try ProgramRun.run(age, ["-r", recipient, "-o", theirs, input]) }
        _ = (try seal(), try peerSeals())
        // Each opens what the other sealed.
        _ = try ProgramRun.run(age, ["-d", "-i", folder.path("identity"), "-o", opened, sealed])
        try requireSame(opened, input)
        _ = try ProgramRun.run(own, ["open-file", folder.path("identity"), theirs, opened])
        try requireSame(opened, input)
        return [
            Contest(
                title: "seal a file of 256 MiB, as an age file", peer: version, ours: { try seal().wall },
                theirs: { try peerSeals().wall }),
            Contest(
                title: "seal it as a deposit does", peer: version,
                ours: { try ProgramRun.run(own, ["seal-record", input, folder.url.path]).wall }, theirs: { try peerSeals().wall }),
            Contest(
                title: "open the age file of 256 MiB", peer: version,
                ours: { try ProgramRun.run(own, ["open-file", folder.path("identity"), theirs, opened]).wall },
                theirs: { try ProgramRun.run(age, ["-d", "-i", folder.path("identity"), "-o", opened, theirs]).wall }),
        ]
    }

    /// The peaks that the last runs left, in words.
    static func peakMemory(in folder: MemoryFolder) -> String {
        let peaks = [
            ("sealing", "ours.age.peak"), ("sealing as a deposit", "../\(folder.url.lastPathComponent).peak"),
            ("opening", "opened.peak"),
        ]
        return peaks.compactMap { work, file in
            guard let text = try? String(contentsOfFile: folder.path(file), encoding: .utf8), let kibibytes = Double(text) else {
                return nil
            }
            return String(format: "%@ %.1f MiB", work, kibibytes / 1_024)
        }.joined(separator: ", ")
    }

    private static func requireSame(_ first: String, _ second: String) throws {
        guard FileManager.default.contentsEqual(atPath: first, andPath: second) else { throw SealingError.wrongContent }
    }

    static func text(of program: String, _ arguments: [String]) throws -> String {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.standardOutput = output
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }
}

/// A folder in memory, so that no disk is measured where both contenders would wait for the same one.
final class MemoryFolder {
    let url = URL(filePath: "/dev/shm/cordon-benchmarks-\(UUID().uuidString)")

    init() throws {
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    func path(_ name: String) -> String { url.appending(path: name).path }

    deinit {
        try? FileManager.default.removeItem(at: url)
        try? FileManager.default.removeItem(atPath: url.path + ".peak")
    }
}

/// The programs that were built beside this one.
enum ProgramPaths {
    static let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]

    /// `nil` if it was not built.
    static func built(_ name: String) -> String? {
        let path = URL(filePath: own).deletingLastPathComponent().appending(path: name).path
        return FileManager.default.isExecutableFile(atPath: path) ? path : nil
    }
}
