import AccessPolicy
package import CryptoPrimitives
import DurableFiles
import EnvelopeEncryption
import GatewayAPI
import MerkleLedger
package import SharingContract

/// An open profile: its keys, its copy of the ledger, and a connection to its gateway. One process has it at a time.
package final class Session {
    package let folder: ProfileFolder
    package let keyring: Keyring
    package let connection: GatewayConnection
    package let ledger: LedgerReplica
    /// Seconds since 1970.
    package let clock: @Sendable () -> Int64
    private let lock: FolderLock

    /// What every profile needs from outside.
    package struct Environment: Sendable {
        /// A file of certificates in PEM, instead of the system's.
        package let trustRoots: String?
        package let clock: @Sendable () -> Int64
        /// The base-two logarithm of scrypt's N for a new keyring.
        package let workFactor: Int
        /// How a call that came too fast waits before it is made again.
        let pause: GatewayConnection.Pause

        package init(
            trustRoots: String?, workFactor: Int = 17, pause: @escaping GatewayConnection.Pause = GatewayConnection.second,
            clock: @escaping @Sendable () -> Int64
        ) {
            self.trustRoots = trustRoots
            self.workFactor = workFactor
            self.pause = pause
            self.clock = clock
        }

        package func connection(to address: String) -> GatewayConnection {
            GatewayConnection(address: address, trustRoots: trustRoots, pause: pause, clock: clock)
        }
    }

    init(
        _ folder: ProfileFolder, keyring: consuming Keyring, pin: Pin, lock: consuming FolderLock, environment: Environment
    ) throws(ClientError) {
        let ledger = try LedgerReplica(folder.ledgerFolder, pin: pin)
        self.folder = folder
        self.keyring = keyring
        self.ledger = ledger
        self.lock = lock
        clock = environment.clock
        connection = environment.connection(to: pin.address.text)
    }

    package func close() async throws {
        try await connection.close()
    }

    package var role: ProfileRole { keyring.role }
    package var pin: Pin { ledger.pin }
    package var origin: TextLine { pin.origin }
    package var today: Day { ledger.today(clock()) }
    var now: Minute { ledger.now(clock()) }

    /// The published policies, as a gateway decides under them. `nil` on a ledger that has published none.
    /// Throws `policiesUnusable` if this program does not understand them in full; a gateway of its version releases nothing then.
    func policiesInForce() async throws(ClientError) -> PoliciesInForce? {
        guard let published = try await ledger.policies(connection) else { return nil }
        do throws(LibraryError) {
            return PoliciesInForce(root: published.files.root, library: try PolicyLibrary(published.files.contents))
        } catch {
            throw .notPossible(.policiesUnusable(error))
        }
    }

    package func sync() async throws(ClientError) {
        try await ledger.sync(connection)
    }

    func call<Message: Call>(_ message: Message, with key: borrowing Ed25519.PrivateKey) async throws(ClientError) -> Message.Answer
    {
        try await connection.call(message, with: key, member: ledger.member())
    }

    /// Posts an entry and makes sure that just this entry is on the ledger now.
    @discardableResult
    func post(
        _ entry: Entry, _ evidence: Evidence, list: RecipientList? = nil, with key: borrowing Ed25519.PrivateKey
    ) async throws(ClientError) -> PostedLeaf {
        let posted = try await call(PostEntry(entry: entry, evidence: evidence, list: list), with: key)
        guard posted.leaf.entry == entry else { throw .notVerified(.leafNotOurs) }
        try await ledger.verify(posted, connection)
        return posted
    }
}

extension Session {
    /// The live actor that is meant by a name, or part of one, or the start of its key.
    package func actor(named name: String) throws(ClientError) -> ActorState {
        let wanted = name.lowercased()
        let live = try actors().filter { $0.isLive(on: today) }
        let exact = live.filter { $0.actor.name.text.lowercased() == wanted || $0.actor.key.description == wanted }
        let matches =
            exact.isEmpty
            ? live.filter { $0.actor.name.text.lowercased().contains(wanted) || Fingerprint.matches($0.actor.key, wanted) } : exact
        guard let match = matches.first else { throw .notFound(.actor(name: name)) }
        guard matches.count == 1 else { throw .notFound(.ambiguousActor(name: name, matches: matches.map(\.actor.name))) }
        return match
    }

    /// What the ledger calls an actor; a key that it does not know by its first digits.
    package func name(of key: Ed25519.PublicKey) -> String {
        ((try? ledger.state.actor(key)) ?? nil)?.actor.name.text ?? Fingerprint.text(key)
    }

    /// All actors that were ever admitted, in the order of their admission.
    package func actors() throws(ClientError) -> [ActorState] {
        try ledger.actorKeys.map { key throws(ClientError) in
            guard let actor = try? ledger.state.actor(key) else { throw .notVerified(.otherLedger) }
            return actor
        }
    }
}

/// A key as people compare it: the first 80 bits in groups of four digits.
package enum Fingerprint {
    package static func text(_ key: Ed25519.PublicKey) -> String {
        let digits = Array(key.description.prefix(20))
        return stride(from: 0, to: 20, by: 4).map { String(digits[$0..<$0 + 4]) }.joined(separator: " ")
    }

    static func matches(_ key: Ed25519.PublicKey, _ text: String) -> Bool {
        let digits = text.filter { $0 != " " }
        return digits.count >= 8 && key.description.hasPrefix(digits)
    }
}
