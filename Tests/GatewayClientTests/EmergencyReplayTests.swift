import AccessPolicy
import CryptoPrimitives
import GatewayAPI
import MedicalRecords
import SharingContract
import SystemPackage
import TestSupport
import Testing

@testable import GatewayClient

/// What the auditor makes of it.
@Suite struct EmergencyReplay {
    private func exported(_ town: Town, _ name: String) async throws -> AuditExport {
        try await town.auditor.export(to: FilePath(town.gateway.folder.path(name))) { _, _ in }
    }

    private func report(_ export: AuditExport, _ town: Town) throws -> Replay.Report {
        Replay.run(export, pin: try town.auditor.session.pin, decisions: true) { _, _ in }
    }

    private func story(_ body: (Town, AuditExport, UInt64) async throws -> Void) async throws {
        try await Town.withDesk { town, card in
            let outcome = try await town.ask(.card(card))
            _ = try await town.ask(.named("Nobody"))
            try await body(town, try await exported(town, "a.audit"), try #require(outcome.declarations.first))
        }
    }

    @Test func `emergencies come out the same, and what was not reviewed is counted`() async throws {
        try await story { town, export, leaf in
            let report = try report(export, town)
            #expect(report.isClean, "\(report.findings)")
            #expect(report.emergencies == 2 && report.emergencyReleases == 1 && report.openReviews.count == 2)
            #expect(report.openReviews.first?.emergency == leaf && report.lateReviews.isEmpty)
            town.gateway.advance(minutes: 9 * 1_440)
            _ = try await town.member().review(leaf, .justified, by: line("Dr. Brandt"), note: .none)
            let late = try self.report(try await exported(town, "b.audit"), town)
            #expect(late.isClean && late.lateReviews == [leaf] && late.openReviews.count == 1)
        }
    }

    @Test func `a declaration that was altered, or is missing, is found`() async throws {
        try await story { town, export, leaf in
            let good = try #require(export.evidence[leaf])
            var altered = export.evidence
            var body = good.body
            body[body.count - 80] ^= 1
            altered[leaf] = Evidence(salt: good.salt, body: body)
            let changed = try report(AuditExport(note: export.note, leaves: export.leaves, evidence: altered), town)
            #expect(changed.findings.contains { $0.leaf == leaf && $0.what == .evidenceRule(.bodyNotCommitted) })
            altered[leaf] = nil
            let dropped = try report(AuditExport(note: export.note, leaves: export.leaves, evidence: altered), town)
            #expect(dropped.findings.contains { $0.leaf == leaf && $0.what == .evidenceMissing })
            // And the release that relied on it does not follow any more.
            #expect(dropped.findings.contains { ($0.leaf ?? 0) > leaf })
        }
    }

    @Test func `a ledger without the emergency is not the one that was signed`() async throws {
        try await story { town, export, leaf in
            var leaves = export.leaves
            leaves.remove(at: Int(leaf))
            let report = try report(AuditExport(note: export.note, leaves: leaves, evidence: export.evidence), town)
            #expect(!report.isClean)
        }
    }
}
