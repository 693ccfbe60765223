import AccessPolicy
import CryptoPrimitives
import GatewayClient
import MedicalRecords
import SharingContract

/// What is about to be signed, in plain words: who, which records, why, how long, and what follows.
struct ReadBack {
    private let patient: PatientClient
    private let reaches: [PatientClient.Reach]

    /// - Parameter reaches: what could be read of what is proposed.
    init(_ patient: PatientClient, _ reaches: [PatientClient.Reach] = []) {
        self.patient = patient
        self.reaches = reaches
    }

    /// - Parameter proposed: grants for one organisation, or restrictions.
    func words(_ proposed: [PatientClient.ProposedGrant]) throws -> String {
        guard let first = proposed.first else { return "" }
        if first.grantee == nil { return restrictions(proposed) }
        if case .fhir(let document) = first.consent.content { return try fhir(document, proposed) }
        let grants = proposed.count == 1 ? try sentence(first) : try list(proposed, first)
        return ([grants] + limits(proposed)).joined(separator: "\n")
    }

    private func sentence(_ proposed: PatientClient.ProposedGrant) throws -> String {
        """
        \(try reader(proposed)) may read your \(Names.category(proposed.category).uppercased()) records
        (\(Self.now(proposed))) for \(Self.purposes(proposed)), until \(Names.written(proposed.until)).
        """
    }

    private func list(_ proposed: [PatientClient.ProposedGrant], _ first: PatientClient.ProposedGrant) throws -> String {
        let isOne = proposed.allSatisfy { $0.purposes == first.purposes && $0.until == first.until }
        let head = isOne ? " for \(Self.purposes(first)), until \(Names.written(first.until))" : ""
        let lines = proposed.map { item in
            let rest = isOne ? "" : " for \(Self.purposes(item)), until \(Names.written(item.until))"
            return "  \(Names.category(item.category).uppercased()) records (\(Self.now(item)))\(rest)"
        }
        return (["\(try reader(first)) may read\(head):"] + lines).joined(separator: "\n")
    }

    /// What is said only where it matters.
    private func limits(_ proposed: [PatientClient.ProposedGrant]) -> [String] {
        let extras = proposed.compactMap(\.consent.plain).reduce(into: PlainConsent.Extras()) { $0.formUnion($1.extras) }
        let hidden = patient.liveRestrictions.filter { grant in
            proposed.contains { $0.category == grant.category && Self.concerns(grant, $0) }
        }
        var lines: [String] = []
        if extras.contains(.unlabelled) { lines.append("This includes files that nobody has looked into: they may hold anything.") }
        if extras.contains(.emergencyOnly) {
            lines.append("Only in an emergency, which they declare beforehand. You are told of each, and somebody reviews it.")
        }
        if extras.contains(.counsellingNotes) { lines.append("This includes a counsellor's own notes.") }
        if !hidden.isEmpty {
            let what = hidden.compactMap { grant in
                grant.restriction.map { "\(RestrictionWords.target($0, grant.category)) (restriction \(grant.number))" }
            }
            lines.append("Still hidden from them, until you lift it: \(what.joined(separator: "; ")).")
        }
        return lines + proposed.compactMap { closed($0) } + proposed.compactMap { shown($0, hidden) }
    }

    /// That of what it is about some cannot be read all the same.
    private func closed(_ proposed: PatientClient.ProposedGrant) -> String? {
        let reach = reaches.first { $0.category == proposed.category && $0.reader == proposed.grantee?.actor.key }
        guard let reach, reach.then < reach.records else { return nil }
        let isLookedInto = proposed.consent.plain.map { !$0.extras.contains(.unlabelled) } ?? false
        return "Of the \(Names.counted(reach.records, "record")) of \(Names.category(proposed.category)) they could read "
            + "\(reach.then) today: by law, by a rule of the consortium or by your own word the rest is closed."
            + (isLookedInto ? " Files that nobody has looked into open with --unlabelled alone." : "")
    }

    /// A label that is hidden in other categories and was not in this one, as there was nothing in it then.
    private func shown(_ proposed: PatientClient.ProposedGrant, _ hidden: [GivenGrant]) -> String? {
        let labels = { (grants: [GivenGrant]) in
            Set(grants.compactMap { if case .label(let label)? = $0.restriction?.target { label.text } else { nil } })
        }
        let here = hidden.filter { $0.category == proposed.category }
        let everywhere = patient.liveRestrictions.filter { Self.concerns($0, proposed) }
        let open = labels(everywhere).subtracting(labels(here)).sorted()
        guard !open.isEmpty, !here.contains(where: { $0.restriction?.target == .everything }) else { return nil }
        return "NOT hidden among \(Names.category(proposed.category)) records, though you hide it elsewhere: "
            + "\(open.joined(separator: ", ")). See `cordon restrict --label`."
    }

    private static func concerns(_ grant: GivenGrant, _ proposed: PatientClient.ProposedGrant) -> Bool {
        guard let restriction = grant.restriction else { return false }
        return restriction.clinic == nil || restriction.clinic == proposed.grantee?.actor.key
    }

    private static func purposes(_ proposed: PatientClient.ProposedGrant) -> String {
        proposed.purposes.map { $0.id.uppercased() }.sorted().joined(separator: " and ")
    }

    static func now(_ proposed: PatientClient.ProposedGrant) -> String {
        proposed.recordCount == 0 ? "none now, and new ones" : "\(proposed.recordCount) now, and new ones"
    }

    /// `Lakeside Hospital (key 3fa9 …, admitted by North Consortium)`.
    private func reader(_ proposed: PatientClient.ProposedGrant) throws -> String {
        guard let grantee = proposed.grantee else { return "nobody" }
        return "\(grantee.actor.name) (key \(Fingerprint.text(grantee.actor.key)), admitted by \(try admitters(grantee)))"
    }

    private func admitters(_ actor: ActorState) throws -> String {
        let leaf = try patient.session.ledger.leaf(actor.admittedAt)
        let members = (try? patient.session.ledger.state.ledger())?.members ?? []
        let names = leaf.entry.signatures.map { signature in
            members.first { $0.key == signature.key }?.name.text ?? "a former member"
        }
        return names.joined(separator: " and ")
    }
}

extension ReadBack {
    /// What it hides, and what that means.
    private func restrictions(_ proposed: [PatientClient.ProposedGrant]) -> String {
        let lines = proposed.map { item in
            let target = item.restriction.map { RestrictionWords.target($0, item.category) } ?? ""
            return "  \(target) (\(item.recordCount) now\(item.restriction?.isOneRecord == true ? "" : ", and new ones"))"
        }
        let clinic = proposed.first?.restriction?.clinic.map { WishLine.name($0, patient.session) }
        let narrowed = patient.liveGrants.filter { grant in
            proposed.contains { $0.category == grant.category && ($0.restriction?.clinic ?? grant.grantee) == grant.grantee }
        }
        let names = Set(narrowed.map(\.granteeName.text)).sorted().joined(separator: ", ")
        return """
            Hidden from \(clinic ?? "everyone"):
            \(lines.joined(separator: "\n"))
            \(clinic == nil ? "A doctor who treats you will" : "They will") not see this, \
            whatever you have let them read\(names.isEmpty ? "" : ": this narrows what \(names) may read").
            Emergency care may have to go without it. Nobody is told that something is hidden.
            It holds from the next request on, until you lift it. What was read before stays with who read it.
            """
    }

    /// The rules are the same for every category, so they are read once.
    private func fhir(_ document: [UInt8], _ proposed: [PatientClient.ProposedGrant]) throws -> String {
        guard let consent = try? FHIRConsent(signed: document), let first = proposed.first else {
            throw ClientError.notPossible(.notComputable([]))
        }
        let session = patient.session
        let setting = Readback.Setting(
            grantee: first.grantee?.actor.name.text ?? "", until: first.until,
            name: { [names = try Self.names(session)] in names[$0] })
        let about = proposed.map { "\(Names.category($0.category).uppercased()) (\(Self.now($0)))" }
        return
            ([
                "By a consent in FHIR to \(try reader(first)), until \(Names.written(first.until)),",
                "about your records of \(about.joined(separator: ", ")):",
            ] + Readback(consent, setting).lines.map { "  \($0)" } + limits(proposed)).joined(separator: "\n")
    }

    /// Organisations by their keys, as a consent may name them.
    static func names(_ session: Session) throws -> [String: String] {
        Dictionary(try session.actors().map { ($0.actor.key.description, $0.actor.name.text) }, uniquingKeysWith: { $1 })
    }
}

/// Restrictions as people read them.
enum RestrictionWords {
    static func target(_ restriction: Restriction, _ category: UInt16) -> String {
        let category = Names.category(category)
        switch restriction.target {
        case .everything: return "all \(category) records"
        case .label(let label): return "\(category) records labelled \(label.text), and files that nobody labelled"
        case .record(let id): return "record \(id.description.prefix(12)) of \(category)"
        }
    }

    static func words(_ restriction: Restriction, _ category: UInt16, _ session: Session) -> String {
        let from = restriction.clinic.map { "hidden from \(WishLine.name($0, session))" } ?? "hidden from everyone"
        return "\(target(restriction, category)): \(from)"
    }
}

extension Restriction {
    var isOneRecord: Bool {
        if case .record = target { true } else { false }
    }
}
