package import AccessPolicy
import CryptoPrimitives
package import SharingContract

extension Replay {
    /// From the files in the evidence, which the rules have held against the root that the leaf names.
    package static func published(_ leaf: Leaf, _ evidence: Evidence) throws -> PoliciesInForce? {
        guard case .policySet(let publication) = leaf.entry.event else { return nil }
        let files = try PolicyFiles(canonical: evidence.body)
        return PoliciesInForce(root: publication.root, library: try PolicyLibrary(files.contents))
    }
}
