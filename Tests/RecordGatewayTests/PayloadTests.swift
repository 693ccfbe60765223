import CryptoPrimitives
import DurableFiles
import GatewayAPI
import RecordGateway
import RecordStorage
import SharingContract
import TestSupport
import Testing
import HTTPTypes
import SystemPackage

/// A payload comes out for a ticket, and a ticket comes out of a decision.
@Suite struct PayloadTickets {
    private func begun(size: Int = 500, _ body: (Town, RequestRecords.Answer.Item) async throws -> Void) async throws {
        try await GatewaySite.town { town in
            try await town.grant("grant", to: "lakeside")
            try await town.deposit(["lab 1"], size: size)
            let item = try #require(try await town.released("grant", by: "lakeside").first)
            try await body(town, item)
        }
    }

    private func expectNothing(_ town: Town, _ ticket: Bytes32, by name: String, _ code: APIError.Code = .notFound) async throws {
        let answer = try await town.fetch(ticket, by: name)
        #expect(answer.status != 200)
        #expect(try APIError(canonical: answer.body).code == code)
    }

    /// A row, a file, and one byte more than a chunk.
    @Test(arguments: [32, 500, 65_536, 65_569, 300_000]) func `a ticket fetches the payload, whole and signed for`(size: Int)
        async throws
    {
        try await begun(size: size) { town, item in
            let payload = town.sealed("lab 1", size: size).payload
            // An answer may be lost on the way, so a ticket is good for its time and not for one use.
            for _ in 0..<2 {
                let message = town.fetching(item.ticket, by: "lakeside")
                let answer = try await town.gateway.send(message)
                #expect(try town.gateway.verified(answer, to: message) == payload)
                #expect(answer.fields[.contentType] == ContentType.payload)
            }
        }
    }

    @Test func `a ticket is no good in other hands`() async throws {
        try await begun { town, item in
            for name in ["hillside", "auditor", "north", "stranger", Town.laboratory] {
                try await expectNothing(town, item.ticket, by: name)
            }
            #expect(try await town.fetch(item.ticket, by: "lakeside").status == 200)
        }
    }

    @Test func `a ticket that was never issued fetches nothing`() async throws {
        try await begun { town, item in
            let flipped = try #require(Bytes32([item.ticket.bytes[0] ^ 1] + item.ticket.bytes.dropFirst()))
            let payload = item.record.descriptor.payload.value
            for ticket in [.zero, .random(), flipped, payload, item.record.descriptor.record.value] {
                try await expectNothing(town, ticket, by: "lakeside")
            }
        }
    }

    @Test func `a ticket is over after ten minutes`() async throws {
        try await begun { town, item in
            town.gateway.site.clock.advance(by: 599)
            #expect(try await town.fetch(item.ticket, by: "lakeside").status == 200)
            town.gateway.site.clock.advance(by: 1)
            try await expectNothing(town, item.ticket, by: "lakeside")
        }
    }

    @Test func `a message with a ticket is taken once`() async throws {
        try await begun { town, item in
            let message = town.fetching(item.ticket, by: "lakeside")
            let answers = (try await town.gateway.send(message), try await town.gateway.send(message))
            #expect(answers.0.status == 200 && answers.1.status == 401)
        }
    }

    /// The clinic asks again, which is logged again.
    @Test func `a restart forgets all tickets`() async throws {
        let site = try GatewaySite()
        let ticket = try await site.serving { gateway in
            var town = try await Town.begun(gateway)
            try await town.grant("grant", to: "lakeside")
            try await town.deposit(["lab 1"])
            return try #require(try await town.released("grant", by: "lakeside").first).ticket
        }
        try await site.serving { gateway in try await expectNothing(Town(gateway: gateway), ticket, by: "lakeside") }
    }

    @Test func `a ticket is for one record`() async throws {
        try await GatewaySite.town { town in
            try await town.grant("grant", to: "lakeside")
            try await town.deposit(["lab 1", "lab 2"])
            for item in try await town.released("grant", by: "lakeside") {
                let answer = try await town.fetch(item.ticket, by: "lakeside")
                #expect(PayloadID(of: answer.body) == item.record.descriptor.payload)
            }
        }
    }

    /// The bytes on the disk were changed behind the gateway's back. Half an answer is sent at most, and never the changed half.
    @Test func `a damaged payload is not served`() async throws {
        try await begun { town, item in
            try town.gateway.site.meddle("UPDATE payload SET bytes = zeroblob(length(bytes))")
            let answer = try? await town.fetch(item.ticket, by: "lakeside")
            #expect(answer?.isWhole != true)
            #expect(answer?.body.isEmpty != false)
        }
    }
}

@Suite struct PayloadUploads {
    @Test(arguments: [100, 100_000]) func `a payload that is not the one announced is not kept`(size: Int) async throws {
        try await GatewaySite.town { town in
            let payload = town.sealed("lab 1", size: size).payload
            let message = SignedMessage(
                PayloadPath.upload, payload, contentType: ContentType.payload, by: "hillside", at: town.gateway.now)
            for body in [Array(payload.dropLast()), payload.dropLast() + [payload[size - 1] ^ 1]] {
                try await town.gateway.expectNothingWritten {
                    let answer = try await town.gateway.send(message.changed { $0.body = body })
                    #expect(answer.status == 400 || answer.status == 401)
                }
            }
            try expectNoFiles(town.gateway.site)
        }
    }

    @Test func `what is too short to be a payload is none`() async throws {
        try await GatewaySite.town { town in
            for size in [0, 1, 31] {
                try await town.gateway.expectNothingWritten {
                    let message = SignedMessage(
                        PayloadPath.upload, [UInt8](repeating: 1, count: size), contentType: ContentType.payload, by: "hillside",
                        at: town.gateway.now)
                    let answer = try await town.gateway.send(message)
                    #expect(answer.status == 400)
                }
            }
        }
    }

    @Test(arguments: ["stranger", "north", Town.laboratory]) func `only actors upload`(name: String) async throws {
        try await GatewaySite.town { town in
            try await town.gateway.expectNothingWritten {
                await #expect(throws: APIError.self) { try await town.upload([UInt8](repeating: 1, count: 70_000), by: name) }
            }
            try expectNoFiles(town.gateway.site)
        }
    }

    /// A message is larger than what it says, by a length that needs no body to be refused.
    @Test func `a payload above the bound is refused by what it announces`() async throws {
        try await GatewaySite.town { town in
            let message = SignedMessage(
                PayloadPath.upload, [], contentType: ContentType.payload, by: "hillside", at: town.gateway.now)
            let answer = try await town.gateway.send(message.head(length: Int(PayloadPath.maximumSize) + 1))
            #expect(answer.status == 413)
        }
    }

    private func expectNoFiles(_ site: GatewaySite) throws {
        #expect(try DurableFile.names(in: site.path.appending("payloads")).isEmpty)
    }
}
