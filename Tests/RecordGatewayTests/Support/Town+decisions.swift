import AccessPolicy
import CryptoPrimitives
import GatewayAPI
import MedicalRecords
import SharingContract
import TestSupport
import Testing
import RecordStorage

// What lies behind a decision, as the auditor reads it.
extension Town {
    /// The evidence of one leaf, fetched by the auditor.
    func evidence(of leaf: UInt64) async throws -> Evidence {
        let page = try await gateway.call(ExportEvidence(from: leaf), by: "auditor")
        return try #require(page.items.first { $0.leaf == leaf }).evidence
    }

    func decisionBody(of leaf: UInt64) async throws -> DecisionBody {
        try DecisionBody(canonical: try await evidence(of: leaf).body)
    }

    func record(of leaf: UInt64) async throws -> DecisionRecord {
        try DecisionRecord(canonical: try await decisionBody(of: leaf).record)
    }

    /// What was decided, as it follows from the rulings that are recorded with it.
    func verdict(of leaf: UInt64) async throws -> Verdict {
        let record = try await record(of: leaf)
        let (isAllowed, isAnythingThere) = (!record.released.isEmpty, record.heldBackCount > 0)
        #expect((record.verdict == .allowed) == isAllowed)
        #expect((record.verdict == .denied(.heldBack)) == (!isAllowed && isAnythingThere))
        return record.verdict
    }

    /// Expects that this request is refused, with one decision on the ledger that says so to nobody but patient and auditor.
    func expectRefused(
        _ call: RequestRecords, by clinic: String, _ reason: Verdict.Reason, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let before = gateway.store.head.size
        let answer = try await gateway.call(call, by: clinic)
        // No second leaf, and this one is durable by the time anything is heard.
        #expect(gateway.store.head.size == before + 1 && answer.decision.index == before, sourceLocation: sourceLocation)
        #expect(try gateway.site.count("leaf") == Int(before) + 1, sourceLocation: sourceLocation)
        try gateway.verify(answer.decision)
        guard case .refused(let blind) = answer.outcome, case .decision(let decision) = answer.decision.leaf.entry.event else {
            Issue.record("not refused", sourceLocation: sourceLocation)
            return
        }
        let commitment = Decision.RefusalCommitment(blind: blind, request: RequestHash(of: call.request))
        #expect(decision.outcome == .refused(commitment), sourceLocation: sourceLocation)
        #expect(try await verdict(of: before) == .denied(reason), sourceLocation: sourceLocation)
    }
}
