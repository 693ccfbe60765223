import Foundation

/// A program of the system's, for evidence that is not our own.
struct Tool {
    let url: URL

    /// `nil` when it is not on PATH.
    init?(_ name: String) {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        guard let path = folders.map({ "\($0)/\(name)" }).first(where: FileManager.default.isExecutableFile) else { return nil }
        url = URL(fileURLWithPath: path)
    }

    struct Failure: Error {
        let status: Int32
        let message: String
    }

    /// What it prints. Input and output go through files, so that no pipe can fill up.
    func run(_ arguments: [String], input: [UInt8] = []) throws -> [UInt8] {
        try Folder.temporary { folder in
            let process = Process()
            process.executableURL = url
            process.arguments = arguments
            process.standardInput = try FileHandle(forReadingFrom: folder.write(input, to: "input"))
            process.standardOutput = try FileHandle(forWritingTo: folder.write([], to: "output"))
            process.standardError = try FileHandle(forWritingTo: folder.write([], to: "error"))
            try process.run()
            process.waitUntilExit()
            guard process.terminationStatus == 0 else {
                throw Failure(
                    status: process.terminationStatus, message: String(decoding: try folder.read("error"), as: UTF8.self))
            }
            return try folder.read("output")
        }
    }
}

/// A folder that is gone when the closure returns.
struct Folder {
    let url: URL

    static func temporary<Result>(_ body: (Folder) throws -> Result) throws -> Result {
        let url = FileManager.default.temporaryDirectory.appending(path: "envelope-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: url) }
        return try body(Folder(url: url))
    }

    func path(_ name: String) -> String { url.appending(path: name).path }

    @discardableResult
    func write(_ bytes: [UInt8], to name: String) throws -> URL {
        let file = url.appending(path: name)
        try Data(bytes).write(to: file)
        return file
    }

    func read(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: url.appending(path: name)))
    }
}
