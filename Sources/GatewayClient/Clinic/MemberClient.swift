package import CryptoPrimitives
import DurableFiles
import GatewayAPI
import SharingContract
import SystemPackage

/// What a member does with its own key beside running a gateway: it admits organisations.
package final class MemberClient {
    private let keys: MemberKeys
    private let connection: GatewayConnection
    package let ledger: LedgerReplica
    private let clock: @Sendable () -> Int64

    /// An organisation is admitted for so long when nothing else is said, and never for more than two years.
    package static let usualAdmission: UInt32 = 365

    package static func open(
        _ folder: ProfileFolder, address: String, passphrase: borrowing SecretBytes, environment: Session.Environment
    ) async throws(ClientError) -> MemberClient {
        let keys = try openKeys(folder, passphrase)
        let connection = environment.connection(to: address)
        do {
            let pin = try await FirstContact.pin(connection)
            guard pin.ledgerKey == keys.ledger.publicKey else { throw ClientError.notVerified(.otherLedger) }
            let member = try MemberClient(keys, connection, LedgerReplica(folder.ledgerFolder, pin: pin), environment.clock)
            try await member.ledger.sync(connection)
            return member
        } catch {
            try? await connection.close()
            guard let error = error as? ClientError else { throw .unreachable(address: address, reason: .noConnection) }
            throw error
        }
    }

    private static func openKeys(_ folder: ProfileFolder, _ passphrase: borrowing SecretBytes) throws(ClientError) -> MemberKeys {
        guard let file = try? DurableFile.read(folder.gatewayFolder.appending("gateway.keys"), atMost: MemberKeys.fileSize) else {
            throw .localData(.noProfile(name: folder.name))
        }
        do {
            return try MemberKeys(opening: file, passphrase: passphrase)
        } catch .notAuthentic {
            throw .localData(.passphraseWrong)
        } catch .outOfMemory {
            throw .localData(.outOfMemory)
        } catch {
            throw .localData(.damaged(file: "gateway.keys"))
        }
    }

    private init(
        _ keys: consuming MemberKeys, _ connection: GatewayConnection, _ ledger: LedgerReplica,
        _ clock: @escaping @Sendable () -> Int64
    ) {
        self.keys = keys
        self.connection = connection
        self.ledger = ledger
        self.clock = clock
    }

    package func close() async throws {
        try await connection.close()
    }

    /// Admits who applied, until a day. Returns the leaf.
    package func admit(_ application: Application, until: Day?) async throws(ClientError) -> UInt64 {
        try application.verify()
        guard application.pin.isSameLedger(as: ledger.pin) else { throw .notPossible(.otherLedger) }
        let today = ledger.today(clock())
        let (end, last) = (until ?? today.adding(days: Self.usualAdmission), today.adding(days: Contract.longestAdmission))
        guard today < end else { throw .notPossible(.dateInThePast) }
        guard end <= last else { throw .notPossible(.dateTooLate(last: last)) }
        let actor = Actor(
            key: application.key, recipient: application.recipient, name: application.name, role: application.role,
            end: end, mandate: application.mandate)
        let body = ActorBody(identifiers: application.identifiers)
        let evidence = Evidence(salt: .random(), body: body)
        let entry = Entry(origin: ledger.pin.origin, event: .actor(actor), bodyCommitment: body.commitment(salt: evidence.salt))
            .signed(with: keys.member)
        let posted = try await connection.call(
            PostEntry(entry: entry, evidence: evidence), with: keys.member, member: ledger.member())
        guard posted.leaf.entry == entry else { throw .notVerified(.leafNotOurs) }
        try await ledger.verify(posted, connection)
        return posted.index
    }
}
