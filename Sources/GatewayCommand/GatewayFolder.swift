import CryptoPrimitives
import DurableFiles
import Foundation
import GatewayAPI
import MerkleLedger
import RecordGateway
import RecordStorage
import SharingContract
import SystemPackage

/// The files of a gateway: `gateway.keys`, `gateway.json`, and the store.
struct GatewayFolder {
    let path: FilePath

    var keyFile: FilePath { path.appending("gateway.keys") }
    var descriptionFile: FilePath { path.appending("gateway.json") }

    init(_ path: String) {
        self.path = FilePath(path)
    }

    static var now: Minute { Minute(secondsSince1970: seconds) }
    static var seconds: Int64 { Int64(Date().timeIntervalSince1970) }

    /// Keys, ledger and store, made anew. A folder that has some of it is left as it is.
    func create(name: TextLine, origin: TextLine, address: TextLine, passphrase: borrowing SecretBytes) throws {
        guard !DurableFile.exists(keyFile) else { throw Failure.gatewayExists(path) }
        try DurableFile.makeFolder(path)
        try begin(
            MemberKeys.random(), name: name, origin: origin, address: address, predecessor: nil, policies: .builtIn,
            passphrase: passphrase)
    }

    /// Writes keys, description and a store with its first entries: the member, and the policies.
    func begin(
        _ keys: consuming MemberKeys, name: TextLine, origin: TextLine, address: TextLine, predecessor: MemberChange.Predecessor?,
        policies: PolicyFiles, passphrase: borrowing SecretBytes
    ) throws {
        let member = MemberChange.Member(key: keys.member.publicKey, name: name, address: address)
        let genesis = MemberChange.Genesis(
            rulesVersion: Contract.rulesVersion, ledgerKey: keys.ledger.publicKey, predecessor: predecessor)
        let entry = Entry(origin: origin, bodiless: .member(.add(member, genesis: genesis))).signed(with: keys.member)
        let sealed = try keys.sealed(passphrase: passphrase)
        try LedgerStore.create(
            in: path, genesis: entry, policies: Self.publication(of: policies, origin, signingWith: keys.member),
            signer: try Self.signer(origin, keys.ledger), clock: { Self.now })
        try write(GatewayDescription(origin: origin.text, address: address.text))
        // Last, because it says that the gateway is whole.
        try DurableFile.write(sealed, to: keyFile)
    }

    private static func publication(
        of policies: PolicyFiles, _ origin: TextLine, signingWith key: borrowing Ed25519.PrivateKey
    ) -> (Entry, Evidence) {
        let evidence = Evidence(salt: .random(), body: policies)
        let event = Event.policySet(PolicyPublication(root: policies.root, since: 0))
        let entry = Entry(origin: origin, event: event, bodyCommitment: policies.commitment(salt: evidence.salt))
        return (entry.signed(with: key), evidence)
    }

    func write(_ description: GatewayDescription) throws {
        try DurableFile.write(description.json, to: descriptionFile)
    }

    func description() throws -> GatewayDescription {
        guard let bytes = try? DurableFile.read(descriptionFile, atMost: GatewayDescription.maximumSize) else {
            throw Failure.localData("there is no gateway in \(path); make one with `cordon init`")
        }
        guard let description = GatewayDescription(json: bytes) else {
            throw Failure.localData("\(descriptionFile) cannot be read; it holds the ledger's origin and the gateway's address")
        }
        return description
    }

    func keys(passphrase: borrowing SecretBytes) throws -> MemberKeys {
        guard let file = try? DurableFile.read(keyFile, atMost: MemberKeys.fileSize) else {
            throw Failure.localData("the key file \(keyFile) is missing or cannot be read; restore it from your backup")
        }
        do {
            return try MemberKeys(opening: file, passphrase: passphrase)
        } catch .notAuthentic {
            throw Failure.localData("the passphrase does not open \(keyFile)")
        } catch .malformed {
            throw Failure.localData("\(keyFile) is not a key file; restore it from your backup")
        } catch .outOfMemory {
            throw Failure.localData("not enough memory to try the passphrase: 256 MiB are needed")
        }
    }

    func open(_ origin: TextLine, _ keys: borrowing MemberKeys, _ check: StartCheck, clock: SteadyClock) throws -> LedgerStore {
        do {
            return try LedgerStore.open(
                path, signer: Self.signer(origin, keys.ledger), snapshots: SnapshotSigner(keys.member.duplicate()), check: check,
                clock: { Minute(secondsSince1970: clock.seconds) },
                progress: Progress.report)
        } catch let error as StoreError {
            throw Failure(error, path)
        }
    }

    static func signer(_ origin: TextLine, _ key: borrowing Ed25519.PrivateKey) throws -> NoteSigner {
        guard let name = KeyName(origin.text) else {
            throw Failure.usage("an origin has no spaces and no plus sign: \(origin)")
        }
        return NoteSigner(name: name, key: key.duplicate())
    }
}

extension Failure {
    static func gatewayExists(_ folder: FilePath) -> Failure {
        .refused("there is a gateway in \(folder) already; choose another folder, or another name with --as")
    }

    /// What to do about a store that does not open.
    init(_ error: StoreError, _ folder: FilePath) {
        switch error {
        case .inUse: self = .refused("another process serves \(folder); stop it first")
        case .absent: self = .localData("there is no store in \(folder); make one with `cordon init`")
        case .exists: self = .refused("there is a store in \(folder) already")
        case .notDurable:
            self = .localData("SQLite does not keep \(folder) durable (synchronous=FULL, WAL); is it on a network disk?")
        case .cannotWrite, .busy: self = .localData("\(folder) cannot be written; is the disk full or read-only?")
        case .differs(let difference):
            self = .notVerified(
                "the store does not agree with itself: \(difference). It is not served. Restore \(folder) from a backup.")
        }
    }
}

/// Tells on standard error how far a long check has come.
enum Progress {
    private static let start = ContinuousClock.now

    @Sendable static func report(_ done: UInt64, of all: UInt64) {
        note("checking the ledger: \(done) of \(all) entries")
    }

    @Sendable static func reportPayloads(_ done: Int, of all: Int) {
        if done.isMultiple(of: 64) { note("comparing payloads: \(done) of \(all)") }
    }

    @Sendable static func report(_ copy: StoreCopy.Progress) {
        switch copy {
        case .database(let done, let all): note("copying the ledger: \(done) of \(all) pages")
        case .payloads(let done, let all):
            if done.isMultiple(of: 64) { note("copying records: \(done) of \(all)") }
        case .checking(let done, let all): report(done, of: all)
        }
    }

    private static func note(_ line: String) {
        guard ContinuousClock.now - start > .seconds(1) else { return }
        FileHandle.standardError.write(Data((line + "\n").utf8))
    }
}
