import CryptoPrimitives
import DurableFiles
import GatewayAPI
import HTTPTypes
import RecordGateway
import RecordStorage
import SharingContract
import SystemPackage
import TestSupport
import Testing

/// Every message has a size and a time, and every caller a rate.
@Suite struct BodyLimits {
    private func expectRefused(
        _ gateway: RunningGateway, _ status: Int, sourceLocation: SourceLocation = #_sourceLocation,
        _ send: (Wire) async throws -> Void
    ) async throws {
        let wire = try await Wire.connect(to: gateway.port)
        try? await send(wire)
        let answer = await wire.answer()
        #expect(answer?.status == status, sourceLocation: sourceLocation)
        // What follows cannot be trusted, so the connection is over.
        #expect(answer?.fields[.connection] == "close", sourceLocation: sourceLocation)
        #expect(await wire.remainder().isEmpty, sourceLocation: sourceLocation)
    }

    @Test func `a message announced as too large is refused unread`() async throws {
        try await GatewaySite.town { town in
            let message = town.gateway.sign(FetchMessages(after: nil), by: "lakeside")
            for length in [FetchMessages.maximumSize + 1, 1 << 40, Int.max] {
                try await expectRefused(town.gateway, 413) { try await $0.send(message.head(length: length)) }
            }
        }
    }

    @Test func `a message that grows too large is cut off`() async throws {
        try await GatewaySite.town { town in
            let message = town.gateway.sign(FetchMessages(after: nil), by: "lakeside")
            try await expectRefused(town.gateway, 413) { wire in
                try await wire.send(message.chunkedHead)
                for _ in 0..<FetchMessages.maximumSize + 1 { try await wire.send("1\r\n0\r\n") }
            }
        }
    }

    @Test func `a message in pieces is a message`() async throws {
        try await GatewaySite.town { town in
            let message = town.gateway.sign(FetchMessages(after: nil), by: "lakeside")
            let wire = try await Wire.connect(to: town.gateway.port)
            try await wire.send(message.chunkedHead)
            try await wire.send("1\r\n\0\r\n0\r\n\r\n")
            #expect(await wire.answer()?.status == 200)
            await wire.close()
        }
    }

    /// With a rate that nobody reaches, the first look at the clock after the grace ends it. Without a grace, it would end others on a busy
    /// machine.
    @Test func `a message that does not come in time is cut off, and leaves no file`() async throws {
        var limits = GatewayLimits()
        limits.minimumBodyRate = 1 << 40
        try await GatewaySite.town(limits: limits) { town in
            let payload = town.sealed("lab 1", size: 200_000).payload
            let message = SignedMessage(
                PayloadPath.upload, payload, contentType: ContentType.payload, by: "hillside", at: town.gateway.now)
            try await expectRefused(town.gateway, 408) { wire in
                try await wire.send(message.head())
                try await wire.send(Array(payload.prefix(100_000)))
            }
            let files = try DurableFile.names(in: town.gateway.site.path.appending("payloads"))
            #expect(files.isEmpty)
        }
    }

    @Test func `a connection on which nothing comes is closed`() async throws {
        var limits = GatewayLimits()
        limits.idleTimeout = 1
        // Nothing else is asked here: on a busy machine a whole call may come too late.
        try await GatewaySite().withLimits(limits).serving { gateway in
            let message = gateway.sign(FetchMessages(after: nil), by: "lakeside")
            for beginning in [[], Array("GET /health".utf8), message.head().dropLast(2)] {
                let wire = try await Wire.connect(to: gateway.port)
                try? await wire.send(Array(beginning))
                let rest = await wire.remainder()
                #expect(rest.isEmpty)
            }
        }
    }

    @Test func `a head above its bound is no request`() async throws {
        try await GatewaySite.town { town in
            let health = "GET /health HTTP/1.1\r\nHost: a\r\n"
            let small = health + "X-Padding: \(String(repeating: "x", count: 15_000))\r\n\r\n"
            #expect(try await town.gateway.send(Array(small.utf8)).status == 200)
            let heads = [
                health + "X-Padding: \(String(repeating: "x", count: 17_000))\r\n\r\n",
                health + String(repeating: "X-Padding: x\r\n", count: 70) + "\r\n",
                health + String(repeating: "X-Padding: \(String(repeating: "x", count: 500))\r\n", count: 40) + "\r\n",
                "GET /\(String(repeating: "x", count: 100_000)) HTTP/1.1\r\nHost: a\r\n\r\n",
            ]
            for head in heads {
                let wire = try await Wire.connect(to: town.gateway.port)
                try? await wire.send(head)
                let answer = await wire.answer()
                #expect(answer.map { (400..<500).contains($0.status) } ?? true)
                #expect(await wire.remainder().isEmpty)
            }
            #expect(try await town.gateway.get("/health").status == 200)
        }
    }
}

@Suite struct RateLimits {
    @Test func `a key has so many calls, and gets new ones with time`() async throws {
        var limits = GatewayLimits()
        limits.callsPerKey = RateLimit(perSecond: 0.5, burst: 5)
        try await GatewaySite.town(limits: limits) { town in
            let (gateway, clock) = (town.gateway, town.gateway.site.clock)
            for _ in 0..<5 { _ = try await gateway.call(FetchMessages(after: nil), by: "lakeside") }
            try await gateway.expect(.tooMany, FetchMessages(after: nil), by: "lakeside")
            // Another key is another's business.
            _ = try await gateway.call(FetchMessages(after: nil), by: "hillside")
            clock.advance(by: 1)
            try await gateway.expect(.tooMany, FetchMessages(after: nil), by: "lakeside")
            clock.advance(by: 1)
            _ = try await gateway.call(FetchMessages(after: nil), by: "lakeside")
            try await gateway.expect(.tooMany, FetchMessages(after: nil), by: "lakeside")
            clock.advance(by: 1_000_000)
            for _ in 0..<5 { _ = try await gateway.call(FetchMessages(after: nil), by: "lakeside") }
            try await gateway.expect(.tooMany, FetchMessages(after: nil), by: "lakeside")
        }
    }

    /// Whoever cannot sign for a key cannot use up its calls.
    @Test func `a message that is not authentic does not count against the key it names`() async throws {
        var limits = GatewayLimits()
        limits.callsPerKey = RateLimit(perSecond: 1, burst: 5)
        try await GatewaySite.town(limits: limits) { town in
            for _ in 0..<20 {
                let forged = town.gateway.sign(FetchMessages(after: nil), by: "stranger").changing(.signatureInput) {
                    $0.replacing("\(publicKey("stranger"))", with: "\(publicKey("lakeside"))")
                }
                let answer = try await town.gateway.send(forged)
                #expect(answer.status == 401)
            }
            _ = try await town.gateway.call(FetchMessages(after: nil), by: "lakeside")
        }
    }

    @Test func `an address has so many calls, whatever keys it uses`() async throws {
        var limits = GatewayLimits()
        limits.callsPerAddress = RateLimit(perSecond: 1, burst: 10)
        try await GatewaySite.town(limits: limits) { town in
            let gateway = town.gateway
            for index in 0..<5 {
                let message = gateway.sign(FetchMessages(after: nil), by: "key \(index)")
                #expect(try await gateway.send(message, from: "127.0.0.2").status == 200)
            }
            for _ in 0..<5 { #expect(try await gateway.get("/checkpoint", from: "127.0.0.2").status == 200) }
            for path in ["/checkpoint", "/tile/0/000.p/5", "/tile/entries/000.p/5"] {
                #expect(try await gateway.get(path, from: "127.0.0.2").status == 429)
            }
            let late = gateway.sign(FetchMessages(after: nil), by: "lakeside")
            try await gateway.expectNothingWritten {
                let answer = try await gateway.send(late, from: "127.0.0.2")
                #expect(answer.status == 429)
            }
            #expect(try await gateway.get("/checkpoint", from: "127.0.0.3").status == 200)
            #expect(try await gateway.send(late, from: "127.0.0.3").status == 200)
        }
    }

    @Test func `above so many connections the next one waits its turn`() async throws {
        var limits = GatewayLimits()
        limits.connections = 1
        let site = try GatewaySite()
        try await site.withLimits(limits).serving { gateway in
            let first = try await Wire.connect(to: gateway.port)
            try await first.send("GET /health HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(await first.answer()?.status == 200)
            let second = try await Wire.connect(to: gateway.port)
            try await second.send("GET /health HTTP/1.1\r\nHost: a\r\n\r\n")
            // Done while the second one waits, so its answer must know of it.
            let town = Town(gateway: gateway)
            try await first.send(gateway.sign(town.admission(of: "hillside"), by: "north").bytes)
            #expect(await first.answer()?.status == 200)
            await first.close()
            let health = try #require(await second.answer())
            #expect(String(decoding: health.body, as: UTF8.self).contains("\"size\":2"))
            await second.close()
        }
    }
}

extension GatewaySite {
    func withLimits(_ limits: GatewayLimits) -> GatewaySite {
        var copy = self
        copy.limits = limits
        return copy
    }
}
