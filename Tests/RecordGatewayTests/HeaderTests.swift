import CryptoPrimitives
import GatewayAPI
import RecordStorage
import SharingContract
import TestSupport
import Testing

/// Recipients are public numbers that anybody may name. What a patient does with one changes headers in his own compartment alone.
@Suite struct Headers {
    private static let ben = "ben/laboratory"

    /// Ana and Ben have a compartment each, a grant to Lakeside of its own name, and a record that is sealed to it.
    private func begun(_ body: (inout Town) async throws -> Void) async throws -> (site: GatewaySite, town: Town) {
        let site = try GatewaySite()
        let town = try await site.serving { gateway in
            var town = try await Town.begun(gateway)
            try await town.open(Self.ben)
            try await town.grant("ana's", to: "lakeside")
            try await town.grant("ben's", in: Self.ben, to: "lakeside")
            try await town.deposit(["lab of ana"])
            try await town.deposit(["lab of ben"], in: Self.ben)
            try await body(&town)
            return town
        }
        return (site, town)
    }

    /// How many records of the compartment this recipient has a header for.
    private func headers(for name: RecipientKey, in compartment: String, _ town: Town) async throws -> Int {
        let all = try await town.gateway.call(ListRecords(), by: compartment).records.count
        return all - (try await town.gateway.call(ListRecords(missing: name.name), by: compartment).records.count)
    }

    /// Ben names Ana's own recipient, or that of her grant, as his grant's; it gets headers for his records. Then he ends the grant.
    @Test(arguments: [Town.laboratory, "ana's"])
    func `who names another's recipient in a grant and ends it takes nothing from the other`(name: String) async throws {
        let stolen = recipient(name)
        let (site, town) = try await begun { town in
            try await town.grant("trap", in: Self.ben, to: "hillside") { draft in
                draft.recipients = draft.recipients.subtracting([draft.recipient]).union([stolen])
                draft.recipient = stolen
            }
            try await town.deposit(["second lab of ben"], in: Self.ben)
            #expect(try await headers(for: stolen, in: Self.ben, town) == 1)
            try await town.revoke("trap", in: Self.ben, recipient: stolen)
            #expect(try await headers(for: stolen, in: Self.ben, town) == 0)
            #expect(try await headers(for: stolen, in: Town.laboratory, town) == 1)
            #expect(try await town.released("ana's", by: "lakeside").count == 1)
        }
        // A record without its patient's own header would keep the store shut.
        try await site.serving { gateway in
            let town = town.moved(to: gateway)
            let own = try await gateway.call(ListRecords(), by: Town.laboratory).records
            #expect(own.count == 1)
            #expect(try await town.released("ana's", by: "lakeside").count == 1)
            #expect(try await town.released("ben's", by: "lakeside").count == 2)
        }
    }

    @Test func `a grant's list adds the grant's recipient and nobody else`() async throws {
        _ = try await begun { town in
            let known = Set(town.list(Town.laboratory).recipients)
            let wrong: [(RecipientKey, Set<RecipientKey>)] = [
                (recipient("grant"), known.union([recipient("grant"), recipient("thief")])),
                (recipient("grant"), known.union([recipient("thief")])), (recipient("grant"), known), (recipient("grant"), []),
                // Already there for another grant, whose headers would go with this one.
                (recipient("ana's"), known),
            ]
            for (own, recipients) in wrong {
                let call = town.granting("grant", to: "lakeside") { ($0.recipient, $0.recipients) = (own, recipients) }
                try await town.gateway.expect(.malformed, call, by: Town.laboratory)
            }
            #expect(try await town.gateway.refusal(of: town.granting("grant", to: "lakeside"), by: Town.laboratory) == nil)
        }
    }

    @Test func `a revocation's list adds nobody`() async throws {
        _ = try await begun { town in
            for left: Set<RecipientKey> in [
                [recipient("thief")], [recipient("ben's")], [recipient("ana's")], [recipient("ana's"), recipient("thief")],
            ] {
                try await town.gateway.expect(.malformed, town.revoking("ana's", leaving: left), by: Town.laboratory)
            }
            #expect(try await town.gateway.refusal(of: town.revoking("ana's", leaving: []), by: Town.laboratory) == nil)
        }
    }

    /// Both patients named one recipient. For Ana its grant is over, and her next list leaves it out.
    @Test(arguments: [true, false])
    func `whom a new list leaves out loses his headers there, and nowhere else`(byGrant: Bool) async throws {
        let shared = recipient("shared")
        _ = try await begun { town in
            for (name, compartment, days) in [("shared", Town.laboratory, 1), ("bens shared", Self.ben, 30)]
                as [(String, String, UInt32)]
            {
                let until = town.world.now.day.adding(days: days)
                let known = Set(town.list(compartment).recipients)
                try await town.grant(name, in: compartment, to: "hillside") { draft in
                    (draft.until, draft.recipient, draft.recipients) = (until, shared, known.union([shared]))
                }
                try await town.deposit(["second of \(compartment)"], in: compartment)
                #expect(try await headers(for: shared, in: compartment, town) == 1)
            }
            town.gateway.site.clock.advance(by: 86_400)
            if byGrant {
                let recipients = [recipient("ana's"), recipient("next")]
                try await town.grant("next", to: "lakeside") { $0.recipients = Set(recipients) }
                #expect(try await headers(for: recipient("ana's"), in: Town.laboratory, town) == 2)
            } else {
                _ = try await town.gateway.call(town.revoking("ana's", leaving: []), by: Town.laboratory)
            }
            #expect(try await headers(for: shared, in: Town.laboratory, town) == 0)
            #expect(try await headers(for: shared, in: Self.ben, town) == 1)
            #expect(try await headers(for: recipient("ben's"), in: Self.ben, town) == 2)
        }
    }
}
