import Cedar
import CryptoPrimitives
import Foundation
import MedicalRecords
import TestSupport
import Testing

@testable import AccessPolicy

/// What the policies of consents say of a request, by Cedar.
struct PolicyVerdict: Hashable {
    let permits: Bool
    let forbids: Bool
    let errs: Bool

    init(_ policies: PolicySet, _ situation: ConsentSituation) {
        var outcomes: [Effect: Bool] = [:]
        var errs = false
        // Each effect by itself: authorization does not say whether a permit holds beside a forbid.
        for effect in [Effect.permit, .forbid] {
            var set = PolicySet()
            for policy in policies.policies.values where policy.effect == effect { try? set.add(policy) }
            let response = set.authorize(situation.request, entities: situation.entities)
            outcomes[effect] = !response.diagnostics.reasons.isEmpty
            errs = errs || !response.diagnostics.errors.isEmpty
        }
        permits = outcomes[.permit] ?? false
        forbids = outcomes[.forbid] ?? false
        self.errs = errs
    }

    var isDisjoint: Bool { !(permits && forbids) && !errs }

    func agrees(with verdict: ConsentVerdict) -> Bool {
        switch verdict {
        case .permit: permits && !forbids
        case .deny: forbids && !permits
        case .silent, .notComputable: !permits && !forbids
        }
    }
}

enum ConsentWorld {
    static let patient = EntityUID(type: "Patient", id: "compartment")
    static let everyone = ConsentAudience(patient: patient)

    static func schema() throws -> Schema {
        let url = Fixtures.repository.appending(path: "policies/schema.cedarschema")
        return try Schema(cedar: String(contentsOf: url, encoding: .utf8))
    }

    /// Empty if the consent says nothing that is computable.
    static func policies(_ consents: [FHIRConsent], _ audience: ConsentAudience = everyone) throws -> PolicySet {
        var set = PolicySet()
        for (index, consent) in consents.enumerated() where consent.isCandidate {
            guard case .success(let root) = consent.tree() else { continue }
            let policies = try ConsentPolicies(root, audience)
            for body in [policies.permit, policies.forbid].compactMap({ $0 }) {
                try set.add(body, id: CedarString("\(index)/\(body.effect.rawValue)"))
            }
        }
        return set
    }

    /// For a grant to the clinic whose key random requests name.
    static func grant() throws -> ConsentScope {
        let other = try #require(Ed25519.PublicKey([UInt8](repeating: 7, count: 32)))
        let grantee = try #require(Ed25519.PublicKey([UInt8](repeating: 0xAB, count: 32)))
        return ConsentScope(control: other, compartment: other, grantee: grantee, from: Day(20_000), until: Day(21_000))
    }
}

extension ConsentSituation {
    init(_ request: ConsentRequest, _ record: ConsentRecord, patient: EntityUID = ConsentWorld.patient) throws {
        let key = RandomConsents.key
        try self.init(
            request, record, in: patient, as: request.requester.contains(key) ? .organization(named: key) : nil)
    }
}
