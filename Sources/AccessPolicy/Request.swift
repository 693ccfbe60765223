package import CryptoPrimitives
package import MedicalRecords

/// What a clinic asks for under a grant. Its hash is answered once; the grant's release key signs that hash. docs/formats.md,
/// section 4.5.
package struct Request: CanonicalCodable, Hashable, Sendable {
    package static let maximumSize = 256 + 32 + 1 + Filter.maximumSize + 1 + 256 + 32 + 9 + 32

    package let origin: TextLine
    /// The grant, by its control key.
    package let grant: Ed25519.PublicKey
    package let action: Action
    package let filter: Filter
    package let purpose: PurposeOfUse
    /// Who at the clinic asks.
    package let staff: TextLine
    package let actor: Ed25519.PublicKey
    /// The leaf of the emergency access that the request relies on.
    package let emergency: UInt64?
    package let nonce: Bytes32

    package init(
        origin: TextLine, grant: Ed25519.PublicKey, action: Action = .read, filter: Filter, purpose: PurposeOfUse, staff: TextLine,
        actor: Ed25519.PublicKey, emergency: UInt64? = nil, nonce: Bytes32
    ) {
        self.origin = origin
        self.grant = grant
        self.action = action
        self.filter = filter
        self.purpose = purpose
        self.staff = staff
        self.actor = actor
        self.emergency = emergency
        self.nonce = nonce
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        origin = try reader.text()
        grant = try reader.value()
        guard let action = Action(rawValue: try reader.integer(UInt8.self)) else { throw .unknownTag }
        self.action = action
        filter = try reader.value()
        guard let purpose = PurposeOfUse(rawValue: try reader.integer(UInt8.self)) else { throw .unknownTag }
        self.purpose = purpose
        staff = try reader.text()
        actor = try reader.value()
        emergency = try reader.optional { reader throws(FormatError) in try reader.integer(UInt64.self) }
        nonce = try reader.bytes32()
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.text(origin)
        writer.value(grant)
        writer.integer(action.rawValue)
        writer.value(filter)
        writer.integer(purpose.rawValue)
        writer.text(staff)
        writer.value(actor)
        writer.optional(emergency) { $0.integer($1) }
        writer.bytes32(nonce)
    }
}

/// What may be done with a record.
package enum Action: UInt8, CaseIterable, Sendable {
    case read = 1
}

/// Which of the records a request covers are wanted.
package struct Filter: CanonicalCodable, Hashable, Sendable {
    package static let maximumRecords = 256
    package static let maximumSize = 2 + maximumRecords * 32 + 9

    /// Record ids, ascending. None means all.
    package let records: [Bytes32]
    /// Only records deposited behind this position: where an earlier answer was full.
    package let after: UInt64?

    package static let all = Filter(records: [], after: nil)

    /// `nil` if there are more than 256 records.
    package init?(records: Set<Bytes32>, after: UInt64?) {
        guard records.count <= Self.maximumRecords else { return nil }
        self.init(records: records.sorted(), after: after)
    }

    private init(records: [Bytes32], after: UInt64?) {
        self.records = records
        self.after = after
    }

    /// The same records, behind a position.
    package func after(_ position: UInt64) -> Filter {
        Filter(records: records, after: position)
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        records = try reader.list(length: UInt16.self, atMost: Self.maximumRecords) { reader throws(FormatError) in
            try reader.bytes32()
        }
        guard records.isAscending(by: { $0 }) else { throw .notCanonical }
        after = try reader.optional { reader throws(FormatError) in try reader.integer(UInt64.self) }
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.list(records, length: UInt16.self) { $0.bytes32($1) }
        writer.optional(after) { $0.integer($1) }
    }

    package func wants(_ record: Bytes32, at position: UInt64) -> Bool {
        (records.isEmpty || records.contains(record)) && after.map { position > $0 } ?? true
    }
}
