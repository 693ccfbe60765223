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
    package let category: UInt16
    /// The deposit's leaf.
    package let leaf: UInt64
    package let records: [Descriptor]
}

extension ClinicClient {
    /// What was not deposited for this patient before.
    package func new(_ items: [DepositItem], for recordNumber: String) throws(ClientError) -> [DepositItem] {
        let known = state.patients[try patient(recordNumber)].deposited
        return items.filter { !known.contains($0.digest.description) }
    }

    package func deposit(
        _ records: [Record], for recordNumber: String, progress: (Int, Int) -> Void
    ) async throws(ClientError) -> [DepositReport] {
        try await deposit(records.map { DepositItem($0) }, for: recordNumber, progress: progress)
    }

    /// Seals records and deposits them, one compartment after another. What was deposited stays deposited if a later one fails; to run
    /// it again does the rest.
    ///
    /// - Parameter progress: called with the records done and all of them.
    package func deposit(
        _ items: [DepositItem], for recordNumber: String, progress: (Int, Int) -> Void
    ) async throws(ClientError) -> [DepositReport] {
        try await finishDeposit()
        try requireAdmitted()
        let index = try patient(recordNumber)
        let byCategory = Dictionary(grouping: try new(items, for: recordNumber)) { $0.facts.category }
        let slots = try slots(byCategory.keys.map(\.code), patient: index)
        var reports: [DepositReport] = []
        var done = 0
        for (category, ofCategory) in byCategory.sorted(by: { $0.key.code < $1.key.code }) {
            guard let slot = slots[category.code] else { continue }
            let new = try ofCategory.map { item throws(ClientError) in try Outgoing(item, .first()) }
            let outgoing = try await issuingClaims(new, slot, patient: index)
            try await openCompartment(slot)
            let readers = try await newestList(slot, patient: index).recipients.count + 1
            for batch in DepositBatches.split(outgoing.map(\.sizeBesideHeaders), readers: readers) {
                reports.append(try await deposit(Array(outgoing[batch]), slot, patient: index))
                done += batch.count
                progress(done, items.count)
            }
        }
        return reports
    }

    /// The slots of the patient's card for these categories. Throws if one is missing, before anything is sent.
    func slots(_ categories: [UInt16], patient index: Int) throws(ClientError) -> [UInt16: Card.Slot] {
        let card = state.patients[index].content
        let slots = Dictionary(card.slots.map { ($0.category, $0) }, uniquingKeysWith: { first, _ in first })
        let missing = categories.filter { slots[$0] == nil }
        guard missing.isEmpty else {
            throw .notFound(.compartment(categories: missing.map { Category(code: $0)?.id ?? "\($0)" }.sorted()))
        }
        return slots
    }

    private static let uploadsAtATime = 8

    /// A content with what is said of it.
    struct Outgoing {
        let content: DepositItem.Content
        let digest: Hash
        let facts: StoredFacts
        let revision: Revision
        /// What was issued with it, for this very record, version and compartment.
        var claims: Claims?

        /// - Parameter known: the version before, if there is one. What a person said of its labels holds on.
        init(_ item: DepositItem, _ revision: Revision, after known: KnownRecord? = nil) throws(ClientError) {
            guard let new = StoredFacts(item.facts), let facts = try? known.map({ try new.keepingWord(of: $0.details) }) ?? new
            else {
                throw Self.tooLarge
            }
            (content, digest, self.facts, self.revision) = (item.content, item.digest, facts, revision)
        }

        /// The same content with other facts.
        init(_ item: DepositItem, facts: StoredFacts, revision: Revision) {
            (content, digest, self.facts, self.revision) = (item.content, item.digest, facts, revision)
        }

        private static var tooLarge: ClientError { .localData(.notA(kind: "record with facts of up to 16,000 bytes")) }

        func ofMinorsOwnConsent() throws(ClientError) -> Outgoing {
            guard let facts = facts.ofMinorsOwnConsent else { throw Self.tooLarge }
            var outgoing = Outgoing(content, digest, facts, revision)
            outgoing.claims = claims
            return outgoing
        }

        /// Bytes that it adds to a deposit's message, apart from headers.
        var sizeBesideHeaders: Int {
            Descriptor.maximumSize - Descriptor.maximumFactsSize + facts.canonicalBytes.count + (claims?.canonicalBytes.count ?? 0)
        }

        private init(_ content: DepositItem.Content, _ digest: Hash, _ facts: StoredFacts, _ revision: Revision) {
            (self.content, self.digest, self.facts, self.revision) = (content, digest, facts, revision)
        }

        init(text: String, facts: StoredFacts, revision: Revision) {
            let bytes = Array(text.utf8)
            (content, digest, self.facts, self.revision) = (.bytes(bytes), SHA256.hash(bytes), facts, revision)
        }
    }

    func deposit(_ outgoing: [Outgoing], _ slot: Card.Slot, patient index: Int) async throws(ClientError) -> DepositReport {
        var outgoing = outgoing
        if state.patients[index].content.isConfidential {
            outgoing = try outgoing.map { record throws(ClientError) in try record.ofMinorsOwnConsent() }
        }
        try await openCompartment(slot)
        var sealed: [SealedRecord] = []
        for record in outgoing { sealed.append(try await seal(record, slot)) }
        try await upload(sealed)
        let contents = outgoing.map(\.digest)
        for _ in 0..<3 {
            let list = try await newestList(slot, patient: index)
            let pending = PendingDeposit(
                recordNumber: state.patients[index].recordNumber, category: slot.category, contents: contents,
                message: try message(sealed, slot, list))
            do {
                return try await post(pending)
            } catch .refused(let error) where error.code == .listNotNewest {
                // The payloads stay; only the headers are made again.
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

    private func seal(_ record: Outgoing, _ slot: Card.Slot) async throws(ClientError) -> SealedRecord {
        let folder = outgoingFolder
        try session.folder.writing { () throws(FileError) in try DurableFile.makeFolder(folder) }
        let subject = SealedRecord.Subject(
            origin: session.origin, compartment: slot.compartment, facts: record.facts.canonicalBytes, revision: record.revision,
            claims: record.claims)
        return try await SealedRecord(record.content, subject, depositor: session.keyring.actorKey(), folder: folder)
    }

    /// Several at a time: what reaches a gateway together is made durable together.
    private func upload(_ sealed: [SealedRecord]) async throws(ClientError) {
        for start in stride(from: 0, to: sealed.count, by: Self.uploadsAtATime) {
            let transfers = try sealed[start..<min(start + Self.uploadsAtATime, sealed.count)].map { record throws(ClientError) in
                Transfer(
                    descriptor: record.descriptor,
                    payload: session.connection.upload(
                        size: Int64(record.descriptor.payloadSize), digest: record.digest, pieces: record.pieces,
                        with: session.keyring.actorKey(), member: try session.ledger.member()))
            }
            try await Transfer.sendAll(transfers)
        }
    }

    private func message(
        _ sealed: [SealedRecord], _ slot: Card.Slot, _ list: RecipientList
    ) throws(ClientError) -> DepositRecords {
        let body = DepositBody(compartment: slot.compartment, recipientList: list.hash, permission: slot.permission)
        let records = try sealed.map { record throws(ClientError) in
            DepositRecords.Record(
                descriptor: record.descriptor, headers: try record.headers(for: [list.own] + list.recipients), claims: record.claims
            )
        }
        return DepositRecords(body: body, records: records)
    }
}

/// One payload of a deposit on its way.
private struct Transfer: Sendable {
    let descriptor: Descriptor
    let payload: GatewayConnection.PayloadTransfer

    static func sendAll(_ transfers: [Transfer]) async throws(ClientError) {
        let results = await withTaskGroup(of: Result<Void, ClientError>.self) { group in
            for transfer in transfers { group.addTask { await transfer.send() } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        for result in results { try result.get() }
    }

    private func send() async -> Result<Void, ClientError> {
        do throws(ClientError) {
            let stored = try await payload.send()
            guard stored.payload == descriptor.payload, stored.size == descriptor.payloadSize else {
                return .failure(.notVerified(.payloadOther))
            }
            return .success(())
        } catch {
            return .failure(error)
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
}
