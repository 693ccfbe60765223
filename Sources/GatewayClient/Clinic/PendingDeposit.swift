import CryptoPrimitives
import GatewayAPI
import SharingContract

/// A deposit on its way, as it is sent. It lies in the profile until its answer is known: sent again byte for byte, it is the same
/// deposit and not a second one.
struct PendingDeposit: CanonicalCodable {
    static let maximumSize = 2 + 65_535 + 2 + 2 + 256 * 32 + DepositRecords.maximumSize

    let recordNumber: String
    let category: UInt16
    /// SHA-256 of each record's content, in the order of the message.
    let contents: [Hash]
    let message: DepositRecords

    init(recordNumber: String, category: UInt16, contents: [Hash], message: DepositRecords) {
        self.recordNumber = recordNumber
        self.category = category
        self.contents = contents
        self.message = message
    }

    init(from reader: inout CanonicalReader) throws(FormatError) {
        let number = try reader.string(length: UInt16.self, atMost: 65_535)
        guard let recordNumber = String(validating: number, as: UTF8.self) else { throw .notCanonical }
        self.recordNumber = recordNumber
        category = try reader.integer(UInt16.self)
        contents = try reader.list(length: UInt16.self, atMost: 256) { reader throws(FormatError) in try reader.value() }
        message = try reader.value()
        guard contents.count == message.records.count else { throw .notCanonical }
    }

    /// As a program wrote it that knew of no claims: without them, in the message as well. What the depositor signed in it has one form.
    init(beforeClaims bytes: [UInt8]) throws(FormatError) {
        guard bytes.count <= Self.maximumSize else { throw .tooLarge }
        var reader = CanonicalReader(bytes)
        let number = try reader.string(length: UInt16.self, atMost: 65_535)
        guard let recordNumber = String(validating: number, as: UTF8.self) else { throw .notCanonical }
        self.recordNumber = recordNumber
        category = try reader.integer(UInt16.self)
        contents = try reader.list(length: UInt16.self, atMost: 256) { reader throws(FormatError) in try reader.value() }
        let body = try reader.value(DepositBody.self)
        let records = try reader.list(length: UInt16.self, atMost: contents.count) { reader throws(FormatError) in
            DepositRecords.Record(
                descriptor: try reader.value(),
                headers: try reader.list(length: UInt16.self, atMost: RecipientList.maximumRecipients + 1) {
                    reader throws(FormatError) in
                    try reader.string(length: UInt16.self, atMost: maximumHeaderSize)
                })
        }
        message = DepositRecords(body: body, records: records)
        guard contents.count == records.count, records.allSatisfy({ $0.descriptor.claims == nil }) else { throw .notCanonical }
        try reader.expectEnd()
    }

    func encode(to writer: inout CanonicalWriter) {
        writer.string(Array(recordNumber.utf8), length: UInt16.self)
        writer.integer(category)
        writer.list(contents, length: UInt16.self) { $0.value($1) }
        writer.value(message)
    }
}
