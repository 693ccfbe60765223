import AccessPolicy
import CryptoPrimitives
import GatewayAPI
import RecordStorage
import SharingContract

/// What an emergency desk declares, and what members are shown of it to review it.
extension Gateway {
    /// Durable before anything is asked for because of it. Whether there is such a grant is not looked at: that is the decision's to say, and
    /// its answer the same in both cases. No full disk keeps a desk out.
    func answer(_ call: DeclareEmergency, from caller: Caller) async throws -> DeclareEmergency.Answer {
        let declaration = call.body.declaration
        guard declaration.desk == caller.key, EmergencyReason(rawValue: declaration.reason) != nil else {
            throw APIError(.malformed, "not a declaration of this desk, or for a reason that has no name")
        }
        let evidence = Evidence(salt: .random(), body: call.body)
        let day = max(today, store.head.time.day)
        let access = EmergencyAccess(grant: declaration.grant, due: day.adding(days: limits.reviewDays))
        let entry = signed(.emergencyAccess(access), evidence)
        let authentic = Result { () throws(Refusal) in try AuthenticEntry(made: entry, verifying: evidence) }
        let committed = try await writing(for: caller) { transaction in
            try transaction.requireEmergencyDesk(caller.key)
            try transaction.append(authentic.get())
        }
        return DeclareEmergency.Answer(posted: try posted(committed), salt: evidence.salt)
    }

    func answer(_ call: FetchEmergencies, from caller: Caller) async throws -> EvidencePage {
        try await reading(for: caller) { view in
            try view.requireMember(caller.key)
            for leaf in call.leaves {
                switch try view.leaf(leaf)?.entry.event.kind {
                case .emergencyAccess, .review: break
                default: throw APIError(.notFound, "no emergency, and no review of one")
                }
            }
            return try view.page(call.leaves)
        }
    }
}

extension StoreTransaction {
    fileprivate func requireEmergencyDesk(_ key: Ed25519.PublicKey) throws {
        try requireLiveActor(key)
        guard try state.actor(key)?.actor.role == .emergencyDesk else {
            throw APIError(.forbidden, "only an emergency desk declares an emergency")
        }
    }
}
