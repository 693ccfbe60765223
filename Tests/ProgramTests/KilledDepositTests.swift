import Foundation
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// The client is killed around a deposit, and run again.
@Suite struct KilledDepositTests {
    /// A gateway behind a relay that kills whoever deposits first.
    private func relayed(_ moment: String, _ body: @Sendable (Workshop) async throws -> Void) async throws {
        let workshop = try Workshop()
        try await workshop.found()
        let port = try #require(workshop.address.split(separator: ":").last)
        let gateway = LoopbackPort.next()
        _ = try await Subprocess.run(
            .name("python3"),
            arguments: [
                Fixtures.repository.appending(path: "Tests/External/relay.py").path, String(port), String(gateway), moment,
                workshop.folder.path("pid"),
            ], environment: workshop.environment, input: .none, output: .sequence, error: .string(limit: 1 << 16)
        ) { relay in
            var lines = relay.standardOutput.strings().makeAsyncIterator()
            #expect(try await lines.next() == "listening")
            do {
                try await workshop.serving(options: ["--port", String(gateway)]) { _ in try await body(workshop) }
                try relay.send(signal: .kill)
            } catch {
                try? relay.send(signal: .kill)
                throw error
            }
        }
    }

    @Test(arguments: ["before", "after"])
    func `a client killed around a deposit leaves the records there once, after the next try`(moment: String) async throws {
        try await relayed(moment) { workshop in
            try await workshop.populate()
            let deposit = "cordon --as hillside clinic deposit --patient 12345 fixtures/records/ana.json"
            let killed = try await workshop.sh("sh -c 'echo $$ > pid; exec \(deposit)'")
            #expect(killed.status == 137, "\(killed.all)")
            let retried = try await workshop.done(deposit)
            #expect(retried.contains("records"), "\(retried)")
            let records = try await workshop.done("cordon --as ana patient records")
            #expect(records.split(separator: "\n").count == 11, "\(records)")
            let again = try await workshop.sh(deposit)
            #expect(again.status == 1 && again.error.contains("deposited before"))
            let leftovers = try FileManager.default.contentsOfDirectory(atPath: workshop.folder.path("home/hillside/outgoing"))
            #expect(!leftovers.contains("pending.age"))
            let replay = try await workshop.done("cordon --as aud audit export --out a && cordon --as aud audit replay a")
            #expect(replay.contains("All signatures good"))
        }
    }
}
