import CryptoPrimitives
import GatewayAPI
import HTTPTypes
import RecordGateway
import RecordStorage
import SharingContract
import TestSupport
import Testing

/// Payloads go to members for their mirrors, and to nobody else.
@Suite struct MemberPayloads {
    private static let outsiders = ["stranger", "hillside", "lakeside", "auditor", "grant", Town.laboratory, "ledger", "north/old"]

    /// A town with a small payload, a large one, and one that no deposit has named.
    private func begun(_ body: (inout Town) async throws -> Void) async throws {
        try await GatewaySite.town { town in
            try await town.grant("grant", to: "lakeside")
            try await town.deposit(["lab 1"])
            try await town.deposit(["lab 2"], size: 100_000)
            try await town.upload(town.sealed("pending").payload)
            try await body(&town)
        }
    }

    private func fetching(_ payload: PayloadID, by name: String, _ town: Town) -> SignedMessage {
        SignedMessage(
            FetchNamedPayload.path, FetchNamedPayload(payload: payload).canonicalBytes, by: name, at: town.gateway.now)
    }

    private func payloads(_ town: Town) -> [SealedRecord] {
        [town.sealed("lab 1"), town.sealed("lab 2", size: 100_000)].sorted { $0.descriptor.payload < $1.descriptor.payload }
    }

    @Test func `a member lists what deposits name, in the order of the names, and fetches each`() async throws {
        try await begun { town in
            let page = try await town.gateway.call(ListPayloads(), by: "north")
            let all = payloads(town)
            #expect(page.payloads.map(\.payload) == all.map(\.descriptor.payload) && !page.hasMore)
            #expect(page.payloads.map(\.size) == all.map { UInt64($0.payload.count) })
            for record in all {
                #expect(try await town.gateway.body(of: fetching(record.descriptor.payload, by: "north", town)) == record.payload)
            }
            let last = try await town.gateway.call(ListPayloads(after: all[0].descriptor.payload), by: "north")
            #expect(last.payloads == [page.payloads[1]])
            #expect(try await town.gateway.call(ListPayloads(after: all[1].descriptor.payload), by: "north").payloads.isEmpty)
        }
    }

    @Test func `a list goes on where it ended`() async throws {
        try await GatewaySite.town { town in
            let names = (0..<9).map { "lab \($0)" }
            try await town.deposit(names)
            let all = names.map { town.sealed($0).descriptor.payload }.sorted()
            var (found, last): ([PayloadID], PayloadID?) = ([], nil)
            for _ in 0..<5 {
                let after = last
                let page = try await town.gateway.store.read { try $0.payloads(after: after, limit: 2) }
                found += page.map(\.payload)
                last = page.last?.payload
            }
            #expect(found == all)
        }
    }

    @Test func `what is not deposited, or not any more, is not there for a member either`() async throws {
        try await begun { town in
            let own = try await town.gateway.call(ListRecords(), by: Town.laboratory).records
            let erased = try #require(own.first)
            _ = try await town.gateway.call(town.erasing([erased]), by: Town.laboratory)
            #expect(try await town.gateway.call(ListPayloads(), by: "north").payloads.count == 1)
            for payload in [erased.descriptor.payload, town.sealed("pending").descriptor.payload, PayloadID(.random())] {
                let message = fetching(payload, by: "north", town)
                let answer = try await town.gateway.send(message)
                #expect(try APIError(canonical: town.gateway.verified(answer, to: message)).code == .notFound)
            }
        }
    }

    /// What whoever is no member is answered: all that he could compare between one world and another.
    private struct Shape: Hashable {
        let status: Int
        let body: [UInt8]
        let fields: [String]
    }

    private func shape(_ message: SignedMessage, _ town: Town) async throws -> Shape {
        let answer = try await town.gateway.send(message)
        _ = try town.gateway.verified(answer, to: message)
        return Shape(
            status: answer.status, body: answer.body, fields: answer.fields.map { "\($0.name) \($0.value.utf8.count)" })
    }

    /// In one world there is nothing, in the other there is everything: a member's key alone makes a difference.
    @Test func `who is no member learns nothing of payloads, not even whether one exists`() async throws {
        var shapes: Set<Shape> = []
        let (small, large) = try await GatewaySite.town { town in
            (town.sealed("lab 1").descriptor.payload, town.sealed("lab 2", size: 100_000).descriptor.payload)
        }
        func ask(_ town: Town) async throws {
            for name in Self.outsiders {
                shapes.insert(try await shape(town.gateway.sign(ListPayloads(), by: name), town))
                shapes.insert(try await shape(town.gateway.sign(ListPayloads(after: small), by: name), town))
                for payload in [small, large, town.sealed("pending").descriptor.payload, PayloadID(.zero)] {
                    shapes.insert(try await shape(fetching(payload, by: name, town), town))
                }
            }
        }
        try await GatewaySite.town { town in
            try await town.grant("grant", to: "lakeside")
            try await ask(town)
        }
        try await begun { town in
            try await ask(town)
            let known = try await shape(town.gateway.sign(ExportEvidence(from: 0), by: "stranger"), town)
            #expect(shapes == [known], "not what an unknown key is told")
        }
        #expect(try APIError(canonical: try #require(shapes.first).body).code == .forbidden)
    }

    @Test func `a message is taken once, from members too`() async throws {
        try await begun { town in
            for message in [
                town.gateway.sign(ListPayloads(), by: "north"), fetching(payloads(town)[0].descriptor.payload, by: "north", town),
            ] {
                let answers = (try await town.gateway.send(message), try await town.gateway.send(message))
                #expect(answers.0.status == 200 && answers.1.status == 401)
            }
        }
    }

    private func change(_ change: MemberChange, since: UInt64, by signers: [String], _ town: Town) async throws -> UInt64 {
        let call = PostEntry(entry: town.world.entry(.member(change, since: since), by: signers), evidence: .none)
        return try await town.gateway.call(call, by: "north").index
    }

    private func member(_ name: String) -> MemberChange {
        .add(.init(key: publicKey(name), name: line(name), address: line("https://\(name).example")), genesis: nil)
    }

    @Test func `who becomes a member is answered, and who was removed is a stranger again`() async throws {
        try await begun { town in
            try await town.gateway.expect(.forbidden, ListPayloads(), by: "south")
            var since = try await change(member("south"), since: 0, by: ["north"], town)
            #expect(try await town.gateway.call(ListPayloads(), by: "south").payloads.count == 2)
            since = try await change(member("west"), since: since, by: ["north", "south"], town)
            let rekey = MemberChange.rekey(old: publicKey("south"), new: publicKey("south 2"))
            since = try await change(rekey, since: since, by: ["north", "west", "south"], town)
            try await town.gateway.expect(.forbidden, ListPayloads(), by: "south")
            #expect(try await town.gateway.call(ListPayloads(), by: "south 2").payloads.count == 2)
            _ = try await change(.remove(publicKey("west")), since: since, by: ["north", "south 2"], town)
            try await town.gateway.expect(.forbidden, ListPayloads(), by: "west")
            let answer = try await town.gateway.send(fetching(payloads(town)[0].descriptor.payload, by: "west", town))
            #expect(answer.status == 403)
        }
    }

    @Test func `a damaged payload is not handed to a member either`() async throws {
        try await begun { town in
            try town.gateway.site.meddle("UPDATE payload SET bytes = zeroblob(length(bytes)) WHERE bytes IS NOT NULL")
            let answer = try? await town.gateway.send(fetching(town.sealed("lab 1").descriptor.payload, by: "north", town))
            #expect(answer?.isWhole != true && answer?.body.isEmpty != false)
        }
    }
}
