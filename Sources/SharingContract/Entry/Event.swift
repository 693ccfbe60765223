import CryptoPrimitives

/// The kinds of entry that rules version 1 knows, with their public fields.
package enum Event: Hashable, Sendable {
    /// - Parameter since: the leaf of the change of members before this one, 0 for leaf 0. What was signed for one set of members is worth
    ///   nothing to the next.
    case member(MemberChange, since: UInt64 = 0)
    case actor(Actor)
    case keyRevocation(KeyRevocation)
    case compartment(Compartment)
    case deposit(Deposit)
    case grant(Grant)
    case revocation(Revocation)
    case decision(Decision)
    case emergencyAccess(EmergencyAccess)
    case review(Review)
    case policySet(PolicyPublication)
    case erasure(Erasure)
    case claimsAnchors(AnchorPublication)

    /// The number is the kind's tag. Those left out belong to later rules.
    package enum Kind: UInt8, CaseIterable, Sendable {
        case member = 1
        case actor = 2
        case keyRevocation = 4
        case compartment = 5
        case deposit = 7
        case grant = 8
        case revocation = 9
        case decision = 10
        case emergencyAccess = 11
        case review = 12
        case policySet = 13
        case erasure = 15
        case claimsAnchors = 19

        /// The kind in labels and on screens.
        package var name: String {
            switch self {
            case .member: "member"
            case .actor: "actor"
            case .keyRevocation: "key-revocation"
            case .compartment: "compartment"
            case .deposit: "deposit"
            case .grant: "grant"
            case .revocation: "revocation"
            case .decision: "decision"
            case .emergencyAccess: "emergency-access"
            case .review: "review"
            case .policySet: "policy-set"
            case .erasure: "erasure"
            case .claimsAnchors: "claims-anchors"
            }
        }
    }

    package var kind: Kind {
        switch self {
        case .member: .member
        case .actor: .actor
        case .keyRevocation: .keyRevocation
        case .compartment: .compartment
        case .deposit: .deposit
        case .grant: .grant
        case .revocation: .revocation
        case .decision: .decision
        case .emergencyAccess: .emergencyAccess
        case .review: .review
        case .policySet: .policySet
        case .erasure: .erasure
        case .claimsAnchors: .claimsAnchors
        }
    }

    init(from reader: inout CanonicalReader) throws(FormatError) {
        guard let kind = Kind(rawValue: try reader.integer(UInt8.self)) else { throw .unknownTag }
        switch kind {
        case .member:
            let change = try MemberChange(from: &reader)
            self = .member(change, since: change.isGenesis ? 0 : try reader.integer(UInt64.self))
        case .actor: self = .actor(try Actor(from: &reader))
        case .keyRevocation: self = .keyRevocation(try KeyRevocation(from: &reader))
        case .compartment: self = .compartment(try Compartment(from: &reader))
        case .deposit: self = .deposit(try Deposit(from: &reader))
        case .grant: self = .grant(try Grant(from: &reader))
        case .revocation: self = .revocation(try Revocation(from: &reader))
        case .decision: self = .decision(try Decision(from: &reader))
        case .emergencyAccess: self = .emergencyAccess(try EmergencyAccess(from: &reader))
        case .review: self = .review(try Review(from: &reader))
        case .policySet: self = .policySet(try PolicyPublication(from: &reader))
        case .erasure: self = .erasure(try Erasure(from: &reader))
        case .claimsAnchors: self = .claimsAnchors(try AnchorPublication(from: &reader))
        }
    }

    func encode(to writer: inout CanonicalWriter) {
        writer.integer(kind.rawValue)
        switch self {
        case .member(let fields, let since):
            fields.encode(to: &writer)
            if !fields.isGenesis { writer.integer(since) }
        case .actor(let fields): fields.encode(to: &writer)
        case .keyRevocation(let fields): fields.encode(to: &writer)
        case .compartment(let fields): fields.encode(to: &writer)
        case .deposit(let fields): fields.encode(to: &writer)
        case .grant(let fields): fields.encode(to: &writer)
        case .revocation(let fields): fields.encode(to: &writer)
        case .decision(let fields): fields.encode(to: &writer)
        case .emergencyAccess(let fields): fields.encode(to: &writer)
        case .review(let fields): fields.encode(to: &writer)
        case .policySet(let fields): fields.encode(to: &writer)
        case .erasure(let fields): fields.encode(to: &writer)
        case .claimsAnchors(let fields): fields.encode(to: &writer)
        }
    }
}
