import CryptoPrimitives
import GatewayClient

/// How much an organisation could read of a category, now and if something were signed.
struct ReaderLine: Encodable {
    let reader: String
    let category: String
    let records: Int
    let now: Int
    let then: Int

    init(_ reach: PatientClient.Reach, _ session: Session) {
        reader = WishLine.name(reach.reader, session)
        category = Names.category(reach.category)
        records = reach.records
        now = reach.now
        then = reach.then
    }

    /// Who could read what.
    static func table(_ lines: [ReaderLine]) -> String {
        guard !lines.isEmpty else { return "Nobody could read anything, now or then." }
        let name = lines.map(\.reader.count).max() ?? 0
        let category = lines.map(\.category.count).max() ?? 0
        let rows = lines.map { line in
            let names = "\(padded(line.reader, name))  \(padded(line.category, category))"
            return "  \(names)  \(line.now) → \(line.then) of \(Names.counted(line.records, "record"))"
        }
        return (["Who could read what, now → then:"] + rows).joined(separator: "\n")
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}
