import CryptoPrimitives
import GatewayAPI
import RecordStorage
import SharingContract
import TestSupport
import Testing

/// A gateway that came back from a backup and may be behind what its clients saw.
@Suite struct ReadOnlyTests {
    @Test func `it shows what it has, and refuses whatever would be written`() async throws {
        var site = try GatewaySite()
        let before = try await site.serving { gateway in
            var town = try await Town.begun(gateway)
            try await town.grant("grant", to: "lakeside")
            try await town.deposit(["lab 1"])
            _ = try await town.released("grant", by: "lakeside")
            return town
        }
        site.isReadOnly = true
        try await site.serving { gateway in
            let town = before.moved(to: gateway)
            let own = try await gateway.call(ListRecords(), by: Town.laboratory).records
            #expect(own.count == 1)
            #expect(
                try await town.ownPayload(at: EvidenceRules.position(leaf: own[0].deposit, slot: own[0].proof.slot)).status == 200)
            #expect(try await !gateway.call(FetchHistory(from: 0), by: Town.laboratory).items.isEmpty)
            #expect(try await !gateway.call(ExportEvidence(from: 0), by: "auditor").items.isEmpty)
            #expect(try await gateway.get("/checkpoint").status == 200)
            // A compartment that is open already is no new entry.
            #expect(try await gateway.refusal(of: town.opening(of: Town.laboratory), by: Town.laboratory) == nil)

            try await gateway.expect(.readOnly, town.requesting("grant", by: "lakeside"), by: "lakeside")
            try await gateway.expect(.readOnly, town.requesting("none", by: "lakeside"), by: "lakeside")
            try await gateway.expect(.readOnly, town.granting("other", to: "lakeside"), by: Town.laboratory)
            try await gateway.expect(.readOnly, town.revoking("grant"), by: Town.laboratory)
            try await gateway.expect(.readOnly, town.admission(of: "newcomer"), by: "north")
            try await gateway.expect(.readOnly, town.ending("lakeside"), by: "north")
            try await gateway.expect(.readOnly, town.opening(of: "ben/general"), by: "ben/general")
            try await gateway.expect(.readOnly, town.depositing([town.sealed("lab 2")]), by: "hillside")
            try await gateway.expect(.readOnly, town.erasing(own), by: Town.laboratory)
            try await gateway.expect(.readOnly, SendMessage(address: publicKey("ana/inbox"), message: [1]), by: "hillside")
            try await gateway.expect(.readOnly, StoreBackup(fetchKey: publicKey("ana/words"), backup: [1]), by: "ana/inbox")
            try await gateway.expectNothingWritten {
                await #expect(throws: APIError.self) { try await town.upload([UInt8](repeating: 1, count: 500)) }
            }
            // Who has no say learns no more than before.
            #expect(try await gateway.refusal(of: ExportEvidence(from: 0), by: "lakeside") == .forbidden)
        }
    }
}
