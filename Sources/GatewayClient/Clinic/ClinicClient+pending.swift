import AccessPolicy
import CryptoPrimitives
import DurableFiles
import EnvelopeEncryption
import GatewayAPI
import SharingContract
import SystemPackage

extension ClinicClient {
    /// Asks again for a deposit whose answer did not come. Afterwards it stands, and is remembered, or the gateway has said that it does
    /// not and it is forgotten.
    ///
    /// - Returns: what was found to stand.
    @discardableResult
    package func finishDeposit() async throws(ClientError) -> DepositReport? {
        try await session.sync()
        guard let pending = try pendingDeposit() else { return nil }
        do {
            return try await post(pending)
        } catch .refused(let error) where Self.isFinal(error.code) {
            return nil
        }
    }

    /// Writes the deposit down, sends it, checks the answer, and remembers what was deposited.
    func post(_ pending: PendingDeposit) async throws(ClientError) -> DepositReport {
        try keep(pending)
        let message = pending.message
        let answer: DepositRecords.Answer
        do {
            answer = try await session.call(message, with: session.keyring.actorKey())
        } catch {
            if case .refused(let refusal) = error, Self.isFinal(refusal.code) { try forgetPendingDeposit() }
            throw error
        }
        try await verify(answer, message)
        try remember(pending, leaf: answer.posted.index)
        try forgetPendingDeposit()
        try? await notify(pending, answer.posted.index)
        return DepositReport(
            category: pending.category, leaf: answer.posted.index, records: message.records.map(\.descriptor))
    }

    /// Whether a refusal says that the deposit is not on the ledger. The gateway looks for it there before it judges it anew.
    private static func isFinal(_ code: APIError.Code) -> Bool {
        switch code {
        case .malformed, .forbidden, .listNotNewest, .refused, .notFound, .tooLarge, .compilationDiffers, .commitmentNotProven: true
        case .unauthenticated, .alreadyAnswered, .tooMany, .tooSlow, .unavailable, .readOnly, .full: false
        }
    }

    /// The deposit is on the ledger, and every descriptor is in it.
    private func verify(_ answer: DepositRecords.Answer, _ message: DepositRecords) async throws(ClientError) {
        try await session.ledger.verify(answer.posted, session.connection)
        guard case .deposit(let deposit) = answer.posted.leaf.entry.event, answer.places.count == message.records.count else {
            throw .notVerified(.leafNotOurs)
        }
        for (place, record) in zip(answer.places, message.records) {
            guard place.proof.root(holding: record.descriptor.commitment(salt: place.salt)) == deposit.root else {
                throw .notVerified(.descriptorNotDeposited)
            }
        }
    }

    private func remember(_ pending: PendingDeposit, leaf: UInt64) throws(ClientError) {
        let index = try patient(pending.recordNumber)
        for (record, content) in zip(pending.message.records, pending.contents) {
            let descriptor = record.descriptor
            guard let facts = try? StoredFacts(canonical: descriptor.facts) else { continue }
            state.patients[index].deposited.insert(content.description)
            state.patients[index].records[descriptor.record.description] = KnownRecord(
                category: pending.category, version: descriptor.version, isRetracted: descriptor.state == .enteredInError,
                deposited: leaf, facts: Stored(facts), content: content.description)
        }
        try save()
    }

    /// Tells the patient. That the notice does not arrive undoes nothing.
    private func notify(_ pending: PendingDeposit, _ leaf: UInt64) async throws(ClientError) {
        let card = state.patients[try patient(pending.recordNumber)].content
        let key = session.keyring.actorKey()
        let notice = DepositNotice(
            inbox: card.inbox, category: pending.category, leaf: leaf, count: UInt16(clamping: pending.contents.count),
            signingWith: key, origin: session.origin)
        let message = try InboxMessage.notice(notice).sealed(to: card.inboxRecipient)
        _ = try await session.call(SendMessage(address: card.inbox, message: message), with: key)
    }
}

// The file.
extension ClinicClient {
    var outgoingFolder: FilePath { session.folder.path.appending("outgoing") }
    private var pendingFile: FilePath { outgoingFolder.appending("pending.age") }

    private func pendingDeposit() throws(ClientError) -> PendingDeposit? {
        guard DurableFile.exists(pendingFile) else { return nil }
        guard let file = try? DurableFile.read(pendingFile, atMost: PendingDeposit.maximumSize + 65_536),
            let bytes = try? Envelope.open(file, with: session.keyring.stateIdentity()),
            let pending = (try? PendingDeposit(canonical: bytes)) ?? (try? PendingDeposit(beforeClaims: bytes))
        else { throw .localData(.pendingDepositDamaged(file: pendingFile.string)) }
        return pending
    }

    private func keep(_ pending: PendingDeposit) throws(ClientError) {
        let bytes = pending.canonicalBytes
        guard let file = try? Envelope.seal(bytes.span, to: session.keyring.stateIdentity().recipient()) else {
            preconditionFailure("a profile's own recipient is a good one")
        }
        try session.folder.writing { () throws(FileError) in
            try DurableFile.makeFolder(outgoingFolder)
            try DurableFile.write(file, to: pendingFile)
        }
    }

    private func forgetPendingDeposit() throws(ClientError) {
        try session.folder.writing { () throws(FileError) in try DurableFile.remove(pendingFile) }
    }
}
