package import CryptoPrimitives

/// A member has looked at an emergency access.
package struct Review: Hashable, Sendable {
    /// The leaf of the emergency access.
    package let emergency: UInt64

    package init(emergency: UInt64) {
        self.emergency = emergency
    }

    init(from reader: inout CanonicalReader) throws(FormatError) {
        emergency = try reader.integer(UInt64.self)
    }

    func encode(to writer: inout CanonicalWriter) {
        writer.integer(emergency)
    }
}

/// What was found, for the patient, the members and the auditor.
package struct ReviewBody: Body, Hashable {
    package static let kind = Event.Kind.review
    package static let maximumSize = 1 + 2 * 256

    package enum Finding: UInt8, CaseIterable, Sendable {
        case justified = 1
        case notJustified = 2
        /// Nobody meant to: a wrong patient, a wrong key.
        case mistaken = 3
    }

    package let finding: Finding
    /// Not empty.
    package let reviewer: TextLine
    package let note: TextLine

    /// `nil` without a reviewer's name.
    package init?(finding: Finding, reviewer: TextLine, note: TextLine) {
        guard !reviewer.isEmpty else { return nil }
        self.finding = finding
        self.reviewer = reviewer
        self.note = note
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        guard let finding = Finding(rawValue: try reader.integer(UInt8.self)) else { throw .unknownTag }
        self.finding = finding
        reviewer = try reader.text()
        note = try reader.text()
        guard !reviewer.isEmpty else { throw .notCanonical }
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.integer(finding.rawValue)
        writer.text(reviewer)
        writer.text(note)
    }
}
