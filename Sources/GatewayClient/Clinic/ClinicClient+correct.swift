import AccessPolicy
package import CryptoPrimitives
import MedicalRecords
package import SharingContract

extension ClinicClient {
    package typealias OwnRecord = (id: Descriptor.RecordID, known: KnownRecord)

    /// The record that this clinic deposited for a patient and whose id begins so.
    package func record(_ start: String, of recordNumber: String) throws(ClientError) -> OwnRecord {
        let records = state.patients[try patient(recordNumber)].records
        let found = records.filter { $0.key.hasPrefix(start.lowercased()) }
        guard let (text, known) = found.first, let value = Bytes32(hexadecimal: text) else { throw .notFound(.ownRecord(start)) }
        guard found.count == 1 else { throw .notFound(.ambiguousRecord(start)) }
        return (Descriptor.RecordID(value), known)
    }

    /// Puts a new version in the place of a record. The earlier ones are released to nobody any more; who has read them is told when he
    /// requests again.
    package func correct(
        _ start: String, of recordNumber: String, with items: [DepositItem]
    ) async throws(ClientError) -> DepositReport {
        let finished = try await finishDeposit()
        let (id, known) = try record(start, of: recordNumber)
        guard let item = items.first, items.count == 1 else { throw .notPossible(.notOneRecord(count: items.count)) }
        guard item.facts.category.code == known.details.category.code else {
            throw .notPossible(.otherCategory(known.details.category.code))
        }
        guard item.digest.description != known.content else {
            // The answer to this very correction had been lost.
            if let finished, finished.holds(id, known.version), known.version > 1 { return finished }
            throw .notPossible(.nothingChanged)
        }
        let revision = Revision(record: id, version: known.version + 1, state: .current)
        return try await deposit(try Outgoing(item, revision, after: known), after: known, of: recordNumber)
    }

    /// Says that a record was entered in error. It is released to nobody any more. The reason is sealed as a record's content is, so that the
    /// patient can read it and the gateway cannot.
    package func retract(_ start: String, of recordNumber: String, reason: TextLine) async throws(ClientError) -> DepositReport {
        let finished = try await finishDeposit()
        let (id, known) = try record(start, of: recordNumber)
        if let finished, known.isRetracted, finished.holds(id, known.version) { return finished }
        let revision = Revision(record: id, version: known.version + 1, state: .enteredInError)
        let outgoing = Outgoing(text: "\(reason.text)\n", facts: known.details.retracted, revision: revision)
        return try await deposit(outgoing, after: known, of: recordNumber)
    }

    /// Under the card as it is now: the patient may have ended the leave to deposit.
    func deposit(
        _ outgoing: Outgoing, after known: KnownRecord, of recordNumber: String
    ) async throws(ClientError) -> DepositReport {
        try requireAdmitted()
        guard !known.isRetracted else { throw .notPossible(.recordRetracted) }
        let index = try patient(recordNumber)
        guard let slot = try slots([known.category], patient: index)[known.category] else {
            throw .notFound(.compartment(categories: []))
        }
        return try await deposit(try await issuingClaims([outgoing], slot, patient: index), slot, patient: index)
    }
}

extension DepositReport {
    func holds(_ record: Descriptor.RecordID, _ version: UInt32) -> Bool {
        records.contains { $0.record == record && $0.version == version }
    }
}
