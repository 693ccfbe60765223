package import CryptoPrimitives
import DurableFiles
package import EnvelopeEncryption
import GatewayAPI
import MedicalRecords
package import SharingContract

extension PatientClient {
    /// A new patient: a seed under the passphrase, 24 words on paper, and commitments made from the words for every compartment that
    /// may ever be opened.
    ///
    /// - Parameters:
    ///   - isConfidential: of a minor, for care to which the minor consents alone. It has keys of its own: nothing links it to a profile that
    ///     a guardian knows.
    ///   - words: shown to the patient and kept nowhere.
    package static func enrol(
        _ folder: ProfileFolder, invite: Invite, name: TextLine, isConfidential: Bool = false, passphrase: borrowing Passphrase,
        words: borrowing RecoveryWords, environment: Session.Environment
    ) async throws(ClientError) -> PatientClient {
        try invite.verify()
        guard !folder.exists else { throw .notPossible(.profileExists) }
        let keyring = Keyring.random(.patient)
        let recovery = RecoveryKey(words)
        let state = PatientState(
            pin: invite.pin, name: name, commitments: commitments(recovery),
            backupRecipient: Stored(KeyBytes(recovery.backupIdentity().recipient().key)), fetchKey: recovery.fetchKey().publicKey,
            isConfidential: isConfidential)
        let patient = try await create(folder, keyring, state, passphrase, environment)
        do {
            try await patient.backUp()
        } catch {
            // The words were not shown yet, and without a backup they would bring nothing back.
            folder.discard()
            throw error
        }
        return patient
    }

    private static func commitments(_ recovery: borrowing RecoveryKey) -> [RecoveryCommitments] {
        var commitments: [RecoveryCommitments] = []
        for category in Category.allCases.map(\.code) + Array(SpareCategories.all) {
            commitments.append(recovery.commitments(category))
        }
        return commitments
    }

    /// The gateway must be the invite's before anything is written.
    private static func create(
        _ folder: ProfileFolder, _ keyring: consuming Keyring, _ state: PatientState, _ passphrase: borrowing Passphrase,
        _ environment: Session.Environment
    ) async throws(ClientError) -> PatientClient {
        try folder.writing { () throws(FileError) in try DurableFile.makeFolder(folder.path) }
        let lock = try folder.lock()
        let sealed = try keyring.sealed(under: passphrase)
        let patient = PatientClient(
            try Session(folder, keyring: keyring, pin: state.pin, lock: lock, environment: environment), state)
        try await patient.session.sync()
        try patient.save()
        try folder.store(sealedKeyring: sealed)
        return patient
    }

    /// Brings a patient back from the 24 words, under a new passphrase.
    package static func restore(
        _ folder: ProfileFolder, gateway address: String, passphrase: borrowing Passphrase, words: borrowing RecoveryWords,
        environment: Session.Environment
    ) async throws(ClientError) -> PatientClient {
        guard !folder.exists else { throw .notPossible(.profileExists) }
        let recovery = RecoveryKey(words)
        let connection = environment.connection(to: address)
        let backup: [UInt8]
        do {
            backup = try await fetchBackup(recovery, connection)
            try await connection.close()
        } catch {
            try? await connection.close()
            guard let error = error as? ClientError else { throw .unreachable(address: address, reason: .noConnection) }
            throw error
        }
        let restored = try PatientBackup(opening: backup, with: recovery.backupIdentity())
        let patient = try await create(folder, restored.keyring(), restored.state, passphrase, environment)
        try await patient.synchronise { _ in }
        return patient
    }

    private static func fetchBackup(
        _ recovery: borrowing RecoveryKey, _ connection: GatewayConnection
    ) async throws(ClientError) -> [UInt8] {
        let pin = try await FirstContact.pin(connection)
        let member = try await FirstContact.member(connection, pin)
        do {
            return try await connection.call(FetchBackup(), with: recovery.fetchKey(), member: member).backup
        } catch .refused(let error) where error.code == .notFound {
            throw .notFound(.backup)
        }
    }
}

extension PatientClient {
    /// A card for one clinic, for some categories, good for depositing until a day.
    package func makeCard(for clinic: ActorState, categories: [UInt16], until: Day) async throws(ClientError) -> Card {
        guard clinic.actor.role != .auditor else { throw .notPossible(.notForAuditors) }
        var slots: [Card.Slot] = []
        for category in categories {
            let list = isOpen(category) ? try await newestList(category) : state.lists[category]?.value ?? firstList(category)
            state.lists[category] = Stored(list)
            let permission = DepositPermission(
                signingWith: session.keyring.compartmentKey(category), origin: session.origin, clinic: clinic.actor.key,
                until: until)
            slots.append(Card.Slot(category: category, entry: try compartmentEntry(category), list: list, permission: permission))
        }
        try save()
        return Card(
            pin: session.pin, name: state.name, clinic: clinic.actor.key,
            inboxRecipient: session.keyring.inboxIdentity().recipient().key,
            slots: slots, isConfidential: state.isConfidential, signingWith: session.keyring.inboxKey(),
            committing: { HolderCommitment(session.keyring.holderSecret(), for: clinic.actor.key, context: $0) })
    }
}
