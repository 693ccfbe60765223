import CryptoPrimitives
import DurableFiles
import Foundation
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
        let process = try process(arguments)
        let input = Pipe()
        process.standardInput = input
        try process.run()
        send(passphrase, to: input.fileHandleForWriting)
        process.waitUntilExit()
        return process.terminationStatus
    }

    static func process(_ arguments: [String]) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try path())
        process.arguments = arguments
        return process
    }

    static func send(_ passphrase: borrowing SecretBytes, to handle: FileHandle) {
        passphrase.withBytes { bytes in
            for index in bytes.indices { handle.write(Data([bytes[index]])) }
        }
        handle.write(Data([UInt8(ascii: "\n")]))
        try? handle.close()
    }

    /// Becomes the gateway: the same process, so that signals and a service manager reach it. The passphrase waits in a pipe.
    ///
    /// - Parameter secret: the passphrase, or a member's key for a mirror.
    static func become(_ arguments: [String], passphrase secret: borrowing SecretBytes) throws {
        let input = Pipe()
        send(secret, to: input.fileHandleForWriting)
        dup2(input.fileHandleForReading.fileDescriptor, STDIN_FILENO)
        try become(arguments)
    }

    static func become(_ arguments: [String]) throws {
        let path = try path()
        var pointers = unsafe ([path] + arguments).map { unsafe strdup($0) } + [nil]
        unsafe execv(path, &pointers)
        throw Stop.localData("cordon-gateway could not be started")
    }
}
