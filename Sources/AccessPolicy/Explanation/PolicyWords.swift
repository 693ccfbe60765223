package import Cedar
import MedicalRecords

/// Policies in words for people who read no Cedar. What has no words here is shown as it is written, so that nothing is left out.
package enum PolicyWords {
    /// What a policy of statute or institution does, in one sentence.
    package static func sentence(_ policy: LibraryPolicy) -> String {
        let body = policy.policy.body
        let record = "a record" + (body.resource.isAny ? "" : " of which \(scope(body.resource, "resource"))")
        let conditions = conditions(body)
        if policy.forbids {
            return "\(subject(body.principal)) may \(verbs(body.action)) \(record)\(conditions)."
        }
        let duties = policy.obligations.map(\.words).joined(separator: ", and ")
        return "Whoever is let \(verbs(body.action)) \(record)\(conditions) has duties: \(duties)."
    }

    private static func conditions(_ body: PolicyBody) -> String {
        let when = body.conditions.filter { $0.kind == .when }.map { words($0.expression) }
        let unless = body.conditions.filter { $0.kind == .unless }.map { words($0.expression) }
        return (when.isEmpty ? "" : " when \(when.joined(separator: " and "))")
            + (unless.isEmpty ? "" : ", unless \(unless.joined(separator: ", or "))")
    }

    private static func subject(_ principal: ScopeConstraint) -> String {
        switch principal {
        case .any: "Nobody"
        case .is("User"): "No member of staff"
        case .is("Guardian"): "No guardian"
        case .is("Organization"): "No organisation"
        default: "Nobody of whom \(scope(principal, "principal"))"
        }
    }

    private static func scope(_ constraint: ScopeConstraint, _ variable: String) -> String {
        let subject = Expression(.variable(variable == "resource" ? .resource : .principal))
        switch constraint {
        case .in(.uid(let uid)): return words(Expression(.binary(.in, subject, Expression(.literal(.entity(uid))))))
        case .equal(.uid(let uid)): return words(Expression(.binary(.equal, subject, Expression(.literal(.entity(uid))))))
        default: return "`\(constraint)`"
        }
    }

    /// `disclose` is the four ways in which a record leaves the gateway.
    private static func verbs(_ action: ActionConstraint) -> String {
        switch action {
        case .any: return "read, search, share, export or write"
        case .equal(let uid) where uid.id != "disclose": return uid.id.text
        case .equal, .in: return "read, search, share or export"
        case .inAny(let uids): return list(uids.map(\.id.text), "or")
        }
    }

    static func list(_ words: [String], _ last: String) -> String {
        guard let final = words.last, words.count > 1 else { return words.first ?? "" }
        return "\(words.dropLast().joined(separator: ", ")) \(last) \(final)"
    }
}

extension PolicyWords {
    /// A condition as a clause: `the record is labelled SUD (substance use)`.
    package static func words(_ expression: Expression) -> String {
        switch expression.kind {
        case .and(let parts): return parts.map(words).joined(separator: " and ")
        case .or(let parts): return parts.map(words).joined(separator: ", or ")
        case .not(let part): return "it is not so that \(words(part))"
        case .literal(.bool(let isSo)): return isSo ? "always" : "never"
        default: return known(expression) ?? "`\(expression)`"
        }
    }

    private static func known(_ expression: Expression) -> String? {
        switch expression.kind {
        case .binary(.in, let left, let right): membership(left, right)
        case .binary(.equal, let left, let right): equality(left, right)
        case .binary(.contains, let set, let element): containment(set, element)
        case .binary(.less, let left, let right) where left.path == "context.now": right.path.flatMap { before[$0] }
        case .binary(.notEqual, let left, let right) where right.text == "": left.path.flatMap { written[$0] }
        case .has: expression.path.flatMap { present[$0] }
        case .attribute: expression.path.flatMap { flags[$0] }
        default: nil
        }
    }

    private static func membership(_ left: Expression, _ right: Expression) -> String? {
        if let uids = right.entities {
            switch left.path {
            case "resource": return uids.isOf("Label") ? "the record is labelled \(list(uids.map(label), "or"))" : nil
            case "principal": return uids.isOf("Role") ? "whoever asks has the role \(list(uids.map(\.id.text), "or"))" : nil
            case "context.purpose": return uids.isOf("Purpose") ? "the purpose is \(list(uids.map(purpose), "or"))" : nil
            default: return nil
            }
        }
        switch (left.path, right.path) {
        case ("resource", "principal.patient"): return "the record is of whom they act for"
        case ("resource", "context.courtOrder.covers"): return "the court order covers the record"
        case ("principal", "resource.careTeam"): return "whoever asks belongs to it"
        default: return nil
        }
    }

    private static func equality(_ left: Expression, _ right: Expression) -> String? {
        switch (left.path, right.text, right.entities?.first) {
        case ("resource.category", let category?, _): "the record is filed under \(category)"
        case ("context.purpose", _, let uid?): "the purpose is \(purpose(uid))"
        case ("resource", _, let uid?): "it is record \(uid.id.text.prefix(12))"
        default: nil
        }
    }

    private static func containment(_ set: Expression, _ element: Expression) -> String? {
        if let uids = set.entities, element.path == "context.purpose" { return "the purpose is \(list(uids.map(purpose), "or"))" }
        guard set.path == "context.consent.separately" else { return nil }
        if element.path == "context.purpose" { return "the patient consented to that purpose by itself" }
        return element.entities?.first.map { "the patient consented to \(purpose($0)) by itself" }
    }

    private static let before = [
        "context.emergency.until": "the time that the emergency was given is not over",
        "context.courtOrder.until": "the court order is not over",
        "principal.until": "the guardianship is not over",
    ]

    private static let written = [
        "context.emergency.nature": "it is written down what kind of emergency it is",
        "context.emergency.explanation": "it is written down why there was no time to ask",
        "context.emergency.recipient": "it is written down who got the records",
        "context.emergency.facility": "it is written down where that was",
        "context.emergency.discloser": "it is written down who gave them",
    ]

    private static let present = [
        "context.emergency": "it is an emergency", "context.courtOrder": "there is a court order",
        "resource.careTeam": "the record names a care team",
    ]

    private static let flags = [
        "resource.labelled": "somebody has looked into it for what is sensitive",
        "context.consent.counsellingNotes": "the patient's consent names counselling notes",
        "context.consent.namesIntermediary": "the patient's consent names whom the records go to",
        "context.consent.unlabelled": "the patient's consent names files that nobody has looked into",
    ]

    private static func label(_ uid: EntityUID) -> String { LabelWords.words(uid.id.text) }

    private static func purpose(_ uid: EntityUID) -> String { PurposeWords.words(uid.id.text) }
}

/// What labels mean, beside the code that stands on a record.
package enum LabelWords {
    private static let meanings = [
        "SUD": "substance use", "ETH": "substance use, in the older list", "ETHUD": "alcohol use", "OPIOIDUD": "opioid use",
        "PSYTHPN": "counselling notes", "MH": "mental health", "PSY": "psychiatry", "BH": "behavioural health",
        "HIV": "HIV", "STD": "sexually transmitted infections", "SEX": "sexuality and reproduction", "GDIS": "genetic disease",
        "SDV": "sexual assault, abuse or domestic violence", "VIO": "violence", "SICKLE": "sickle cell",
        "EMP": "member of staff", "MINOROWN": "what a minor consented to alone", "TBOO": "taboo", "CEL": "celebrity",
    ]

    package static func words(_ code: String) -> String {
        guard let meaning = meanings[code], meaning != code else { return code }
        return "\(code) (\(meaning))"
    }
}

/// Purposes by the names that the command line has for them, and in words those that it has none for.
package enum PurposeWords {
    private static let others = [
        "HLEGAL": "legal proceedings", "HDIRECT": "a directory", "FAMRQT": "a relative's request", "CLINTRCH": "clinical trials",
    ]

    package static func words(_ code: String) -> String {
        PurposeOfUse(hl7Code: code)?.id ?? others[code] ?? code
    }
}

extension Obligation {
    /// What somebody has to do, for people.
    package var words: String {
        switch self {
        case .consentCopy: "to hand over what the patient consented to"
        case .notifyPatient: "to tell the patient"
        case .part2Notice: "to attach the notice that the records may not be passed on (42 CFR 2.32)"
        case .review: "to have it looked at afterwards"
        }
    }
}

extension Expression {
    /// `context.emergency.until`, and for `context has emergency` the same as for the attribute. `nil` for all else.
    fileprivate var path: String? {
        switch kind {
        case .variable(let variable): variable.rawValue
        case .attribute(let owner, let name), .has(let owner, let name): owner.path.map { "\($0).\(name)" }
        default: nil
        }
    }

    fileprivate var text: String? {
        if case .literal(.string(let text)) = kind { text.text } else { nil }
    }

    /// One entity or a set of entities, as they are written.
    fileprivate var entities: [EntityUID]? {
        switch kind {
        case .literal(.entity(let uid)): return [uid]
        case .set(let elements):
            let uids = elements.compactMap(\.entities).flatMap(\.self)
            return uids.count == elements.count ? uids : nil
        default: return nil
        }
    }
}

extension [EntityUID] {
    fileprivate func isOf(_ type: EntityType) -> Bool { !isEmpty && allSatisfy { $0.type == type } }
}

extension ScopeConstraint {
    fileprivate var isAny: Bool { self == .any }
}
