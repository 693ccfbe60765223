import AccessPolicy
import CryptoPrimitives
import SharingContract
import TestSupport
import Testing
import MedicalRecords

@testable import GatewayClient

/// What everybody does while nobody lies: without it, no lie that is found below would mean anything.
@Suite struct HonestGatewayTests {
    @Test func `a record goes from its depositor to whom the patient let read it`() async throws {
        try await Town.sharing { town, grant in
            let records = try await town.request(grant)
            #expect(records.count == 1)
            #expect(try town.content(try #require(records.first), grant) == "hemoglobin 13.2")
        }
    }

    @Test func `a refusal is told from nothing and from no other`() async throws {
        try await Town.sharing { town, grant in
            #expect(try await town.request(grant, purpose: .research).isEmpty)
            try await town.ana.revoke(grant.content.grant, reason: line(""))
            #expect(try await town.request(grant).isEmpty)
            let log = try await town.ana.log()
            let reasons = log.compactMap { if case .refused(_, _, let reason) = $0.what { reason } else { nil } }
            #expect(reasons == [.purposeNotCovered, .revoked])
        }
    }

    @Test func `what is deposited after a grant can be read under it too`() async throws {
        try await Town.sharing { town, grant in
            try await town.deposit("glucose 5.1", "sodium 140")
            let contents = try await town.request(grant).map { try town.content($0, grant) }
            #expect(Set(contents) == ["hemoglobin 13.2", "glucose 5.1", "sodium 140"])
        }
    }
}
