package import CryptoPrimitives

/// An emergency access, and what became of it.
package struct EmergencyState: CanonicalCodable, Hashable, Sendable {
    package static let maximumSize = 32 + 4 + 4 + 9 + 9

    package let grant: Ed25519.PublicKey
    package let openedAt: Minute
    /// The last day on which it can be reviewed in time.
    package let due: Day
    /// The leaf of the one release that it was used for.
    package var releasedAt: UInt64?
    /// The leaf of its review.
    package var reviewedAt: UInt64?

    init(grant: Ed25519.PublicKey, openedAt: Minute, due: Day) {
        self.grant = grant
        self.openedAt = openedAt
        self.due = due
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        grant = try reader.value()
        openedAt = try reader.minute()
        due = try reader.day()
        releasedAt = try reader.optional { reader throws(FormatError) in try reader.integer(UInt64.self) }
        reviewedAt = try reader.optional { reader throws(FormatError) in try reader.integer(UInt64.self) }
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.value(grant)
        writer.minute(openedAt)
        writer.day(due)
        writer.optional(releasedAt) { $0.integer($1) }
        writer.optional(reviewedAt) { $0.integer($1) }
    }

    /// Whether its day is over, and nobody has looked at it.
    package func isOverdue(on day: Day) -> Bool { reviewedAt == nil && due < day }
}

/// An emergency that nobody has reviewed, as the state's keys name it: a store finds what is due first by looking through them in order.
package struct OpenReview: Hashable, Sendable {
    /// The last day on which it can be reviewed in time.
    package let due: Day
    /// The leaf of the emergency access.
    package let emergency: UInt64

    package init(due: Day, emergency: UInt64) {
        self.due = due
        self.emergency = emergency
    }

    /// `nil` unless the bytes are those of `StateKey.reviewDue`.
    package init?(stateKey bytes: [UInt8]) {
        var reader = CanonicalReader(bytes)
        guard let tag = try? reader.integer(UInt8.self), let due = try? reader.day(),
            let emergency = try? reader.integer(UInt64.self),
            reader.remaining == 0, StateKey.reviewDue(due, emergency).bytes.first == tag
        else { return nil }
        self.init(due: due, emergency: emergency)
    }
}
