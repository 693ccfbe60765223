package import CryptoPrimitives
package import MedicalRecords

/// What the patient signed: what may be done with which records, and why. When and by whom stands in the grant.
///
///     u16 category, u8 tag, then
///     01  u8 actions (bit 0 read), u16 purposes (bit n for purpose n), u8 flags (bit 0 unlabelled files, bit 1 counselling notes, bit 2 emergencies alone)
///     02  u8 what (0 everything, 1 text label, 2 [32] record id), opt(key clinic)
///     03  b16 a FHIR R4 Consent in JSON
///
/// docs/formats.md, section 4.4.
package struct Consent: CanonicalCodable, Hashable, Sendable {
    package static let maximumDocumentSize = 32_768
    package static let maximumSize = 2 + 1 + 2 + maximumDocumentSize

    package enum Content: Hashable, Sendable {
        case plain(PlainConsent)
        /// Permits nothing, and wins over what permits.
        case restriction(Restriction)
        /// As the patient signed it, byte by byte.
        case fhir([UInt8])
    }

    /// A category of `policies/categories.json`, by number.
    package let category: UInt16
    package let content: Content

    package init(_ plain: PlainConsent, category: UInt16) {
        self.category = category
        content = .plain(plain)
    }

    package init(_ restriction: Restriction, category: UInt16) {
        self.category = category
        content = .restriction(restriction)
    }

    /// `nil` if the document is empty or larger than 32 KiB. Whether it is a consent is for the compiler to say.
    package init?(fhir document: [UInt8], category: UInt16) {
        guard (1...Self.maximumDocumentSize).contains(document.count) else { return nil }
        self.category = category
        content = .fhir(document)
    }

    /// A plain one; `nil` if it allows nothing.
    package init?(actions: Set<Action>, purposes: Set<PurposeOfUse>, category: UInt16) {
        guard let plain = PlainConsent(actions: actions, purposes: purposes) else { return nil }
        self.init(plain, category: category)
    }

    package var plain: PlainConsent? {
        if case .plain(let plain) = content { plain } else { nil }
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        category = try reader.integer(UInt16.self)
        switch try reader.integer(UInt8.self) {
        case 1: content = .plain(try PlainConsent(from: &reader))
        case 2: content = .restriction(try Restriction(from: &reader))
        case 3:
            let document = try reader.string(length: UInt16.self, atMost: Self.maximumDocumentSize)
            guard !document.isEmpty else { throw .notCanonical }
            content = .fhir(document)
        default: throw .unknownTag
        }
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.integer(category)
        switch content {
        case .plain(let plain):
            writer.integer(1 as UInt8)
            plain.encode(to: &writer)
        case .restriction(let restriction):
            writer.integer(2 as UInt8)
            restriction.encode(to: &writer)
        case .fhir(let document):
            writer.integer(3 as UInt8)
            writer.string(document, length: UInt16.self)
        }
    }
}
