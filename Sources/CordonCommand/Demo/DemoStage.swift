import CryptoPrimitives
import DurableFiles
import EnvelopeEncryption
import FoundationEssentials
import GatewayClient
import Glibc
import Synchronization
import SystemPackage

/// A temporary folder with a gateway that serves from it, and profiles of everybody else.
final class DemoStage: Sendable {
    let folder: FilePath
    /// The gateway's program, that begins a ledger first and then serves it.
    private let gateway = Mutex<ChildProcess?>(nil)

    init() throws {
        folder = FilePath.temporaryFolder.appending("cordon-demo-\(UUID().uuidString.prefix(8).lowercased())")
        do {
            try DurableFile.makeFolder(folder)
        } catch {
            throw ClientError.localData(.file(error, path: folder.string))
        }
    }

    /// The demo's passphrases guard nothing, so they need not be slow to guess.
    let environment = Session.Environment(trustRoots: nil, workFactor: 10, clock: { Int64(Date().timeIntervalSince1970) })

    func profile(_ name: String) -> ProfileFolder {
        ProfileFolder(name: name, in: folder)
    }

    static func secret() -> SecretBytes {
        SecretBytes(copying: Array("demo".utf8).span)
    }

    static func passphrase() -> Passphrase {
        Passphrase(secret(), workFactor: 10)
    }

    /// Stops the gateway and removes everything. To do it twice does no harm.
    func clear() {
        stopGateway()
        try? FileManager.default.removeItem(atPath: folder.string)
    }
}

extension DemoStage {
    /// Begins a ledger and serves it. The address is in the ledger's first entry, so the port is chosen before, and another if it is taken.
    /// Below the ports that the system gives to outgoing connections.
    func startGateway(_ name: String, of profile: ProfileFolder) throws -> String {
        for _ in 0..<5 {
            let address = "http://127.0.0.1:\(Int.random(in: 10_000..<32_768))"
            try begin(name, profile, address)
            if try serve(profile) { return address }
            try? FileManager.default.removeItem(atPath: profile.gatewayFolder.string)
        }
        throw Stop.refused("the gateway does not start", "Is something keeping all ports of 127.0.0.1 busy?")
    }

    private func begin(_ name: String, _ profile: ProfileFolder, _ address: String) throws {
        let process = try started(
            ["init", "--folder", profile.gatewayFolder.string, "--name", name, "--address", address], output: nil)
        guard process.wait() == 0 else { throw Stop.refused("no ledger could be begun in \(folder)") }
    }

    /// Whether it serves, once it says so.
    private func serve(_ profile: ProfileFolder) throws -> Bool {
        let (words, output) = try FileDescriptor.pipe(options: .closeOnExec)
        defer { try? words.close() }
        let process: ChildProcess
        do {
            defer { try? output.close() }
            process = try started(["serve", "--folder", profile.gatewayFolder.string], output: output)
        }
        guard try words.readPiece().isEmpty else { return true }
        process.wait()
        return false
    }

    private func started(_ arguments: [String], output: FileDescriptor?) throws -> ChildProcess {
        // The passphrase is the demo's own, whatever file the user's environment names.
        let environment = ProcessInfo.processInfo.environment.filter { $0.key != Passphrases.variable }
        // Kept before anybody can clear the stage, so that whoever does stops it.
        return try gateway.withLock { gateway in
            let process = try GatewayProgram.start(
                arguments, passphrase: Self.secret(), environment: environment, output: output, errors: nil)
            gateway = process
            return process
        }
    }

    func stopGateway() {
        gateway.withLock { process in
            process?.send(signal: SIGTERM)
            process?.wait()
            process = nil
        }
    }
}
