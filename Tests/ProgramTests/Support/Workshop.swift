import Foundation
import Subprocess
import SystemPackage
import TestSupport

/// A folder in which the built programs are used as people use them: from a shell, with files that lie around.
struct Workshop: Sendable {
    let folder: TemporaryFolder
    /// Where its gateway will serve.
    let address: String
    /// Of everybody.
    static let passphrase = "correct horse battery staple"

    init() throws {
        folder = try TemporaryFolder()
        address = "http://127.0.0.1:\(LoopbackPort.next())"
        try Data("\(Self.passphrase)\n".utf8).write(to: folder.url.appending(path: "passphrase"))
        for name in ["fixtures", "policies"] {
            try FileManager.default.createSymbolicLink(
                at: folder.url.appending(path: name), withDestinationURL: Fixtures.repository.appending(path: name))
        }
    }

    /// Where the built programs lie: beside the test runner.
    static let programs: FilePath = {
        let runner = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        return FilePath(runner).removingLastComponent()
    }()

    var environment: Subprocess.Environment {
        .inherit.updating([
            "PATH": "\(Self.programs):\(ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin")",
            "CORDON_HOME": folder.path("home"),
            "CORDON_PASSPHRASE_FILE": folder.path("passphrase"),
            "TMPDIR": folder.url.path,
            "A": address,
        ])
    }

    struct Outcome: Sendable {
        let status: Int32
        let output: String
        let error: String

        /// What a person sees.
        var all: String { error + output }
    }

    /// Runs a line of shell. One that hangs is ended after ten minutes, with status 124.
    @discardableResult
    func sh(_ line: String, input: String = "") async throws -> Outcome {
        let result = try await Subprocess.run(
            .path("/usr/bin/timeout"), arguments: ["600", "/bin/sh", "-c", line], environment: environment,
            workingDirectory: FilePath(folder.url.path),
            input: .fileDescriptor(try stdin(input), closeAfterSpawningProcess: true), output: .string(limit: 64 << 20),
            error: .string(limit: 1 << 20))
        let status: Int32
        switch result.terminationStatus {
        case .exited(let code): status = code
        case .signaled(let signal): status = 128 + signal
        }
        return Outcome(status: status, output: result.standardOutput, error: result.standardError)
    }

    /// From a file: a pipe that nobody reads to its end breaks, and takes the test runner with it.
    private func stdin(_ text: String) throws -> FileDescriptor {
        let file = folder.url.appending(path: "input-\(UUID().uuidString)")
        try Data(text.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        return try FileDescriptor.open(file.path, .readOnly)
    }

    /// Runs a line that must succeed, and gives what it printed.
    @discardableResult
    func done(_ line: String, input: String = "") async throws -> String {
        let outcome = try await sh(line, input: input)
        guard outcome.status == 0 else { throw Failed(line: line, outcome: outcome) }
        return outcome.output
    }

    /// Shell for a file's worth of what nothing compresses. It begins with a letter: drawn bytes may begin like JSON or an archive, which a
    /// deposit looks into.
    static func noise(_ bytes: Int) -> String { "{ printf n; head -c \(bytes - 1) /dev/urandom; }" }

    struct Failed: Error, CustomStringConvertible {
        let line: String
        let outcome: Outcome

        var description: String { "`\(line)` ended with \(outcome.status): \(outcome.all)" }
    }
}

extension Workshop {
    /// A gateway that runs while `body` does.
    struct RunningGateway: Sendable {
        let process: ProcessIdentifier
        let kill: @Sendable (Signal) throws -> Void
    }

    /// Serves a member's gateway for the time of `body`. Gives how it ended.
    ///
    /// - Parameters:
    ///   - log: a file that gets what the gateway says on standard error.
    ///   - conditions: shell that comes before it in the same process, such as `ulimit`.
    @discardableResult
    func serving(
        _ profile: String = "north", options: [String] = [], log: String? = nil, under conditions: String? = nil,
        _ body: @Sendable (RunningGateway) async throws -> Void
    ) async throws -> TerminationStatus {
        let cordon = Self.programs.appending("cordon")
        let arguments = ["--as", profile, "serve"] + options
        let isShell = log != nil || conditions != nil
        let line = (conditions.map { "\($0); " } ?? "") + "exec \"$0\" \"$@\"" + (log.map { " 2> \($0)" } ?? "")
        let result = try await Subprocess.run(
            .path(isShell ? "/bin/sh" : cordon), arguments: Arguments((isShell ? ["-c", line, cordon.string] : []) + arguments),
            environment: environment,
            workingDirectory: FilePath(folder.url.path), input: .none, output: .sequence, error: .string(limit: 1 << 20)
        ) { execution in
            var lines = execution.standardOutput.strings().makeAsyncIterator()
            guard let line = try await lines.next(), line.hasPrefix("Serving ") else { return false }
            do {
                try await body(RunningGateway(process: execution.processIdentifier) { try execution.send(signal: $0) })
                try? execution.send(signal: .terminate)
            } catch {
                try? execution.send(signal: .kill)
                throw error
            }
            return true
        }
        guard result.closureResult else {
            throw Failed(line: "cordon serve", outcome: Outcome(status: -1, output: "", error: result.standardError))
        }
        return result.terminationStatus
    }

    /// Begins the ledger of the profile `north`.
    func found() async throws {
        try await done("cordon --as north init --name 'North Consortium' --address \(address)")
    }
}
