import RecordStorage

/// Figures as Prometheus reads them (exposition format 0.0.4):
///
///     # HELP cordon_ledger_entries Entries on the ledger.
///     # TYPE cordon_ledger_entries gauge
///     cordon_ledger_entries 14
///
/// Names and labels are the program's own words, so nothing needs to be escaped.
struct MetricsText {
    private(set) var text = ""

    enum Kind: String {
        case counter, gauge, histogram
    }

    mutating func begin(_ name: String, _ kind: Kind, _ help: String) {
        text += "# HELP cordon_\(name) \(help)\n# TYPE cordon_\(name) \(kind.rawValue)\n"
    }

    mutating func line(_ name: String, _ labels: [(String, String)] = [], _ value: Double) {
        let pairs = labels.map { "\($0)=\"\($1)\"" }.joined(separator: ",")
        text += "cordon_\(name)\(pairs.isEmpty ? "" : "{\(pairs)}") \(Self.number(value))\n"
    }

    mutating func gauge(_ name: String, _ help: String, _ value: Double) {
        begin(name, .gauge, help)
        line(name, [], value)
    }

    mutating func counter(_ name: String, _ help: String, _ value: UInt64) {
        begin(name, .counter, help)
        line(name, [], Double(value))
    }

    /// The lines of one histogram, its counts added up as the format wants them.
    mutating func lines(_ name: String, _ labels: [(String, String)] = [], _ histogram: Histogram) {
        var below: UInt64 = 0
        for (bound, count) in zip(histogram.bounds.map(Self.number) + ["+Inf"], histogram.counts) {
            below += count
            line("\(name)_bucket", labels + [("le", bound)], Double(below))
        }
        line("\(name)_sum", labels, histogram.sum)
        line("\(name)_count", labels, Double(below))
    }

    private static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
    }
}
