package import CryptoPrimitives

/// An organisation that may take part: admitted by members, until a day.
package struct Actor: Hashable, Sendable {
    package enum Role: UInt8, CaseIterable, Sendable {
        case clinic = 1
        case emergencyDesk = 2
        case auditor = 3
    }

    package let key: Ed25519.PublicKey
    package let recipient: RecipientKey
    package let name: TextLine
    package let role: Role
    /// The first day on which it is no actor any more.
    package let end: Day
    /// What an auditor may look at. Auditors have one, others have none.
    package let mandate: TextLine?

    package init(key: Ed25519.PublicKey, recipient: RecipientKey, name: TextLine, role: Role, end: Day, mandate: TextLine?) {
        self.key = key
        self.recipient = recipient
        self.name = name
        self.role = role
        self.end = end
        self.mandate = mandate
    }

    init(from reader: inout CanonicalReader) throws(FormatError) {
        key = try reader.value()
        recipient = try reader.recipient()
        name = try reader.text()
        guard !name.isEmpty else { throw .notCanonical }
        guard let role = Role(rawValue: try reader.integer(UInt8.self)) else { throw .unknownTag }
        self.role = role
        end = try reader.day()
        mandate = try reader.optional { reader throws(FormatError) in try reader.text() }
        guard (mandate != nil) == (role == .auditor) else { throw .notCanonical }
    }

    func encode(to writer: inout CanonicalWriter) {
        writer.value(key)
        writer.recipient(recipient)
        writer.text(name)
        writer.integer(role.rawValue)
        writer.day(end)
        writer.optional(mandate) { $0.text($1) }
    }
}

/// What members know of an actor and the public need not: a provider number, an address.
package struct ActorBody: Body, Hashable {
    package static let kind = Event.Kind.actor
    package static let maximumSize = 256
    package let identifiers: TextLine

    package init(identifiers: TextLine) {
        self.identifiers = identifiers
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        identifiers = try reader.text()
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.text(identifiers)
    }
}
