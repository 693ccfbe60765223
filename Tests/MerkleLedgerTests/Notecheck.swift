import Foundation
import TestSupport

/// The Go program in `Tests/External/notecheck`, built for the length of a test. Its first comment says which packages it needs.
struct Notecheck {
    private static let packages = "/usr/share/gocode"
    private static let go = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/go" }
        .first { FileManager.default.isExecutableFile(atPath: $0) }

    static let isAvailable =
        go != nil && FileManager.default.fileExists(atPath: "\(packages)/src/golang.org/x/mod/sumdb/tlog/tlog.go")

    struct BuildFailure: Error {
        let output: String
    }

    /// Holds the program and the files it is given; deleted afterwards.
    private let folder: URL

    static func withProgram(_ body: (Notecheck) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "notecheck-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let source = Fixtures.url("../Tests/External/notecheck/notecheck.go").standardizedFileURL.path
        let (status, output) = try run(go ?? "go", ["build", "-o", folder.appending(path: "notecheck").path, source])
        guard status == 0 else { throw BuildFailure(output: output) }
        try body(Notecheck(folder: folder))
    }

    /// What the program prints when it verified what it was given, else `refused`.
    func callAsFunction(_ arguments: String...) throws -> String {
        let (status, output) = try Self.run(folder.appending(path: "notecheck").path, arguments)
        return status == 0 ? output : "refused"
    }

    /// Writes a file for the program and returns its path.
    func file(_ name: String, _ bytes: [UInt8]) throws -> String {
        let url = folder.appending(path: name)
        try Data(bytes).write(to: url)
        return url.path
    }

    private static func run(_ program: String, _ arguments: [String]) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(["GO111MODULE": "off", "GOPATH": packages]) { $1 }
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }
}
