import AccessPolicy
import CryptoPrimitives
import GatewayAPI
import SharingContract
import TestSupport

// Persons who decide for Ana, and what they do. A delegation's holder is known by the name of its release key.
extension Town {
    static func holder(_ delegation: String) -> String { delegation + "/release" }

    /// A grant of the laboratory records, for treatment, with a power or under a delegation.
    ///
    /// - Parameter list: what comes with it; the next list where the compartment signs, none under a delegation.
    func delegating(
        _ name: String, to grantee: String? = nil, power: GrantBody.Power = .none, under delegation: String? = nil,
        consent: [UInt8] = [0, 3, 1, 1, 0, 2, 0], days: UInt32 = 30, recipient other: RecipientKey? = nil,
        list: RecipientList? = nil, committed: GrantCommitment? = nil
    ) -> PostEntry {
        let (compartment, own) = (Self.laboratory, other ?? recipient(name))
        let newest = self.list(compartment)
        let next =
            delegation == nil
            ? RecipientList(
                signingWith: key(compartment), origin: world.origin, following: newest, own: newest.own,
                recipients: Set(newest.recipients + [own])) : list
        let grant = world.grant(name, days: days, commitment: committed?.commitment)
        let scope = ConsentScope(
            control: grant.control, compartment: publicKey(compartment), grantee: publicKey(grantee ?? Self.holder(name)),
            from: grant.from, until: grant.until,
            holder: power == .none ? .reader : power == .guardianship ? .guardian : .delegate)
        let fields = GrantBody.Fields(
            grantee: scope.grantee, power: power,
            authority: delegation.map { .init(grant: publicKey($0), release: publicKey(Self.holder($0))) }, consent: consent,
            compilation: ConsentCompiler.compile(consent, scope).hash, sealedSeed: Array("age".utf8), recipient: own,
            recipientList: (next ?? newest).hash, proof: committed?.proof)
        let body = GrantBody(
            fields, of: grant, in: publicKey(compartment), signingWith: key(delegation.map(Self.holder) ?? compartment),
            origin: world.origin)
        let evidence = world.evidence(body)
        return PostEntry(entry: world.entry(.grant(grant), by: [name], evidence: evidence), evidence: evidence, list: next)
    }

    mutating func delegate(_ name: String, power: GrantBody.Power = .deciding, days: UInt32 = 30) async throws {
        let call = delegating(name, power: power, days: days)
        _ = try await gateway.call(call, by: Self.laboratory)
        if let list = call.list { keep(list) }
    }

    /// In Ana's place, with headers for the records that stand at these positions.
    func grant(_ name: String, to clinic: String, under delegation: String, of records: [UInt64]) async throws {
        _ = try await gateway.call(delegating(name, to: clinic, under: delegation), by: Self.holder(delegation))
        _ = try await gateway.call(addingHeaders(name, records), by: Self.holder(delegation))
    }

    func addingHeaders(_ name: String, _ records: [UInt64]) -> AddHeaders {
        AddHeaders(
            grant: publicKey(name), headers: records.map { .init(position: $0, bytes: Array("age header for \(name)".utf8)) })
    }

    /// Ends what was granted under a delegation, and leaves the list as it is.
    func endingDelegated(_ name: String, list: RecipientList? = nil) -> PostEntry {
        let evidence = world.evidence(RevocationBody(reason: line(""), recipientList: (list ?? self.list(Self.laboratory)).hash))
        let entry = world.entry(.revocation(Revocation(grant: publicKey(name))), by: [name], evidence: evidence)
        return PostEntry(entry: entry, evidence: evidence, list: list)
    }

    func positions() async throws -> [UInt64] {
        try await gateway.call(ListRecords(), by: Self.laboratory).records.map(\.position)
    }
}
