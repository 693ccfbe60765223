import AccessPolicy
import CryptoPrimitives
import GatewayAPI
import InMemoryLogging
import Logging
import MedicalRecords
import MerkleLedger
import RecordStorage
import SharingContract
import TestSupport
import Testing

@testable import RecordGateway

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

/// Who looks at it afterwards.
@Suite struct Reviews {
    @Test func `a member reviews, and nobody else`() async throws {
        try await GatewaySite.townWithDesk { town in
            let emergency = try await town.declare()
            for name in ["desk", "auditor", Town.laboratory] {
                try await town.gateway.expect(.forbidden, try town.reviewing(emergency), by: name)
                try await town.gateway.expect(.refused, try town.reviewing(emergency, by: name), by: name)
            }
            try await town.gateway.expect(.refused, try town.reviewing(emergency + 1), by: "north")
            _ = try await town.gateway.call(town.reviewing(emergency), by: "north")
            try await town.gateway.expect(.refused, try town.reviewing(emergency, .mistaken), by: "north")
        }
    }

    @Test func `a member gets the evidence of emergencies and reviews, of nothing else, and nobody else does`() async throws {
        try await GatewaySite.townWithDesk { town in
            let emergency = try await town.declare()
            let review = try await town.gateway.call(town.reviewing(emergency, .notJustified), by: "north").index
            let page = try await town.gateway.call(FetchEmergencies(leaves: [emergency, review]), by: "north")
            #expect(page.items.map(\.leaf) == [emergency, review] && page.next == nil)
            #expect(try ReviewBody(canonical: page.items[1].evidence.body).finding == .notJustified)
            for name in ["desk", "hillside", "auditor", Town.laboratory, "stranger"] {
                try await town.gateway.expect(.forbidden, FetchEmergencies(leaves: [emergency]), by: name)
            }
            for leaf in [0, emergency - 1, .max] {
                try await town.gateway.expect(.notFound, FetchEmergencies(leaves: [emergency, leaf]), by: "north")
            }
        }
    }

    @Test func `overdue reviews are told once a day, by their entry alone`() async throws {
        let site = try GatewaySite()
        try await site.serving { gateway in
            let town = try await Town.withDesk(gateway)
            let (one, two) = (try await town.declare(), try await town.declare())
            let text = "the review of an emergency is overdue"
            func told() -> [String] {
                site.logs.entries.filter { "\($0.message)" == text }.map { "\($0.metadata["entry"] ?? "")" }
            }
            let clock = site.clock
            let watched = Gateway(
                store: gateway.store, member: key("north"), address: GatewaySite.address, clock: { clock.seconds })
            let logger = Logger(label: "gateway") { _ in site.logs }
            var watch = ReviewWatch()
            func look(expecting open: Int, _ overdue: Int) async throws {
                try await watch.look(at: watched, logger)
                let lines = watched.metrics.split(separator: "\n")
                #expect(lines.contains("cordon_emergency_reviews_open \(open)"))
                #expect(lines.contains("cordon_emergency_reviews_overdue \(overdue)"))
            }
            // Its last day is the seventh, and that day counts.
            try await look(expecting: 2, 0)
            site.clock.advance(by: 7 * 86_400)
            try await look(expecting: 2, 0)
            #expect(told().isEmpty)
            site.clock.advance(by: 86_400)
            for _ in 0..<3 { try await look(expecting: 2, 2) }
            #expect(told() == ["\(one)", "\(two)"])
            _ = try await gateway.call(town.reviewing(one), by: "north")
            site.clock.advance(by: 86_400)
            try await look(expecting: 1, 1)
            #expect(told() == ["\(one)", "\(two)", "\(two)"])
            let everything = site.logs.entries.map { "\($0.message) \($0.metadata)" }.joined()
            #expect(!everything.contains(publicKey("grant").description) && !everything.contains("Adams"))
        }
    }
}

/// Whether something is hidden, absent, or of a patient whom nobody knows here cannot be told from what a desk gets, nor from the ledger's
/// shape. What the desk does is the same in all of these worlds.
@Suite struct EmergencyWorlds {
    private enum Hidden: CaseIterable {
        /// The records are there, and the patient hid them: all, from this desk alone, or each by its label.
        case all, fromDesk, byLabel
        /// The grant is there, and no records are.
        case absent
        /// The patient opened nothing to this desk.
        case unknown
        /// The patient took it back.
        case revoked
    }

    private struct Shape: Hashable {
        var sizes: [Int] = []
        var statuses: [Int] = []
        var isReleased: [Bool] = []
        var leafSizes: [Int] = []
        /// By how many rows each table grew, which takes time.
        var growth: [String: Int] = [:]
    }

    /// Every world has as many grants and records as the others.
    private func begun(_ world: Hidden, _ gateway: RunningGateway) async throws -> Town {
        var town = try await Town.begun(gateway)
        try await town.admit("desk", role: .emergencyDesk)
        try await town.open("ben/laboratory")
        try await town.grantForEmergencies(world == .unknown ? "another" : "grant", to: "desk")
        let labelled = [town.sealed("lab 1", labels: ["PSY"]), town.sealed("lab 2", labels: ["PSY"])]
        let elsewhere = ["lab 1", "lab 2"].map { town.sealed($0, in: "ben/laboratory", labels: ["PSY"]) }
        let isElsewhere = world == .absent
        for record in isElsewhere ? elsewhere : labelled { try await town.upload(record.payload) }
        let compartment = isElsewhere ? "ben/laboratory" : Town.laboratory
        _ = try await gateway.call(town.depositing(isElsewhere ? elsewhere : labelled, in: compartment), by: "hillside")
        switch world {
        case .all: try await town.restrict("hide", .everything)
        case .fromDesk: try await town.restrict("hide", .everything, from: "desk")
        case .byLabel: try await town.restrict("hide", .label(line("PSY")))
        case .revoked: try await town.revoke("grant")
        case .absent, .unknown: try await town.grant("more", to: "hillside")
        }
        return town
    }

    private func shape(_ world: Hidden) async throws -> Shape {
        try await GatewaySite().serving { gateway in
            let town = try await begun(world, gateway)
            var shape = Shape()
            let before = try gateway.site.rows().mapValues(\.count)
            let declaration = gateway.sign(try town.declaring(), by: "desk")
            let declared = try await gateway.send(declaration)
            let leaf = try DeclareEmergency.Answer(canonical: try gateway.verified(declared, to: declaration)).posted.index
            let request = gateway.sign(town.requesting(in: leaf), by: "desk")
            let answered = try await gateway.send(request)
            let answer = try RequestRecords.Answer(canonical: try gateway.verified(answered, to: request))
            for answer in [declared, answered] {
                shape.statuses.append(answer.status)
                shape.sizes.append(answer.body.count)
            }
            if case .released = answer.outcome { shape.isReleased.append(true) }
            shape.growth = try gateway.site.rows().mapValues(\.count).merging(before) { $0 - $1 }
            let size = gateway.store.head.size
            let place = try #require(Tile.Coordinate(level: 0, index: 0, width: Int(size)))
            let tile = try await gateway.get("/\(place.entriesPath)")
            shape.leafSizes = try EntryBundle(tile.body, width: Int(size)).entries.suffix(2).map(\.count)
            return shape
        }
    }

    @Test func `hidden, absent, revoked and unknown look the same to a desk and on the ledger`() async throws {
        var shapes: [Shape] = []
        for world in Hidden.allCases {
            let shape = try await shape(world)
            #expect(shape.statuses == [200, 200] && shape.isReleased.isEmpty, "\(world)")
            shapes.append(shape)
        }
        let first = try #require(shapes.first)
        for (world, shape) in zip(Hidden.allCases, shapes) {
            #expect(shape.statuses == first.statuses && shape.leafSizes == first.leafSizes, "\(world)")
            #expect(shape.growth == first.growth, "\(world)")
            #expect(shape.sizes == first.sizes, "\(world): \(shape.sizes) and \(first.sizes)")
        }
    }
}
