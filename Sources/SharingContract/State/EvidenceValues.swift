package import CryptoPrimitives

/// What a grant's body said, for whoever must judge requests under it.
package struct GrantTerms: CanonicalCodable, Sendable {
    package static let maximumSize = GrantBody.maximumConsentSize + RecipientKey.count + 200

    package let compartment: Ed25519.PublicKey
    package let grantee: Ed25519.PublicKey
    package let power: GrantBody.Power
    /// The delegation that it was made under, by its control key.
    package let authority: Ed25519.PublicKey?
    package let consent: [UInt8]
    package let compilation: Hash
    package let recipient: RecipientKey

    init(_ body: GrantBody) {
        compartment = body.compartment
        grantee = body.grantee
        power = body.power
        authority = body.authority?.grant
        consent = body.consent
        compilation = body.compilation
        recipient = body.recipient
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        compartment = try reader.value()
        grantee = try reader.value()
        guard let power = GrantBody.Power(rawValue: try reader.integer(UInt8.self)) else { throw .unknownTag }
        self.power = power
        authority = try reader.optional { reader throws(FormatError) in try reader.value() }
        consent = try reader.string(length: UInt16.self, atMost: GrantBody.maximumConsentSize)
        compilation = try reader.value()
        recipient = try reader.recipient()
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.value(compartment)
        writer.value(grantee)
        writer.integer(power.rawValue)
        writer.optional(authority) { $0.value($1) }
        writer.string(consent, length: UInt16.self)
        writer.value(compilation)
        writer.recipient(recipient)
    }
}

/// A compartment's grants that were not revoked, by control key, those that ran out among them: what a consent forbids may outlast its
/// grant.
package struct OpenGrants: CanonicalCodable, Sendable {
    package static let maximumCount = 1_024
    package static let maximumSize = 2 + maximumCount * 32

    /// Ascending.
    package private(set) var controls: [Ed25519.PublicKey] = []

    init() {}

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        controls = try reader.list(length: UInt16.self, atMost: Self.maximumCount) { reader throws(FormatError) in
            try reader.value()
        }
        guard controls.isAscending(by: \.self) else { throw .notCanonical }
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.list(controls, length: UInt16.self) { $0.value($1) }
    }

    mutating func insert(_ control: Ed25519.PublicKey) throws(Refusal) {
        guard controls.count < Self.maximumCount else { throw .tooManyGrants }
        controls.insert(control, at: controls.firstIndex { control < $0 } ?? controls.endIndex)
    }

    mutating func remove(_ gone: Set<Ed25519.PublicKey>) {
        controls.removeAll(where: gone.contains)
    }
}

/// The newest recipient list of a compartment, by hash.
package struct ListHash: CanonicalCodable, Sendable {
    package static let maximumSize = 32
    package let hash: Hash

    package init(_ hash: Hash) {
        self.hash = hash
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        hash = try reader.value()
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.value(hash)
    }
}

/// A record that was not erased.
package struct RecordState: CanonicalCodable, Sendable {
    /// As many as one erasure can name: a record is erased with all its versions.
    package static let maximumVersions = Erasure.maximumCommitments
    package static let maximumSize = 32 + 32 + 1 + 2 + maximumVersions * 32

    package let depositor: Ed25519.PublicKey
    package let compartment: Ed25519.PublicKey
    /// Whether the last version says that the record was entered in error.
    package var isRetracted = false
    /// Descriptor commitments, version 1 first.
    package var versions: [Hash] = []

    init(depositor: Ed25519.PublicKey, compartment: Ed25519.PublicKey) {
        self.depositor = depositor
        self.compartment = compartment
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        depositor = try reader.value()
        compartment = try reader.value()
        isRetracted = try reader.flag()
        versions = try reader.list(length: UInt16.self, atMost: Self.maximumVersions) { reader throws(FormatError) in
            try reader.value()
        }
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.value(depositor)
        writer.value(compartment)
        writer.flag(isRetracted)
        writer.list(versions, length: UInt16.self) { $0.value($1) }
    }
}

/// Where a descriptor was deposited.
package struct DescriptorState: CanonicalCodable, Sendable {
    package static let maximumSize = 32 + 8 + 33

    package let compartment: Ed25519.PublicKey
    package let position: UInt64
    /// `nil` once the record is erased.
    package var record: Descriptor.RecordID?

    init(compartment: Ed25519.PublicKey, position: UInt64, record: Descriptor.RecordID?) {
        self.compartment = compartment
        self.position = position
        self.record = record
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        compartment = try reader.value()
        position = try reader.integer(UInt64.self)
        record = try reader.optional { reader throws(FormatError) in try reader.value() }
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.value(compartment)
        writer.integer(position)
        writer.optional(record) { $0.value($1) }
    }
}
