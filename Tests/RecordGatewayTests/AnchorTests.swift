import CryptoPrimitives
import Foundation
import GatewayAPI
import InMemoryLogging
import LedgerMirror
import Logging
import RecordStorage
import SharingContract
import SystemPackage
import TestSupport
import Testing

@testable import RecordGateway

/// Anchors, from deposits to whoever looks for one in a tree.
@Suite struct Anchors {
    private func deposit(_ name: String, by clinic: String = "hillside", _ town: Town) async throws {
        let record = town.sealed(name, by: clinic, claims: Town.claims(name))
        try await town.upload(record.payload, by: clinic)
        _ = try await town.gateway.call(town.depositing([record], by: clinic), by: clinic)
    }

    private func publish(_ town: Town) async throws -> PublishAnchors.Answer {
        try await town.gateway.call(PublishAnchors(), by: "north")
    }

    /// The gateway's own hands, beside the one that listens.
    private func own(_ gateway: RunningGateway, isReadOnly: Bool = false, limits: GatewayLimits = GatewayLimits()) -> Gateway {
        let clock = gateway.site.clock
        return Gateway(
            store: gateway.store, member: key("north"), address: GatewaySite.address, limits: limits, isReadOnly: isReadOnly,
            clock: { clock.seconds })
    }

    private func tree(_ leaf: UInt64, _ gateway: RunningGateway) async throws -> AnchorTree {
        let answer = try await gateway.get("/anchors/\(leaf)")
        #expect(answer.status == 200 && answer.isWhole)
        return try AnchorTree(canonical: answer.body)
    }

    @Test func `a member publishes what came from all, and anybody finds it under the root`() async throws {
        try await GatewaySite.town { town in
            try await deposit("lab 1", town)
            try await deposit("lab 2", by: "lakeside", town)
            let answer = try await publish(town)
            try town.gateway.verify(answer.posted)
            #expect(answer.count == 6 && !answer.hasMore)
            let tree = try await tree(answer.posted.index, town.gateway)
            #expect(answer.posted.leaf.entry.event == .claimsAnchors(tree.publication))
            #expect(Set(tree.hashes).isSuperset(of: Town.claims("lab 1").anchors + Town.claims("lab 2").anchors))
            try await town.gateway.expect(.notFound, PublishAnchors(), by: "north")
            try await deposit("lab 3", town)
            let second = try await publish(town)
            #expect(second.posted.index > answer.posted.index && second.count == 3)
            #expect(try await !self.tree(second.posted.index, town.gateway).hashes.contains(Town.claims("lab 1").anchors[0]))
        }
    }

    @Test func `nobody but a member asks for it, and nobody brings such an entry`() async throws {
        try await GatewaySite.town { town in
            try await deposit("lab 1", town)
            for name in ["hillside", "auditor", Town.laboratory, "stranger"] {
                try await town.gateway.expect(.forbidden, PublishAnchors(), by: name)
            }
            let tree = try #require(AnchorTree(mixing: [SHA256.hash([1])]))
            for name in ["north", "hillside"] {
                let call = PostEntry(entry: town.world.entry(.claimsAnchors(tree.publication), by: [name]), evidence: .none)
                try await town.gateway.expect(.forbidden, call, by: name)
            }
        }
    }

    @Test func `a clinic brings anchors of new copies, once each, and they are published with the others`() async throws {
        try await GatewaySite.town { town in
            try await deposit("lab 1", town)
            let anchors = (0..<8).map { SHA256.hash([$0]) }.sorted()
            for _ in 0..<2 { _ = try await town.gateway.call(PostAnchors(anchors: anchors), by: "lakeside") }
            let answer = try await publish(town)
            #expect(answer.count == 11)
            #expect(try await Set(self.tree(answer.posted.index, town.gateway).hashes).isSuperset(of: anchors))
        }
    }

    @Test func `nobody but a live clinic brings anchors`() async throws {
        try await GatewaySite.town { town in
            let call = PostAnchors(anchors: [SHA256.hash([1])])
            for name in ["north", "auditor", Town.laboratory, "ana/inbox", "stranger"] {
                try await town.gateway.expectNothingWritten { try await town.gateway.expect(.forbidden, call, by: name) }
            }
            town.gateway.site.clock.advance(by: 400 * 86_400)
            try await town.gateway.expect(.forbidden, call, by: "hillside")
            #expect(try await town.gateway.store.read { try $0.waitingAnchors() } == 0)
        }
    }

    @Test func `there is nothing where none was published`() async throws {
        try await GatewaySite.town { town in
            try await deposit("lab 1", town)
            let leaf = try await publish(town).posted.index
            for name in ["", "0", "1", "06", "+6", "6/", "6x", "-1", "7", "99999999999999999999", "6/6"] {
                let answer = try await town.gateway.get("/anchors/\(name)")
                #expect(leaf == 6 && answer.status == 404, "\(name)")
            }
        }
    }

    @Test func `a tree of several pieces comes whole`() async throws {
        try await GatewaySite.town { town in
            let anchors = (0..<9_000).map { SHA256.hash([UInt8($0 >> 8), UInt8($0 & 255)]) }
            try await town.gateway.store.commit { try $0.keepAnchors(anchors) }
            let answer = try await publish(town)
            let tree = try await tree(answer.posted.index, town.gateway)
            #expect(tree.hashes.count == 16_384 && Set(tree.hashes).isSuperset(of: anchors) && answer.count == 9_000)
            #expect(answer.posted.leaf.entry.event == .claimsAnchors(tree.publication))
        }
    }

    @Test func `a damaged tree is not served`() async throws {
        try await GatewaySite.town { town in
            try await deposit("lab 1", town)
            let leaf = try await publish(town).posted.index
            try town.gateway.site.meddle("UPDATE anchorTree SET hashes = zeroblob(2048)")
            #expect(try await town.gateway.get("/anchors/\(leaf)").status >= 500)
        }
    }

    @Test func `housekeeping publishes once a day, what came on a day before`() async throws {
        try await GatewaySite.town { town in
            let own = own(town.gateway)
            try await deposit("lab 1", town)
            func published() async throws -> UInt64 {
                let before = town.gateway.store.head.size
                try await own.publishAnchorsOfEarlierDays()
                return town.gateway.store.head.size - before
            }
            #expect(try await published() == 0)
            let clock = town.gateway.site.clock
            clock.advance(by: 86_400 - clock.seconds % 86_400 - 1)
            #expect(try await published() == 0)
            clock.advance(by: 1)
            try await deposit("lab 2", town)
            #expect(try await published() == 1)
            #expect(try await published() == 0)
            try await deposit("lab 3", town)
            #expect(try await published() == 0)
            #expect(try await town.gateway.store.read { try $0.waitingAnchors() } == 3)
            clock.advance(by: 3 * 86_400)
            #expect(try await published() == 1)
        }
    }

    @Test func `a clock that goes back keeps nothing from being published, and publishes nothing early`() async throws {
        try await GatewaySite.town { town in
            let (own, clock) = (own(town.gateway), town.gateway.site.clock)
            clock.advance(by: 2 * 86_400)
            try await deposit("lab 1", town)
            clock.advance(by: -86_400)
            let size = town.gateway.store.head.size
            try await own.publishAnchorsOfEarlierDays()
            #expect(town.gateway.store.head.size == size)
            try await deposit("lab 2", town)
            clock.advance(by: 2 * 86_400)
            try await own.publishAnchorsOfEarlierDays()
            #expect(try await town.gateway.store.read { try $0.waitingAnchors() } == 0)
        }
    }

    @Test func `what is left from before is published by the first housekeeping after a start`() async throws {
        let site = try GatewaySite()
        try await site.serving { gateway in try await deposit("lab 1", try await Town.begun(gateway)) }
        site.clock.advance(by: 86_400)
        try await site.serving { gateway in
            // The gateway that listens does the same at its start: whoever comes second finds nothing.
            let own = own(gateway)
            var reviews = ReviewWatch()
            await Housekeeping(gateway: own, logger: Logger(label: "gateway") { _ in site.logs }).keepHouse(&reviews)
            let shown = try await self.tree(6, gateway).hashes
            #expect(shown.contains(Town.claims("lab 1").anchors[0]))
            #expect(gateway.store.head.size == 7)
            #expect(own.metrics.split(separator: "\n").contains("cordon_claims_anchors_waiting 0"))
        }
    }

    @Test func `nothing is published by a store that came back from a backup, or on a full disk`() async throws {
        var site = try GatewaySite()
        try await site.serving { gateway in try await deposit("lab 1", try await Town.begun(gateway)) }
        site.isReadOnly = true
        let readOnly = site
        try await readOnly.serving { gateway in
            try await gateway.expect(.readOnly, PublishAnchors(), by: "north")
            readOnly.clock.advance(by: 86_400)
            try await gateway.expectNothingWritten { try await own(gateway, isReadOnly: true).publishAnchorsOfEarlierDays() }
        }
        site.isReadOnly = false
        var limits = GatewayLimits()
        limits.reservedSpace = .max
        let (full, none) = (site.withLimits(limits), limits)
        try await full.serving { gateway in
            try await gateway.expect(.unavailable, PublishAnchors(), by: "north")
            await #expect(throws: APIError.self) { try await own(gateway, limits: none).publishAnchorsOfEarlierDays() }
            #expect(try await gateway.store.read { try $0.waitingAnchors() } == 3)
        }
        try await site.serving { gateway in _ = try? await gateway.call(PublishAnchors(), by: "north") }
    }

    @Test func `two who publish at once publish everything once`() async throws {
        try await GatewaySite.town { town in
            for name in ["lab 1", "lab 2"] { try await deposit(name, town) }
            let size = town.gateway.store.head.size
            let gateway = town.gateway
            let codes = await withTaskGroup(of: APIError.Code?.self) { group in
                for _ in 0..<4 {
                    group.addTask { (try? await gateway.refusal(of: PublishAnchors(), by: "north")) ?? nil }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(codes.count { $0 == nil } == 1 && codes.count { $0 == .notFound } == 3)
            #expect(town.gateway.store.head.size == size + 1)
        }
    }

    @Test func `how many wait is a figure of the gateway`() async throws {
        try await GatewaySite.town { town in
            let own = own(town.gateway)
            try await deposit("lab 1", town)
            var reviews = ReviewWatch()
            await Housekeeping(gateway: own, logger: Logger(label: "gateway") { _ in town.gateway.site.logs }).keepHouse(&reviews)
            #expect(own.metrics.split(separator: "\n").contains("cordon_claims_anchors_waiting 3"))
        }
    }
}

/// Mirrors show the trees as their leader does, and believe no other.
@Suite struct MirroredAnchors {
    private func ledger() throws -> (ledger: ShownLedger, tree: AnchorTree, path: String) {
        var world = try World.withCompartment()
        let tree = try #require(AnchorTree(mixing: [SHA256.hash([1])]))
        let leaf = try world.append(.claimsAnchors(tree.publication), by: "north")
        var ledger = ShownLedger(world)
        let path = PublicPath.anchors(publishedAt: leaf)
        ledger.lies[path] = tree.canonicalBytes
        return (ledger, tree, path)
    }

    private func shown(_ site: MirrorSite, _ leaf: UInt64) async throws -> [UInt8]? {
        let store = try MirrorStore(site.path)
        defer { try? store.close() }
        guard try await store.anchors(publishedAt: leaf) != nil else { return nil }
        return try await store.anchorPiece(0, publishedAt: leaf)
    }

    @Test func `a tree is mirrored, and stays when the leader is gone`() async throws {
        let (ledger, tree, _) = try ledger()
        let site = try MirrorSite()
        #expect(try await site.follow(ledger) == nil)
        #expect(try await shown(site, 4) == tree.hashes.flatMap(\.bytes))
        #expect(try await shown(site, 3) == nil)
        try site.meddle("UPDATE anchorTree SET hashes = zeroblob(2048)")
        await #expect(throws: StoreError.differs(.anchors(4))) { try await shown(site, 4) }
    }

    @Test func `another tree, a longer one, and one that is cut are not taken, and the ledger is shown all the same`() async throws
    {
        let (ledger, tree, path) = try ledger()
        let other = try #require(AnchorTree(mixing: [SHA256.hash([1])]))
        let longer = try #require(AnchorTree(mixing: (0..<65).map { SHA256.hash([$0]) }))
        for lie in [other.canonicalBytes, longer.canonicalBytes, Array(tree.canonicalBytes.dropLast()), []] {
            let site = try MirrorSite()
            var lying = ledger
            lying.lies[path] = lie
            #expect(try await site.follow(lying) == .fault(.malformed))
            #expect(try site.head()?.size == 5)
            #expect(try await shown(site, 4) == nil)
            // The leader is asked again.
            #expect(try await site.follow(ledger) == nil)
            #expect(try await shown(site, 4) == tree.hashes.flatMap(\.bytes))
        }
    }
}
