package import CryptoPrimitives
package import SharingContract

// Calls signed by a compartment's key: the patient's own view. They are no decisions and leave no leaf.

/// The compartment's records, from a position on. With `missing`, only those that have no header for that recipient.
package struct ListRecords: Call {
    package static let path = "/v1/own/records"
    package static let maximumSize = 9 + 33

    package let after: UInt64?
    package let missing: Hash?

    package init(after: UInt64? = nil, missing: Hash? = nil) {
        self.after = after
        self.missing = missing
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        after = try reader.optional { reader throws(FormatError) in try reader.integer(UInt64.self) }
        missing = try reader.optional { reader throws(FormatError) in try reader.value() }
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.optional(after) { $0.integer($1) }
        writer.optional(missing) { $0.value($1) }
    }

    package struct Answer: CanonicalCodable, Sendable {
        package static let maximumCount = 256
        package static let maximumSize = 2 + maximumCount * StoredRecord.maximumSize + 1

        package let records: [StoredRecord]
        package let hasMore: Bool

        package init(records: [StoredRecord], hasMore: Bool) {
            self.records = records
            self.hasMore = hasMore
        }

        package init(from reader: inout CanonicalReader) throws(FormatError) {
            records = try reader.list(length: UInt16.self, atMost: Self.maximumCount) { reader throws(FormatError) in
                try reader.value()
            }
            hasMore = try reader.flag()
            guard !records.isEmpty || !hasMore else { throw .notCanonical }
        }

        package func encode(to writer: inout CanonicalWriter) {
            writer.list(records, length: UInt16.self) { $0.value($1) }
            writer.flag(hasMore)
        }
    }
}

/// All versions of one record of the compartment, from a position on. Their headers are left out: who wants to open one has the newest.
package struct ListVersions: Call {
    package static let path = "/v1/own/versions"
    package static let maximumSize = 32 + 9

    package let record: Descriptor.RecordID
    package let after: UInt64?

    package init(record: Descriptor.RecordID, after: UInt64? = nil) {
        self.record = record
        self.after = after
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        record = try reader.value()
        after = try reader.optional { reader throws(FormatError) in try reader.integer(UInt64.self) }
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.value(record)
        writer.optional(after) { $0.integer($1) }
    }

    package typealias Answer = ListRecords.Answer
}

/// Headers for a grant's recipient, by the records' positions.
package struct AddHeaders: Call {
    package static let path = "/v1/own/headers"
    package static let maximumCount = 256
    package static let maximumSize = 32 + 2 + maximumCount * (8 + 2 + maximumHeaderSize)

    package struct Header: Hashable, Sendable {
        package let position: UInt64
        package let bytes: [UInt8]

        package init(position: UInt64, bytes: [UInt8]) {
            self.position = position
            self.bytes = bytes
        }
    }

    package let grant: Ed25519.PublicKey
    package let headers: [Header]

    package init(grant: Ed25519.PublicKey, headers: [Header]) {
        self.grant = grant
        self.headers = headers
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        grant = try reader.value()
        headers = try reader.list(length: UInt16.self, atMost: Self.maximumCount) { reader throws(FormatError) in
            Header(
                position: try reader.integer(UInt64.self), bytes: try reader.string(length: UInt16.self, atMost: maximumHeaderSize))
        }
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.value(grant)
        writer.list(headers, length: UInt16.self) { writer, header in
            writer.integer(header.position)
            writer.string(header.bytes, length: UInt16.self)
        }
    }

    package typealias Answer = Done
}

/// The payload at a position of the compartment. The answer is the payload itself.
package struct FetchOwnPayload: CanonicalCodable, Sendable {
    package static let path = "/v1/own/payload"
    package static let maximumSize = 8
    package let position: UInt64

    package init(position: UInt64) {
        self.position = position
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        position = try reader.integer(UInt64.self)
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.integer(position)
    }
}

/// Evidence of the compartment's grants, revocations and decisions, refusals among them, in the order of the ledger.
package struct FetchHistory: Call {
    package static let path = "/v1/own/history"
    package static let maximumSize = 8
    /// The first leaf to look at.
    package let from: UInt64

    package init(from: UInt64) {
        self.from = from
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        from = try reader.integer(UInt64.self)
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.integer(from)
    }

    package typealias Answer = EvidencePage
}

/// Destroys the records behind these descriptor commitments.
package struct EraseRecords: Call {
    package static let path = "/v1/own/erasures"
    package static let maximumSize = Erasure.maximumSize + ErasureBody.maximumSize

    package let erasure: Erasure
    package let body: ErasureBody

    package init(erasure: Erasure, body: ErasureBody) {
        self.erasure = erasure
        self.body = body
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        erasure = try reader.value()
        body = try reader.value()
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.value(erasure)
        writer.value(body)
    }

    package typealias Answer = PostedLeaf
}
