import AccessPolicy
import CryptoPrimitives
import DurableFiles
import EnvelopeEncryption
import GatewayAPI
import MedicalRecords
import SharingContract
import SystemPackage

/// Reads under one grant: requests, checks what comes, fetches, keeps it sealed and opens it.
struct GrantReader {
    let session: Session
    let slip: GrantSlip
    let asker: Asker

    /// Who asks: an organisation by its own key, a person by the pseudonym of a delegation.
    enum Asker {
        case organisation
        case person
    }

    /// How the emergency comes about that the next answer relies on. One holds for one answer.
    typealias Declaring = () async throws(ClientError) -> UInt64

    /// Requests what a grant covers and fetches it, sealed. The decision is on the ledger before anything comes.
    ///
    /// - Returns: the records, none if the request was refused. Why is not told. Throws `incomplete` when some did not come: those that did
    ///   are kept.
    func request(
        filter: Filter, purpose: PurposeOfUse, staff: TextLine, progress: (Int, Int) -> Void, declaring declare: Declaring? = nil
    ) async throws(ClientError) -> [StoredRecord] {
        let held = try held()
        var all: [StoredRecord] = []
        var failures: [ClientError] = []
        var filter = filter
        while true {
            let page: Page
            do {
                let emergency = if let declare { try await declare() } else { nil as UInt64? }
                page = try await requestPage(filter, purpose, staff, emergency)
            } catch {
                throw failures.first(where: \.isLie) ?? error
            }
            for item in page.items { try requireNoEarlier(item.record, than: held) }
            var fetched: [ReceivedRecord] = []
            for item in page.items {
                do {
                    try await fetch(item)
                    fetched.append(ReceivedRecord(item.record, obligations: item.obligations))
                } catch {
                    failures.append(error)
                }
                progress(all.count + fetched.count, page.hasMore ? 0 : all.count + page.items.count)
            }
            // Kept page by page: the ledger says that they were released, whatever comes after.
            if !fetched.isEmpty { try keep(fetched) }
            all += fetched.map(\.record)
            guard page.hasMore, let last = page.items.last else { break }
            filter = filter.after(last.record.position)
        }
        if let failure = failures.first(where: \.isLie) ?? failures.first {
            throw .incomplete(kept: all.count, missing: failures.count, reason: failure)
        }
        return all
    }

    /// The same, without fetching what the records hold.
    func list(_ purpose: PurposeOfUse, _ staff: TextLine) async throws(ClientError) -> [StoredRecord] {
        let held = try held()
        var (all, filter) = ([StoredRecord](), Filter.all)
        while true {
            let page = try await requestPage(filter, purpose, staff)
            for item in page.items { try requireNoEarlier(item.record, than: held) }
            all += page.items.map(\.record)
            guard page.hasMore, let last = page.items.last else { return all }
            filter = filter.after(last.record.position)
        }
    }

    /// Versions of the records that were received.
    func held() throws(ClientError) -> [Descriptor.RecordID: UInt32] {
        Dictionary(try fetched().map(\.record).map { ($0.descriptor.record, $0.descriptor.version) }, uniquingKeysWith: max)
    }

    private func requireNoEarlier(_ record: StoredRecord, than held: [Descriptor.RecordID: UInt32]) throws(ClientError) {
        guard record.descriptor.version >= held[record.descriptor.record] ?? 0 else { throw .notVerified(.recordRolledBack) }
    }

    private struct Page {
        let items: [RequestRecords.Answer.Item]
        let hasMore: Bool
    }

    private func requestPage(
        _ filter: Filter, _ purpose: PurposeOfUse, _ staff: TextLine, _ emergency: UInt64? = nil
    ) async throws(ClientError) -> Page {
        let asking = Asking(grant: slip.grant, filter: filter, purpose: purpose, staff: staff, emergency: emergency)
        let (decision, outcome) = try await session.ask(asking, releaseKey: try seed().releaseKey(), signingWith: try signingKey())
        switch outcome {
        case .refused: return Page(items: [], hasMore: false)
        case .released(let items, let hasMore):
            for item in items { try verify(item, decision, filter) }
            return Page(items: items, hasMore: hasMore)
        }
    }

    /// A record is taken only if the decision committed to it, a deposit holds it, and its depositor signed it for this compartment.
    private func verify(
        _ item: RequestRecords.Answer.Item, _ decision: Decision, _ filter: Filter
    ) throws(ClientError) {
        let released = DecisionBody.Released(
            slot: item.releasedProof.slot, salt: item.releasedSalt, descriptorCommitment: item.record.descriptorCommitment)
        guard item.releasedProof.root(holding: released.commitment) == decision.root,
            filter.wants(item.record.descriptor.record.value, at: item.record.position)
        else { throw .notVerified(.releasedOtherRecords) }
        try session.verify(item.record, of: slip.body.compartment)
    }

    func seed() throws(ClientError) -> GrantSeed {
        do {
            switch asker {
            case .organisation: return try GrantSeed.open(slip.body.sealedSeed, with: session.keyring.actorIdentity())
            case .person: return try GrantSeed.open(slip.body.sealedSeed, with: session.keyring.inboxIdentity())
            }
        } catch {
            throw .notVerified(.grantNotAuthentic)
        }
    }

    /// Whoever asks signs with this.
    func signingKey() throws(ClientError) -> Ed25519.PrivateKey {
        switch asker {
        case .organisation: return session.keyring.actorKey()
        case .person: return try seed().releaseKey()
        }
    }

    private func fetch(_ item: RequestRecords.Answer.Item) async throws(ClientError) {
        let file = file(item.record)
        let member = try session.ledger.member()
        let signing = try signingKey()
        try await file.store { take throws(ClientError) in
            try await session.connection.fetchPayload(
                FetchPayload.path, FetchPayload(ticket: item.ticket), with: signing, member: member, into: take)
        }
    }

    private var folder: FilePath { session.folder.receivedFolder.appending(slip.grant.description) }

    /// A later version lies beside the first until the index names it.
    private func file(_ record: StoredRecord) -> SealedRecordFile {
        let descriptor = record.descriptor
        let name = descriptor.version == 1 ? "\(descriptor.record).age" : "\(descriptor.record).\(descriptor.version).age"
        return SealedRecordFile(
            record: record, compartment: slip.body.compartment, origin: session.origin, path: folder.appending(name))
    }
}

extension GrantReader {
    /// What was received, in the order of its deposit, with what has to be done with each.
    func fetched() throws(ClientError) -> [ReceivedRecord] {
        let path = folder.appending("index.age")
        guard DurableFile.exists(path) else { return [] }
        guard let file = try? DurableFile.read(path, atMost: ReceivedIndex.maximumSize),
            let bytes = try? Envelope.open(file, with: session.keyring.stateIdentity()),
            let index = try? ReceivedIndex(canonical: bytes)
        else { throw .localData(.damaged(file: path.string)) }
        return index.records
    }

    private func keep(_ new: [ReceivedRecord]) throws(ClientError) {
        var records: [Descriptor.RecordID: ReceivedRecord] = [:]
        var replaced: [StoredRecord] = []
        for item in try fetched() + new {
            if let old = records.updateValue(item, forKey: item.record.descriptor.record)?.record,
                old.descriptor.version != item.record.descriptor.version
            {
                replaced.append(old)
            }
        }
        let index = ReceivedIndex(
            records: Array(records.values.sorted { $0.record.position < $1.record.position }.prefix(ReceivedIndex.maximumCount)))
        let bytes = index.canonicalBytes
        guard let file = try? Envelope.seal(bytes.span, to: session.keyring.stateIdentity().recipient()) else {
            preconditionFailure("a profile's own recipient is a good one")
        }
        try session.folder.writing { () throws(FileError) in
            try DurableFile.write(file, to: folder.appending("index.age"))
        }
        for old in replaced { try? DurableFile.remove(self.file(old).path) }
    }

    /// The whole content of a record that was received, for what fits into memory.
    func content(of record: StoredRecord) throws(ClientError) -> [UInt8] {
        var content: [UInt8] = []
        let seed = try seed()
        try file(record).open(with: seed.identity()) { bytes throws(ClientError) in content.append(copying: bytes) }
        return content
    }

    /// Opens a record that was received. What is written is whole and the depositor's own only when this returns.
    func open(
        _ record: StoredRecord, writing: @escaping Payload.Writing<ClientError>
    ) async throws(ClientError) {
        let seed = try seed()
        try await file(record).open(with: seed.identity(), writing: writing)
    }
}
