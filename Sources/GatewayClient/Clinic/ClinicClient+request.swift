package import AccessPolicy
package import CryptoPrimitives
import DurableFiles
package import EnvelopeEncryption
package import GatewayAPI
package import MedicalRecords
package import SharingContract
import SystemPackage

extension ClinicClient {
    /// Requests what a grant covers and fetches it, sealed. The decision is on the ledger before anything comes.
    ///
    /// - Parameter declare: gives the emergency that the next answer relies on. One holds for one answer.
    /// - Returns: the records, none if the request was refused. Why is not told. Throws `incomplete` when some did not come: those that did
    ///   are kept.
    package func request(
        _ received: ReceivedGrant, filter: Filter, purpose: PurposeOfUse, staff: TextLine, progress: (Int, Int) -> Void,
        declaring declare: (() async throws(ClientError) -> UInt64)? = nil
    ) async throws(ClientError) -> [StoredRecord] {
        try await session.sync()
        try requireAdmitted()
        let held = try held(received)
        var all: [StoredRecord] = []
        var failures: [ClientError] = []
        var filter = filter
        while true {
            let page: Page
            do {
                let emergency = if let declare { try await declare() } else { nil as UInt64? }
                page = try await requestPage(
                    received,
                    Asking(grant: received.content.grant, filter: filter, purpose: purpose, staff: staff, emergency: emergency))
            } catch {
                throw failures.first(where: \.isLie) ?? error
            }
            for item in page.items { try requireNoEarlier(item.record, than: held) }
            var fetched: [ReceivedRecord] = []
            for item in page.items {
                do {
                    try await fetch(item, received)
                    fetched.append(ReceivedRecord(item.record, obligations: item.obligations))
                } catch {
                    failures.append(error)
                }
                progress(all.count + fetched.count, page.hasMore ? 0 : all.count + page.items.count)
            }
            // Kept page by page: the ledger says that they were released, whatever comes after.
            if !fetched.isEmpty { try keep(fetched, received) }
            all += fetched.map(\.record)
            guard page.hasMore, let last = page.items.last else { break }
            filter = filter.after(last.record.position)
        }
        if let failure = failures.first(where: \.isLie) ?? failures.first {
            throw .incomplete(kept: all.count, missing: failures.count, reason: failure)
        }
        return all
    }

    /// Versions of the records that were received under a grant.
    package func held(_ received: ReceivedGrant) throws(ClientError) -> [Descriptor.RecordID: UInt32] {
        Dictionary(try records(received).map { ($0.descriptor.record, $0.descriptor.version) }, uniquingKeysWith: max)
    }

    private func requireNoEarlier(_ record: StoredRecord, than held: [Descriptor.RecordID: UInt32]) throws(ClientError) {
        guard record.descriptor.version >= held[record.descriptor.record] ?? 0 else { throw .notVerified(.recordRolledBack) }
    }

    private struct Page {
        let items: [RequestRecords.Answer.Item]
        let hasMore: Bool
    }

    /// What is asked for, under which grant and in which emergency.
    struct Asking {
        let grant: Ed25519.PublicKey
        let filter: Filter
        let purpose: PurposeOfUse
        let staff: TextLine
        let emergency: UInt64?
    }

    private func requestPage(_ received: ReceivedGrant, _ asking: Asking) async throws(ClientError) -> Page {
        let slip = received.content
        let (decision, outcome) = try await ask(asking, releaseKey: try seed(slip).releaseKey())
        switch outcome {
        case .refused: return Page(items: [], hasMore: false)
        case .released(let items, let hasMore):
            for item in items { try verify(item, decision, slip, asking.filter) }
            return Page(items: items, hasMore: hasMore)
        }
    }

    /// Asks, and makes sure that the answer is the one on the ledger.
    func ask(
        _ asking: Asking, releaseKey: borrowing Ed25519.PrivateKey
    ) async throws(ClientError) -> (decision: Decision, outcome: RequestRecords.Answer.Outcome) {
        let request = Request(
            origin: session.origin, grant: asking.grant, filter: asking.filter, purpose: asking.purpose, staff: asking.staff,
            actor: key, emergency: asking.emergency, nonce: .random())
        let bytes = request.canonicalBytes
        let hash = RequestHash(of: bytes)
        let signature = releaseKey.sign(.release, origin: session.origin, hash.releaseBytes(grant: asking.grant))
        let answer = try await session.call(
            RequestRecords(request: bytes, releaseSignature: signature), with: session.keyring.actorKey())
        try await session.ledger.verify(answer.decision, session.connection)
        guard case .decision(let decision) = answer.decision.leaf.entry.event else { throw .notVerified(.decisionNotOurs) }
        switch answer.outcome {
        case .refused(let blind):
            guard case .refused(.init(blind: blind, request: hash)) = decision.outcome else {
                throw .notVerified(.refusalNotLogged)
            }
        case .released:
            let release = Decision.Release(
                grant: asking.grant, request: hash, signature: signature, emergency: asking.emergency)
            guard decision.outcome == .released(release) else { throw .notVerified(.decisionNotOurs) }
        }
        return (decision, answer.outcome)
    }

    /// A record is taken only if the decision committed to it, a deposit holds it, and its depositor signed it for this compartment.
    private func verify(
        _ item: RequestRecords.Answer.Item, _ decision: Decision, _ slip: GrantSlip, _ filter: Filter
    ) throws(ClientError) {
        let released = DecisionBody.Released(
            slot: item.releasedProof.slot, salt: item.releasedSalt, descriptorCommitment: item.record.descriptorCommitment)
        guard item.releasedProof.root(holding: released.commitment) == decision.root,
            filter.wants(item.record.descriptor.record.value, at: item.record.position)
        else { throw .notVerified(.releasedOtherRecords) }
        try session.verify(item.record, of: slip.body.compartment)
    }

    private func seed(_ slip: GrantSlip) throws(ClientError) -> GrantSeed {
        do {
            return try GrantSeed.open(slip.body.sealedSeed, with: session.keyring.actorIdentity())
        } catch {
            throw .notVerified(.grantNotAuthentic)
        }
    }

    private func fetch(_ item: RequestRecords.Answer.Item, _ received: ReceivedGrant) async throws(ClientError) {
        let file = file(item.record, received)
        let member = try session.ledger.member()
        let signing = session.keyring.actorKey()
        try await file.store { take throws(ClientError) in
            try await session.connection.fetchPayload(
                FetchPayload.path, FetchPayload(ticket: item.ticket), with: signing, member: member, into: take)
        }
    }

    private func folder(_ received: ReceivedGrant) -> FilePath {
        session.folder.receivedFolder.appending(received.content.grant.description)
    }

    /// A later version lies beside the first until the index names it.
    private func file(_ record: StoredRecord, _ received: ReceivedGrant) -> SealedRecordFile {
        let descriptor = record.descriptor
        let name = descriptor.version == 1 ? "\(descriptor.record).age" : "\(descriptor.record).\(descriptor.version).age"
        return SealedRecordFile(
            record: record, compartment: received.content.body.compartment, origin: session.origin,
            path: folder(received).appending(name))
    }
}

extension ClinicClient {
    /// Records received under a grant, in the order of their deposit.
    package func records(_ received: ReceivedGrant) throws(ClientError) -> [StoredRecord] {
        try fetched(received).map(\.record)
    }

    /// The same, with what has to be done with each.
    package func fetched(_ received: ReceivedGrant) throws(ClientError) -> [ReceivedRecord] {
        let path = folder(received).appending("index.age")
        guard DurableFile.exists(path) else { return [] }
        guard let file = try? DurableFile.read(path, atMost: ReceivedIndex.maximumSize),
            let bytes = try? Envelope.open(file, with: session.keyring.stateIdentity()),
            let index = try? ReceivedIndex(canonical: bytes)
        else { throw .localData(.damaged(file: path.string)) }
        return index.records
    }

    private func keep(_ new: [ReceivedRecord], _ received: ReceivedGrant) throws(ClientError) {
        var records: [Descriptor.RecordID: ReceivedRecord] = [:]
        var replaced: [StoredRecord] = []
        for item in try fetched(received) + new {
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
            try DurableFile.write(file, to: folder(received).appending("index.age"))
        }
        for old in replaced { try? DurableFile.remove(self.file(old, received).path) }
    }

    /// The whole content of a record that was received, for what fits into memory.
    package func content(of record: StoredRecord, _ received: ReceivedGrant) throws(ClientError) -> [UInt8] {
        var content: [UInt8] = []
        let seed = try seed(received.content)
        try file(record, received).open(with: seed.identity()) { bytes throws(ClientError) in content.append(copying: bytes) }
        return content
    }

    /// Opens a record that was received. What is written is whole and the depositor's own only when this returns.
    package func open(
        _ record: StoredRecord, _ received: ReceivedGrant, writing: @escaping Payload.Writing<ClientError>
    ) async throws(ClientError) {
        let seed = try seed(received.content)
        try await file(record, received).open(with: seed.identity(), writing: writing)
    }
}
