import Foundation
import TestSupport
import Testing

@testable import Cedar

/// The engine of cedar-policy/cedar, as PyPI's `cedarpy`, decides what `Tests/External/cedar_cases.py` makes up. Every run makes up other
/// cases; `CORDON_CEDAR_SEED` repeats one.
@Suite(.enabled(if: CedarPeer.isPresent, "python3 with the module cedarpy is not installed"))
struct `Beside another engine` {
    @Test func `twenty thousand decisions are the same, with their reasons and errors`() throws {
        let seed = CedarPeer.seed
        var failures = Failures()
        try CedarPeer.forEachCase("decisions", seed: seed, count: 20_000) { line in
            try Self.compare(
                JSONNode(JSONReader.value(line, depthLimit: Limits.policyJSONDepth), .root("case")).object(), &failures)
        }
        #expect(failures.isEmpty && failures.caseCount >= 20_000, "seed \(seed): \(failures)")
    }

    @Test func `the same texts are policies`() throws {
        let seed = CedarPeer.seed
        var failures = Failures()
        try CedarPeer.forEachCase("parses", seed: seed, count: 10_000) { line in
            let object = try JSONNode(JSONReader.value(line), .root("case")).object()
            let text = try object.required("text").string().text
            let reads = (try? PolicySet(parsing: text)) != nil
            let expected = try object.required("reads").bool()
            let error = try object["error"]?.string().text ?? "the other one reads it"
            failures.check(reads == expected, "\(text): \(error)")
        }
        #expect(failures.isEmpty && failures.caseCount == 10_000, "seed \(seed): \(failures)")
    }

    private static func compare(_ object: JSONObjectNode, _ failures: inout Failures) throws {
        let text = try object.required("policies").string().text
        var set = try PolicySet(parsing: text)
        try checkJSON(object, set, &failures)
        for link in try object.required("links").elements() {
            let link = try link.object()
            var values: [Slot: EntityUID] = [:]
            for (name, uid) in try link.required("values").object().members {
                guard let slot = Slot(rawValue: name.text) else { throw CocoaError(.coderInvalidValue) }
                values[slot] = try ValueReader.uid(uid)
            }
            try set.add(
                Link(id: link.required("new_id").string(), templateID: link.required("template_id").string(), values: values))
        }
        var entities: [Entity] = []
        for node in try object.required("entities").elements() { entities.append(try Entity(json: node, schema: nil)) }
        let known = try Entities(entities)
        for query in try object.required("requests").elements() {
            let query = try CorpusCase.Query(query.object(), schema: nil, reasons: "reasons")
            let difference = query.difference(from: set.authorize(query.request, entities: known))
            failures.check(difference == nil, "\(text)\n\(query.request)\n\(difference ?? "")\n")
        }
    }

    /// What the other engine writes of the same text is read as the same policies, and so is what we write.
    private static func checkJSON(_ object: JSONObjectNode, _ set: PolicySet, _ failures: inout Failures) throws {
        let node = try object.required("json").object()
        for (id, node) in try node.required("staticPolicies").object().members {
            failures.check(try PolicyBody(json: node) == set.policies[id]?.body, "\(id) of \(node.path.text)")
        }
        for (id, node) in try node.required("templates").object().members {
            failures.check(try PolicyBody(json: node) == set.templates[id]?.body, "\(id) of \(node.path.text)")
        }
        let again = try PolicySet(json: set.json)
        failures.check(again.policies == set.policies && again.templates == set.templates, "\(set.policies)")
        for body in set.policies.values.map(\.body) + set.templates.values.map(\.body) {
            failures.check(try PolicyBody(parsing: body.description) == body, "\(body)")
        }
    }
}

/// Python's side.
enum CedarPeer {
    static let isPresent = (try? run(["-c", "import cedarpy"]) { _ in }) == 0

    static var seed: Int {
        ProcessInfo.processInfo.environment["CORDON_CEDAR_SEED"].flatMap { Int($0) } ?? Int.random(in: 0..<1 << 31)
    }

    struct PeerFailure: Error {
        let status: Int32
    }

    /// Calls `visit` with every line of the script's output.
    static func forEachCase(
        _ what: String, of script: String = "cedar_cases.py", seed: Int, count: Int, _ visit: ([UInt8]) throws -> Void
    ) throws {
        let script = Fixtures.repository.appending(path: "Tests/External/\(script)")
        let status = try run(["-B", script.path, what, String(seed), String(count)]) { output in
            var rest: [UInt8] = []
            while let data = try output.read(upToCount: 1 << 20), !data.isEmpty {
                rest += data
                let lines = rest.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
                for line in lines.dropLast() { try visit(Array(line)) }
                rest = lines.last.map(Array.init) ?? []
            }
        }
        guard status == 0 else { throw PeerFailure(status: status) }
    }

    private static func run(_ arguments: [String], _ read: (FileHandle) throws -> Void) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3"] + arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        defer { try? output.fileHandleForReading.close() }
        try read(output.fileHandleForReading)
        process.waitUntilExit()
        return process.terminationStatus
    }
}
