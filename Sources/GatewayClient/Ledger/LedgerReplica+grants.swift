package import CryptoPrimitives
import SharingContract
import ZeroKnowledge

/// A grant that carries a commitment, by where it stands.
package struct LoggedGrant: Hashable, Sendable {
    package let leaf: UInt64
    package let control: Ed25519.PublicKey
    /// The first day on which it stood: a grant may say that it began before it was signed.
    package let from: Day
    package let until: Day
}

/// Live grants, cut into blocks as even as can be: a proof of consent is about one of a block. docs/proofs.md, section 9.
package struct GrantBlocks: Sendable {
    package static let largest = Covering.candidateCounts.upperBound

    /// In the order of the ledger.
    package let grants: [LoggedGrant]

    /// - Parameters:
    ///   - grants: all of a ledger that carry a commitment, in its order.
    ///   - revocation: the leaf at which a grant is revoked.
    package init(
        of grants: [LoggedGrant], at size: UInt64, on day: Day, revocation: (Ed25519.PublicKey) -> UInt64?
    ) {
        self.grants = grants.filter { grant in
            grant.leaf < size && grant.from <= day && day < grant.until && revocation(grant.control).map { $0 >= size } ?? true
        }
    }

    package var count: Int { (grants.count + Self.largest - 1) / Self.largest }

    /// Empty if there is no such block.
    package subscript(block: Int) -> ArraySlice<LoggedGrant> {
        guard (0..<count).contains(block) else { return [] }
        return grants[block * grants.count / count..<(block + 1) * grants.count / count]
    }

    /// The block of the grant at `index`.
    package func block(of index: Int) -> Int {
        ((index + 1) * count + grants.count - 1) / grants.count - 1
    }
}

extension LedgerReplica {
    /// The grants with a commitment that the first `size` leaves leave standing, and whose time has the day in it.
    package func liveGrants(at size: UInt64, on day: Day) -> GrantBlocks {
        GrantBlocks(of: committedGrants, at: size, on: day) { control in
            // Of what cannot be read nothing is proven.
            guard let grant = (try? state.grant(control)) ?? nil else { return 0 }
            return grant.revokedAt
        }
    }

    /// How many of these are revoked, as far as this copy knows.
    func revoked(of grants: ArraySlice<LoggedGrant>) -> Int {
        grants.count { (try? state.grant($0.control))??.revokedAt != nil }
    }

    /// What the grants of a block carry, in their order.
    func commitments(of grants: ArraySlice<LoggedGrant>) throws(ClientError) -> [SG3072.Element] {
        var commitments: [SG3072.Element] = []
        for logged in grants {
            guard case .grant(let grant) = try leaf(logged.leaf).entry.event, let commitment = grant.commitment else {
                throw .notVerified(.historyIncomplete(leaf: logged.leaf))
            }
            commitments.append(commitment)
        }
        return commitments
    }
}
