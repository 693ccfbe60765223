import CryptoPrimitives
import GatewayAPI
import HTTPTypes
import RecordStorage
import SharingContract
import TestSupport
import Testing

/// P3: nothing is released before its decision is on the disk. The disk is made to fail where it hurts most.
@Suite struct ReleaseOrder {
    private func begun(_ body: (inout Town) async throws -> Void) async throws {
        try await GatewaySite.town { town in
            try await town.grant("grant", to: "lakeside")
            try await town.deposit(["lab 1"])
            try await body(&town)
        }
    }

    /// Expects that a request gets "unavailable" and nothing else, that no leaf came of it, and that the store is none the worse.
    private func expectNothingReleased(_ town: Town, healing: String) async throws {
        let (gateway, checkpoint) = (town.gateway, town.gateway.store.head.checkpoint)
        let message = gateway.sign(town.requesting("grant", by: "lakeside"), by: "lakeside")
        let answer = try await gateway.send(message)
        #expect(answer.status == 503)
        #expect(try APIError(canonical: gateway.verified(answer, to: message)).code == .unavailable)
        #expect(gateway.store.head.checkpoint == checkpoint)
        #expect(try gateway.site.count("leaf") == Int(gateway.store.head.size))
        try gateway.site.meddle(healing)
        // Not even the message was used up: the whole batch is gone.
        #expect(try await gateway.send(message).status == 200)
        #expect(try gateway.site.count("leaf") == Int(gateway.store.head.size))
    }

    @Test func `a decision that cannot be written releases nothing`() async throws {
        try await begun { town in
            try town.gateway.site.meddle(
                "CREATE TRIGGER broken BEFORE INSERT ON leaf BEGIN SELECT RAISE(FAIL, 'the disk is full'); END")
            try await expectNothingReleased(town, healing: "DROP TRIGGER broken")
        }
    }

    /// Every statement succeeds and only the COMMIT fails: whoever answers before it would release.
    @Test func `a decision that cannot be committed releases nothing`() async throws {
        try await begun { town in
            let site = town.gateway.site
            try site.meddle("CREATE TABLE broken (number INTEGER REFERENCES head (only) DEFERRABLE INITIALLY DEFERRED)")
            try site.meddle("CREATE TRIGGER breaks AFTER INSERT ON leaf BEGIN INSERT INTO broken VALUES (7); END")
            try await expectNothingReleased(town, healing: "DROP TRIGGER breaks; DROP TABLE broken")
        }
    }

    @Test func `a refusal that cannot be committed is not told either`() async throws {
        try await begun { town in
            let site = town.gateway.site
            try site.meddle("CREATE TABLE broken (number INTEGER REFERENCES head (only) DEFERRABLE INITIALLY DEFERRED)")
            try site.meddle("CREATE TRIGGER breaks AFTER INSERT ON leaf BEGIN INSERT INTO broken VALUES (7); END")
            let code = try await town.gateway.refusal(of: town.requesting("none", by: "lakeside"), by: "lakeside")
            #expect(code == .unavailable)
        }
    }

    /// The release that follows shows by its receipt that the checkpoint was signed after the leaf.
    @Test func `by the time an answer comes, leaf and evidence are there for others to read`() async throws {
        try await begun { town in
            let answer = try await town.request("grant", by: "lakeside")
            let other = try LedgerCopy(of: town.gateway.site)
            #expect(try other.leaf(answer.decision.index) == answer.decision.leaf.canonicalBytes)
            #expect(try other.hasEvidence(of: answer.decision.index))
        }
    }

    @Test func `a deposit, a grant and an erasure that cannot be committed leave nothing`() async throws {
        try await begun { town in
            let site = town.gateway.site
            let record = town.sealed("lab 2")
            try await town.upload(record.payload)
            try site.meddle("CREATE TABLE broken (number INTEGER REFERENCES head (only) DEFERRABLE INITIALLY DEFERRED)")
            try site.meddle("CREATE TRIGGER breaks AFTER INSERT ON leaf BEGIN INSERT INTO broken VALUES (7); END")
            try await town.gateway.expect(.unavailable, town.depositing([record]), by: "hillside")
            try await town.gateway.expect(.unavailable, town.granting("other", to: "lakeside"), by: Town.laboratory)
            let own = try await town.gateway.call(ListRecords(), by: Town.laboratory).records
            try await town.gateway.expect(.unavailable, town.erasing(own), by: Town.laboratory)
            #expect(try await town.ownPayload(at: own[0].position).status == 200)
        }
    }
}
