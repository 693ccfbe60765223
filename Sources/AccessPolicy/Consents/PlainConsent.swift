import CryptoPrimitives
package import MedicalRecords

/// A consent in flags.
package struct PlainConsent: Hashable, Sendable {
    /// What is covered only if it is named.
    package struct Extras: OptionSet, Hashable, Sendable {
        package let rawValue: UInt8

        package init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        /// Files that no labeller has looked into.
        package static let unlabelled = Extras(rawValue: 1)
        /// A counsellor's own notes (42 CFR 2.31(b)).
        package static let counsellingNotes = Extras(rawValue: 2)

        /// Counts only when an emergency was declared for the request.
        package static let emergencyOnly = Extras(rawValue: 4)

        fileprivate static let all: Extras = [.unlabelled, .counsellingNotes, .emergencyOnly]
    }

    package let actions: Set<Action>
    package let purposes: Set<PurposeOfUse>
    package let extras: Extras

    /// `nil` if it allows nothing.
    package init?(actions: Set<Action>, purposes: Set<PurposeOfUse>, extras: Extras = []) {
        guard !actions.isEmpty, !purposes.isEmpty, extras.isSubset(of: .all) else { return nil }
        (self.actions, self.purposes, self.extras) = (actions, purposes, extras)
    }

    init(from reader: inout CanonicalReader) throws(FormatError) {
        let actions = try reader.integer(UInt8.self)
        let purposes = try reader.integer(UInt16.self)
        extras = Extras(rawValue: try reader.integer(UInt8.self))
        self.actions = Set(Action.allCases.filter { actions & Self.bit($0) != 0 })
        self.purposes = Set(PurposeOfUse.allCases.filter { purposes & Self.bit($0) != 0 })
        // A bit that means nothing here may mean more than the reader knows.
        guard actions == actionBits, purposes == purposeBits, actions != 0, purposes != 0, extras.isSubset(of: .all) else {
            throw .unknownTag
        }
    }

    func encode(to writer: inout CanonicalWriter) {
        writer.integer(actionBits)
        writer.integer(purposeBits)
        writer.integer(extras.rawValue)
    }

    private var actionBits: UInt8 { actions.reduce(0) { $0 | Self.bit($1) } }
    /// Bit n for purpose n.
    var purposeBits: UInt16 { purposes.reduce(0) { $0 | Self.bit($1) } }

    private static func bit(_ action: Action) -> UInt8 { 1 << (action.rawValue - 1) }
    private static func bit(_ purpose: PurposeOfUse) -> UInt16 { 1 << UInt16(purpose.rawValue) }
}
