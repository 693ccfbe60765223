import Foundation
import TestSupport
import Testing

/// `Tests/External/check_proofs.py` knows docs/proofs.md and none of our code. It must agree with every vector, its own and ours, and notice
/// when one is not what it is said to be.
@Suite(.enabled(if: IndependentVerifier.python != nil, "python3 with the modules cryptography and gmpy2 is not installed"))
struct IndependentVerifierTests {
    @Test func `a verifier written from the document alone agrees with every vector`() throws {
        let outcome = try IndependentVerifier.check(Fixtures.url("vectors/zk"))
        #expect(outcome.status == 0, "\(outcome.output)")
    }

    @Test func `it notices a proof that does not hold among those to be accepted`() throws {
        var vector = try IndependentVerifier.firstAccepted()
        let proof = try #require(vector["proof"] as? String)
        vector["proof"] = (proof.hasPrefix("0") ? "1" : "0") + proof.dropFirst()
        let outcome = try IndependentVerifier.check(["accepted": [vector]])
        #expect(outcome.status == 1, "\(outcome.output)")
    }

    @Test func `it notices a proof that holds among those to be refused`() throws {
        let outcome = try IndependentVerifier.check(["rejected": [IndependentVerifier.firstAccepted()]])
        #expect(outcome.status == 1 && outcome.output.contains("is accepted"), "\(outcome.output)")
    }
}

enum IndependentVerifier {
    /// The first of two that has the modules. Without gmpy2 it would take a minute.
    static let python = ["python3", "/usr/bin/python3"].first {
        (try? run([$0, "-c", "import cryptography, gmpy2"]).status) == 0
    }

    static func firstAccepted() throws -> [String: Any] {
        let file = try JSONSerialization.jsonObject(with: Data(contentsOf: Fixtures.url("vectors/zk/python.json")))
        let accepted = try #require((file as? [String: Any])?["accepted"] as? [[String: Any]])
        return try #require(accepted.first)
    }

    static func check(_ file: [String: Any]) throws -> (status: Int32, output: String) {
        let folder = try TemporaryFolder()
        try JSONSerialization.data(withJSONObject: file).write(to: folder.url.appending(path: "changed.json"))
        return try check(folder.url)
    }

    static func check(_ folder: URL) throws -> (status: Int32, output: String) {
        let program = Fixtures.repository.appending(path: "Tests/External/check_proofs.py")
        return try run([try #require(python), "-B", program.path, folder.path])
    }

    private static func run(_ command: [String]) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = command
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: text, as: UTF8.self))
    }
}
