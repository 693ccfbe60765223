package import MedicalRecords

/// One rule of a Consent with its exceptions. All kinds of criteria that are there must match, within a kind one is enough; a kind that is
/// absent restricts nothing.
package struct ConsentRule: Hashable, Sendable {
    package enum Kind: String, CaseIterable, Sendable {
        case permit, deny
    }

    /// Who is meant, or what somebody wrote.
    package struct Actor: Hashable, Sendable {
        /// Empty if none is stated.
        package var roles: [Coding]
        package var reference: ConsentReference

        package init(roles: [Coding] = [], reference: ConsentReference) {
            self.roles = roles
            self.reference = reference
        }
    }

    package struct Datum: Hashable, Sendable {
        package enum Meaning: String, CaseIterable, Sendable {
            /// The resource itself.
            case instance
            /// It, and what refers to it.
            case related
            /// It, and what depends on it.
            case dependents
            case authoredBy = "authoredby"
        }

        package var meaning: Meaning
        package var reference: ConsentReference

        package init(_ meaning: Meaning, _ reference: ConsentReference) {
            self.meaning = meaning
            self.reference = reference
        }
    }

    /// `nil` only where it is not written.
    package var kind: Kind?
    package var period: ConsentPeriod?
    package var actors: [Actor] = []
    /// A concept is its codings, of which one is enough. One without codings is unknown.
    package var actions: [[Coding]] = []
    package var labels: [Coding] = []
    package var purposes: [Coding] = []
    package var classes: [Coding] = []
    package var codes: [[Coding]] = []
    package var dataPeriod: ConsentPeriod?
    package var data: [Datum] = []
    package var rules: [ConsentRule] = []

    package init(_ kind: Kind? = nil) {
        self.kind = kind
    }

    /// Those who are to receive; the others limit the data.
    package var recipients: [Actor] { actors.filter { !ConsentCodes.isAuthor($0.roles) } }
    /// Whose data it is about.
    package var authors: [Actor] { actors.filter { ConsentCodes.isAuthor($0.roles) } }

    /// Whether it says which records it is about.
    package var hasDataCriteria: Bool {
        !labels.isEmpty || !classes.isEmpty || !codes.isEmpty || dataPeriod != nil || !data.isEmpty || !authors.isEmpty
    }

    package var count: Int { rules.reduce(1) { $0 + $1.count } }
    package var depth: Int { 1 + (rules.map(\.depth).max() ?? 0) }

    /// Whether it or a rule inside names somebody who is to receive.
    package var namesRecipients: Bool { !recipients.isEmpty || rules.contains(where: \.namesRecipients) }
}

/// Who or what is meant: by address, by a number that somebody gave it, or both.
package struct ConsentReference: Hashable, Sendable {
    package var address: String?
    /// A type of resources, where it is stated.
    package var type: String?
    package var identifier: Identifier?

    package init(address: String? = nil, type: String? = nil, identifier: Identifier? = nil) {
        self.address = address
        self.type = type
        self.identifier = identifier
    }

    /// How policies may name it: a clinic by its key (`Organization/` and 64 hex digits), anything else by its address, and by
    /// `system|value`.
    package var names: [String] {
        var names: [String] = []
        if let address { names.append(key ?? address) }
        if let identifier { names.append("\(identifier.system ?? "")|\(identifier.value)") }
        return names
    }

    /// Whether a gateway can tell whom it means: it knows clinics, by key and by number, and no address and no person.
    package var isKnownToGateways: Bool {
        if key != nil { return true }
        let isClinic = (type ?? "Organization") == "Organization" && (address.map { $0.hasPrefix("Organization/") } ?? true)
        return identifier != nil && isClinic
    }

    private var key: String? {
        guard let address, address.hasPrefix("Organization/") else { return nil }
        let key = address.dropFirst("Organization/".count)
        let isKey = key.utf8.count == 64 && key.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
        return isKey ? String(key) : nil
    }
}
