import Foundation

/// The results as a Markdown table, which a terminal shows just as well.
struct ResultTable {
    private static let heading = ["work", "ours", "peer", "its time", "ratio", "lowest to highest"]

    private var rows: [[String]] = []

    mutating func add(_ result: ContestResult) {
        guard let ours = result.ours, let theirs = result.theirs, let ratio = result.ratio, let lowest = result.lowestRatio,
            let highest = result.highestRatio
        else {
            rows.append([result.title, "skipped", result.peer, "not installed", "", ""])
            return
        }
        rows.append([
            result.title, Self.text(ours), result.peer, Self.text(theirs), Self.text(ratio),
            "\(Self.text(lowest)) to \(Self.text(highest))",
        ])
    }

    private static func text(_ ratio: Double) -> String { String(format: ratio < 0.005 ? "%.5f" : "%.2f", ratio) }

    private static func text(_ duration: Duration) -> String {
        let nanoseconds = duration / .nanoseconds(1)
        let (value, unit) =
            switch nanoseconds {
            case ..<1e3: (nanoseconds, "ns")
            case ..<1e6: (nanoseconds / 1e3, "µs")
            case ..<1e9: (nanoseconds / 1e6, "ms")
            default: (nanoseconds / 1e9, "s")
            }
        return String(format: value < 100 ? "%.1f" : "%.0f", value) + " " + unit
    }
}

extension ResultTable: CustomStringConvertible {
    var description: String {
        let lines = [Self.heading] + rows
        let widths = Self.heading.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
        let rule = "|" + widths.map { String(repeating: "-", count: $0 + 2) }.joined(separator: "|") + "|\n"
        let text = lines.map { cells in
            let padded = zip(cells, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
            return "| " + padded.joined(separator: " | ") + " |\n"
        }
        return text[0] + rule + text.dropFirst().joined()
    }
}
