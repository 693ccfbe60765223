import CryptoPrimitives
import GatewayAPI
import RecordStorage
import SharingContract
import TestSupport
import Testing

/// Who may do what. Whoever may not leaves nothing behind but a used message.
@Suite struct Admissions {
    @Test func `who is not admitted requests, uploads, writes and exports nothing`() async throws {
        try await GatewaySite.town { town in
            try await town.grant("grant", to: "lakeside")
            try await expectOutside(town, "stranger")
        }
    }

    @Test func `an actor whose admission is over is a stranger`() async throws {
        try await GatewaySite.town { town in
            try await town.admit("locum", days: 1)
            #expect(try await town.gateway.refusal(of: town.requesting("grant", by: "locum"), by: "locum") == nil)
            town.gateway.site.clock.advance(by: 86_400)
            try await expectOutside(town, "locum")
        }
    }

    @Test func `an actor whose key was revoked is a stranger`() async throws {
        try await GatewaySite.town { town in
            #expect(try await town.gateway.refusal(of: town.requesting("grant", by: "lakeside"), by: "lakeside") == nil)
            _ = try await town.gateway.call(town.ending("lakeside"), by: "north")
            try await expectOutside(town, "lakeside")
        }
    }

    /// A member runs a gateway and admits others; as such it is no clinic.
    @Test func `a member is no actor`() async throws {
        try await GatewaySite.town { town in try await expectOutside(town, "north") }
    }

    private func expectOutside(_ town: Town, _ name: String) async throws {
        let gateway = town.gateway
        try await gateway.expect(.forbidden, town.requesting("grant", by: name), by: name)
        try await gateway.expect(.forbidden, SendMessage(address: publicKey("hillside"), message: [1]), by: name)
        try await gateway.expect(.forbidden, ExportEvidence(from: 0), by: name)
        let permission = town.world.permission(Town.laboratory, for: name)
        let list = FetchRecipientList(compartment: publicKey(Town.laboratory), permission: permission)
        try await gateway.expect(.forbidden, list, by: name)
        try await gateway.expect(.forbidden, town.opening(of: "ben/general"), by: name)
        try await gateway.expectNothingWritten {
            await #expect(throws: APIError.self) { try await town.upload([UInt8](repeating: 7, count: 100), by: name) }
        }
        // Nor when somebody else has brought the payload.
        let record = town.sealed("x", by: name)
        try await town.upload(record.payload)
        try await gateway.expect(.forbidden, town.depositing([record], by: name), by: name)
    }

    @Test(arguments: ["hillside", "north", Town.laboratory]) func `evidence goes to auditors alone`(name: String) async throws {
        try await GatewaySite.town { town in
            try await town.gateway.expect(.forbidden, ExportEvidence(from: 0), by: name)
            let page = try await town.gateway.call(ExportEvidence(from: 0), by: "auditor")
            #expect(page.items.map(\.leaf) == [0, 1, 2, 3, 4] && page.next == nil)
            #expect(try await town.gateway.call(ExportEvidence(from: 3), by: "auditor").items.map(\.leaf) == [3, 4])
            for from in [5, 6, UInt64.max - 4_000, .max] {
                #expect(try await town.gateway.call(ExportEvidence(from: from), by: "auditor").items.isEmpty)
            }
        }
    }

    @Test func `an auditor whose mandate is over exports nothing`() async throws {
        try await GatewaySite.town { town in
            town.gateway.site.clock.advance(by: 365 * 86_400)
            try await town.gateway.expect(.forbidden, ExportEvidence(from: 0), by: "auditor")
        }
    }

    @Test func `an actor is brought by a member that signed it, and by nobody else`() async throws {
        try await GatewaySite.town { town in
            let entry = town.admission(of: "newcomer")
            for name in ["newcomer", "hillside", "auditor", Town.laboratory] {
                try await town.gateway.expect(.forbidden, entry, by: name)
            }
            // Whoever signed may bring it, but signing does not make a member.
            let ownEntry = town.admission(of: "newcomer", by: ["newcomer"])
            try await town.gateway.expect(.refused, ownEntry, by: "newcomer")
            try await town.gateway.expect(.refused, town.admission(of: "newcomer", by: ["north", "hillside"]), by: "north")
            #expect(try await town.gateway.refusal(of: entry, by: "north") == nil)
            try await town.gateway.expect(.forbidden, town.ending("newcomer"), by: "hillside")
        }
    }

    /// A gateway makes these itself, each in a call that says what for.
    @Test func `nobody brings a deposit, a decision or an erasure`() async throws {
        try await GatewaySite.town { town in
            try await town.grant("grant", to: "lakeside")
            for (event, evidence) in ownEvents(town) {
                let entry = town.world.entry(event, by: ["north"], evidence: evidence)
                for name in ["north", "hillside", "auditor", Town.laboratory, "stranger"] {
                    try await town.gateway.expect(.forbidden, PostEntry(entry: entry, evidence: evidence), by: name)
                }
            }
        }
    }

    private func ownEvents(_ town: Town) -> [(Event, Evidence)] {
        let world = town.world
        let deposit = town.depositing([town.sealed("lab")]).body
        let tree = world.tree([town.sealed("lab").descriptor])
        let (decision, decisionBody) = world.decision("request", grant: "grant", released: [])
        let erasure = Erasure(basis: .patientsWish, commitments: [Hash(World.salt)])
        let erasureBody = ErasureBody(of: erasure, signingWith: key(Town.laboratory), origin: world.origin)
        return [
            (.deposit(Deposit(root: tree.slotTree.root)), world.evidence(deposit, tree: tree)),
            (.decision(decision), world.evidence(decisionBody)), (.erasure(erasure), world.evidence(erasureBody)),
        ]
    }
}

/// Who runs the ledger is decided by the members, and brought by one who signed.
@Suite struct MemberChanges {
    private static func member(_ name: String) -> MemberChange.Member {
        MemberChange.Member(key: publicKey(name), name: line(name), address: line("http://127.0.0.1:8461"))
    }

    private func change(_ town: Town, _ change: MemberChange, since: UInt64 = 0, by signers: [String]) -> PostEntry {
        PostEntry(entry: town.world.entry(.member(change, since: since), by: signers), evidence: .none)
    }

    @Test func `a member is added by who signed it, once, and two admit from then on`() async throws {
        try await GatewaySite.town { town in
            let add = change(town, .add(Self.member("south"), genesis: nil), by: ["north"])
            for name in ["hillside", "auditor", "south", Town.laboratory] {
                try await town.gateway.expect(.forbidden, add, by: name)
            }
            let unsigned = change(town, .add(Self.member("south"), genesis: nil), by: [])
            try await town.gateway.expect(.forbidden, unsigned, by: "north")
            let own = change(town, .add(Self.member("south"), genesis: nil), by: ["south"])
            try await town.gateway.expect(.refused, own, by: "south")
            try town.gateway.verify(try await town.gateway.call(add, by: "north"))
            try await town.gateway.expect(.refused, add, by: "north")
            try await town.gateway.expect(.refused, town.admission(of: "seaside"), by: "north")
            let both = town.admission(of: "seaside", by: ["north", "south"])
            try town.gateway.verify(try await town.gateway.call(both, by: "south"))
        }
    }

    /// It could append nothing more.
    @Test func `a gateway is not robbed of the key it signs with`() async throws {
        try await GatewaySite.town { town in
            var since: UInt64 = 0
            for (name, signers) in [("south", ["north"]), ("west", ["north", "south"])] {
                let add = change(town, .add(Self.member(name), genesis: nil), since: since, by: signers)
                since = try await town.gateway.call(add, by: "north").index
            }
            let remove = change(town, .remove(publicKey("north")), since: since, by: ["south", "west"])
            try await town.gateway.expect(.refused, remove, by: "south")
            let rekey = change(
                town, .rekey(old: publicKey("north"), new: publicKey("north 2")), since: since, by: ["north", "south", "west"])
            try await town.gateway.expect(.refused, rekey, by: "north")
            let early = change(town, .remove(publicKey("west")), since: 0, by: ["north", "south"])
            try await town.gateway.expect(.refused, early, by: "north")
            let other = change(town, .remove(publicKey("west")), since: since, by: ["north", "south"])
            try town.gateway.verify(try await town.gateway.call(other, by: "south"))
        }
    }
}
