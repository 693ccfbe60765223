import CryptoPrimitives
import GatewayAPI
import InMemoryLogging
import Logging
import RecordStorage
import SharingContract
import TestSupport
import Testing

@testable import RecordGateway

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
