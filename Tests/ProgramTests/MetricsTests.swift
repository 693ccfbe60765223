import Foundation
import GRDB
import TestSupport
import Testing

/// What a gateway tells about itself: figures for Prometheus, and a log for programs. Neither names a patient.
@Suite struct MetricsTests {
    /// The whole road, with figures and a log beside it.
    private func road(_ body: @Sendable (Workshop, Int) async throws -> Void) async throws -> (Workshop, log: [String]) {
        let workshop = try Workshop()
        let port = LoopbackPort.next()
        try await workshop.found()
        let options = ["--verbose", "--log", "json", "--metrics", "127.0.0.1:\(port)"]
        try await workshop.serving(options: options, log: "log") { _ in
            try await workshop.populate()
            try await workshop.done(
                """
                set -e; cordon --as hillside clinic deposit --patient 12345 fixtures/records/ana.json
                cordon --as ana grant --to lakeside --category laboratory --yes; cordon --as lakeside clinic inbox
                cordon --as lakeside clinic request 1 --staff 'Dr. Okafor'; cordon --as lakeside clinic open 1 > opened
                cordon --as ana revoke --to lakeside; cordon --as aud audit export --out north.audit
                """)
            #expect(try await workshop.sh("cordon --as lakeside clinic request 1").status == 1)
            try await body(workshop, port)
        }
        let log = try String(contentsOfFile: workshop.folder.path("log"), encoding: .utf8)
        return (workshop, log.split(separator: "\n").map(String.init))
    }

    private static let fetch = """
        python3 -c 'import sys,urllib.request; sys.stdout.write(urllib.request.urlopen(sys.argv[1]).read().decode())' \
        http://127.0.0.1:
        """

    /// Everything in the store that is somebody's or something's name.
    private static func names(in workshop: Workshop) throws -> [String] {
        let queue = try DatabaseQueue(path: workshop.folder.path("home/north/gateway/store.sqlite"))
        defer { try? queue.close() }
        let blobs = try queue.read { database in
            try [
                "SELECT record FROM slot", "SELECT payload FROM slot", "SELECT compartment FROM slot",
                "SELECT commitment FROM slot",
                "SELECT substr(key, 2) FROM state WHERE length(key) = 33", "SELECT address FROM message", "SELECT id FROM nonce",
                "SELECT fetchKey FROM backup", "SELECT recipient FROM header",
            ].flatMap { try Data.fetchAll(database, sql: $0) }
        }
        let words = ["Ana", "Okafor", "12345", "Hillside", "Lakeside", "hillside", "lakeside", "State Auditor"]
        return words + Set(blobs).flatMap { [$0.map { String(format: "%02x", $0) }.joined(), $0.base64EncodedString()] }
    }

    @Test func `figures tell of calls, the ledger and the disk, and name nobody`() async throws {
        let (workshop, _) = try await road { workshop, port in
            let text = try await workshop.done(Self.fetch + "\(port)/metrics")
            try Data(text.utf8).write(to: workshop.folder.url.appending(path: "metrics"))
            // Only there, and not where clients come.
            #expect(try await workshop.sh(Self.fetch + "\(port)/health").status != 0)
            #expect(try await workshop.sh(Self.fetch + "\(workshop.address.suffix(5))/metrics").status != 0)
        }
        let text = try String(contentsOfFile: workshop.folder.path("metrics"), encoding: .utf8)
        for line in [
            "cordon_calls_total{call=\"/v1/requests\",outcome=\"answered\"} 2",
            "cordon_calls_total{call=\"/v1/requests\",outcome=\"refused\"} 0",
            "cordon_calls_total{call=\"/v1/deposits\",outcome=\"answered\"} 3", "cordon_store_verified 1", "cordon_read_only 0",
            "cordon_store_waiting_writers 0", "cordon_store_failed_batches_total 0", "cordon_refusals_total{code=\"readOnly\"} 0",
        ] {
            #expect(text.contains("\n\(line)\n"), "\(line) is not in \(text)")
        }
        for name in try Self.names(in: workshop) { #expect(!text.contains(name), "the figures name \(name)") }
    }

    private static let hasParser = (try? Self.run("/usr/bin/python3", "-c", "import prometheus_client")) ?? false

    private static func run(_ arguments: String...) throws -> Bool {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = arguments
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus == 0
    }

    @Test(.enabled(if: hasParser, "python3-prometheus-client is not installed"))
    func `Prometheus' own parser reads the figures`() async throws {
        let script = """
            import sys
            from prometheus_client.parser import text_string_to_metric_families
            families = {f.name: f for f in text_string_to_metric_families(sys.stdin.read())}
            for name, family in families.items():
                assert family.documentation and family.type in ('counter', 'gauge', 'histogram'), name
            entries = families['cordon_ledger_entries'].samples[0].value
            calls = sum(s.value for s in families['cordon_calls'].samples)
            for name in ('cordon_call_seconds', 'cordon_store_sync_seconds', 'cordon_store_batch_writers'):
                rows = {}
                for s in families[name].samples:
                    rows.setdefault(s.labels.get('call'), []).append(s)
                for samples in rows.values():
                    counts = [s.value for s in samples if s.name.endswith('_bucket')]
                    total = [s.value for s in samples if s.name.endswith('_count')]
                    assert counts == sorted(counts) and [counts[-1]] == total, name
                    assert samples[len(counts) - 1].labels['le'] == '+Inf'
            timed = sum(s.value for s in families['cordon_call_seconds'].samples if s.name.endswith('_count'))
            assert timed == calls > 20 and entries > 10, (timed, calls, entries)
            print(len(families))
            """
        _ = try await road { workshop, port in
            try Data(script.utf8).write(to: workshop.folder.url.appending(path: "parse.py"))
            let read = try await workshop.sh(Self.fetch + "\(port)/metrics | /usr/bin/python3 parse.py")
            #expect(read.status == 0 && (Int(read.output.trimmingCharacters(in: .newlines)) ?? 0) >= 15, "\(read.all)")
        }
    }

    private struct Line: Decodable {
        let time: String
        let level: String
        let event: String
        let call: String?
        let outcome: String?
        let status: Int?
        let milliseconds: Double?
        let request: String?
    }

    @Test func `a log for programs is one object a line, tells each call, and names nobody`() async throws {
        let (workshop, log) = try await road { _, _ in }
        let lines = try log.map { line in
            let fields = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            #expect(
                Set(fields.keys).isSubset(of: ["time", "level", "event", "call", "outcome", "status", "milliseconds", "request"]))
            return try JSONDecoder().decode(Line.self, from: Data(line.utf8))
        }
        let answered = lines.filter { $0.event == "answered" }
        #expect(answered.count > 20)
        #expect(answered.allSatisfy { $0.call?.hasPrefix("/v1/") == true && $0.status != nil && $0.milliseconds != nil })
        #expect(answered.contains { $0.call == "/v1/requests" && $0.outcome == "answered" })
        #expect(Set(answered.compactMap(\.request)).count == answered.count)
        let text = log.joined(separator: "\n")
        for name in try Self.names(in: workshop) { #expect(!text.contains(name), "the log names \(name)") }
        #expect(!text.contains(workshop.folder.url.path))
    }

    @Test func `figures are for this machine alone, and a log has two forms`() async throws {
        let workshop = try Workshop()
        try await workshop.found()
        for (options, says) in [
            ("--metrics 0.0.0.0:9460", "this machine alone"), ("--metrics 192.0.2.1:9460", "this machine alone"),
            ("--metrics 9460", "such as 127.0.0.1"), ("--metrics 127.0.0.1", "such as 127.0.0.1"),
            ("--metrics 127.0.0.1:0", "such as 127.0.0.1"), ("--metrics 127.0.0.1:99999", "such as 127.0.0.1"),
            ("--metrics http://127.0.0.1:9460", "such as 127.0.0.1"), ("--log xml", "--log"),
        ] {
            let refused = try await workshop.sh("cordon --as north serve \(options)")
            #expect(refused.status == 2 && refused.all.contains(says), "\(options): \(refused.all)")
        }
    }
}
