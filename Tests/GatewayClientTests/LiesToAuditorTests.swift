import CryptoPrimitives
import GatewayAPI
import SharingContract
import SystemPackage
import TestSupport
import Testing
import MedicalRecords

@testable import GatewayClient

/// What an auditor gets from a gateway, and what his replay finds in it.
@Suite struct LiesToAuditorTests {
    private func report(_ town: Town) async throws -> Replay.Report {
        let path = FilePath(town.gateway.folder.path("ledger.audit"))
        _ = try await town.auditor.export(to: path) { _, _ in }
        return Replay.run(try AuditExport(reading: path), pin: try town.auditor.session.pin, decisions: true) { _, _ in }
    }

    @Test func `an honest gateway's ledger replays`() async throws {
        try await Town.sharing { town, grant in
            try await town.request(grant)
            try await town.request(grant, purpose: .research)
            let report = try await report(town)
            #expect(report.isClean && report.released == 1 && report.refused == 1 && report.erased == 0)
        }
    }

    @Test func `after an erasure the decisions on what was erased are counted, and the rest comes out the same`() async throws {
        try await Town.sharing { town, grant in
            try await town.deposit("glucose 5.1")
            try await town.request(grant)
            let records = try await town.ana.records(Town.laboratory)
            try await town.ana.erase(Array(records.prefix(1)), Town.laboratory)
            try await town.request(grant)
            let report = try await report(town)
            #expect(report.isClean && report.decisions == 1 && report.same == 1 && report.erased == 1)
        }
    }

    @Test func `a decision, a grant or a deposit that is kept back is missed`() async throws {
        try await Town.sharing { town, grant in
            try await town.request(grant)
            let last = try await size(town) - 1
            for leaf in [last, last - 1] {
                town.gateway.lie(about: ExportEvidence.self) { page, _ in
                    EvidencePage(items: page.items.filter { $0.leaf != leaf }, next: page.next)
                }
                let report = try await report(town)
                #expect(report.findings.contains(.init(leaf: leaf, what: .evidenceMissing)))
            }
        }
    }

    private func size(_ town: Town) async throws -> UInt64 {
        try await town.auditor.session.sync()
        return try town.auditor.session.ledger.size
    }

    @Test func `a descriptor that is said to be erased and was not is found`() async throws {
        try await Town.sharing { town, _ in
            town.gateway.lie(about: ExportEvidence.self) { page, _ in
                let items = page.items.map { item in
                    guard let tree = item.evidence.tree else { return item }
                    let slots = tree.slots.mapValues { Evidence.Slot.erased(commitment: $0.commitment) }
                    let evidence = Evidence(
                        salt: item.evidence.salt, body: item.evidence.body, tree: .init(seed: tree.seed, slots: slots))
                    return .init(leaf: item.leaf, evidence: evidence)
                }
                return EvidencePage(items: items, next: page.next)
            }
            let report = try await report(town)
            #expect(report.findings.map(\.what) == [.evidenceMissing])
        }
    }

    @Test func `a ledger that the auditor has seen is not cut`() async throws {
        try await Town.sharing { town, grant in
            _ = try await report(town)
            var old = try ShadowLedger(town.auditor.session.ledger)
            try await town.request(grant)
            _ = try await report(town)
            old.leaves.removeLast()
            try old.show(at: town.gateway)
            #expect(await discrepancy { _ = try await report(town) } == .ledgerRolledBack)
        }
    }
}
