import Foundation
import GRDB
import RecordStorage
import TestSupport
import Testing

/// A statement that walks through a whole table takes longer every year, and most run where everybody waits.
@Suite struct QueryPlans {
    /// Statements that look at everything, on purpose: in the checks at a start and beside the service, and in copies of a store.
    /// And a mirror's, which has tables of its own.
    private static let thorough = [
        "DatabaseMigrator+check.swift", "SelfCheck.swift", "SelfCheck+claims.swift",
        "StoreCopy.swift", "NewerLedger.swift", "MirrorStore.swift",
        "MirrorStore+payloads.swift", "MirrorStore+policies.swift", "MirrorStore+anchors.swift",
    ]
    /// The same where the file does other things too, by how they begin.
    private static let exceptions = [
        // A table of one line, and one of which the first line is enough.
        "SELECT size, root, checkpoint FROM head", "SELECT 1 FROM lostErasure LIMIT 1",
        // At a start, which files belong to no row.
        "SELECT id FROM payload WHERE bytes IS NULL",
        // What waits for a day at the most: counted once a minute, and published as a whole, both on a reader's connection.
        "SELECT COUNT(*) FROM anchor", "SELECT hash, digest, day FROM anchor LIMIT",
    ]

    @Test func `every statement finds its rows by an index`() async throws {
        let fixture = try await StoreFixture(try World.begun())
        let queue = try DatabaseQueue(path: fixture.folder.path("store.sqlite"))
        let statements = try Self.statements()
        #expect(statements.count > 40, "only \(statements.count) statements were found in the sources")
        try await queue.read { database in
            for sql in statements where !Self.exceptions.contains(where: sql.hasPrefix) {
                let arguments = StatementArguments([String](repeating: "", count: sql.count { $0 == "?" }))
                let plan = try Row.fetchAll(database, sql: "EXPLAIN QUERY PLAN " + sql, arguments: arguments)
                let lines = plan.map { $0["detail"] as String }
                #expect(!lines.contains { $0.hasPrefix("SCAN") }, "\(sql): \(lines)")
                #expect(!lines.contains { $0.contains("TEMP B-TREE") }, "\(sql): \(lines)")
            }
        }
        try queue.close()
    }

    @Test func `records are found by the beginning of their facts`() async throws {
        let fixture = try await StoreFixture(try World.begun())
        let queue = try DatabaseQueue(path: fixture.folder.path("store.sqlite"))
        let sql = try #require(try Self.statements().first { $0.contains("substr(descriptor, 112, 3) = ?") })
        let lines = try await queue.read { database in
            try Row.fetchAll(database, sql: "EXPLAIN QUERY PLAN " + sql, arguments: ["", "", "", "", ""]).map {
                $0["detail"] as String
            }
        }
        #expect(lines.first?.contains("slotByFacts (compartment=? AND <expr>=? AND rowid>?)") == true, "\(lines)")
        try queue.close()
    }

    /// All SQL in the sources of the store, as it stands in string literals.
    private static func statements() throws -> [String] {
        let folder = Fixtures.repository.appending(path: "Sources/RecordStorage")
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
        var statements: [String] = []
        while let url = files?.nextObject() as? URL {
            guard url.pathExtension == "swift", !thorough.contains(url.lastPathComponent) else { continue }
            let text = try String(contentsOf: url, encoding: .utf8)
            // Long literals first: what is left has short ones only.
            let long = text.matches(of: /"""\n(.*?)"""/.dotMatchesNewlines()).map { String($0.output.1) }
            let short = text.replacing(/""".*?"""/.dotMatchesNewlines(), with: "").matches(of: /"([^"\n]*)"/).map {
                String($0.output.1)
            }
            statements += (long + short).map { $0.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
        }
        let verbs = ["SELECT ", "INSERT ", "UPDATE ", "DELETE "]
        return statements.filter { statement in verbs.contains(where: statement.hasPrefix) && !statement.contains("only INTEGER") }
    }
}
