import CryptoPrimitives
import GatewayAPI

/// What was fetched under a grant, as canonical records in one sealed file beside the payloads. docs/formats.md, section 8.
struct ReceivedIndex: CanonicalCodable {
    static let maximumCount = 65_535
    static let maximumSize = 2 + maximumCount * StoredRecord.maximumSize

    let records: [StoredRecord]

    init(records: [StoredRecord]) {
        self.records = records
    }

    init(from reader: inout CanonicalReader) throws(FormatError) {
        records = try reader.list(length: UInt16.self, atMost: Self.maximumCount) { reader throws(FormatError) in
            try reader.value()
        }
    }

    func encode(to writer: inout CanonicalWriter) {
        writer.list(records, length: UInt16.self) { $0.value($1) }
    }
}
