import Cedar
import CryptoPrimitives
import MedicalRecords

/// From the bytes that a patient signed to policies.
package enum ConsentCompiler {
    /// Changes whenever some consent compiles to something else. It is part of the engine's name in decisions.
    package static let version = 1

    /// - Parameter bytes: of a `Consent`. What cannot be read permits nothing, and forbids everything in its compartment until it is
    ///   revoked: it may be a restriction that a later program wrote.
    package static func compile(_ bytes: [UInt8], _ scope: ConsentScope) -> CompiledConsent {
        guard let consent = try? Consent(canonical: bytes) else {
            return unreadable(scope, "it is in no form that this program reads")
        }
        return compile(consent, scope)
    }

    package static func compile(_ consent: Consent, _ scope: ConsentScope) -> CompiledConsent {
        guard let category = Category(code: consent.category) else {
            return unreadable(scope, "there is no such kind of records")
        }
        switch consent.content {
        case .plain(let plain): return compile(plain, category, scope)
        case .restriction(let restriction): return compile(restriction, scope)
        case .fhir(let document): return FHIRConsentCompiler.compile(document, category, scope)
        }
    }

    private static func unreadable(_ scope: ConsentScope, _ reason: String) -> CompiledConsent {
        let forbid = PolicyBody(effect: .forbid, resource: .in(.uid(scope.patient)))
        return CompiledConsent(scope, forbid: (nil, forbid), review: [.init(reason: reason)], isLasting: true)
    }

    /// A purpose is covered if it is named, not if one above it is: a patient who read "treatment" was not told of what lies below.
    private static func compile(
        _ plain: PlainConsent, _ category: MedicalRecords.Category, _ scope: ConsentScope
    ) -> CompiledConsent {
        let purposes = plain.purposes.map { EntityUID.purpose($0) }
        var conditions = [
            Expression(.binary(.equal, .attribute("category", of: .resource), .text(category.id))),
            Expression(.binary(.contains, .entities(purposes), .attribute("purpose", of: .context))),
        ]
        if plain.extras.contains(.emergencyOnly) {
            conditions.append(Expression(.has(Expression(.variable(.context)), "emergency")))
        }
        let actions = plain.actions.map { EntityUID.action($0) }.sorted()
        let permit = PolicyBody(
            effect: .permit, principal: .equal(.uid(scope.requester)),
            action: actions.count == 1 ? .equal(actions[0]) : .inAny(actions), resource: .in(.uid(scope.patient)),
            conditions: [.init(.when, Expression(.and(conditions)))])
        var consented = Consented()
        consented.counsellingNotes = plain.extras.contains(.counsellingNotes)
        consented.unlabelled = plain.extras.contains(.unlabelled)
        // What stands alone was consented to separately (42 CFR 2.31(a)(5) and (d)).
        if plain.purposes.count == 1 { consented.separately = Set(plain.purposes.map(\.hl7Code)) }
        return CompiledConsent(scope, permit: (nil, permit), consented: consented)
    }

    private static func compile(_ restriction: Restriction, _ scope: ConsentScope) -> CompiledConsent {
        let conditions: [PolicyBody.Condition] =
            switch restriction.target {
            case .everything: []
            // Nobody knows what a file holds that no labeller saw.
            case .label(let label):
                [.init(.when, Expression(.or([Self.isUnlabelled, Self.resource(.in, .label(label.text))])))]
            case .record(let record): [.init(.when, Self.resource(.equal, .record(record)))]
            }
        let forbid = PolicyBody(
            effect: .forbid, principal: restriction.clinic.map { .equal(.uid(.organization($0))) } ?? .any,
            resource: .in(.uid(scope.patient)), conditions: conditions)
        return CompiledConsent(scope, forbid: (nil, forbid), isLasting: true)
    }

    private static let isUnlabelled = Expression(.not(.attribute("labelled", of: .resource)))

    private static func resource(_ relation: BinaryOperator, _ uid: EntityUID) -> Expression {
        Expression(.binary(relation, Expression(.variable(.resource)), .entity(uid)))
    }
}
