import FoundationEssentials
import Glibc
import SystemPackage

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
        _ arguments: [String], input: FileDescriptor, outputAtMost limit: Int, environment: [String: String] = [:]
    ) throws(Stop) -> (status: Int32, output: [UInt8]?) {
        let path = try path()
        let (process, answer) = try start(
            path, arguments, input: input,
            environment: environment.merging(["PATH": Self.searchPath, "LC_ALL": "C.UTF-8"]) { $1 })
        defer { try? answer.close() }
        var output: [UInt8] = []
        while output.count <= limit, let piece = try? answer.readPiece(), !piece.isEmpty { output += piece }
        // Not the signal that asks: what it reads is of nobody's making that is trusted.
        if output.count > limit { process.send(signal: SIGKILL) }
        let status = process.wait()
        return (status, output.count > limit ? nil : output)
    }

    private func start(
        _ path: String, _ arguments: [String], input: FileDescriptor, environment: [String: String]
    ) throws(Stop) -> (ChildProcess, answer: FileDescriptor) {
        do {
            let (answer, output) = try FileDescriptor.pipe(options: .closeOnExec)
            defer { try? output.close() }
            let process = try ChildProcess(
                path, arguments, environment: environment, input: input, output: output, errors: nil)
            return (process, answer)
        } catch {
            throw .localData("the program \(name) could not be started")
        }
    }
}
