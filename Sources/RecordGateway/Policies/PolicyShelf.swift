package import AccessPolicy
import CryptoPrimitives
package import RecordStorage
import SharingContract
import Synchronization

/// The published policies, each set parsed once.
///
/// Who asks inside the transaction that appends a decision gets the set in force at its leaf.
package final class PolicyShelf: Sendable {
    /// The set that was asked for last. Another one comes with another publication, and the one before is not asked for again.
    private let last = Mutex<PoliciesInForce?>(nil)

    package init() {}

    /// The policies in force; `nil` on a ledger on which none were published, where grants alone decide. Throws where a set is in force
    /// that is not here or is not understood in full: then nothing is to be released.
    package func inForce(_ view: StoreView) throws -> PoliciesInForce? {
        guard let state = try view.state.policies() else { return nil }
        if let last = last.withLock({ $0 }), last.root == state.root { return last }
        let found = PoliciesInForce(root: state.root, library: try PolicyLibrary(view.policyFiles(state).contents))
        last.withLock { $0 = found }
        return found
    }
}
