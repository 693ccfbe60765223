import CryptoPrimitives
import GatewayAPI
import RecordStorage
import SharingContract
import TestSupport
import Testing

/// Sealed messages wait for whoever holds the address, and for nobody else.
@Suite struct Inbox {
    private func messages(_ town: Town, of name: String, after: UInt64? = nil) async throws -> [FetchMessages.Answer.Message] {
        try await town.gateway.call(FetchMessages(after: after), by: name).messages
    }

    private func send(_ town: Town, _ bytes: [UInt8], to address: String, by sender: String = "hillside") async throws {
        _ = try await town.gateway.call(SendMessage(address: publicKey(address), message: bytes), by: sender)
    }

    @Test func `only the addressee sees that there is a message`() async throws {
        try await GatewaySite.town { town in
            for byte in 1...3 as ClosedRange<UInt8> { try await send(town, [byte], to: "ana/inbox") }
            for name in ["hillside", "lakeside", "north", "auditor", Town.laboratory, "stranger"] {
                #expect(try await messages(town, of: name).isEmpty)
            }
            let all = try await messages(town, of: "ana/inbox")
            #expect(all.map(\.bytes) == [[1], [2], [3]])
            #expect(all.allSatisfy { $0.received == town.world.now })
            #expect(try await messages(town, of: "ana/inbox", after: all[1].number).map(\.bytes) == [[3]])
            for number in [all[2].number, UInt64(Int64.max), .max] {
                #expect(try await messages(town, of: "ana/inbox", after: number).isEmpty)
            }
        }
    }

    @Test func `only the addressee throws a message away`() async throws {
        try await GatewaySite.town { town in
            for byte in 1...2 as ClosedRange<UInt8> { try await send(town, [byte], to: "ana/inbox") }
            let numbers = try await messages(town, of: "ana/inbox").map(\.number)
            for name in ["hillside", "north", "stranger"] {
                try await town.gateway.expectNothingWritten {
                    _ = try await town.gateway.call(DeleteMessages(numbers: numbers), by: name)
                }
            }
            _ = try await town.gateway.call(DeleteMessages(numbers: [numbers[0], 0, .max]), by: "ana/inbox")
            #expect(try await messages(town, of: "ana/inbox").map(\.bytes) == [[2]])
        }
    }

    @Test func `a compartment's key writes to clinics alone, and no more than a few messages`() async throws {
        try await GatewaySite.town { town in
            for address in ["auditor", "ana/inbox", "ben/inbox", "north", Town.laboratory, "stranger"] {
                let call = SendMessage(address: publicKey(address), message: [1])
                try await town.gateway.expect(.forbidden, call, by: Town.laboratory)
            }
            for number in 1...16 as ClosedRange<UInt8> { try await send(town, [number], to: "hillside", by: Town.laboratory) }
            let more = SendMessage(address: publicKey("hillside"), message: [17])
            try await town.gateway.expect(.full, more, by: Town.laboratory)
            for number in 1...16 as ClosedRange<UInt8> { try await send(town, [number], to: "lakeside", by: Town.laboratory) }
            #expect(try await messages(town, of: "hillside").map(\.bytes) == (1...16).map { [$0] })
        }
    }

    /// A patient has no name here, and writes with the grant's control key, to its grantee alone and while it is live.
    @Test func `a control key writes to its grantee`() async throws {
        try await GatewaySite.town { town in
            try await town.grant("grant", to: "lakeside")
            try await send(town, [1], to: "lakeside", by: "grant")
            for address in ["hillside", "auditor", "ana/inbox", "grant", "lakeside/other"] {
                let call = SendMessage(address: publicKey(address), message: [1])
                try await town.gateway.expect(.forbidden, call, by: "grant")
            }
            let call = SendMessage(address: publicKey("lakeside"), message: [1])
            for name in ["none", "grant/release", "ana/inbox", "north"] {
                try await town.gateway.expect(.forbidden, call, by: name)
            }
            try await town.revoke("grant")
            try await town.gateway.expect(.forbidden, call, by: "grant")
            #expect(try await messages(town, of: "lakeside").count == 1)
        }
    }

    /// Whoever opens a compartment makes as many grant keys as he likes, so each has little room.
    @Test func `a grant's key leaves four messages at its grantee`() async throws {
        try await GatewaySite.town { town in
            for name in ["grant", "other"] { try await town.grant(name, to: "lakeside") }
            for byte in 1...4 as ClosedRange<UInt8> { try await send(town, [byte], to: "lakeside", by: "grant") }
            let fifth = SendMessage(address: publicKey("lakeside"), message: [5])
            try await town.gateway.expect(.full, fifth, by: "grant")
            try await send(town, [6], to: "lakeside", by: "other")
            let waiting = try await messages(town, of: "lakeside")
            #expect(waiting.map(\.bytes) == [[1], [2], [3], [4], [6]])
            _ = try await town.gateway.call(DeleteMessages(numbers: [waiting[0].number]), by: "lakeside")
            #expect(try await town.gateway.refusal(of: fifth, by: "grant") == nil)
        }
    }

    @Test func `two hundred grants of a stranger do not keep another patient's slip out`() async throws {
        try await GatewaySite.town { town in
            try await town.grant("grant", to: "lakeside")
            for index in 0..<200 { try fill("lakeside", from: "stranger's \(index)", count: 4, town) }
            try await send(town, [1], to: "lakeside", by: "grant")
            #expect(try town.gateway.site.count("message") == 801)
        }
    }

    @Test func `what actors wrote does not keep a patient's slip out`() async throws {
        try await GatewaySite.town { town in
            try await town.grant("grant", to: "lakeside")
            for index in 0..<4 { try fill("lakeside", from: "actor \(index)", count: 64, town) }
            let call = SendMessage(address: publicKey("lakeside"), message: [1])
            try await town.gateway.expect(.full, call, by: "hillside")
            #expect(try await town.gateway.refusal(of: call, by: "grant") == nil)
        }
    }

    /// Nor do they all fill up what one reader has.
    @Test func `an actor leaves so many messages at one address, and more elsewhere`() async throws {
        try await GatewaySite.town { town in
            try fill("lakeside", from: "hillside", count: 63, town)
            try await send(town, [1], to: "lakeside")
            let call = SendMessage(address: publicKey("lakeside"), message: [2])
            try await town.gateway.expect(.full, call, by: "hillside")
            #expect(try await town.gateway.refusal(of: call, by: "auditor") == nil)
            try await send(town, [3], to: "ana/inbox")
        }
    }

    @Test func `a message has a bound`() async throws {
        try await GatewaySite.town { town in
            let largest = [UInt8](repeating: 1, count: SendMessage.maximumMessageSize)
            try await send(town, largest, to: "ana/inbox")
            #expect(try await messages(town, of: "ana/inbox").map(\.bytes) == [largest])
            let tooLarge = SendMessage(address: publicKey("ana/inbox"), message: largest + [1])
            try await town.gateway.expect(.tooLarge, tooLarge, by: "hillside")
        }
    }

    @Test func `an inbox has room for so many messages, from whomever`() async throws {
        try await GatewaySite.town { town in
            for index in 0..<255 { try fill("ana/inbox", from: "sender \(index)", count: 1, town) }
            try await send(town, [1], to: "ana/inbox")
            let call = SendMessage(address: publicKey("ana/inbox"), message: [2])
            for name in ["hillside", "lakeside", "auditor"] { try await town.gateway.expect(.full, call, by: name) }
            // What was read and thrown away makes room.
            let number = try #require(try await messages(town, of: "ana/inbox").first).number
            _ = try await town.gateway.call(DeleteMessages(numbers: [number]), by: "ana/inbox")
            #expect(try await town.gateway.refusal(of: call, by: "lakeside") == nil)
        }
    }

    @Test func `a sender has so many unread messages, wherever they lie`() async throws {
        try await GatewaySite.town { town in
            for index in 0..<16 { try fill("inbox \(index)", from: "hillside", count: index == 0 ? 63 : 64, town) }
            try await send(town, [1], to: "ana/inbox")
            let call = SendMessage(address: publicKey("ben/inbox"), message: [2])
            try await town.gateway.expect(.full, call, by: "hillside")
            #expect(try await town.gateway.refusal(of: call, by: "lakeside") == nil)
        }
    }

    /// Puts messages there without two hundred calls.
    private func fill(_ address: String, from sender: String, count: Int, _ town: Town) throws {
        try town.gateway.site.meddle(
            """
            WITH RECURSIVE each (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM each WHERE number < \(count))
            INSERT INTO message (address, sender, received, bytes)
            SELECT x'\(publicKey(address))', x'\(publicKey(sender))', \(town.world.now.number), x'00' FROM each
            """)
    }

    @Test func `a fetch brings so many messages, and the rest behind them`() async throws {
        try await GatewaySite.town { town in
            try fill("ana/inbox", from: "lakeside", count: 100, town)
            let first = try await messages(town, of: "ana/inbox")
            #expect(first.count == 64)
            #expect(try await messages(town, of: "ana/inbox", after: first.last?.number).count == 36)
        }
    }

    @Test func `what nobody fetches is gone after ninety days`() async throws {
        let site = try GatewaySite()
        try await site.serving { gateway in try await send(Town.begun(gateway), [1], to: "ana/inbox") }
        site.clock.advance(by: 90 * 86_400)
        // Cleaning up takes the nonces too: they show that it has been done.
        try await site.serving { gateway in
            while try site.count("nonce") > 0 { try await Task.sleep(for: .milliseconds(10)) }
            #expect(try await messages(Town(gateway: gateway), of: "ana/inbox").count == 1)
        }
        site.clock.advance(by: 60)
        try await site.serving { gateway in
            while try site.count("message") > 0 { try await Task.sleep(for: .milliseconds(10)) }
            #expect(try await messages(Town(gateway: gateway), of: "ana/inbox").isEmpty)
        }
    }
}

@Suite struct KeptBackups {
    private func storing(_ bytes: [UInt8], under words: String = "ana/words") -> StoreBackup {
        StoreBackup(fetchKey: publicKey(words), backup: bytes)
    }

    @Test func `a backup comes out for the words alone`() async throws {
        try await GatewaySite.town { town in
            _ = try await town.gateway.call(storing([1]), by: "ana/inbox")
            _ = try await town.gateway.call(storing([2]), by: "ana/inbox")
            #expect(try await town.gateway.call(FetchBackup(), by: "ana/words").backup == [2])
            for name in ["ana/inbox", Town.laboratory, "hillside", "north", "auditor", "ben/words"] {
                try await town.gateway.expect(.notFound, FetchBackup(), by: name)
            }
        }
    }

    @Test func `a backup is replaced by its owner alone`() async throws {
        try await GatewaySite.town { town in
            _ = try await town.gateway.call(storing([1]), by: "ana/inbox")
            for name in ["hillside", "ben/inbox", "ana/words", "north"] {
                try await town.gateway.expect(.forbidden, storing([2]), by: name)
            }
            #expect(try await town.gateway.call(FetchBackup(), by: "ana/words").backup == [1])
        }
    }

    @Test func `a backup has a bound`() async throws {
        try await GatewaySite.town { town in
            let largest = [UInt8](repeating: 1, count: StoreBackup.maximumBackupSize)
            _ = try await town.gateway.call(storing(largest), by: "ana/inbox")
            #expect(try await town.gateway.call(FetchBackup(), by: "ana/words").backup == largest)
            try await town.gateway.expect(.tooLarge, storing(largest + [1]), by: "ana/inbox")
        }
    }
}
