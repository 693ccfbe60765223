package import CryptoPrimitives
package import MedicalRecords

/// What the patient signed: what may be done with which records, and why. When and by whom stands in the grant.
///
///     01  u8 actions (bit 0 read), u16 purposes (bit n for purpose n), u16 category
///
/// The tag leaves room for consents in FHIR. docs/formats.md, section 4.4.
package struct Consent: CanonicalCodable, Hashable, Sendable {
    package static let maximumSize = 6

    package let actions: Set<Action>
    package let purposes: Set<PurposeOfUse>
    /// A category of `policies/categories.json`, by number.
    package let category: UInt16

    /// `nil` if it allows nothing.
    package init?(actions: Set<Action>, purposes: Set<PurposeOfUse>, category: UInt16) {
        guard !actions.isEmpty, !purposes.isEmpty else { return nil }
        self.actions = actions
        self.purposes = purposes
        self.category = category
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        guard try reader.integer(UInt8.self) == 1 else { throw .unknownTag }
        let actions = try reader.integer(UInt8.self)
        let purposes = try reader.integer(UInt16.self)
        category = try reader.integer(UInt16.self)
        self.actions = Set(Action.allCases.filter { actions & Self.bit($0) != 0 })
        self.purposes = Set(PurposeOfUse.allCases.filter { purposes & Self.bit($0) != 0 })
        // A bit that means nothing here may mean more than the reader knows.
        guard actions == actionBits, purposes == purposeBits, actions != 0, purposes != 0 else { throw .unknownTag }
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.integer(1 as UInt8)
        writer.integer(actionBits)
        writer.integer(purposeBits)
        writer.integer(category)
    }

    private var actionBits: UInt8 { actions.reduce(0) { $0 | Self.bit($1) } }
    private var purposeBits: UInt16 { purposes.reduce(0) { $0 | Self.bit($1) } }

    private static func bit(_ action: Action) -> UInt8 { 1 << (action.rawValue - 1) }
    private static func bit(_ purpose: PurposeOfUse) -> UInt16 { 1 << UInt16(purpose.rawValue) }
}
