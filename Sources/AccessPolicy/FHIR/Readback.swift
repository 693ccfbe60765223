package import CryptoPrimitives
import MedicalRecords

/// A Consent in plain words, to be read to whoever signs it: what it allows, to whom, for how long, and what follows.
///
///     Lakeside Hospital may read laboratory records for treatment until 1 January 2027, except anything about HIV.
package struct Readback: Hashable, Sendable {
    /// What is allowed and what is not, a sentence each; the exceptions of a sentence stand behind it.
    package let rules: [String]
    /// What follows, that one would not expect.
    package let consequences: [String]
    /// Why it allows nothing and a person has to look at it. Then nothing else is said.
    package let review: [String]

    package var lines: [String] { review + rules + consequences }

    /// What stands around a consent.
    package struct Setting: Sendable {
        /// Who gets the grant.
        package let grantee: String
        /// Such as `laboratory`; `nil` for all records.
        package let category: String?
        /// The first day on which the grant does not hold any more.
        package let until: Day?
        /// What somebody is called: a key, a number as "system|value", or an address.
        package let name: @Sendable (String) -> String?

        package init(
            grantee: String, category: String? = nil, until: Day? = nil,
            name: @escaping @Sendable (String) -> String? = { _ in nil }
        ) {
            self.grantee = grantee
            self.category = category
            self.until = until
            self.name = name
        }
    }

    package init(_ consent: FHIRConsent, _ setting: Setting) {
        guard consent.isCandidate else {
            self.init([], [], review: ["This allows and forbids nothing: it is not an active consent about privacy."])
            return
        }
        switch consent.tree() {
        case .failure(let error):
            let reasons = error.reviews.map { review in
                "\(review.place.isEmpty ? "As a whole" : "At \(review.place)"): \(review.reason)."
            }
            let warning =
                "This allows nothing and forbids nothing until a person has looked at it: it cannot be told for sure what it says."
            self.init([], [], review: [warning] + reasons)
        case .success(let root):
            let reader = RuleReader(setting: setting)
            self.init(reader.sentences(root), reader.consequences(root), review: [])
        }
    }

    /// What the rule at a place such as `provision.provision[1]` says by itself; `nil` where there is none.
    package static func sentence(at place: String, of consent: FHIRConsent, _ setting: Setting) -> String? {
        guard case .success(let root) = consent.tree() else { return nil }
        return RuleReader(setting: setting).sentence(at: place, root)
    }

    private init(_ rules: [String], _ consequences: [String], review: [String]) {
        (self.rules, self.consequences, self.review) = (rules, consequences, review)
    }
}

private struct RuleReader {
    let setting: Readback.Setting

    func sentences(_ root: ConsentRule) -> [String] {
        let who = subject(root)
        let short = root.kind == .permit ? root.rules.filter(\.isShort) : []
        let exceptions = short.isEmpty ? "" : ", except \(ConsentWords.list(short.map { things($0, bare: "records") }, "and"))"
        let may = who == "Nobody" ? "may" : may(root)
        let among = root.classes.isEmpty || setting.category == nil ? "" : " among \(records)"
        let end = root.period?.next == nil ? grantEnd : ""
        let head =
            "\(who) \(may) \(verb(root)) \(things(root, bare: records))\(among)\(purposes(root))\(period(root))\(end)\(exceptions)."
        let rest = root.rules.filter { !short.contains($0) }
        return [head] + rest.flatMap { exception($0, in: root, who == "Nobody" ? "anybody" : who) }
    }

    func sentence(at place: String, _ root: ConsentRule) -> String? {
        var steps = place.split(separator: ".").map(String.init)
        guard !steps.isEmpty, steps.removeFirst() == "provision" else { return nil }
        var (rule, sentence, name) = (root, sentences(root).first, subject(root))
        for step in steps {
            guard let index = Int(step.dropFirst("provision[".count).dropLast()), rule.rules.indices.contains(index) else {
                return nil
            }
            let inner = rule.rules[index]
            sentence = exception(inner, in: rule, name == "Nobody" ? "anybody" : name).first
            name = inner.recipients.isEmpty ? name : people(inner.recipients)
            rule = inner
        }
        return sentence
    }

    private func subject(_ root: ConsentRule) -> String {
        root.recipients.isEmpty ? (root.kind == .permit ? setting.grantee : "Nobody") : people(root.recipients)
    }

    private func may(_ rule: ConsentRule) -> String { rule.kind == .permit ? "may" : "may not" }

    private func verb(_ rule: ConsentRule) -> String {
        if rule.actions.isEmpty { return "read" }
        let names = rule.actions.reduce(into: Set<String>()) { $0.formUnion(ConsentCodes.actions($1, rule.kind ?? .deny)) }
        if names.contains("read") { return "read" }
        return names.isEmpty ? "do, in a way that this program does not know, something with" : "pass on"
    }

    private var records: String { setting.category.map { "your \($0) records" } ?? "your records" }

    /// A rule inside another, and the rules inside it.
    private func exception(_ rule: ConsentRule, in outer: ConsentRule, _ outerName: String) -> [String] {
        let who = rule.recipients.isEmpty ? outerName : people(rule.recipients)
        let opening =
            switch (outer.kind, rule.kind) {
            case (.permit, .permit): "Besides,"
            case (.permit, _): "But"
            case (_, .permit): "Even so,"
            default: "Nor, in any case:"
            }
        let bare = rule.kind == .permit ? "these records" : "any of these records"
        let sentence = "\(opening) \(who) \(may(rule)) \(verb(rule)) \(things(rule, bare: bare))\(purposes(rule))\(period(rule))."
        return [sentence] + rule.rules.flatMap { exception($0, in: rule, who) }
    }

    private func people(_ actors: [ConsentRule.Actor]) -> String {
        ConsentWords.list(
            actors.map { actor in
                guard ConsentCodes.isRecipient(actor.roles) else { return "somebody in a part that this program does not know" }
                return name(actor.reference)
            })
    }

    private func name(_ reference: ConsentReference) -> String {
        reference.names.lazy.compactMap(setting.name).first ?? reference.names.first ?? "somebody who is not named"
    }

    /// What a rule is about.
    private func things(_ rule: ConsentRule, bare: String) -> String {
        var parts: [String] = []
        if !rule.classes.isEmpty { parts.append(ConsentWords.list(rule.classes.map(ConsentWords.recordClass))) }
        if !rule.codes.isEmpty {
            let codes = rule.codes.map { $0.isEmpty ? "something that has no code" : $0.map(\.code).joined(separator: " or ") }
            parts.append("with the code \(ConsentWords.list(codes))")
        }
        parts += labels(rule)
        if let period = rule.dataPeriod { parts.append("dated\(span(period))") }
        for datum in rule.data { parts.append(self.datum(datum)) }
        if !rule.authors.isEmpty {
            parts.append("that \(ConsentWords.list(rule.authors.map { name($0.reference) })) wrote or keeps")
        }
        guard let first = parts.first else { return bare }
        let needsSubject = rule.classes.isEmpty && !first.hasPrefix("anything")
        return (needsSubject ? "\(bare) " : "") + parts.joined(separator: ", ")
    }

    private func labels(_ rule: ConsentRule) -> [String] {
        let kind = rule.kind ?? .deny
        let ranks = ConsentCodes.ranks(rule.labels, kind)
        let topics = rule.labels.filter { ConsentCodes.rank($0) == nil }.map(ConsentWords.topic)
        let level = (kind == .permit ? ranks.max() : ranks.min()).map { ConsentWords.level($0, kind) }
        let about = topics.isEmpty ? nil : "anything about \(ConsentWords.list(topics))"
        // A permit wants both, a denial one.
        switch (about, level) {
        case (nil, nil): return []
        case (let about?, nil): return [about]
        case (nil, let level?): return ["that are \(level)"]
        case (let about?, let level?): return ["\(about) \(kind == .permit ? "that is" : "or what is") \(level)"]
        }
    }

    private func datum(_ datum: ConsentRule.Datum) -> String {
        let what = name(datum.reference)
        switch datum.meaning {
        case .instance: return "exactly \(what)"
        case .related: return "\(what) and what refers to it"
        case .dependents: return "\(what) and what depends on it"
        case .authoredBy: return "written by \(what)"
        }
    }

    private func purposes(_ rule: ConsentRule) -> String {
        rule.purposes.isEmpty ? "" : " for \(ConsentWords.list(rule.purposes.map(ConsentWords.purpose)))"
    }

    private func period(_ rule: ConsentRule) -> String { rule.period.map(span) ?? "" }

    private var grantEnd: String { setting.until.map { " until \(ConsentWords.day(Int64($0.number) * ConsentInstant.day))" } ?? "" }

    /// From the first moment to the first one behind it.
    private func span(_ period: ConsentPeriod) -> String {
        (period.first.map { " from \(ConsentWords.day($0))" } ?? "") + (period.next.map { " until \(ConsentWords.day($0))" } ?? "")
    }
}

// What follows
extension RuleReader {
    func consequences(_ root: ConsentRule) -> [String] {
        let rules = root.all
        let permits = rules.filter { $0.kind == .permit }
        let denials = rules.filter { $0.kind == .deny }
        var lines: [String] = []
        if root.kind == .permit, root.hasDataCriteria {
            lines.append("Nothing else is allowed, by this or by any other of your consents.")
        }
        if !denials.isEmpty {
            lines.append("What is forbidden here stays forbidden even if you allow it elsewhere, until you end this consent.")
            lines.append("Those who treat you do not see it, and are not told that something is missing.")
        }
        if !permits.isEmpty {
            lines.append("Records that nobody has looked through for what is sensitive are not shown.")
            lines.append("What somebody has read cannot be taken back when you end this.")
        }
        if permits.contains(where: \.asksForInside) {
            lines.append(
                "No gateway can look into your records. What is allowed only by a code or for a single entry is therefore not shown."
            )
        }
        if denials.contains(where: \.asksForInside) {
            lines.append(
                "No gateway can look into your records. Where a code or a single entry is forbidden, all is withheld that may be meant."
            )
        }
        if rules.contains(where: \.namesUnknown) {
            lines.append(
                "It names somebody whom gateways do not know. Such a person is allowed nothing, and is forbidden nothing unless all are."
            )
        }
        if denials.contains(where: \.namesByNumber) {
            lines.append(
                "It forbids something to a clinic that it names by a number. It finds only clinics that have registered that number."
            )
        }
        return lines
    }
}

extension ConsentRule {
    fileprivate var all: [ConsentRule] { [self] + rules.flatMap(\.all) }

    /// Whether it says no more than what is left out.
    fileprivate var isShort: Bool {
        kind == .deny && rules.isEmpty && period == nil && actors.isEmpty && actions.isEmpty && purposes.isEmpty && hasDataCriteria
    }

    /// Whether it depends on what stands in a record.
    fileprivate var asksForInside: Bool { !codes.isEmpty || data.contains { $0.meaning != .authoredBy } }

    /// Whether somebody is named whose key is not.
    fileprivate var namesByNumber: Bool {
        actors.contains { $0.reference.isKnownToGateways && $0.reference.names.count == 1 && $0.reference.address == nil }
    }

    fileprivate var namesUnknown: Bool {
        let named = actors.map(\.reference) + data.filter { $0.meaning == .authoredBy }.map(\.reference)
        return named.contains { !$0.isKnownToGateways } || recipients.contains { !ConsentCodes.isRecipient($0.roles) }
    }
}
