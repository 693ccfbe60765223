import CryptoPrimitives
import GatewayAPI
import RecordStorage
import SharingContract
import TestSupport
import Testing

/// What a patient sees of her own compartment, nobody else sees, and she sees nobody else's.
@Suite struct OwnView {
    private static let ben = "ben/laboratory"

    /// Ana has two records, Ben one; lakeside holds a grant of each.
    private func begun(_ body: (inout Town) async throws -> Void) async throws {
        try await GatewaySite.town { town in
            try await town.open(Self.ben)
            try await town.deposit(["ana 1", "ana 2"])
            try await town.deposit(["ben 1"], in: Self.ben)
            try await town.grant("ana's", to: "lakeside")
            try await town.grant("ben's", in: Self.ben, to: "lakeside")
            try await body(&town)
        }
    }

    private func records(_ town: Town, of compartment: String) async throws -> [StoredRecord] {
        try await town.gateway.call(ListRecords(), by: compartment).records
    }

    private static let outsiders = [
        "lakeside", "hillside", "auditor", "north", "stranger", "ana/general", "ana's", "ana's/release",
    ]

    @Test func `records, headers, payloads and history are for the compartment's key`() async throws {
        try await begun { town in
            let position = try #require(try await records(town, of: Town.laboratory).first).position
            for name in Self.outsiders {
                let gateway = town.gateway
                try await gateway.expect(.forbidden, ListRecords(), by: name)
                try await gateway.expect(.forbidden, FetchHistory(from: 0), by: name)
                try await gateway.expect(.forbidden, AddHeaders(grant: publicKey("ana's"), headers: []), by: name)
                let answer = try await town.ownPayload(at: position, by: name)
                #expect(answer.status == 403)
            }
        }
    }

    @Test func `each sees what is in her own compartment`() async throws {
        try await begun { town in
            let (ana, ben) = (try await records(town, of: Town.laboratory), try await records(town, of: Self.ben))
            #expect(ana.count == 2 && ben.count == 1)
            #expect(Set(ana.map(\.descriptor)) == Set(["ana 1", "ana 2"].map { town.sealed($0).descriptor }))
            #expect(ben.map(\.descriptor) == [town.sealed("ben 1", in: Self.ben).descriptor])
            for record in ana { #expect(record.header == town.header(of: record, for: recipient(Town.laboratory))) }
            for record in ana {
                #expect(try await town.ownPayload(at: record.position).status == 200)
                #expect(try await town.ownPayload(at: record.position, by: Self.ben).status == 404)
            }
            for position in [0, ana[0].position + 1 << 20, UInt64(Int64.max), .max] {
                #expect(try await town.ownPayload(at: position).status == 404)
            }
        }
    }

    @Test func `pages go on behind a position and end`() async throws {
        try await begun { town in
            let all = try await records(town, of: Town.laboratory)
            let rest = try await town.gateway.call(ListRecords(after: all[0].position), by: Town.laboratory)
            #expect(rest.records == [all[1]] && !rest.hasMore)
            for after in [all[1].position, UInt64(Int64.max), .max] {
                #expect(try await town.gateway.call(ListRecords(after: after), by: Town.laboratory).records.isEmpty)
            }
        }
    }

    @Test func `headers go to a live grant of the compartment, for its own records`() async throws {
        try await begun { town in
            let (ana, ben) = (try await records(town, of: Town.laboratory), try await records(town, of: Self.ben))
            func adding(_ grant: String, _ positions: UInt64...) -> AddHeaders {
                AddHeaders(grant: publicKey(grant), headers: positions.map { .init(position: $0, bytes: [1]) })
            }
            let gateway = town.gateway
            try await gateway.expect(.forbidden, adding("ben's", ana[0].position), by: Town.laboratory)
            try await gateway.expect(.forbidden, adding("none", ana[0].position), by: Town.laboratory)
            try await gateway.expect(.forbidden, adding("ana's", ana[0].position), by: Self.ben)
            for position in [ben[0].position, 0, UInt64(Int64.max), .max] {
                try await gateway.expect(.notFound, adding("ana's", ana[0].position, position), by: Town.laboratory)
            }
            _ = try await gateway.call(adding("ana's", ana[0].position), by: Town.laboratory)
            #expect(try await town.released("ana's", by: "lakeside").map(\.record.position) == [ana[0].position])
            try await town.revoke("ana's")
            try await gateway.expect(.forbidden, adding("ana's", ana[1].position), by: Town.laboratory)
        }
    }

    @Test func `a revocation takes the grant's headers with it`() async throws {
        try await GatewaySite.town { town in
            try await town.grant("grant", to: "lakeside")
            try await town.deposit(["lab 1"])
            let missing = ListRecords(missing: recipient("grant").name)
            #expect(try await town.gateway.call(missing, by: Town.laboratory).records.isEmpty)
            try await town.revoke("grant")
            #expect(try await town.gateway.call(missing, by: Town.laboratory).records.count == 1)
            #expect(try town.gateway.site.count("header") == 1)
        }
    }

    @Test func `history holds the compartment's grants, revocations and decisions, refusals among them`() async throws {
        try await begun { town in
            var leaves: [UInt64] = []
            leaves.append(try await town.request("ana's", by: "lakeside").decision.index)
            leaves.append(try await town.gateway.call(town.requesting("ana's", by: "hillside"), by: "hillside").decision.index)
            _ = try await town.request("ben's", by: "lakeside")
            _ = try await town.request("none", by: "lakeside")
            try await town.revoke("ana's")
            let page = try await town.gateway.call(FetchHistory(from: 0), by: Town.laboratory)
            #expect(page.items.count == 4 && page.next == nil)
            #expect(page.items.map(\.leaf).filter(leaves.contains) == leaves)
            for item in page.items {
                #expect(try await town.evidence(of: item.leaf) == item.evidence)
            }
            #expect(try await town.gateway.call(FetchHistory(from: leaves[1]), by: Town.laboratory).items.count == 2)
            for from in [UInt64(Int64.max), .max] {
                #expect(try await town.gateway.call(FetchHistory(from: from), by: Town.laboratory).items.isEmpty)
            }
        }
    }

    @Test func `reading one's own records is no decision`() async throws {
        try await begun { town in
            let own = try await records(town, of: Town.laboratory)
            try await town.gateway.expectNothingWritten {
                _ = try await records(town, of: Town.laboratory)
                _ = try await town.gateway.call(FetchHistory(from: 0), by: Town.laboratory)
                _ = try await town.ownPayload(at: own[0].position)
            }
        }
    }
}

@Suite struct Revocations {
    @Test func `a grant is ended by its patient, once`() async throws {
        try await GatewaySite.town { town in
            try await town.grant("grant", to: "lakeside")
            try await town.open("ben/laboratory")
            let call = town.revoking("grant")
            for name in ["lakeside", "hillside", "north", "ben/laboratory", "grant/release", "stranger"] {
                try await town.gateway.expect(.forbidden, call, by: name)
            }
            // Signed by another key than the grant's own.
            let evidence = call.evidence
            let forged = town.world.entry(call.entry.event, by: [Town.laboratory], evidence: evidence)
            let forgery = PostEntry(entry: forged, evidence: evidence, list: call.list)
            try await town.gateway.expect(.refused, forgery, by: Town.laboratory)
            // The control key alone can do it, when the compartment's is lost.
            #expect(try await town.gateway.refusal(of: call, by: "grant") == nil)
            try await town.gateway.expect(.listNotNewest, call, by: Town.laboratory)
        }
    }

    @Test func `a revocation whose list still holds the grant is refused`() async throws {
        try await GatewaySite.town { town in
            try await town.grant("grant", to: "lakeside")
            try await town.gateway.expect(.malformed, town.revoking("grant", recipient: recipient("other")), by: Town.laboratory)
            try await town.gateway.expect(.forbidden, town.revoking("none"), by: Town.laboratory)
        }
    }

    @Test func `a grant is brought by its compartment, to a live clinic, under new keys`() async throws {
        try await GatewaySite.town { town in
            try await town.grant("grant", to: "lakeside")
            for name in ["lakeside", "north", "next", "stranger"] {
                try await town.gateway.expect(.forbidden, town.granting("next", to: "lakeside"), by: name)
            }
            try await town.gateway.expect(.refused, town.granting("next", to: "stranger"), by: Town.laboratory)
            let again = town.granting("grant", to: "lakeside") {
                $0.recipient = recipient("fresh")
                $0.recipients.insert(recipient("fresh"))
            }
            try await town.gateway.expect(.refused, again, by: Town.laboratory)
            // A recipient that another grant has would lose that one's headers when this one ends.
            let shared = town.granting("next", to: "lakeside") {
                $0.recipients.remove($0.recipient)
                $0.recipient = recipient("grant")
            }
            try await town.gateway.expect(.malformed, shared, by: Town.laboratory)
            let today = town.world.now.day
            for (from, until) in [(today, today), (today, today.adding(days: 1_828)), (Day(0), today)] {
                let call = town.granting("next", to: "lakeside") { ($0.from, $0.until) = (from, until) }
                try await town.gateway.expect(.refused, call, by: Town.laboratory)
            }
            let unlisted = town.granting("next", to: "lakeside") { $0.recipients = [recipient("grant")] }
            try await town.gateway.expect(.malformed, unlisted, by: Town.laboratory)
        }
    }
}
