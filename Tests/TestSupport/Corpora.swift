package import Foundation

/// Test data that no one here wrote. It lies outside the repository; `CORDON_CORPORA` names its folder, and a suite that needs it
/// says `.enabled(if: Corpora.arePresent, Corpora.comment)` and is reported as skipped without it.
package enum Corpora {
    package static let folder = ProcessInfo.processInfo.environment["CORDON_CORPORA"].map {
        URL(fileURLWithPath: $0, isDirectory: true)
    }
    package static let arePresent = folder != nil
    package static let comment: String = "CORDON_CORPORA is not set"

    package static func url(_ path: String) throws -> URL {
        guard let folder else { throw CocoaError(.fileNoSuchFile) }
        return folder.appending(path: path)
    }

    package static func data(_ path: String) throws -> Data {
        try Data(contentsOf: url(path))
    }

    package static func json<Value: Decodable>(_ path: String, as _: Value.Type = Value.self) throws -> Value {
        try JSONDecoder().decode(Value.self, from: data(path))
    }

    /// Decompresses with the system's own gzip, so that no test depends on our reading of that format.
    package static func gunzip(_ path: String) throws -> Data {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/gzip")
        process.arguments = ["-dc", try url(path).path]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw CocoaError(.fileReadCorruptFile) }
        return data
    }
}
