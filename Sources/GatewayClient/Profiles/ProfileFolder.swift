import CryptoPrimitives
import DurableFiles
package import EnvelopeEncryption
package import SystemPackage

/// The files of one profile: a keyring under a passphrase, state sealed to it, and the copy of the ledger.
package struct ProfileFolder: Sendable {
    package let name: String
    package let path: FilePath

    /// State is small; this is room for some ten thousand grants or patients.
    private static let maximumStateSize = 64 << 20

    package init(name: String, in home: FilePath) {
        self.name = name
        path = home.appending(name)
    }

    private var keyringFile: FilePath { path.appending("keyring.age") }
    private var stateFile: FilePath { path.appending("state.age") }
    package var ledgerFolder: FilePath { path.appending("ledger") }
    package var receivedFolder: FilePath { path.appending("received") }
    /// Claims files of a patient, as the gateway keeps them: sealed to their compartments.
    var claimsFolder: FilePath { path.appending("claims") }
    /// Where a member's gateway lies.
    package var gatewayFolder: FilePath { path.appending("gateway") }

    package var exists: Bool { DurableFile.exists(keyringFile) }

    /// Writes the keyring of a new profile, last of all: from then on the profile is there.
    func store(sealedKeyring file: [UInt8]) throws(ClientError) {
        try writing { () throws(FileError) in try DurableFile.write(file, to: keyringFile) }
    }

    /// Takes back a profile that has just been made.
    func discard() {
        try? DurableFile.remove(path)
    }

    func openKeyring(_ passphrase: borrowing Passphrase) throws(ClientError) -> Keyring {
        let file: [UInt8]
        do {
            file = try DurableFile.read(keyringFile, atMost: 4_096)
        } catch .notFound {
            throw .localData(.noProfile(name: name))
        } catch {
            throw .localData(.file(error, path: keyringFile.string))
        }
        return try Keyring.open(file, with: passphrase)
    }

    func lock() throws(ClientError) -> FolderLock {
        do {
            return try FolderLock(path)
        } catch .locked {
            throw .localData(.inUse)
        } catch {
            throw .localData(.file(error, path: path.string))
        }
    }

    func load<State: Decodable>(_: State.Type, with keyring: borrowing Keyring) throws(ClientError) -> State {
        guard let file = try? DurableFile.read(stateFile, atMost: Self.maximumStateSize),
            let bytes = try? Envelope.open(file, with: keyring.stateIdentity()),
            let state = ProfileState.decoded(State.self, from: bytes)
        else { throw .localData(.damaged(file: stateFile.string)) }
        return state
    }

    func save(_ state: some Encodable, with keyring: borrowing Keyring) throws(ClientError) {
        let bytes = ProfileState.encoded(state)
        guard let file = try? Envelope.seal(bytes.span, to: keyring.stateIdentity().recipient()) else {
            preconditionFailure("a profile's own recipient is a good one")
        }
        try writing { () throws(FileError) in try DurableFile.write(file, to: stateFile) }
    }

    func writing(_ body: () throws(FileError) -> Void) throws(ClientError) {
        do {
            try body()
        } catch {
            throw .localData(.file(error, path: path.string))
        }
    }
}

/// A profile that was opened, as what it is.
package enum OpenedProfile {
    case patient(PatientClient)
    case organisation(ClinicClient)

    package var session: Session {
        switch self {
        case .patient(let patient): patient.session
        case .organisation(let client): client.session
        }
    }

    /// Locks the profile, tries the passphrase, and loads what the profile remembers.
    package static func open(
        _ folder: ProfileFolder, passphrase: borrowing Passphrase, environment: Session.Environment
    ) throws(ClientError) -> OpenedProfile {
        guard folder.exists else { throw .localData(.noProfile(name: folder.name)) }
        let lock = try folder.lock()
        let keyring = try folder.openKeyring(passphrase)
        guard keyring.role == .patient else {
            let state = try folder.load(ClinicState.self, with: keyring)
            return .organisation(
                ClinicClient(try Session(folder, keyring: keyring, pin: state.pin, lock: lock, environment: environment), state))
        }
        let state = try folder.load(PatientState.self, with: keyring)
        return .patient(
            PatientClient(try Session(folder, keyring: keyring, pin: state.pin, lock: lock, environment: environment), state))
    }
}
