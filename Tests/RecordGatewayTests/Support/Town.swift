import AccessPolicy
import CryptoPrimitives
import GatewayAPI
import SharingContract
import TestSupport

/// The people of the story, each acting over HTTP. Names stand for keys, as in `World`.
struct Town: Sendable {
    static let laboratory = "ana/laboratory"

    let gateway: RunningGateway
    /// The newest list of each compartment, as its patient knows it.
    private(set) var lists: [String: RecipientList] = [:]

    /// North has admitted two clinics and an auditor, and one compartment is open.
    static func begun(_ gateway: RunningGateway) async throws -> Town {
        var town = Town(gateway: gateway)
        for name in ["hillside", "lakeside"] { try await town.admit(name) }
        try await town.admit("auditor", role: .auditor)
        try await town.open(laboratory)
        return town
    }

    /// The same people at the same gateway after a restart.
    func moved(to gateway: RunningGateway) -> Town {
        var town = Town(gateway: gateway)
        town.lists = lists
        return town
    }

    /// Makes what people sign, at the minute it is now.
    var world: World {
        var world = World()
        world.now = gateway.site.clock.minute
        return world
    }

    mutating func keep(_ list: RecipientList, of compartment: String = laboratory) { lists[compartment] = list }

    func list(_ compartment: String) -> RecipientList { lists[compartment] ?? world.list(compartment) }
}

// Entries that others sign. Each comes as a call that can be changed, and as something done.
extension Town {
    func admission(
        of name: String, role: Actor.Role = .clinic, days: UInt32 = 365, by signers: [String] = ["north"]
    ) -> PostEntry {
        let evidence = world.evidence(ActorBody(identifiers: line("NPI 1234567893")))
        let entry = world.entry(.actor(world.actor(name, role: role, days: days)), by: signers, evidence: evidence)
        return PostEntry(entry: entry, evidence: evidence)
    }

    @discardableResult
    func admit(_ name: String, role: Actor.Role = .clinic, days: UInt32 = 365) async throws -> PostedLeaf {
        try await gateway.call(admission(of: name, role: role, days: days), by: "north")
    }

    func ending(_ name: String) -> PostEntry {
        let evidence = world.evidence(KeyRevocationBody(note: line("left the consortium")))
        let revocation = KeyRevocation(key: publicKey(name), reason: .compromised)
        return PostEntry(
            entry: world.entry(.keyRevocation(revocation), by: ["north"], evidence: evidence), evidence: evidence)
    }

    func opening(of compartment: String) -> PostEntry {
        let entry = world.entry(.compartment(world.compartment(compartment)), by: [compartment])
        return PostEntry(entry: entry, evidence: .none, list: world.list(compartment))
    }

    @discardableResult
    mutating func open(_ compartment: String) async throws -> PostedLeaf {
        let call = opening(of: compartment)
        lists[compartment] = call.list
        return try await gateway.call(call, by: compartment)
    }

    /// What a patient chooses when granting.
    struct GrantDraft {
        var from: Day
        var until: Day
        /// Treatment, laboratory.
        var consent: [UInt8] = [0, 3, 1, 1, 0, 2, 0]
        /// What the patient's program says that it compiles to; what it does compile to when left out.
        var compilation: Hash?
        var recipient: RecipientKey
        var committed: GrantCommitment?
        /// Of the list that comes with it.
        var recipients: Set<RecipientKey>
    }

    func granting(
        _ name: String, in compartment: String = laboratory, to clinic: String, _ change: (inout GrantDraft) -> Void = { _ in }
    ) -> PostEntry {
        var draft = GrantDraft(
            from: world.now.day, until: world.now.day.adding(days: 30), recipient: recipient(name),
            recipients: Set(list(compartment).recipients + [recipient(name)]))
        change(&draft)
        let next = following(list(compartment), compartment, draft.recipients)
        let grant = Grant(
            control: publicKey(name), release: publicKey(name + "/release"), from: draft.from, until: draft.until,
            commitment: draft.committed?.commitment)
        let scope = ConsentScope(
            control: grant.control, compartment: publicKey(compartment), grantee: publicKey(clinic), from: grant.from,
            until: grant.until)
        let fields = GrantBody.Fields(
            grantee: publicKey(clinic), consent: draft.consent,
            compilation: draft.compilation ?? ConsentCompiler.compile(draft.consent, scope).hash,
            sealedSeed: Array("age".utf8), recipient: draft.recipient, recipientList: next.hash,
            proof: draft.committed?.proof)
        let body = GrantBody(fields, of: grant, signingWith: key(compartment), origin: world.origin)
        let evidence = world.evidence(body)
        return PostEntry(
            entry: world.entry(.grant(grant), by: [name], evidence: evidence), evidence: evidence, list: next)
    }

    /// As a grant of these names would have it, from today.
    func scope(_ name: String, in compartment: String = laboratory, to clinic: String) -> ConsentScope {
        ConsentScope(
            control: publicKey(name), compartment: publicKey(compartment), grantee: publicKey(clinic), from: world.now.day,
            until: world.now.day.adding(days: 30))
    }

    @discardableResult
    mutating func grant(
        _ name: String, in compartment: String = laboratory, to clinic: String, _ change: (inout GrantDraft) -> Void = { _ in }
    ) async throws -> PostedLeaf {
        let call = granting(name, in: compartment, to: clinic, change)
        let posted = try await gateway.call(call, by: compartment)
        lists[compartment] = call.list
        return posted
    }

    /// Hides something, and looks like a grant.
    mutating func restrict(
        _ name: String, _ target: Restriction.Target, from clinic: String? = nil, in compartment: String = laboratory
    ) async throws {
        let restriction = Restriction(target, from: clinic.map { publicKey($0) })
        try await grant(name, in: compartment, to: "hillside") {
            $0.consent = Consent(restriction, category: 3).canonicalBytes
        }
    }

    /// - Parameter left: who stands on the list that comes with it; everybody but the grant's recipient when left out.
    func revoking(
        _ name: String, in compartment: String = laboratory, recipient gone: RecipientKey? = nil,
        leaving left: Set<RecipientKey>? = nil
    ) -> PostEntry {
        let rest = Set(list(compartment).recipients).subtracting([gone ?? recipient(name)])
        let next = following(list(compartment), compartment, left ?? rest)
        let evidence = world.evidence(RevocationBody(reason: line(""), recipientList: next.hash))
        let entry = world.entry(.revocation(Revocation(grant: publicKey(name))), by: [name], evidence: evidence)
        return PostEntry(entry: entry, evidence: evidence, list: next)
    }

    mutating func revoke(_ name: String, in compartment: String = laboratory, recipient gone: RecipientKey? = nil) async throws {
        let call = revoking(name, in: compartment, recipient: gone)
        _ = try await gateway.call(call, by: compartment)
        lists[compartment] = call.list
    }

    private func following(_ list: RecipientList, _ compartment: String, _ recipients: Set<RecipientKey>) -> RecipientList {
        RecipientList(
            signingWith: key(compartment), origin: world.origin, following: list, own: list.own, recipients: recipients)
    }
}
