import CryptoPrimitives
import DurableFiles
import EnvelopeEncryption
package import GatewayAPI
import MedicalRecords
package import SharingContract

/// What a patient does. Every step checks what it is told before it relies on it.
package final class PatientClient {
    package let session: Session
    package internal(set) var state: PatientState
    /// Records that were met and that are not sealed to the patient, as author or gateway should have seen to.
    package internal(set) var unusable: [Descriptor.RecordID: StoredRecord] = [:]
    /// Grants that others made in the patient's place, as far as the history was read.
    var delegated: [Ed25519.PublicKey: GivenGrant] = [:]
    /// Whether the backup holds what was done last.
    package private(set) var isBackedUp = true

    init(_ session: Session, _ state: PatientState) {
        self.session = session
        self.state = state
    }

    func save() throws(ClientError) {
        try session.folder.save(state, with: session.keyring)
    }

    /// Categories whose compartments this patient has opened, by the ledger.
    package func openCategories() -> [UInt16] {
        Category.allCases.map(\.code).filter { isOpen($0) }
    }

    func isOpen(_ category: UInt16) -> Bool {
        let key = session.keyring.compartmentKey(category).publicKey
        guard let known = try? session.ledger.state.compartment(key) else { return false }
        return !known.isSuperseded
    }
}

extension PatientClient {
    /// The entry that opens a category's compartment. It is the same every time, so it may be posted by whoever comes first.
    func compartmentEntry(_ category: UInt16) throws(ClientError) -> Entry {
        let key = session.keyring.compartmentKey(category)
        guard let commitments = state.commitments.first(where: { $0.category == category }) else {
            throw .notFound(.category(String(category)))
        }
        let compartment = Compartment(key: key.publicKey, next: commitments.next, recovery: commitments.recovery)
        return Entry(origin: session.origin, bodiless: .compartment(compartment)).signed(with: key)
    }

    /// The first list of a category: nobody but the patient.
    func firstList(_ category: UInt16) -> RecipientList {
        RecipientList(
            signingWith: session.keyring.compartmentKey(category), origin: session.origin, following: nil,
            own: ownRecipient(category),
            recipients: [])
    }

    func ownRecipient(_ category: UInt16) -> RecipientKey {
        session.keyring.compartmentIdentity(category).recipient().key
    }

    /// Opens the compartment on the ledger if nobody has.
    func open(_ category: UInt16) async throws(ClientError) {
        guard !isOpen(category) else { return }
        let list = state.lists[category]?.value ?? firstList(category)
        try await session.post(
            try compartmentEntry(category), .none, list: list, with: session.keyring.compartmentKey(category))
        state.lists[category] = Stored(list)
        try save()
    }

    /// The newest list of an open compartment, by the gateway; it must not lie behind the newest we signed.
    func newestList(_ category: UInt16) async throws(ClientError) -> RecipientList {
        let key = session.keyring.compartmentKey(category)
        let list = try await session.call(FetchRecipientList(compartment: key.publicKey), with: key)
        guard list.compartment == key.publicKey, (try? list.verifySignature(origin: session.origin)) != nil else {
            throw .notVerified(.listNotAuthentic)
        }
        if let known = state.lists[category]?.value {
            guard list.serial >= known.serial else { throw .notVerified(.listRolledBack) }
            guard list.serial > known.serial || list == known else { throw .notVerified(.listNotAuthentic) }
        }
        state.lists[category] = Stored(list)
        return list
    }
}

extension PatientClient {
    /// Seals the state to the recovery key and leaves it at the gateway, so that 24 words bring everything back.
    package func backUp() async throws(ClientError) {
        let backup = try sealedBackup()
        isBackedUp = false
        _ = try await session.call(StoreBackup(fetchKey: state.fetchKey, backup: backup), with: session.keyring.inboxKey())
        isBackedUp = true
    }

    /// What was signed is signed; a backup that does not succeed is told and can be made again.
    func backUpIfPossible() async {
        try? await backUp()
    }

    /// `b32 sealed seed || b32 sealed state`, both age files for the recovery key. The seed never lies beside the state in memory.
    private func sealedBackup() throws(ClientError) -> [UInt8] {
        let recipient = state.backupRecipient.value.key.hybrid
        let bytes = ProfileState.encoded(state)
        guard let seed = try? session.keyring.seed.withBytes({ seed throws(WrapError) in try Envelope.seal(seed, to: recipient) }),
            let sealed = try? Envelope.seal(bytes.span, to: recipient)
        else { throw .localData(.damaged(file: "state.age")) }
        var writer = CanonicalWriter()
        writer.string(seed, length: UInt32.self)
        writer.string(sealed, length: UInt32.self)
        guard writer.bytes.count <= StoreBackup.maximumBackupSize else { throw .localData(.notA(kind: "backup of up to 4 MiB")) }
        return writer.bytes
    }
}
