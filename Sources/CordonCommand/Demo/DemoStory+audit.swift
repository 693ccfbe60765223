import GatewayClient
import SharingContract
import SystemPackage
import CryptoPrimitives

extension DemoStory {
    func readLog(_ cast: DemoCast, _ patient: PatientClient) async throws {
        try await act("The patient's own log", cast) {
            for line in try await patient.log() { narrator.tell(PatientCommand.Log.Line(line, patient.session).words) }
        }
    }

    /// From here on the gateway is gone: what was exported has to speak for itself.
    func audit(_ cast: DemoCast, _ patient: PatientClient) async throws {
        let export = try await cast.auditor.export(to: stage.folder.appending("north.audit")) { _, _ in }
        stage.stopGateway()
        try await narrator.act("The auditor replays the ledger, with the gateway switched off", ledger: { Self.summary(export) }) {
            let bytes = export.bytes
            let report = try replay(bytes, cast)
            guard report.isClean else { throw Stop.notVerified("the exported ledger does not hold") }
            narrator.tell(
                "\(report.leaves) entries in \(bytes.count) bytes. All signatures good. "
                    + "\(Names.counted(report.decisions, "decision")) recomputed: \(report.same) the same.")
            let forged = try replay(Self.replacing(Self.staff, by: "Dr. Nobody", in: bytes), cast)
            guard let finding = forged.findings.first else { throw Stop.notVerified("a forged copy went unnoticed") }
            narrator.tell("A copy in which \"\(Self.staff)\" became \"Dr. Nobody\": NOT VERIFIED, \(finding.words).")
        }
    }

    private func replay(_ bytes: [UInt8], _ cast: DemoCast) throws -> Replay.Report {
        Replay.run(try AuditExport(bytes), pin: cast.auditor.session.pin, decisions: true) { _, _ in }
    }

    private static func replacing(_ text: String, by other: String, in bytes: [UInt8]) -> [UInt8] {
        guard let range = bytes.firstRange(of: Array(text.utf8)) else { return bytes }
        return Array(bytes[..<range.lowerBound]) + Array(other.utf8) + bytes[range.upperBound...]
    }

    /// The whole ledger as it stands for everybody: kinds and sizes.
    private static func summary(_ export: AuditExport) -> String {
        let sizes = export.leaves.map { $0.canonicalBytes.count }
        let total = sizes.reduce(0, +)
        return
            "\(export.leaves.count) entries of \(sizes.min() ?? 0) to \(sizes.max() ?? 0) bytes, \(total) in all, are everything that is public"
    }
}
