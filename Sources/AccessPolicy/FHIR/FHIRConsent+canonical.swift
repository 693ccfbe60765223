import MedicalRecords

// The one way in which a consent is signed: FHIR R4 in JSON, members in the order of FHIR's definition, without spaces and without what
// does not decide. No narrative, no identifiers, no display texts, and no `patient`: the grant's compartment stands in its place.
extension FHIRConsent {
    /// Reads any Consent of R4 or R5. What does not decide is passed over.
    package init(_ bytes: [UInt8]) throws(FHIRConsentError) {
        self = try ConsentReader.consent(bytes)
    }

    /// - Throws: also `.notAsSigned`.
    package init(signed bytes: [UInt8]) throws(FHIRConsentError) {
        let consent = try ConsentReader.consent(bytes)
        guard consent.canonicalJSON == bytes else { throw .notAsSigned }
        self = consent
    }

    /// What a patient is given to sign.
    ///
    /// - Throws: for what cannot be computed: left out, it would be signed as if it were not there.
    package func documentToSign() throws(NotComputable) -> [UInt8] {
        _ = try tree().get()
        return canonicalJSON
    }

    var canonicalJSON: [UInt8] {
        var json = ConsentJSON()
        json.object { json in
            json.text("resourceType", "Consent")
            if let version { json.member("meta") { $0.object { $0.text("versionId", version) } } }
            json.text("status", status.rawValue)
            json.concept("scope", scope)
            json.list("category", category) { json, coding in json.concept([coding]) }
            json.concept("policyRule", policyRule)
            if let provision, provision != ConsentRule() { json.member("provision") { $0.rule(provision) } }
        }
        return json.bytes
    }
}

extension ConsentJSON {
    fileprivate mutating func rule(_ rule: ConsentRule) {
        object { json in
            if let kind = rule.kind { json.text("type", kind.rawValue) }
            json.period("period", rule.period)
            json.list("actor", rule.actors) { json, actor in
                json.object { json in
                    json.concept("role", actor.roles)
                    json.member("reference") { $0.reference(actor.reference) }
                }
            }
            json.list("action", rule.actions) { $0.concept($1) }
            json.list("securityLabel", rule.labels) { $0.coding($1) }
            json.list("purpose", rule.purposes) { $0.coding($1) }
            json.list("class", rule.classes) { $0.coding($1) }
            json.list("code", rule.codes) { $0.concept($1) }
            json.period("dataPeriod", rule.dataPeriod)
            json.list("data", rule.data) { json, datum in
                json.object { json in
                    json.text("meaning", datum.meaning.rawValue)
                    json.member("reference") { $0.reference(datum.reference) }
                }
            }
            json.list("provision", rule.rules) { $0.rule($1) }
        }
    }

    private mutating func period(_ name: String, _ period: ConsentPeriod?) {
        guard let period else { return }
        member(name) { json in
            json.object { json in
                if let start = period.start { json.text("start", start.text) }
                if let end = period.end { json.text("end", end.text) }
            }
        }
    }

    fileprivate mutating func concept(_ name: String, _ codings: [Coding]) {
        guard !codings.isEmpty else { return }
        member(name) { $0.concept(codings) }
    }

    /// One that has only words keeps none of them, and is still there.
    fileprivate mutating func concept(_ codings: [Coding]) {
        object { json in
            if codings.isEmpty { json.text("text", "-") } else { json.list("coding", codings) { $0.coding($1) } }
        }
    }

    private mutating func coding(_ coding: Coding) {
        object { json in
            if !coding.system.isEmpty { json.text("system", coding.system) }
            json.text("code", coding.code)
        }
    }

    private mutating func reference(_ reference: ConsentReference) {
        object { json in
            if let address = reference.address { json.text("reference", address) }
            if let type = reference.type { json.text("type", type) }
            if let identifier = reference.identifier {
                json.member("identifier") { json in
                    json.object { json in
                        if let system = identifier.system { json.text("system", system) }
                        json.text("value", identifier.value)
                    }
                }
            }
            if reference == ConsentReference() { json.text("display", "-") }
        }
    }
}

/// Writes JSON without spaces.
struct ConsentJSON {
    private(set) var bytes: [UInt8] = []
    private var needsComma = false

    mutating func object(_ write: (inout ConsentJSON) -> Void) { container(UInt8(ascii: "{"), UInt8(ascii: "}"), write) }

    /// Nothing for an empty list: FHIR has none.
    mutating func list<Element>(_ name: String, _ elements: [Element], _ write: (inout ConsentJSON, Element) -> Void) {
        guard !elements.isEmpty else { return }
        member(name) { json in
            json.container(UInt8(ascii: "["), UInt8(ascii: "]")) { json in
                for element in elements { write(&json, element) }
            }
        }
    }

    mutating func text(_ name: String, _ text: String) {
        member(name) { json in
            json.separate()
            json.quote(text)
            json.needsComma = true
        }
    }

    mutating func member(_ name: String, _ write: (inout ConsentJSON) -> Void) {
        separate()
        quote(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
        write(&self)
    }

    private mutating func container(_ open: UInt8, _ close: UInt8, _ write: (inout ConsentJSON) -> Void) {
        separate()
        bytes.append(open)
        needsComma = false
        write(&self)
        bytes.append(close)
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
    }

    private mutating func quote(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case ..<0x20:
                let digits = String(byte, radix: 16)
                bytes.append(contentsOf: ("\\u00" + (digits.utf8.count == 1 ? "0" : "") + digits).utf8)
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
