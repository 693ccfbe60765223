import GatewayAPI
import GatewayClient

/// Records that are not what their authors described. The others are opened all the same; these are named at the end.
struct BadRecords {
    private var lines: [String] = []

    mutating func add(_ record: StoredRecord, _ discrepancy: Discrepancy, _ session: Session) {
        let line = RecordLine(record, session)
        lines.append("record \(line.record.prefix(12)) from \(line.depositor): \(discrepancy.words)")
    }

    func report() throws {
        guard !lines.isEmpty else { return }
        throw Stop.notVerified(
            "NOT VERIFIED: \(lines.joined(separator: "; ")).", "The other records are good. Tell the author and the consortium.")
    }
}
