package import CryptoPrimitives
import DurableFiles
package import EnvelopeEncryption
import GatewayAPI
package import SharingContract

/// What an organisation does: a clinic, an emergency desk, an auditor.
package final class ClinicClient {
    package let session: Session
    package internal(set) var state: ClinicState
    /// Whether deposits come with claims, for patients whose card lets that be.
    package var makesClaims = true

    init(_ session: Session, _ state: ClinicState) {
        self.session = session
        self.state = state
    }

    /// A new organisation: its keys, and the application to be admitted.
    package static func create(
        _ folder: ProfileFolder, role: Actor.Role, name: TextLine, mandate: TextLine?, identifiers: TextLine,
        gateway address: String,
        passphrase: borrowing Passphrase, environment: Session.Environment
    ) async throws(ClientError) -> (ClinicClient, Application) {
        let clinic = try await begin(folder, role.profileRole, name: name, gateway: address, passphrase, environment)
        let session = clinic.session
        let application = Application(
            pin: session.pin, role: role, name: name, recipient: session.keyring.actorIdentity().recipient().key, mandate: mandate,
            identifiers: identifiers, signingWith: session.keyring.actorKey())
        return (clinic, application)
    }

    /// A profile with new keys, on the ledger that answers under this address.
    static func begin(
        _ folder: ProfileFolder, _ role: ProfileRole, name: TextLine, gateway address: String,
        _ passphrase: borrowing Passphrase, _ environment: Session.Environment
    ) async throws(ClientError) -> ClinicClient {
        guard !folder.exists else { throw .notPossible(.profileExists) }
        let pin = try await pin(of: address, environment)
        try folder.writing { () throws(FileError) in try DurableFile.makeFolder(folder.path) }
        let lock = try folder.lock()
        let keyring = Keyring.random(role)
        let sealed = try keyring.sealed(under: passphrase)
        let session = try Session(folder, keyring: keyring, pin: pin, lock: lock, environment: environment)
        let clinic = ClinicClient(session, ClinicState(pin: pin, name: name))
        try await session.sync()
        try clinic.save()
        try folder.store(sealedKeyring: sealed)
        return clinic
    }

    private static func pin(of address: String, _ environment: Session.Environment) async throws(ClientError) -> Pin {
        let connection = environment.connection(to: address)
        do {
            let pin = try await FirstContact.pin(connection)
            try await connection.close()
            return pin
        } catch {
            try? await connection.close()
            guard let error = error as? ClientError else { throw .unreachable(address: address, reason: .noConnection) }
            throw error
        }
    }

    func save() throws(ClientError) {
        try session.folder.save(state, with: session.keyring)
    }

    package var key: Ed25519.PublicKey { session.keyring.actorKey().publicKey }

    /// Throws unless members have admitted this organisation and its time is not over.
    package func requireAdmitted() throws(ClientError) {
        guard let actor = try? session.ledger.state.actor(key), actor.isLive(on: session.today) else {
            throw .notPossible(.notAdmitted)
        }
    }

    package func invite() -> Invite {
        Invite(pin: session.pin, name: state.name, signingWith: session.keyring.actorKey())
    }
}

extension Actor.Role {
    var profileRole: ProfileRole {
        switch self {
        case .clinic: .clinic
        case .emergencyDesk: .emergencyDesk
        case .auditor: .auditor
        }
    }
}

extension ClinicClient {
    /// Takes a patient's card under the clinic's own record number.
    package func enrol(_ card: Card, recordNumber: String) throws(ClientError) {
        try card.verify()
        guard card.pin.isSameLedger(as: session.pin) else { throw .notPossible(.otherLedger) }
        guard card.clinic == key else { throw .notPossible(.cardForAnotherClinic) }
        if let index = state.patients.firstIndex(where: { $0.recordNumber == recordNumber }) {
            // A newer card of the same patient replaces the one there is.
            guard state.patients[index].content.inbox == card.inbox else { throw .notPossible(.patientEnrolled) }
            let old = state.patients.remove(at: index)
            state.patients.append(
                EnrolledPatient(
                    recordNumber: recordNumber, card: Stored(card), lists: old.lists, deposited: old.deposited,
                    records: old.records, references: old.references))
        } else {
            if let other = state.patients.first(where: { $0.content.inbox == card.inbox }) {
                throw .notPossible(.patientHasNumber(other.recordNumber))
            }
            state.patients.append(EnrolledPatient(recordNumber: recordNumber, card: Stored(card)))
        }
        try save()
    }

    /// A patient enrolled here.
    package func enrolled(_ recordNumber: String) throws(ClientError) -> EnrolledPatient {
        state.patients[try patient(recordNumber)]
    }

    func patient(_ recordNumber: String) throws(ClientError) -> Int {
        guard let index = state.patients.firstIndex(where: { $0.recordNumber == recordNumber }) else {
            throw .notFound(.patient(recordNumber: recordNumber))
        }
        return index
    }

    package func grant(_ number: Int) throws(ClientError) -> ReceivedGrant {
        guard let grant = state.grants.first(where: { $0.number == number }) else { throw .notFound(.grant) }
        return grant
    }
}
