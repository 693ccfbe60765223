import SharingContract
import Synchronization

/// Trees of anchors that were found to be whole. A tree never changes, and to hash one of a million leaves for everybody who asks would keep
/// this busy; one that is damaged afterwards is not the one on the ledger, which its reader finds.
final class ShownTrees: Sendable {
    private let publications = Mutex<[UInt64: AnchorPublication]>([:])

    /// - Parameter find: looks at all of the tree.
    func publication(
        at leaf: UInt64, _ find: () async throws -> AnchorPublication?
    ) async throws -> AnchorPublication? {
        if let known = publications.withLock({ $0[leaf] }) { return known }
        guard let found = try await find() else { return nil }
        publications.withLock { $0[leaf] = found }
        return found
    }
}
