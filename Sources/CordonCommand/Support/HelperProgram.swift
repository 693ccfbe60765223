import Foundation
import Glibc

/// A program of the system that is run for one answer. What it gets stands in its standard input and never among its arguments, which
/// everybody on the computer sees; it knows nothing of this program's environment.
struct HelperProgram {
    let name: String
    /// Debian's, in which it is.
    let package: String
    /// What can be done without it.
    let instead: String

    private static let searchPath = ProcessInfo.processInfo.environment["PATH"] ?? ""

    func path() throws(Stop) -> String {
        for folder in Self.searchPath.split(separator: ":") where folder.hasPrefix("/") {
            let path = "\(folder)/\(name)"
            if FileManager.default.isExecutableFile(atPath: path) { return path }
        }
        throw .localData("the program \(name) is not installed", "Install it with `apt install \(package)`, or \(instead)")
    }

    /// - Parameter limit: the longest output in bytes.
    /// - Returns: its exit code, and `nil` where it wrote more and was ended.
    func run(
        _ arguments: [String], input: FileHandle, outputAtMost limit: Int, environment: [String: String] = [:]
    ) throws(Stop) -> (status: Int32, output: [UInt8]?) {
        let (process, pipe) = (Process(), Pipe())
        process.executableURL = URL(fileURLWithPath: try path())
        process.arguments = arguments
        process.environment = environment.merging(["PATH": Self.searchPath, "LC_ALL": "C.UTF-8"]) { $1 }
        process.standardInput = input
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        do { try process.run() } catch { throw .localData("the program \(name) could not be started") }
        var output = Data()
        while output.count <= limit, let piece = try? pipe.fileHandleForReading.read(upToCount: 1 << 16), !piece.isEmpty {
            output += piece
        }
        // Not the signal that asks: a child of this process's threads has it blocked.
        if output.count > limit { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
        return (process.terminationStatus, output.count > limit ? nil : Array(output))
    }
}
