import Foundation

/// Measures what the README promises, each part against a named peer that does the same work in the same run.
///
/// Absolute times say more of the machine than of the code, so the last column is what counts. `RESULTS.md` keeps one run.
@main
struct BenchmarkProgram {
    static func main() async throws {
        if let served = ServedProgram(CommandLine.arguments) { return try await served.run() }
        let arguments = Array(CommandLine.arguments.dropFirst())
        guard try await !FileModes.run(arguments) else { return }
        let (folder, memory) = (try ScratchFolder(), try MemoryFolder())
        if arguments.first == "constant-time" { return ConstantTimeTiming.report() }
        if arguments.first == "timing" { return print(try await TwoWorldTiming.report(in: folder)) }
        print(Machine.description)
        print("")
        let before = Machine.load
        var table = ResultTable()
        for (group, contests) in groups(folder, memory) where arguments.isEmpty || arguments.contains(group) {
            for contest in try await contests() { table.add(try await contest.run()) }
        }
        var costs = ""
        if arguments.isEmpty || arguments.contains("deposit") { costs = try await deposits(&table, folder) }
        print(table)
        print(costs)
        if arguments.isEmpty || arguments.contains("disclosure") { print(try DisclosureContests.sizes()) }
        if arguments.isEmpty || arguments.contains("cedar") { print(try CedarContests.memory(in: folder)) }
        print("Peak memory of the programs that seal and open the file: \(FileContests.peakMemory(in: memory)).")
        print("Ratio: our time by the peer's, median of the rounds, then the lowest and the highest. Below 1, ours is faster.")
        print("Load of the last minute: \(before) at the start, \(Machine.load) at the end.")
        withExtendedLifetime(folder) {}
    }

    /// In the order of the table. Arguments name the groups that are run; without any, all are.
    private static func groups(_ folder: ScratchFolder, _ memory: MemoryFolder) -> [(String, () async throws -> [Contest])] {
        [
            ("sealing", { try SealingContests.all() + PayloadContests.all() }),
            ("proofs", { GroupContests.all() }),
            ("tree", { try TreeContest.all(in: folder) }),
            ("ledger", { try await LedgerContests.all(in: folder) }),
            ("gateway", { try await GatewayContests.all(in: folder) }),
            ("growth", { try await GrowthContests.all(in: folder) }),
            ("scanning", { try ScanningContests.all(in: folder) }),
            ("cedar", { try CedarContests.all(in: folder) }),
            ("disclosure", { try DisclosureContests.all() }),
            ("files", { try FileContests.all(in: memory) }),
            ("start", { try StartContests.all(in: folder) }),
        ]
    }

    /// With a gateway and clients that are programs of their own, and what each of their commands costs.
    private static func deposits(_ table: inout ResultTable, _ folder: ScratchFolder) async throws -> String {
        guard let cordon = ProgramPaths.built("cordon") else { return "" }
        let bundle = try DepositBundle(in: folder)
        let stage = try await Stage(cordon: cordon, recordNumber: bundle.recordNumber, in: folder)
        let contests = try DepositContests.all(on: stage, bundle, in: folder)
        // First: what a release costs grows with the hundreds of records that the contests deposit.
        let costs = try ClientCosts.measure(on: stage, bundle, in: folder)
        for contest in contests { table.add(try await contest.run()) }
        return costs
    }
}

/// What the figures were measured on, as far as it can be told without naming the machine.
enum Machine {
    static var description: String {
        let cores = ProcessInfo.processInfo.activeProcessorCount
        return "\(cores) cores, \(model); \(memory); Linux \(kernel); \(SealingContests.libraryVersion)"
    }

    /// Processes that ran or wanted to, on average.
    static var load: String { firstWord(of: "/proc/loadavg") ?? "unknown" }

    private static var model: String { value(of: "model name", in: "/proc/cpuinfo") ?? "unknown processor" }

    private static var memory: String {
        let kibibytes = value(of: "MemTotal", in: "/proc/meminfo")?.split(separator: " ").first.flatMap { Double($0) }
        return kibibytes.map { String(format: "%.0f GiB of memory", $0 / 1_048_576) } ?? "unknown memory"
    }

    private static var kernel: String { firstWord(of: "/proc/sys/kernel/osrelease") ?? "unknown" }

    private static func firstWord(of path: String) -> String? {
        text(path)?.split(whereSeparator: \.isWhitespace).first.map(String.init)
    }

    private static func value(of key: String, in path: String) -> String? {
        let line = text(path)?.split(separator: "\n").first { $0.hasPrefix(key) }
        return line?.split(separator: ":", maxSplits: 1).last?.trimmingCharacters(in: .whitespaces)
    }

    private static func text(_ path: String) -> String? {
        try? String(contentsOfFile: path, encoding: .utf8)
    }
}
