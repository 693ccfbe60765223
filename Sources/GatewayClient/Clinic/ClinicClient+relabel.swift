import AccessPolicy
package import CryptoPrimitives
package import MedicalRecords
import SharingContract

/// What a person at the clinic changes about a record's labels.
package struct LabelChange: Sendable {
    let added: [Coding]
    let removed: [Coding]
    let reason: TextLine

    /// - Parameters:
    ///   - added: with all that follows from them.
    ///   - reason: why; may be empty unless less is protected than before. The gateway can read it, and so can who may read the record.
    package init(adding added: [Coding], removing removed: [Coding], because reason: TextLine) {
        (self.added, self.removed, self.reason) = (added, removed, reason)
    }
}

extension ClinicClient {
    /// Puts a version with the same content and other labels in the place of a record. The content is sealed anew: a deposit needs a header
    /// for each reader, and nobody but they can make one from what lies at the gateway.
    ///
    /// - Parameter items: what the file makes that the record came from. One of them is the record as it was deposited.
    package func relabel(
        _ start: String, of recordNumber: String, _ change: LabelChange, from items: [DepositItem]
    ) async throws(ClientError) -> DepositReport {
        let finished = try await finishDeposit()
        let (id, known) = try record(start, of: recordNumber)
        // The answer to this very change had been lost.
        if let finished, finished.holds(id, known.version), known.details.shows(change) { return finished }
        guard !known.isRetracted else { throw .notPossible(.recordRetracted) }
        guard let item = items.first(where: { $0.digest.description == known.content }) else {
            throw .notPossible(.otherContent)
        }
        let facts = try Self.facts(known.details, change)
        let revision = Revision(record: id, version: known.version + 1, state: .current)
        return try await deposit(Outgoing(item, facts: facts, revision: revision), after: known, of: recordNumber)
    }

    private static func facts(_ facts: StoredFacts, _ change: LabelChange) throws(ClientError) -> StoredFacts {
        do {
            return try facts.relabelled(adding: change.added, removing: change.removed, because: change.reason)
        } catch {
            throw .notPossible(.labels(error))
        }
    }
}

extension StoredFacts {
    fileprivate func shows(_ change: LabelChange) -> Bool {
        let labels = Set(self.labels.map(\.text))
        return relabelling == change.reason && labels.isSuperset(of: change.added.map(\.description))
            && labels.isDisjoint(with: change.removed.map(\.description))
    }
}
