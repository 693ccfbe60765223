import AccessPolicy
import CryptoPrimitives
import GatewayAPI
import MedicalRecords
import RecordGateway
import RecordStorage
import SharingContract
import TestSupport
import Testing

/// What a desk declares, and what it opens.
@Suite struct Emergencies {
    @Test func `a declaration is on the ledger before anything is asked for, and commits to what was declared`() async throws {
        try await GatewaySite.townWithDesk { town in
            let call = try town.declaring()
            let answer = try await town.gateway.call(call, by: "desk")
            try town.gateway.verify(answer.posted)
            guard case .emergencyAccess(let access) = answer.posted.leaf.entry.event else {
                Issue.record("another entry")
                return
            }
            #expect(access.grant == publicKey("grant") && access.due == town.world.now.day.adding(days: 7))
            #expect(answer.posted.leaf.entry.bodyCommitment == call.body.commitment(salt: answer.salt))
            #expect(answer.posted.leaf.entry.signatures.map(\.key) == [publicKey("north")])
            #expect(try LedgerCopy(of: town.gateway.site).hasEvidence(of: answer.posted.index))
        }
    }

    @Test func `a release relies on one emergency, and one on a release`() async throws {
        try await GatewaySite.townWithDesk { town in
            let emergency = try await town.declare()
            let answer = try await town.gateway.call(town.requesting(in: emergency), by: "desk")
            guard case .released(let items, false) = answer.outcome,
                case .decision(let decision) = answer.decision.leaf.entry.event, case .released(let release) = decision.outcome
            else {
                Issue.record("nothing was released")
                return
            }
            #expect(items.count == 2 && release.emergency == emergency)
            try await town.expectRefused(town.requesting(in: emergency), by: "desk", .emergencyNotInForce)
            let second = try await town.declare()
            guard case .released = try await town.gateway.call(town.requesting(in: second), by: "desk").outcome else {
                Issue.record("a new emergency opens again")
                return
            }
        }
    }

    @Test func `what opens in emergencies alone stays closed without one`() async throws {
        try await GatewaySite.townWithDesk { town in
            try await town.declare()
            try await town.expectRefused(town.requesting(in: nil), by: "desk", .emergencyNotInForce)
            try await town.expectRefused(town.requesting(in: nil, purpose: .treatment), by: "desk", .purposeNotCovered)
        }
    }

    @Test func `an emergency that is none, of another grant, another desk's or over opens nothing`() async throws {
        try await GatewaySite.townWithDesk { town in
            try await town.admit("second desk", role: .emergencyDesk)
            try await town.grantForEmergencies("other", to: "desk")
            try await town.grantForEmergencies("theirs", to: "second desk")
            let (other, theirs) = (try await town.declare("other"), try await town.declare("grant", by: "second desk"))
            for emergency in [0, other - 1, other, theirs, .max] {
                try await town.expectRefused(town.requesting(in: emergency), by: "desk", .emergencyNotInForce)
            }
            let short = try await town.declare(minutes: 5)
            town.gateway.site.clock.advance(by: 5 * 60)
            try await town.expectRefused(town.requesting(in: short), by: "desk", .emergencyNotInForce)
        }
    }

    @Test func `only a live emergency desk declares, and in its own name`() async throws {
        try await GatewaySite.townWithDesk { town in
            for name in ["hillside", "lakeside", "auditor", "north", "stranger", Town.laboratory, "grant"] {
                try await town.gateway.expect(.forbidden, try town.declaring(by: name), by: name)
            }
            try await town.admit("second desk", role: .emergencyDesk)
            try await town.gateway.expect(.malformed, try town.declaring(by: "second desk"), by: "desk")
            try await town.gateway.expect(.refused, try town.declaring(signedBy: "second desk"), by: "desk")
            for reason in [0, 6, 255] as [UInt8] {
                try await town.gateway.expect(.malformed, try town.declaring(reason: reason), by: "desk")
            }
            _ = try await town.gateway.call(town.ending("desk"), by: "north")
            try await town.gateway.expect(.forbidden, try town.declaring(), by: "desk")
        }
    }

    @Test func `the same declaration is taken once`() async throws {
        try await GatewaySite.townWithDesk { town in
            let call = try town.declaring()
            _ = try await town.gateway.call(call, by: "desk")
            try await town.gateway.expect(.refused, call, by: "desk")
        }
    }

    @Test func `a restriction wins in an emergency too`() async throws {
        try await GatewaySite.townWithDesk { town in
            try await town.restrict("hide", .everything)
            let emergency = try await town.declare()
            try await town.expectRefused(town.requesting(in: emergency), by: "desk", .heldBack)
        }
    }

    @Test func `nobody brings an emergency as an entry`() async throws {
        try await GatewaySite.townWithDesk { town in
            let evidence = town.world.evidence(try town.declaring().body)
            let access = town.world.entry(.emergencyAccess(town.world.access()), by: ["north"], evidence: evidence)
            for name in ["north", "desk"] {
                try await town.gateway.expect(.forbidden, PostEntry(entry: access, evidence: evidence), by: name)
            }
        }
    }

    @Test func `a full disk keeps no desk out`() async throws {
        let site = try GatewaySite()
        let town = try await site.serving { try await Town.withDesk($0) }
        var limits = GatewayLimits()
        limits.reservedSpace = .max
        try await site.withLimits(limits).serving { gateway in
            let town = town.moved(to: gateway)
            let emergency = try await town.declare()
            guard case .released = try await gateway.call(town.requesting(in: emergency), by: "desk").outcome else {
                Issue.record("nothing was released")
                return
            }
        }
    }

    @Test func `the patient and the auditor get the evidence, and no other compartment does`() async throws {
        try await GatewaySite.townWithDesk { town in
            try await town.open("ben/laboratory")
            let emergency = try await town.declare()
            let unknown = try await town.declare("unknown")
            let review = try await town.gateway.call(town.reviewing(emergency), by: "north").index
            let own = try await town.gateway.call(FetchHistory(from: emergency), by: Town.laboratory).items.map(\.leaf)
            #expect(own == [emergency, review])
            #expect(try await town.gateway.call(FetchHistory(from: 0), by: "ben/laboratory").items.isEmpty)
            for leaf in [emergency, unknown] {
                let body = try EmergencyBody(canonical: try await town.evidence(of: leaf).body)
                #expect(body.declaration.desk == publicKey("desk"))
            }
        }
    }
}
