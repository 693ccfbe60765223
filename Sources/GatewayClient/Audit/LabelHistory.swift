package import AccessPolicy
package import CryptoPrimitives
package import SharingContract

/// What depositors changed about the labels of their records, as the descriptors in an exported ledger show it. Whoever changed a label
/// could not leave it out: the versions themselves are compared.
package struct LabelHistory: Sendable {
    package struct Change: Sendable {
        /// The deposit's.
        package let leaf: UInt64
        package let record: Descriptor.RecordID
        package let version: UInt32
        package let depositor: Ed25519.PublicKey
        package let difference: LabelDifference
    }

    /// In the order of the ledger. Versions that were erased are not among them.
    package let changes: [Change]

    /// - Parameter export: one that was checked.
    package init(of export: AuditExport) {
        var newest: [Descriptor.RecordID: StoredFacts] = [:]
        var changes: [Change] = []
        for (leaf, evidence) in export.evidence.sorted(by: { $0.key < $1.key }) {
            for case .descriptor(let descriptor, _) in (evidence.tree?.slots ?? [:]).values {
                guard let facts = try? StoredFacts(canonical: descriptor.facts) else { continue }
                // A deposit holds one version of a record, so the order within it does not matter.
                guard let earlier = newest.updateValue(facts, forKey: descriptor.record),
                    let difference = facts.difference(from: earlier)
                else { continue }
                changes.append(
                    Change(
                        leaf: leaf, record: descriptor.record, version: descriptor.version, depositor: descriptor.depositor,
                        difference: difference))
            }
        }
        self.changes = changes.sorted { ($0.leaf, $0.record.value) < ($1.leaf, $1.record.value) }
    }
}
