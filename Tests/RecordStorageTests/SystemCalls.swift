import Foundation
import Glibc
import TestSupport

/// What this process asks of the disk while something runs, as `strace` saw it, in order.
struct SystemCalls {
    let lines: [String]

    /// Whether `strace` is there and may look at this process. In many containers it may not.
    static let canBeSeen: Bool = (try? during {}) != nil

    struct NotAllowed: Error {}

    /// Attaches, runs `body`, detaches. Other tests may run meanwhile: ask for calls by the path they are about.
    static func during(_ body: () throws -> Void) throws -> SystemCalls {
        let tracer = try Tracer()
        do {
            try body()
        } catch {
            _ = try tracer.stop()
            throw error
        }
        return try tracer.stop()
    }

    static func during(_ body: () async throws -> Void) async throws -> SystemCalls {
        let tracer = try Tracer()
        do {
            try await body()
        } catch {
            _ = try tracer.stop()
            throw error
        }
        return try tracer.stop()
    }

    /// Calls of `fsync` and `fdatasync` on a file, by the end of its path.
    func syncs(of name: String) -> Int {
        lines.count { $0.contains("sync(") && $0.contains(name + ">") }
    }

    /// Whether lines stand there in this order, each holding all of the words of one step.
    func firstMissing(of steps: [[String]]) -> [String]? {
        var rest = lines[...]
        for step in steps {
            guard let found = rest.firstIndex(where: { line in step.allSatisfy(line.contains) }) else { return step }
            rest = rest[rest.index(after: found)...]
        }
        return nil
    }
}

/// A running `strace`. Descriptors are shown with their paths.
private struct Tracer {
    private let process = Process()
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "strace", "-f", "-y", "-s", "300", "-e", "trace=openat,fsync,fdatasync,rename,renameat,renameat2", "-o",
            folder.path("calls"), "-p", "\(ProcessInfo.processInfo.processIdentifier)",
        ]
        let said = Pipe()
        process.standardError = said
        try process.run()
        // It says "attached" once it sees every thread, or why it cannot, and ends.
        var text = ""
        while !text.contains("attached") {
            let piece = said.fileHandleForReading.availableData
            guard !piece.isEmpty else { throw SystemCalls.NotAllowed() }
            text += String(decoding: piece, as: UTF8.self)
        }
    }

    func stop() throws -> SystemCalls {
        // Signals that can be blocked are, in what a test's thread starts. Each line was written before the call it shows returned, and
        // the kernel lets a process go whose tracer ends.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        let text = try String(contentsOfFile: folder.path("calls"), encoding: .utf8)
        return SystemCalls(lines: text.split(separator: "\n").map(String.init))
    }
}
