import CryptoPrimitives
import DurableFiles
import FoundationEssentials
import Glibc
import SystemPackage

/// `cordon-gateway`, which lies beside `cordon` and is started for what needs the store. This program has no code that opens a store.
enum GatewayProgram {
    static func path() throws -> String {
        let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        let path = FilePath(own).removingLastComponent().appending("cordon-gateway").string
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw Stop.localData("cordon-gateway does not lie beside this program", "Install both into one folder: `make install`.")
        }
        return path
    }

    /// Runs it to its end and gives its exit code. A passphrase that was typed goes to its standard input.
    static func run(_ arguments: [String], passphrase: borrowing SecretBytes) throws -> Int32 {
        try start(arguments, passphrase: passphrase, output: .standardOutput, errors: .standardError).wait()
    }

    /// - Parameter output: where its standard output goes; `nil` is nowhere. So is `errors`.
    static func start(
        _ arguments: [String], passphrase: borrowing SecretBytes,
        environment: [String: String] = ProcessInfo.processInfo.environment, output: FileDescriptor?, errors: FileDescriptor?
    ) throws -> ChildProcess {
        let path = try path()
        do {
            let input = try pipe(holding: passphrase)
            defer { try? input.close() }
            return try ChildProcess(path, arguments, environment: environment, input: input, output: output, errors: errors)
        } catch {
            throw notStarted
        }
    }

    /// A line with a secret waits where nobody else finds it: a pipe takes more than any, and keeps it for whoever reads. It gets there
    /// from locked memory, without a copy in between.
    private static func pipe(holding secret: borrowing SecretBytes) throws -> FileDescriptor {
        let (output, input) = try FileDescriptor.pipe(options: .closeOnExec)
        defer { try? input.close() }
        try secret.withBytes { bytes in
            _ = try unsafe bytes.withUnsafeBytes { bytes in try unsafe input.writeAll(bytes) }
        }
        try input.writeAll([UInt8(ascii: "\n")])
        return output
    }

    /// Becomes the gateway: the same process, so that signals and a service manager reach it. The passphrase waits in a pipe.
    ///
    /// - Parameter secret: the passphrase, or a member's key for a mirror.
    static func become(_ arguments: [String], passphrase secret: borrowing SecretBytes) throws {
        guard let input = try? pipe(holding: secret), dup2(input.rawValue, STDIN_FILENO) >= 0 else { throw notStarted }
        try become(arguments)
    }

    static func become(_ arguments: [String]) throws {
        let path = try path()
        var pointers = unsafe ([path] + arguments).map { unsafe strdup($0) } + [nil]
        unsafe execv(path, &pointers)
        throw notStarted
    }

    private static var notStarted: Stop { .localData("cordon-gateway could not be started") }
}
