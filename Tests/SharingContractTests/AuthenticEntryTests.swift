import CryptoPrimitives
import SharingContract
import TestSupport
import Testing

@Suite struct AuthenticEntries {
    /// A ledger with every kind of entry that comes from outside, and a deposit.
    private func world() throws -> World {
        var world = try World.withCompartment()
        let list = world.list("ana/laboratory")
        try world.deposit(
            [world.descriptor("record", in: "ana/laboratory", by: "hillside")], in: "ana/laboratory", by: "hillside", list: list)
        try world.grant("g", in: "ana/laboratory", to: "lakeside", list: list)
        try world.admit("desk", role: .emergencyDesk)
        try world.review(world.declare(world.declaration("g")))
        try world.revoke("g", list: list)
        return world
    }

    private func refusal(_ entry: Entry, _ evidence: Evidence) -> Refusal? {
        do throws(Refusal) {
            _ = try AuthenticEntry(verifying: entry, evidence: evidence)
            return nil
        } catch {
            return error
        }
    }

    @Test func `what its signers signed is authentic`() throws {
        for step in try world().steps { #expect(refusal(step.entry, step.evidence) == nil) }
    }

    @Test func `an entry whose signature is of other bytes is not`() throws {
        let world = try world()
        for (index, step) in world.steps.enumerated() {
            var bytes = step.entry.canonicalBytes
            bytes[bytes.count - 1] ^= 1
            #expect(refusal(try Entry(canonical: bytes), step.evidence) == .signatureNotAuthentic, "\(index)")
        }
    }

    @Test func `nor is one whose body or descriptors somebody else signed`() throws {
        let world = try world()
        let list = world.list("ana/laboratory")
        let grant = world.grantBody("g", in: "ben/laboratory", to: "lakeside", list: list)
        // The compartment of one, the signature of another.
        let forged = try GrantBody(
            canonical: publicKey("ana/laboratory").bytes + grant.canonicalBytes.dropFirst(Bytes32.count))
        #expect(refusal(entry(.grant(world.grant("g")), "g"), world.evidence(forged)) == .signatureNotAuthentic)

        let body = DepositBody(
            compartment: publicKey("ana/laboratory"), recipientList: list.hash,
            permission: world.permission("ana/laboratory", for: "hillside"))
        let tree = world.tree([world.descriptor("record", in: "ben/laboratory", by: "hillside")])
        #expect(refusal(entry(.deposit(Deposit(root: tree.slotTree.root)), "north"), world.evidence(body, tree: tree)) != nil)

        let declared = EmergencyBody(world.declaration(), signingWith: key("lakeside"), origin: world.origin)
        #expect(refusal(entry(.emergencyAccess(world.access()), "north"), world.evidence(declared)) == .signatureNotAuthentic)

        let erasure = Erasure(basis: .patientsWish, commitments: [.emptyTree])
        let erasing = ErasureBody(of: erasure, signingWith: key("ana/laboratory"), origin: line("south.example/ledger"))
        #expect(refusal(entry(.erasure(erasure), "north"), world.evidence(erasing)) == .signatureNotAuthentic)
    }

    @Test func `nor a body that cannot be read`() throws {
        let evidence = Evidence(salt: World.salt, body: [1, 2, 3])
        #expect(refusal(entry(.grant(World().grant("g")), "g"), evidence) == .bodyMalformed)
    }

    /// The key that must have signed it stands on the ledger.
    @Test func `a release is not authentic by itself, a refusal is`() throws {
        let world = try world()
        let (release, body) = world.decision("request", grant: "g", released: [.emptyTree])
        let (refused, other) = world.decision("request", grant: "g", released: [])
        #expect(refusal(entry(.decision(release), "north"), world.evidence(body)) == .signatureNotAuthentic)
        #expect(refusal(entry(.decision(refused), "north"), world.evidence(other)) == nil)
    }

    private func entry(_ event: Event, _ signer: String) -> Entry {
        World().entry(event, by: [signer])
    }
}
