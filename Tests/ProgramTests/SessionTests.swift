import Foundation
import Subprocess
import TestSupport
import Testing

/// The session that README shows is typed in, line by line, and has to print what README shows.
@Suite struct SessionTests {
    @Test func `README's session runs as it stands there`() async throws {
        let workshop = try Workshop()
        let session = try Transcript(Fixtures.repository.appending(path: "README.md"), blockWith: "cordon --as north init")
        // The environment is the workshop's own, and so is the port: two test runs may go on at once.
        let steps = session.steps.filter { !$0.command.hasPrefix("export ") }
        #expect(steps.count >= 18)
        let serve = try #require(steps.firstIndex { $0.command.hasSuffix("serve &") })
        for step in steps[..<serve] { try await play(step, in: workshop) }
        let end = try await workshop.serving { _ in
            for step in steps[(serve + 1)...] { try await play(step, in: workshop) }
        }
        #expect(end == .exited(0))
        try await checkOutcome(workshop)
    }

    private func play(_ step: Transcript.Step, in workshop: Workshop) async throws {
        let command = step.command.replacing("http://127.0.0.1:8460", with: workshop.address)
            .replacing("init ", with: "init --address \(workshop.address) ")
        let asksToSign = step.expected.contains { $0.hasSuffix("Sign? y") }
        let outcome = try await workshop.sh("{ \(command); } 2>&1", input: asksToSign ? "y\n" : "")
        #expect(step.matches(outcome.output), "\(command)\n\(outcome.output)")
        let isRefused = step.expected.first?.hasPrefix("No records.") == true
        #expect(outcome.status == (isRefused ? 1 : 0), "\(command)")
    }

    /// What Lakeside opened are resources of Ana's bundle, byte for byte.
    private func checkOutcome(_ workshop: Workshop) async throws {
        let opened = try Data(contentsOf: workshop.folder.url.appending(path: "labs.json"))
        let original = try Data(contentsOf: Fixtures.url("records/ana.json"))
        let resources = try Resources.of(opened)
        #expect(resources.count == 20)
        #expect(try Set(resources).isSubset(of: Set(Resources.of(original))))
    }
}
