import CDispatch
import Foundation
import Glibc

/// A server in a process of its own, on a port of this machine. Ended by its id when this goes.
final class ServerProcess {
    let port: Int
    private let process: Process

    enum ServerError: Error {
        /// It ended before it listened.
        case notListening
    }

    /// Starts this program again, as a server.
    convenience init(_ arguments: [String]) throws {
        try self.init(URL(filePath: "/proc/self/exe").resolvingSymlinksInPath(), arguments, port: nil)
    }

    /// - Parameter port: where it was told to listen; `nil` if it says so itself, in its first line.
    init(_ program: URL, _ arguments: [String], port: Int?) throws {
        process = Process()
        process.executableURL = program
        process.arguments = arguments
        let output = Pipe()
        if port == nil { process.standardOutput = output }
        try process.run()
        guard let port = try port ?? Self.number(from: output.fileHandleForReading) else {
            process.terminate()
            throw ServerError.notListening
        }
        self.port = port
    }

    private static func number(from handle: FileHandle) throws -> Int? {
        var line = ""
        while let byte = try handle.read(upToCount: 1)?.first, byte != UInt8(ascii: "\n") {
            line.unicodeScalars.append(Unicode.Scalar(byte))
        }
        return Int(line)
    }

    /// Processor time that all its threads have spent.
    var processorTime: Duration {
        get throws {
            var clock = clockid_t()
            var time = timespec()
            guard unsafe clock_getcpuclockid(process.processIdentifier, &clock) == 0, unsafe clock_gettime(clock, &time) == 0 else {
                throw ServerError.notListening
            }
            return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
        }
    }

    /// What it spends on one of `count` while `body` has it do them all.
    func processorTime(of count: Int, _ body: () async throws -> Void) async throws -> Duration {
        let before = try processorTime
        try await body()
        return (try processorTime - before) / count
    }

    /// Memory that is its own, in MiB: what the kernel calls anonymous.
    var memory: Int {
        let text = (try? String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("RssAnon:") }
        return (line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) / 1_024
    }

    func stop() {
        guard process.isRunning else { return }
        process.terminate()
        process.waitUntilExit()
    }

    deinit { stop() }
}
