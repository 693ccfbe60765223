import DurableFiles
import GatewayAPI
import MerkleLedger
import SharingContract
package import SystemPackage

extension ClinicClient {
    /// Fetches the ledger up to its newest checkpoint with all evidence. For auditors.
    package func export(to path: FilePath, progress: (UInt64, UInt64) -> Void) async throws(ClientError) -> AuditExport {
        var export = try await fetchExport(progress)
        // What was erased while the evidence came is explained by a later leaf. Who goes on like that keeps evidence back, and a replay
        // says so.
        for _ in 0..<2 where export.evidence.values.contains(where: isUnexplained) { export = try await fetchExport(progress) }
        do {
            try DurableFile.write(export.bytes, to: path)
        } catch {
            throw .localData(.file(error, path: path.string))
        }
        return export
    }

    private func fetchExport(_ progress: (UInt64, UInt64) -> Void) async throws(ClientError) -> AuditExport {
        try await session.sync()
        guard let checkpoint = session.ledger.checkpoint else { throw .notVerified(.checkpointNotSigned) }
        let size = checkpoint.checkpoint.size
        var evidence: [UInt64: Evidence] = [:]
        var next: UInt64? = 0
        while let from = next, from < size {
            let page = try await session.call(ExportEvidence(from: from), with: session.keyring.actorKey())
            for item in page.items where item.leaf < size { evidence[item.leaf] = item.evidence }
            next = try page.next(after: from)
            progress(min(next ?? size, size), size)
        }
        var leaves: [Leaf] = []
        for index in 0..<size { leaves.append(try session.ledger.leaf(index)) }
        return AuditExport(note: checkpoint.note, leaves: leaves, evidence: evidence)
    }

    /// Whether something was erased of which our copy of the ledger does not know.
    private func isUnexplained(_ evidence: Evidence) -> Bool {
        evidence.tree?.slots.values.contains { content in
            guard case .erased(let commitment) = content else { return false }
            return ((try? session.ledger.state.erasure(of: commitment)) ?? nil) == nil
        } ?? false
    }
}
