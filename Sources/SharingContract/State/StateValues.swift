package import CryptoPrimitives

/// What leaf 0 fixed, and who runs the ledger now.
package struct LedgerState: CanonicalCodable, Sendable {
    package static let maximumMembers = 64
    package static let maximumSize = 256 + 2 + 32 + 1 + maximumMembers * (32 + 512) + 8

    package let origin: TextLine
    package let genesis: MemberChange.Genesis
    /// Live members, in the order of their coming.
    package var members: [MemberChange.Member]
    /// The leaf that changed them last.
    package var membersChangedAt: UInt64 = 0

    package init(origin: TextLine, genesis: MemberChange.Genesis, members: [MemberChange.Member]) {
        self.origin = origin
        self.genesis = genesis
        self.members = members
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        origin = try reader.text()
        genesis = MemberChange.Genesis(rulesVersion: try reader.integer(UInt16.self), ledgerKey: try reader.value())
        members = try reader.list(length: UInt8.self, atMost: Self.maximumMembers) { reader throws(FormatError) in
            MemberChange.Member(key: try reader.value(), name: try reader.text(), address: try reader.text())
        }
        membersChangedAt = try reader.integer(UInt64.self)
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.text(origin)
        writer.integer(genesis.rulesVersion)
        writer.value(genesis.ledgerKey)
        writer.list(members, length: UInt8.self) { writer, member in
            writer.value(member.key)
            writer.text(member.name)
            writer.text(member.address)
        }
        writer.integer(membersChangedAt)
    }

    package func isMember(_ key: Ed25519.PublicKey) -> Bool {
        members.contains { $0.key == key }
    }
}

/// What a key is used for. No key has two uses, and a dead one has none again.
package enum KeyUse: UInt8, CanonicalCodable, Sendable {
    case ledger = 1
    case member = 2
    case actor = 3
    case compartment = 4
    case control = 5
    case dead = 7

    package static let maximumSize = 1

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        guard let use = KeyUse(rawValue: try reader.integer(UInt8.self)) else { throw .unknownTag }
        self = use
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.integer(rawValue)
    }
}

package struct ActorState: CanonicalCodable, Sendable {
    package static let maximumSize = 2_048

    package let actor: Actor
    package let admittedAt: UInt64
    package var isRevoked: Bool

    init(actor: Actor, admittedAt: UInt64, isRevoked: Bool) {
        self.actor = actor
        self.admittedAt = admittedAt
        self.isRevoked = isRevoked
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        actor = try Actor(from: &reader)
        admittedAt = try reader.integer(UInt64.self)
        isRevoked = try reader.flag()
    }

    package func encode(to writer: inout CanonicalWriter) {
        actor.encode(to: &writer)
        writer.integer(admittedAt)
        writer.flag(isRevoked)
    }

    /// Whether the actor may act on this day.
    package func isLive(on day: Day) -> Bool { !isRevoked && day < actor.end }

    /// Names that differ in case alone are the same name: a person could not tell them apart in a list.
    static func nameKey(_ name: TextLine) -> Hash {
        SHA256.hash(Array(name.text.lowercased().utf8))
    }
}

package struct CompartmentState: CanonicalCodable, Sendable {
    package static let maximumSize = 256

    package let compartment: Compartment
    package let openedAt: UInt64
    /// A successor has taken over.
    package var isSuperseded: Bool

    init(compartment: Compartment, openedAt: UInt64, isSuperseded: Bool) {
        self.compartment = compartment
        self.openedAt = openedAt
        self.isSuperseded = isSuperseded
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        compartment = try Compartment(from: &reader)
        openedAt = try reader.integer(UInt64.self)
        isSuperseded = try reader.flag()
    }

    package func encode(to writer: inout CanonicalWriter) {
        compartment.encode(to: &writer)
        writer.integer(openedAt)
        writer.flag(isSuperseded)
    }
}

package struct GrantState: CanonicalCodable, Sendable {
    package static let maximumSize = 256

    package let grant: Grant
    package let grantedAt: UInt64
    package var revokedAt: UInt64?

    init(grant: Grant, grantedAt: UInt64, revokedAt: UInt64?) {
        self.grant = grant.withoutCommitment
        self.grantedAt = grantedAt
        self.revokedAt = revokedAt
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        grant = try Grant(from: &reader)
        grantedAt = try reader.integer(UInt64.self)
        revokedAt = try reader.optional { reader throws(FormatError) in try reader.integer(UInt64.self) }
    }

    package func encode(to writer: inout CanonicalWriter) {
        grant.encode(to: &writer)
        writer.integer(grantedAt)
        writer.optional(revokedAt) { $0.integer($1) }
    }

    /// Not revoked, and inside the window. The window is half-open.
    package func isLive(at time: Minute) -> Bool {
        revokedAt == nil && grant.covers(time.day)
    }
}

/// The policies in force.
package struct PolicyState: CanonicalCodable, Hashable, Sendable {
    package static let maximumSize = 32 + 8

    package let root: Hash
    package let publishedAt: UInt64

    init(root: Hash, publishedAt: UInt64) {
        self.root = root
        self.publishedAt = publishedAt
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        root = try reader.value()
        publishedAt = try reader.integer(UInt64.self)
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.value(root)
        writer.integer(publishedAt)
    }
}

/// Where something happened.
package struct LeafIndex: CanonicalCodable, Sendable {
    package static let maximumSize = 8
    package let index: UInt64

    init(_ index: UInt64) {
        self.index = index
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        index = try reader.integer(UInt64.self)
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.integer(index)
    }
}

/// Whose name it is.
struct Name: CanonicalCodable {
    static let maximumSize = 32
    let key: Ed25519.PublicKey

    init(_ key: Ed25519.PublicKey) {
        self.key = key
    }

    init(from reader: inout CanonicalReader) throws(FormatError) {
        key = try reader.value()
    }

    func encode(to writer: inout CanonicalWriter) {
        writer.value(key)
    }
}
