import AccessPolicy
import CryptoPrimitives
import DurableFiles
import EnvelopeEncryption
import GatewayAPI
package import MedicalRecords
package import SharingContract
import SystemPackage

/// What became of a deposit.
package struct DepositReport: Sendable {
    package let category: Category
    /// The deposit's leaf.
    package let leaf: UInt64
    package let records: [Descriptor]
}

extension ClinicClient {
    /// Records of this source that were not deposited for this patient before.
    package func new(_ records: [Record], for recordNumber: String) throws(ClientError) -> [Record] {
        let known = state.patients[try patient(recordNumber)].deposited
        return records.filter { !known.contains(SHA256.hash($0.content).description) }
    }

    /// Seals records and deposits them, one compartment after another. What was deposited stays deposited if a later one fails; to run
    /// it again does the rest.
    ///
    /// - Parameter progress: called with the records done and all of them.
    package func deposit(
        _ records: [Record], for recordNumber: String, progress: (Int, Int) -> Void
    ) async throws(ClientError) -> [DepositReport] {
        try await session.sync()
        try requireAdmitted()
        let index = try patient(recordNumber)
        let card = state.patients[index].content
        let byCategory = Dictionary(grouping: records) { $0.facts.category }
        let missing = byCategory.keys.filter { category in !card.slots.contains { $0.category == category.code } }
        guard missing.isEmpty else { throw .notFound(.compartment(categories: missing.map(\.id).sorted())) }
        var reports: [DepositReport] = []
        var done = 0
        for (category, ofCategory) in byCategory.sorted(by: { $0.key.code < $1.key.code }) {
            guard let slot = card.slots.first(where: { $0.category == category.code }) else { continue }
            for batch in Self.batches(ofCategory) {
                reports.append(try await deposit(batch, category, slot, patient: index))
                done += batch.count
                progress(done, records.count)
            }
        }
        return reports
    }

    /// A deposit holds up to 256 records, and its message is bounded too.
    private static func batches(_ records: [Record]) -> [ArraySlice<Record>] {
        stride(from: 0, to: records.count, by: 128).map { records[$0..<min($0 + 128, records.count)] }
    }

    private func deposit(
        _ records: ArraySlice<Record>, _ category: Category, _ slot: Card.Slot, patient index: Int
    ) async throws(ClientError) -> DepositReport {
        try await openCompartment(slot)
        let sealed = try records.map { record throws(ClientError) in try seal(record, slot) }
        for record in sealed { try await upload(record) }
        let leaf = try await post(sealed, slot, patient: index)
        try remember(records, patient: index)
        try? await notify(category, leaf, count: sealed.count, patient: index)
        return DepositReport(category: category, leaf: leaf, records: sealed.map(\.descriptor))
    }

    /// When another list came first, the payloads stay and only the headers are made again.
    private func post(_ sealed: [SealedRecord], _ slot: Card.Slot, patient index: Int) async throws(ClientError) -> UInt64 {
        for _ in 0..<3 {
            do {
                let list = try await newestList(slot, patient: index)
                let answer = try await post(sealed, slot, list)
                try await verify(answer, sealed, slot)
                return answer.posted.index
            } catch .refused(let error) where error.code == .listNotNewest {
                continue
            }
        }
        throw .notPossible(.listChangesTooFast)
    }

    /// The card carries the entry, signed by the patient, so that the patient need not be there.
    private func openCompartment(_ slot: Card.Slot) async throws(ClientError) {
        guard session.today < slot.permission.until else { throw .notPossible(.permissionOver) }
        guard ((try? session.ledger.state.compartment(slot.compartment)) ?? nil) == nil else { return }
        // A card may be older than the compartment's newest list, but a compartment that is not open has no other than the first.
        guard slot.list.serial == 0 else { throw .notVerified(.historyIncomplete(leaf: session.ledger.size)) }
        try await session.post(slot.entry, .none, list: slot.list, with: session.keyring.actorKey())
    }

    private func seal(_ record: Record, _ slot: Card.Slot) throws(ClientError) -> SealedRecord {
        guard let facts = StoredFacts(record.facts) else {
            throw .localData(.notA(kind: "record with facts of up to 16,000 bytes"))
        }
        let folder = session.folder.path.appending("outgoing")
        try session.folder.writing { () throws(FileError) in try DurableFile.makeFolder(folder) }
        let subject = SealedRecord.Subject(
            origin: session.origin, compartment: slot.compartment, facts: facts.canonicalBytes)
        return try SealedRecord(record.content, subject, depositor: session.keyring.actorKey(), folder: folder)
    }

    private func upload(_ sealed: SealedRecord) async throws(ClientError) {
        let descriptor = sealed.descriptor
        let stored = try await session.connection.upload(
            size: Int64(descriptor.payloadSize), digest: sealed.digest, pieces: sealed.pieces, with: session.keyring.actorKey(),
            member: session.ledger.member())
        guard stored.payload == descriptor.payload, stored.size == descriptor.payloadSize else { throw .notVerified(.payloadOther) }
    }

    private func post(
        _ sealed: [SealedRecord], _ slot: Card.Slot, _ list: RecipientList
    ) async throws(ClientError) -> DepositRecords.Answer {
        let body = DepositBody(compartment: slot.compartment, recipientList: list.hash, permission: slot.permission)
        let records = try sealed.map { record throws(ClientError) in
            DepositRecords.Record(descriptor: record.descriptor, headers: try record.headers(for: [list.own] + list.recipients))
        }
        return try await session.call(DepositRecords(body: body, records: records), with: session.keyring.actorKey())
    }

    /// The deposit is on the ledger, and every descriptor is in it.
    private func verify(
        _ answer: DepositRecords.Answer, _ sealed: [SealedRecord], _ slot: Card.Slot
    ) async throws(ClientError) {
        try await session.ledger.verify(answer.posted, session.connection)
        guard case .deposit(let deposit) = answer.posted.leaf.entry.event, answer.places.count == sealed.count else {
            throw .notVerified(.leafNotOurs)
        }
        for (place, record) in zip(answer.places, sealed) {
            guard place.proof.root(holding: record.descriptor.commitment(salt: place.salt)) == deposit.root else {
                throw .notVerified(.descriptorNotDeposited)
            }
        }
    }
}

extension ClinicClient {
    /// The newest list of a compartment: signed by it, for the recipient on the card, and not behind any list seen before.
    private func newestList(_ slot: Card.Slot, patient index: Int) async throws(ClientError) -> RecipientList {
        let call = FetchRecipientList(compartment: slot.compartment, permission: slot.permission)
        let list = try await session.call(call, with: session.keyring.actorKey())
        guard list.compartment == slot.compartment, list.own == slot.list.own,
            (try? list.verifySignature(origin: session.origin)) != nil
        else { throw .notVerified(.listNotAuthentic) }
        let seen =
            state.patients[index].lists[slot.compartment.description] ?? SeenList(serial: slot.list.serial, hash: slot.list.hash)
        guard list.serial >= seen.serial else { throw .notVerified(.listRolledBack) }
        guard list.serial > seen.serial || list.hash == seen.hash else { throw .notVerified(.listNotAuthentic) }
        state.patients[index].lists[slot.compartment.description] = SeenList(serial: list.serial, hash: list.hash)
        try save()
        return list
    }

    /// Learns by which ids a source refers to the patient, so that a later one without a Patient resource is known to be about the same.
    package func remember(_ source: RecordSource, for recordNumber: String) throws(ClientError) {
        let index = try patient(recordNumber)
        for known in source.patients { state.patients[index].references.formUnion(known.references) }
        try save()
    }

    private func remember(_ records: ArraySlice<Record>, patient index: Int) throws(ClientError) {
        for record in records { state.patients[index].deposited.insert(SHA256.hash(record.content).description) }
        try save()
    }

    /// Tells the patient. That the notice does not arrive undoes nothing.
    private func notify(_ category: Category, _ leaf: UInt64, count: Int, patient index: Int) async throws(ClientError) {
        let card = state.patients[index].content
        let key = session.keyring.actorKey()
        let notice = DepositNotice(
            inbox: card.inbox, category: category.code, leaf: leaf, count: UInt16(clamping: count), signingWith: key,
            origin: session.origin)
        let message = try InboxMessage.notice(notice).sealed(to: card.inboxRecipient)
        _ = try await session.call(SendMessage(address: card.inbox, message: message), with: key)
    }
}
