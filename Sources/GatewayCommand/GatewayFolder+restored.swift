import DurableFiles
import Foundation
import RecordStorage
import SystemPackage

/// What a restore leaves behind in `restored.json`, until somebody vouches that nothing was lost.
extension GatewayFolder {
    struct Restored: Codable {
        /// Entries in the backup.
        let entries: UInt64
        /// Entries that the ledger is known to have had; more than in the backup if some were lost.
        let known: UInt64

        var isBehind: Bool { known > entries }
    }

    private var restoredFile: FilePath { path.appending("restored.json") }

    /// `nil` if the gateway never came back from a backup, or somebody has vouched for it since.
    func restored() throws -> Restored? {
        guard DurableFile.exists(restoredFile) else { return nil }
        guard let bytes = try? DurableFile.read(restoredFile, atMost: 4_096),
            let restored = try? JSONDecoder().decode(Restored.self, from: Data(bytes))
        else { throw Failure.localData("\(restoredFile) cannot be read; it says that this gateway came back from a backup") }
        return restored
    }

    func write(_ restored: Restored) throws {
        try DurableFile.write(Array(try JSONEncoder().encode(restored)), to: restoredFile)
    }

    /// From now on the gateway takes entries again.
    func vouchThatNothingWasLost() throws {
        guard let restored = try restored() else { throw Failure.refused("\(path) takes entries already") }
        guard !restored.isBehind else {
            throw Failure.refused(
                """
                \(restored.known - restored.entries) entries of this ledger are known to be lost, and a ledger that went on without \
                them would be another one. Begin its successor with `cordon restore --successor`
                """)
        }
        try DurableFile.remove(restoredFile)
    }

    /// A gateway that may be behind what its clients saw shows what it has and writes nothing.
    func mustNotWrite(_ store: LedgerStore) async throws -> Bool {
        guard try restored() == nil else { return true }
        return try await store.hasLostErasures()
    }

    static func readOnlyWords(_ restored: Restored?) -> String {
        let lost = restored.map { $0.isBehind ? " \($0.known - $0.entries) entries are lost." : "" } ?? ""
        return """
            READ-ONLY: this gateway came back from a backup.\(lost) It shows what it has and takes no entries, until you say that \
            nothing was lost or begin a successor: see `cordon restore --help`.

            """
    }
}
