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
/// ranks: Mann and Whitney, 1947). One half is what a clinic gets by guessing; the band holds it nineteen times of twenty where there is
/// no difference.
enum TwoWorldTiming {
    private static let pairs = 1_500

    static func report(in folder: ScratchFolder) async throws -> String {
        let path = FilePath(folder.url.path)
        let without = try await BenchmarkStore(in: path.appending("without"), leaves: 200)
        let with = try await BenchmarkStore(in: path.appending("with"), leaves: 200, withheld: true)
        // The first world once more, in a program and a store of its own: what two programs differ by, with nothing to hide.
        let again = try await BenchmarkStore(in: path.appending("again"), leaves: 200)
        let control = try ServerProcess(["serve-gateway", again.folder.string])
        let first = try ServerProcess(["serve-gateway", without.folder.string])
        let second = try ServerProcess(["serve-gateway", with.folder.string])
        let named = try filter(BenchmarkStore.withheldRecord)
        let unknown = try filter(Descriptor.RecordID(SHA256.hash(Array("none".utf8)).value))
        var lines = [
            "| asked for | one world | the other | median | median | chance that the other is slower |",
            "|---|---|---|---|---|---|",
        ]
        lines.append(
            try await compare("all", ("nothing withheld", first, .init()), ("the same, another program", control, .init())))
        lines.append(
            try await compare("all", ("nothing withheld", first, .init()), ("a record withheld", second, .init())))
        lines.append(
            try await compare("all", ("nothing withheld", control, .init()), ("a record withheld", second, .init())))
        lines.append(
            try await compare(
                "one record", ("it is not there", first, .init(filter: named)), ("withheld", second, .init(filter: named))))
        lines.append(
            try await compare(
                "one record", ("none of this id", second, .init(filter: unknown)), ("withheld", second, .init(filter: named))))
        lines.append(
            try await compare(
                "all", ("no such grant", second, .init(grant: "none")), ("purpose denied", second, .init(purpose: .research))))
        let band = 1.96 * (Double(2 * pairs + 1) / Double(12 * pairs * pairs)).squareRoot()
        lines.append("")
        lines.append(
            String(
                format: "%d pairs each; without a difference the chance lies between %.3f and %.3f.", pairs, 0.5 - band, 0.5 + band)
        )
        return lines.joined(separator: "\n")
    }

    private static func filter(_ record: Descriptor.RecordID) throws -> Filter {
        guard let filter = Filter(records: [record.value], after: nil) else { throw LoadError.notReleased }
        return filter
    }

    private typealias World = (name: String, server: ServerProcess, question: SignedCall.Question)

    private static func compare(_ title: String, _ one: World, _ other: World) async throws -> String {
        var times: [[Double]] = [[], []]
        for _ in 0..<pairs {
            for index in [0, 1].shuffled() {
                let world = index == 0 ? one : other
                times[index].append(try await time(world))
            }
        }
        let median = times.map { $0.sorted()[$0.count / 2] * 1e6 }
        return String(
            format: "| %@ | %@ | %@ | %.0f µs | %.0f µs | %.3f |", title, one.name, other.name, median[0], median[1],
            chance(that: times[1], isSlowerThan: times[0]))
    }

    private static func time(_ world: World) async throws -> Double {
        let request = SignedCall.release(
            by: key(BenchmarkStore.clinic), releaseKey: key(world.question.grant + "/release"), world.question)
        let duration = try await LoadClient.run(port: world.server.port, clients: 1) { _ in
            var isAsked = false
            return { _ in
                defer { isAsked = true }
                return isAsked ? nil : request
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
