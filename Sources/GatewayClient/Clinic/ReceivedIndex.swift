package import CryptoPrimitives
package import GatewayAPI

/// What was fetched under a grant, as canonical records in one sealed file beside the payloads. docs/formats.md, section 8.
struct ReceivedIndex: CanonicalCodable {
    static let maximumCount = 65_535
    static let maximumSize = 2 + maximumCount * ReceivedRecord.maximumSize

    let records: [ReceivedRecord]

    init(records: [ReceivedRecord]) {
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

/// A record that was fetched, and what whoever opens it has to do.
package struct ReceivedRecord: CanonicalCodable, Hashable, Sendable {
    package static let maximumSize = StoredRecord.maximumSize + 1 + maximumObligations
    private static let maximumObligations = 255

    package let record: StoredRecord
    /// By number, ascending. One that this program does not know is kept, and keeps the record shut.
    package let obligations: [UInt8]

    package init(_ record: StoredRecord, obligations: [UInt8]) {
        (self.record, self.obligations) = (record, obligations)
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        record = try reader.value()
        obligations = try reader.list(length: UInt8.self, atMost: Self.maximumObligations) { reader throws(FormatError) in
            try reader.integer(UInt8.self)
        }
        guard obligations.isAscending(by: \.self) else { throw .notCanonical }
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.value(record)
        writer.list(obligations, length: UInt8.self) { $0.integer($1) }
    }
}
