import CryptoPrimitives
import GatewayAPI
import RecordGateway
import RecordStorage
import TestSupport
import Testing

/// Messages that are being read at the same time have a bound together: one for those whom a member admitted, one for all others.
@Suite struct BodyBudgets {
    /// Room for two large messages of each kind. Time ends none of them while a test looks elsewhere.
    private static let limits: GatewayLimits = {
        var limits = GatewayLimits()
        limits.actorBodies = 2 * largeSize
        limits.otherBodies = 2 * largeSize
        limits.bodyGrace = 60
        limits.idleTimeout = 120
        // Who asks until something is noticed is not told to ask less.
        limits.callsPerKey = RateLimit(perSecond: 1, burst: 100_000)
        limits.callsPerAddress = limits.callsPerKey
        return limits
    }()

    private static let largeSize = 20_000

    private static func message(of size: Int, by name: String) -> StoreBackup {
        let others = StoreBackup(fetchKey: publicKey(name), backup: []).canonicalBytes.count
        return StoreBackup(fetchKey: publicKey(name + "/words"), backup: [UInt8](repeating: 1, count: size - others))
    }

    /// - Parameter count: how many large messages it is as large as. Two take all the room there is.
    private static func sends(_ name: String, large count: Int = 1, _ gateway: RunningGateway) async throws -> Int {
        try await gateway.send(gateway.sign(message(of: count * largeSize, by: name), by: name)).status
    }

    /// A message of which all but the last byte was sent.
    private struct Held: Sendable {
        let name: String
        let wire: Wire
        let last: UInt8

        static func begin(_ name: String, _ gateway: RunningGateway) async throws -> Held {
            let wire = try await Wire.connect(to: gateway.port)
            let bytes = gateway.sign(message(of: largeSize, by: name), by: name).bytes
            // Who is refused may be hung up on before all is sent.
            try? await wire.send(bytes.dropLast())
            return Held(name: name, wire: wire, last: bytes[bytes.count - 1])
        }
    }

    /// What became of messages, in the order in which it happened.
    private typealias Outcomes = ThrowingTaskGroup<(name: String, status: Int?), any Error>

    /// Begins three messages of which two fit. Which one is refused is chance; that it is says that the others are being read.
    private func filled(
        by names: [String], _ gateway: RunningGateway, _ body: ([Held], inout Outcomes) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: (name: String, status: Int?).self) { group in
            var held: [Held] = []
            for name in names {
                let message = try await Held.begin(name, gateway)
                held.append(message)
                group.addTask { (name, await message.wire.answer()?.status) }
            }
            let refused = try #require(try await group.next())
            #expect(refused.status == 503)
            try await body(held.filter { $0.name != refused.name }, &group)
            for message in held { await message.wire.close() }
            try await group.waitForAll()
        }
    }

    private static let strangers = ["stranger 1", "stranger 2", "stranger 3", "stranger 4"]
    private static let actors = ["hillside", "lakeside", "auditor", "seaside"]

    @Test(arguments: [(strangers, "hillside"), (actors, "stranger 1")])
    func `slow senders have so much room together, and do not keep the others out`(slow: [String], other: String) async throws {
        try await GatewaySite.town(limits: Self.limits) { town in
            try await town.admit("seaside")
            let gateway = town.gateway
            try await filled(by: Array(slow.prefix(3)), gateway) { held, outcomes in
                #expect(try await Self.sends(slow[3], gateway) == 503)
                #expect(try await Self.sends(other, gateway) == 200)
                // Nor anybody's small messages, of which there are no more than connections.
                let small = StoreBackup(fetchKey: publicKey("words"), backup: [1])
                #expect(try await gateway.send(gateway.sign(small, by: slow[3])).status == 200)
                // What ends makes room for one more, what is refused for another.
                try await held[0].wire.send([held[0].last])
                #expect(try #require(try await outcomes.next()) == (held[0].name, 200))
                #expect(try await Self.sends(slow[3], gateway) == 200)
                try await held[1].wire.send([held[1].last ^ 1])
                #expect(try #require(try await outcomes.next()) == (held[1].name, 401))
            }
            #expect(try await Self.sends(slow[3], large: 2, gateway) == 200)
        }
    }

    /// Nobody is told when a client hangs up, so the next one asks until it is noticed.
    @Test func `who hangs up takes no room`() async throws {
        try await GatewaySite.town(limits: Self.limits) { town in
            let gateway = town.gateway
            try await filled(by: Array(Self.strangers.prefix(3)), gateway) { held, _ in
                for message in held { await message.wire.close() }
                var status = 503
                while status == 503 { status = try await Self.sends("stranger 4", large: 2, gateway) }
                #expect(status == 200)
            }
        }
    }

    @Test func `who is cut off takes no room`() async throws {
        var limits = Self.limits
        limits.otherBodies /= 2
        limits.bodyGrace = 0
        limits.minimumBodyRate = 1 << 40
        try await GatewaySite.town(limits: limits) { town in
            let slow = try await Held.begin("stranger 1", town.gateway)
            #expect(await slow.wire.answer()?.status == 408)
            await slow.wire.close()
            // On a busy machine a whole message too may be cut off, which is not what is asked here.
            var status = 408
            while status == 408 { status = try await Self.sends("stranger 2", town.gateway) }
            #expect(status == 200)
        }
    }

    @Test func `a message that does not tell its length counts as the largest of its kind`() async throws {
        try await GatewaySite.town(limits: Self.limits) { town in
            let message = town.gateway.sign(StoreBackup(fetchKey: publicKey("words"), backup: [1]), by: "stranger 1")
            let wire = try await Wire.connect(to: town.gateway.port)
            try await wire.send(message.chunkedHead)
            #expect(await wire.answer()?.status == 503)
            await wire.close()
            #expect(try await town.gateway.send(message).status == 200)
        }
    }
}
