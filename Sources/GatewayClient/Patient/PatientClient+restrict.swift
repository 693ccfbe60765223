package import AccessPolicy
import CryptoPrimitives
import MedicalRecords
import SharingContract

extension PatientClient {
    /// For how long a grant holds by itself, and what a restriction shows to who watches the ledger.
    package static let defaultDays: UInt32 = 90

    /// What a restriction would hide, without making it.
    package func propose(_ restriction: Restriction, category: UInt16) async throws(ClientError) -> ProposedGrant {
        try await sync()
        let isThere = liveRestrictions.contains { $0.category == category && $0.restriction == restriction }
        guard !isThere else { throw .notPossible(.restrictedAlready) }
        return ProposedGrant(
            grantee: nil, category: category, consent: Consent(restriction, category: category), from: session.today,
            until: session.today.adding(days: Self.defaultDays), recordCount: try await count(of: restriction, category))
    }

    /// The same for several categories; what is hidden already in one of them needs no more.
    package func propose(_ restriction: Restriction, categories: [UInt16]) async throws(ClientError) -> [ProposedGrant] {
        var proposed: [ProposedGrant] = []
        for category in categories {
            do throws(ClientError) {
                proposed.append(try await propose(restriction, category: category))
            } catch {
                guard case .notPossible(.restrictedAlready) = error else { throw error }
            }
        }
        guard !proposed.isEmpty else { throw .notPossible(.restrictedAlready) }
        return proposed
    }

    /// How many records it is about now.
    private func count(of restriction: Restriction, _ category: UInt16) async throws(ClientError) -> Int {
        let proposed = ProposedGrant(
            grantee: nil, category: category, consent: Consent(restriction, category: category), from: session.today,
            until: session.today, recordCount: 0)
        let candidates = try await candidates(category)
        return try await ownDecisions(hasPolicies: false).hidden(by: offer(proposed), from: restriction.clinic, candidates).count
    }

    /// Hides records from everyone, or from one clinic. On the ledger it is a grant like any other; nobody can use it, as what was drawn for
    /// it is gone when this returns.
    package func restrict(_ proposed: ProposedGrant) async throws(ClientError) -> GivenGrant {
        try await open(proposed.category)
        let index = try await postTrying(proposed)
        state.grants[index].isDelivered = true
        try save()
        await backUpIfPossible()
        return state.grants[index]
    }

    /// Restrictions in force. They end when they are lifted, and by nothing else.
    package var liveRestrictions: [GivenGrant] {
        state.grants.filter { $0.isRestriction && $0.isInForce(on: session.today) }
    }
}
