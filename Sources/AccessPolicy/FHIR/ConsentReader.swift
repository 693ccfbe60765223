import MedicalRecords

/// Reads a Consent of FHIR R4 from JSON; one of R5 is translated first.
struct ConsentReader {
    private var doubts: [CompiledConsent.Review] = []

    static func consent(_ bytes: [UInt8]) throws(FHIRConsentError) -> FHIRConsent {
        guard bytes.count <= FHIRConsent.maximumSize else { throw .tooLarge }
        let tree = try tree(bytes)
        guard tree["resourceType"]?.text == "Consent" else { throw .notConsent }
        let element = ConsentElement(tree, "")
        var reader = ConsentReader()
        reader.doubtModifiers(element)
        return try R5Consent.isR5(element) ? reader.r5(element) : reader.r4(element)
    }

    private static func tree(_ bytes: [UInt8]) throws(FHIRConsentError) -> JSONTree {
        do throws(JSONError) {
            var json = try JSONCursor(bytes)
            let tree = try JSONTree(&json)
            try json.expectEnd()
            return tree
        } catch {
            throw .json(error)
        }
    }

    private mutating func doubt(_ place: String, _ reason: String) {
        doubts.append(.init(place: place, reason: reason))
    }

    /// A modifier changes the meaning of what it stands in, and we know none.
    private mutating func doubtModifiers(_ element: ConsentElement) {
        switch element.value {
        case .object(let members):
            for (name, value) in members {
                let inner = ConsentElement(value, element.place.isEmpty ? name : "\(element.place).\(name)")
                if ["modifierExtension", "implicitRules"].contains(name) {
                    doubt(inner.place, "it may change the meaning of the rest")
                } else {
                    doubtModifiers(inner)
                }
            }
        case .list(let elements):
            for (index, value) in elements.enumerated() { doubtModifiers(ConsentElement(value, "\(element.place)[\(index)]")) }
        case .text, .number, .flag, .null: break
        }
    }

    /// What nobody here knows may be a criterion.
    private mutating func doubtUnknown(_ element: ConsentElement, _ known: Set<String>) throws(FHIRConsentError) {
        for (name, inner) in try element.members() where !known.contains(name) && !name.hasPrefix("_") {
            doubt(inner.place, "an element that is not known here")
        }
    }
}

// R4
extension ConsentReader {
    private static let anywhere: Set<String> = ["id", "extension", "modifierExtension"]
    private static let head: Set<String> = anywhere.union([
        "resourceType", "meta", "implicitRules", "language", "text", "contained", "identifier", "status", "category", "provision",
        "verification", "sourceAttachment", "sourceReference",
    ])
    static let r4: Set<String> = ["scope", "patient", "dateTime", "performer", "organization", "policy", "policyRule"]
    private static let rule: Set<String> = anywhere.union([
        "type", "period", "actor", "action", "securityLabel", "purpose", "class", "code", "dataPeriod", "data", "provision",
    ])

    private mutating func r4(_ element: ConsentElement) throws(FHIRConsentError) -> FHIRConsent {
        try doubtUnknown(element, Self.head.union(Self.r4))
        var provision: ConsentRule?
        if let root = element["provision"] { provision = try rule(root) }
        return FHIRConsent(
            version: try element["meta"]?["versionId"]?.text(), status: try status(element),
            scope: try element["scope"]?.concept() ?? [],
            category: try element.each("category") { element throws(FHIRConsentError) in try element.concept() }.flatMap { $0 },
            policyRule: try element["policyRule"]?.concept() ?? [], provision: provision, doubts: doubts)
    }

    private func status(_ element: ConsentElement) throws(FHIRConsentError) -> FHIRConsent.Status {
        guard let status = element["status"] else { throw element.malformed("a status") }
        guard let known = FHIRConsent.Status(rawValue: try status.text()) else { throw status.malformed("a status of FHIR") }
        return known
    }

    private mutating func rule(_ element: ConsentElement) throws(FHIRConsentError) -> ConsentRule {
        try doubtUnknown(element, Self.rule)
        var rule = try criteria(element)
        if let type = element["type"] {
            rule.kind = ConsentRule.Kind(rawValue: try type.text())
            if rule.kind == nil { doubt(type.place, "neither permit nor deny") }
        }
        rule.classes = try codings("class", element)
        for inner in try element["provision"]?.list() ?? [] { rule.rules.append(try self.rule(inner)) }
        return rule
    }

    /// What R4 and R5 write alike.
    private mutating func criteria(_ element: ConsentElement) throws(FHIRConsentError) -> ConsentRule {
        var rule = ConsentRule()
        rule.period = try element["period"]?.period()
        rule.actors = try element.each("actor") { element throws(FHIRConsentError) in try Self.actor(element) }
        rule.actions = try element.each("action") { element throws(FHIRConsentError) in try element.concept() }
        rule.labels = try codings("securityLabel", element)
        rule.purposes = try codings("purpose", element)
        rule.codes = try element.each("code") { element throws(FHIRConsentError) in try element.concept() }
        rule.dataPeriod = try element["dataPeriod"]?.period()
        for datum in try element["data"]?.list() ?? [] { rule.data.append(try self.datum(datum)) }
        return rule
    }

    private func codings(_ name: String, _ element: ConsentElement) throws(FHIRConsentError) -> [Coding] {
        try element.each(name) { element throws(FHIRConsentError) in try element.coding() }
    }

    private static func actor(_ element: ConsentElement) throws(FHIRConsentError) -> ConsentRule.Actor {
        ConsentRule.Actor(roles: try element["role"]?.concept() ?? [], reference: try reference(element))
    }

    private func datum(_ element: ConsentElement) throws(FHIRConsentError) -> ConsentRule.Datum {
        guard let meaning = try element["meaning"]?.text() else { throw element.malformed("a meaning") }
        guard let known = ConsentRule.Datum.Meaning(rawValue: meaning) else { throw element.malformed("a meaning of FHIR") }
        return ConsentRule.Datum(known, try Self.reference(element))
    }

    private static func reference(_ element: ConsentElement) throws(FHIRConsentError) -> ConsentReference {
        guard let reference = element["reference"] else { throw element.malformed("a reference") }
        return try reference.reference()
    }
}

// R5
extension ConsentReader {
    private static let r5Rule: Set<String> = anywhere.union([
        "period", "actor", "action", "securityLabel", "purpose", "documentType", "resourceType", "code", "dataPeriod", "data",
        "provision",
    ])

    private mutating func r5(_ element: ConsentElement) throws(FHIRConsentError) -> FHIRConsent {
        try doubtUnknown(element, Self.head.union(R5Consent.members))
        var root = ConsentRule()
        if let decision = element["decision"] {
            root.kind = ConsentRule.Kind(rawValue: try decision.text())
            if root.kind == nil { doubt(decision.place, "neither permit nor deny") }
        }
        root.period = try element["period"]?.period()
        root.actors = try element.each("grantee") { element throws(FHIRConsentError) in
            ConsentRule.Actor(roles: [ConsentCodes.recipient], reference: try element.reference())
        }
        for inner in try element["provision"]?.list() ?? [] { root.rules.append(try r5(rule: inner, below: root.kind)) }
        return FHIRConsent(
            version: try element["meta"]?["versionId"]?.text(), status: try status(element), scope: [],
            category: try element.each("category") { element throws(FHIRConsentError) in try element.concept() }.flatMap { $0 },
            provision: root, doubts: doubts)
    }

    /// An exception reverses what it is in.
    private mutating func r5(rule element: ConsentElement, below outer: ConsentRule.Kind?) throws(FHIRConsentError) -> ConsentRule {
        try doubtUnknown(element, Self.r5Rule)
        var rule = try criteria(element)
        rule.kind = outer.map { $0 == .permit ? .deny : .permit }
        rule.classes = try codings("resourceType", element) + codings("documentType", element)
        for inner in try element["provision"]?.list() ?? [] { rule.rules.append(try r5(rule: inner, below: rule.kind)) }
        return rule
    }
}
