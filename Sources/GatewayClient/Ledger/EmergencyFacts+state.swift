package import AccessPolicy
package import SharingContract

extension EmergencyFacts {
    /// What a desk declared at a leaf, and whether it was used; `nil` if that leaf is no emergency access.
    package init?(declaredAt leaf: UInt64, _ state: some StateReader) throws {
        guard let opened = try state.emergency(leaf), let declaration = try state.emergencyTerms(of: leaf) else { return nil }
        let words = declaration.words
        self.init(
            grant: opened.grant, desk: declaration.desk, until: declaration.end(from: opened.openedAt),
            isUsed: opened.releasedAt != nil, explanation: words.explanation, recipient: words.recipient, facility: words.facility,
            discloser: words.discloser, nature: words.nature)
    }
}
