package import CryptoPrimitives

/// What a grant's body said, for whoever must judge requests under it.
package struct GrantTerms: CanonicalCodable, Sendable {
    package static let maximumSize = GrantBody.maximumConsentSize + RecipientKey.count + 128

    package let compartment: Ed25519.PublicKey
    package let grantee: Ed25519.PublicKey
    package let consent: [UInt8]
    package let recipient: RecipientKey

    init(_ body: GrantBody) {
        compartment = body.compartment
        grantee = body.grantee
        consent = body.consent
        recipient = body.recipient
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        compartment = try reader.value()
        grantee = try reader.value()
        consent = try reader.string(length: UInt16.self, atMost: GrantBody.maximumConsentSize)
        recipient = try reader.recipient()
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.value(compartment)
        writer.value(grantee)
        writer.string(consent, length: UInt16.self)
        writer.recipient(recipient)
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

/// The newest version of a record.
package struct RecordState: CanonicalCodable, Sendable {
    package static let maximumSize = 4 + 32 + 32

    package let version: UInt32
    package let depositor: Ed25519.PublicKey
    package let compartment: Ed25519.PublicKey

    init(version: UInt32, depositor: Ed25519.PublicKey, compartment: Ed25519.PublicKey) {
        self.version = version
        self.depositor = depositor
        self.compartment = compartment
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        version = try reader.integer(UInt32.self)
        depositor = try reader.value()
        compartment = try reader.value()
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.integer(version)
        writer.value(depositor)
        writer.value(compartment)
    }
}

/// Where a descriptor was deposited.
package struct DescriptorState: CanonicalCodable, Sendable {
    package static let maximumSize = 32 + 8

    package let compartment: Ed25519.PublicKey
    package let position: UInt64

    init(compartment: Ed25519.PublicKey, position: UInt64) {
        self.compartment = compartment
        self.position = position
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        compartment = try reader.value()
        position = try reader.integer(UInt64.self)
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.value(compartment)
        writer.integer(position)
    }
}
