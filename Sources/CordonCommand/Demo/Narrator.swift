/// Prints the demo's story: numbered acts, what happened in each, what stands on the ledger since, how long it took.
final class Narrator {
    private var act = 0
    private let start = ContinuousClock.now

    func tell(_ line: String) {
        for line in line.split(separator: "\n", omittingEmptySubsequences: false) {
            Terminal.write(line.isEmpty ? "" : "   \(line)")
        }
    }

    /// Who could see what at this point.
    func tell(seen: [(who: String, what: String)]) {
        let width = seen.map(\.who.count).max() ?? 0
        for (who, what) in seen { tell("\(who)\(String(repeating: " ", count: width - who.count))  sees \(what)") }
    }

    func act(_ title: String, ledger: () async throws -> String, _ body: () async throws -> Void) async throws {
        act += 1
        Terminal.write("\n\(Terminal.bold("\(act). \(title)"))")
        let start = ContinuousClock.now
        try await body()
        tell("Ledger: \(try await ledger()).  [\(Self.seconds(since: start))]")
    }

    func end(_ line: String) {
        Terminal.write("\nAll of it took \(Self.seconds(since: start)). \(line)")
    }

    private static func seconds(since start: ContinuousClock.Instant) -> String {
        let hundredths = Int(((ContinuousClock.now - start) / .milliseconds(10)).rounded())
        return "\(hundredths / 100).\(hundredths / 10 % 10)\(hundredths % 10) s"
    }
}
