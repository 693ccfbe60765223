import AccessPolicy
import CryptoPrimitives
import GatewayAPI
import RecordStorage
import SharingContract
import TestSupport
import Testing

/// Decisions are made at the ledger's time: the clock's, or the last leaf's while the clock stands behind it. So what ended on the ledger has
/// ended, whatever becomes of the clock.
@Suite struct ClocksSetBack {
    private static let day: Int64 = 86_400

    /// Lakeside holds a grant that ends with today and one that begins tomorrow.
    private func begun(_ gateway: RunningGateway) async throws -> Town {
        var town = try await Town.begun(gateway)
        let today = town.world.now.day
        try await town.grant("ending", to: "lakeside") { $0.until = today.adding(days: 1) }
        try await town.grant("beginning", to: "lakeside") { $0.from = today.adding(days: 1) }
        try await town.deposit(["lab 1"])
        return town
    }

    /// The times of all leaves, as they lie on the disk.
    private func times(_ gateway: RunningGateway) throws -> [Minute] {
        let copy = try LedgerCopy(of: gateway.site)
        return try (0..<gateway.store.head.size).map { index in
            try Leaf(canonical: try #require(try copy.leaf(index))).time
        }
    }

    private func expectNoneDecreases(_ times: [Minute], sourceLocation: SourceLocation = #_sourceLocation) {
        for (before, after) in zip(times, times.dropFirst()) { #expect(before <= after, sourceLocation: sourceLocation) }
    }

    @Test func `what ended on the ledger has ended, and what began has begun, when the clock is set back a day`() async throws {
        let site = try GatewaySite()
        let town = try await site.serving { gateway in
            let town = try await begun(gateway)
            #expect(try await town.released("ending", by: "lakeside").count == 1)
            try await town.expectRefused(town.requesting("beginning", by: "lakeside"), by: "lakeside", .notYet)
            site.clock.advance(by: Self.day)
            let tomorrow = site.clock.minute
            try await town.expectRefused(town.requesting("ending", by: "lakeside"), by: "lakeside", .over)
            site.clock.advance(by: -Self.day)
            try await town.expectRefused(town.requesting("ending", by: "lakeside"), by: "lakeside", .over)
            #expect(try await town.released("beginning", by: "lakeside").count == 1)
            // Not only decisions: every leaf gets this time until the clock has come as far again.
            #expect(try await town.admit("newcomer").leaf.time == tomorrow)
            site.clock.advance(by: Self.day - 60)
            #expect(try await town.request("ending", by: "lakeside").decision.leaf.time == tomorrow)
            site.clock.advance(by: 120)
            #expect(try await town.request("ending", by: "lakeside").decision.leaf.time == Minute(tomorrow.number + 1))
            expectNoneDecreases(try times(gateway))
            return town
        }
        // A gateway that starts under such a clock goes on from the ledger's time too.
        site.clock.advance(by: -Self.day)
        try await site.serving { gateway in
            let town = town.moved(to: gateway)
            try await town.expectRefused(town.requesting("ending", by: "lakeside"), by: "lakeside", .over)
            #expect(try await town.released("beginning", by: "lakeside").count == 1)
            let times = try times(gateway)
            expectNoneDecreases(times)
            #expect(times.last.map { $0 > site.clock.minute } == true)
        }
    }

    /// The other side of the rule: time that nothing on the ledger has seen has not passed there.
    @Test func `a day that no leaf has seen can be taken back`() async throws {
        try await GatewaySite().serving { gateway in
            let town = try await begun(gateway)
            let clock = gateway.site.clock
            clock.advance(by: Self.day)
            #expect(try await gateway.call(FetchMessages(after: nil), by: "lakeside").messages.isEmpty)
            clock.advance(by: -Self.day)
            #expect(try await town.released("ending", by: "lakeside").count == 1)
            try await town.expectRefused(town.requesting("beginning", by: "lakeside"), by: "lakeside", .notYet)
            expectNoneDecreases(try times(gateway))
        }
    }
}
