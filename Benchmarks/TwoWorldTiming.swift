import AccessPolicy
import CryptoPrimitives
import Foundation
import MedicalRecords
import SharingContract
import SystemPackage
import TestSupport

/// Whether a clinic can tell two worlds apart by how long answers take. Requests go to both in turns, in an order that is drawn anew for
/// each pair, over the same kind of connection, to gateways that are programs of their own.
///
/// Reported is the chance that an answer of the second world took longer than one of the first (the area under the ROC curve, from the
/// ranks: Mann and Whitney, 1947). One half is what a clinic gets by guessing. Two programs differ a little by themselves, by where their
/// memory lies, and whoever asks one of them for long enough sees that. So all programs start anew for every round, in an order that is
/// drawn, and it is the rounds that are counted: the statistic is Student's t over their chances, beside the same of two programs that
/// serve the same world.
enum TwoWorldTiming {
    private static let rounds = 16
    private static let pairs = 150
    /// Of each program, to be warm.
    private static let unmeasured = 20

    static func report(in folder: ScratchFolder) async throws -> String {
        let path = FilePath(folder.url.path)
        func world(_ name: String, _ beside: BenchmarkStore.Beside) async throws -> FilePath {
            try await BenchmarkStore(in: path.appending(name), leaves: 200, beside: beside).folder
        }
        let (without, again) = (try await world("without", .grant), try await world("again", .grant))
        let (with, restricted) = (try await world("with", .withheld), try await world("restricted", .restricted))
        let named = try SignedCall.Question(filter: filter(BenchmarkStore.withheldRecord))
        let unknown = try SignedCall.Question(filter: filter(Descriptor.RecordID(SHA256.hash(Array("none".utf8)).value)))
        let comparisons = [
            Comparison("all", ("nothing withheld", without, .init()), ("the same", again, .init())),
            Comparison("all", ("nothing withheld", without, .init()), ("a record withheld", with, .init())),
            Comparison("all", ("nothing withheld", without, .init()), ("a record restricted", restricted, .init())),
            Comparison("one record", ("it is not there", without, named), ("the same", again, named)),
            Comparison("one record", ("it is not there", without, named), ("withheld", with, named)),
            Comparison("one record", ("it is not there", without, named), ("restricted", restricted, named)),
            Comparison("one record", ("none of this id", with, unknown), ("withheld", with, named)),
            Comparison("all", ("no such grant", with, .init(grant: "none")), ("purpose denied", with, .init(purpose: .research))),
            Comparison("all, 64 at once", ("nothing withheld", without, .init()), ("the same", again, .init()), clients: 64),
            Comparison(
                "all, 64 at once", ("nothing withheld", without, .init()), ("a record restricted", restricted, .init()), clients: 64
            ),
        ]
        var results = comparisons.map { _ in Results() }
        for _ in 0..<rounds {
            // Two programs cannot have one store open, so a world that is compared with itself is one program.
            var servers: [FilePath: ServerProcess] = [:]
            for folder in [without, again, with, restricted].shuffled() {
                servers[folder] = try ServerProcess(["serve-gateway", folder.string])
            }
            for index in comparisons.indices.shuffled() {
                try await results[index].add(comparisons[index].times(servers))
            }
        }
        let lines = zip(comparisons, results).map { $0.line($1) }
        return """
            | asked for | one world | the other | median | median | chance that the other is slower | t |
            |---|---|---|---|---|---|---|
            \(lines.joined(separator: "\n"))

            \(rounds) rounds of \(pairs) pairs, or an eighth of them where 64 ask. Without a difference t lies between -2.13 and 2.13
            nineteen times of twenty.
            """
    }

    private static func filter(_ record: Descriptor.RecordID) throws -> Filter {
        guard let filter = Filter(records: [record.value], after: nil) else { throw LoadError.notReleased }
        return filter
    }

    /// One row, of all rounds.
    private struct Results {
        var chances: [Double] = []
        var times: [[Double]] = [[], []]

        mutating func add(_ round: [[Double]]) {
            chances.append(chance(that: round[1], isSlowerThan: round[0]))
            for index in 0...1 { times[index] += round[index] }
        }

        var mean: Double { chances.reduce(0, +) / Double(chances.count) }

        /// Of the mean against one half.
        var student: Double {
            let variance = chances.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(chances.count - 1)
            return (mean - 0.5) / (variance / Double(chances.count)).squareRoot()
        }
    }

    private typealias World = (name: String, folder: FilePath, question: SignedCall.Question)

    private struct Comparison {
        let title: String
        let worlds: [World]
        /// How many ask at the same time. Theirs is the time until the last has its answer: what a gateway works for each adds up.
        let clients: Int

        init(_ title: String, _ one: World, _ other: World, clients: Int = 1) {
            (self.title, worlds, self.clients) = (title, [one, other], clients)
        }

        func times(_ servers: [FilePath: ServerProcess]) async throws -> [[Double]] {
            var times: [[Double]] = [[], []]
            let (pairs, unmeasured) =
                clients == 1 ? (TwoWorldTiming.pairs, TwoWorldTiming.unmeasured) : (TwoWorldTiming.pairs / 8, 2)
            for pair in 0..<pairs + unmeasured {
                for index in [0, 1].shuffled() {
                    guard let server = servers[worlds[index].folder] else { throw LoadError.notReleased }
                    let time = try await TwoWorldTiming.time(worlds[index].question, server, clients)
                    if pair >= unmeasured { times[index].append(time) }
                }
            }
            return times
        }

        func line(_ results: Results) -> String {
            let median = results.times.map { $0.sorted()[$0.count / 2] * 1e6 }
            return String(
                format: "| %@ | %@ | %@ | %.0f µs | %.0f µs | %.3f | %.1f |", title, worlds[0].name, worlds[1].name, median[0],
                median[1], results.mean, results.student)
        }
    }

    private static func time(_ question: SignedCall.Question, _ server: ServerProcess, _ clients: Int) async throws -> Double {
        let requests = (0..<clients).map { _ in
            SignedCall.release(by: key(BenchmarkStore.clinic), releaseKey: key(question.grant + "/release"), question)
        }
        let duration = try await LoadClient.run(port: server.port, clients: clients) { client in
            var isAsked = false
            return { _ in
                defer { isAsked = true }
                return isAsked ? nil : requests[client]
            }
        }
        return duration / .seconds(1)
    }

    /// The Mann-Whitney statistic by the number of pairs. Times that are equal count half.
    private static func chance(that slow: [Double], isSlowerThan fast: [Double]) -> Double {
        let sorted = fast.sorted()
        let total = slow.reduce(0.0) { sum, time in
            let below = sorted.partitioningIndex { $0 >= time }
            let upTo = sorted.partitioningIndex { $0 > time }
            return sum + Double(below) + Double(upTo - below) / 2
        }
        return total / Double(slow.count * fast.count)
    }
}

extension [Double] {
    /// The first index at which a sorted array fulfils the condition.
    fileprivate func partitioningIndex(where condition: (Double) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if condition(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
