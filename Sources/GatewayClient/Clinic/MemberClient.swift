import AccessPolicy
package import CryptoPrimitives
import DurableFiles
package import EnvelopeEncryption
import GatewayAPI
package import SharingContract
import SystemPackage

/// What a member does with its own key beside running a gateway: it admits organisations.
package final class MemberClient {
    let key: Ed25519.PrivateKey
    let connection: GatewayConnection
    package let ledger: LedgerReplica
    let clock: @Sendable () -> Int64
    /// Of a member without a gateway. It holds the profile's lock.
    private let session: Session?

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
            let ledger = try LedgerReplica(folder.ledgerFolder, pin: pin)
            try await ledger.sync(connection)
            return MemberClient(keys.member.duplicate(), connection, ledger, environment.clock, nil)
        } catch {
            try? await connection.close()
            guard let error = error as? ClientError else { throw .unreachable(address: address, reason: .noConnection) }
            throw error
        }
    }

    /// The key of the member that this profile is, with or without a gateway.
    package static func key(
        of folder: ProfileFolder, passphrase: borrowing SecretBytes
    ) throws(ClientError) -> Ed25519.PrivateKey {
        guard folder.exists else { return try openKeys(folder, passphrase).member.duplicate() }
        let keyring = try folder.openKeyring(Passphrase(passphrase.duplicate()))
        guard keyring.role == .member else { throw .notPossible(.wrongRole(expected: .member)) }
        return keyring.actorKey()
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

    /// A member without a gateway, by its open profile.
    package static func open(_ profile: ClinicClient) async throws(ClientError) -> MemberClient {
        let session = profile.session
        guard session.role == .member else { throw .notPossible(.wrongRole(expected: .member)) }
        try await session.sync()
        return MemberClient(session.keyring.actorKey(), session.connection, session.ledger, session.clock, session)
    }

    /// A new organisation that wants to become a member: its keys, and the paper to be proposed by.
    package static func create(
        _ folder: ProfileFolder, name: TextLine, address: TextLine, gateway: String, passphrase: borrowing Passphrase,
        environment: Session.Environment
    ) async throws(ClientError) -> (ClinicClient, Candidacy) {
        let profile = try await ClinicClient.begin(folder, .member, name: name, gateway: gateway, passphrase, environment)
        let key = profile.session.keyring.actorKey()
        return (profile, Candidacy(pin: profile.session.pin, name: name, address: address, signingWith: key))
    }

    init(
        _ key: consuming Ed25519.PrivateKey, _ connection: GatewayConnection, _ ledger: LedgerReplica,
        _ clock: @escaping @Sendable () -> Int64, _ session: Session?
    ) {
        self.key = key
        self.connection = connection
        self.ledger = ledger
        self.clock = clock
        self.session = session
    }

    package func close() async throws {
        try await connection.close()
    }

    var publicKey: Ed25519.PublicKey { key.publicKey }

    package func state() throws(ClientError) -> LedgerState {
        guard let state = try? ledger.state.ledger() else { throw .notVerified(.otherLedger) }
        return state
    }
}

extension MemberClient {
    /// Admits who applied, until a day, where one member is enough for that. Returns the leaf.
    package func admit(_ application: Application, until: Day?) async throws(ClientError) -> UInt64 {
        guard let leaf = try await post(try signed(try propose(application, until: until))) else {
            throw .notPossible(.severalMembersNeeded)
        }
        return leaf
    }

    /// What would go on the ledger if who applied is admitted. Nobody has signed it.
    package func propose(_ application: Application, until: Day?) throws(ClientError) -> Proposal {
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
        return try checked(Proposal(entry, evidence: evidence, pin: ledger.pin))
    }

    /// A new member.
    package func propose(adding candidacy: Candidacy) throws(ClientError) -> Proposal {
        try verify(candidacy)
        let member = MemberChange.Member(key: candidacy.key, name: candidacy.name, address: candidacy.address)
        return try propose(.add(member, genesis: nil))
    }

    /// A new key for the member of this name.
    package func propose(rekeying candidacy: Candidacy) throws(ClientError) -> Proposal {
        try verify(candidacy)
        guard let member = try state().members.first(where: { $0.name == candidacy.name }) else {
            throw .notFound(.member(name: candidacy.name.text))
        }
        return try propose(.rekey(old: member.key, new: candidacy.key))
    }

    /// The end of the member of this name.
    package func propose(removing name: String) throws(ClientError) -> Proposal {
        guard let member = try state().members.first(where: { $0.name.text == name }) else {
            throw .notFound(.member(name: name))
        }
        return try propose(.remove(member.key))
    }

    /// A set of policies, in place of the one in force.
    package func propose(publishing files: PolicyFiles) throws(ClientError) -> Proposal {
        let inForce: PolicyState?
        do { inForce = try ledger.state.policies() } catch { throw .notVerified(.otherLedger) }
        let since = Contract.agreementsBegin(try state(), inForce)
        let evidence = Evidence(salt: .random(), body: files)
        let entry = Entry(
            origin: ledger.pin.origin, event: .policySet(PolicyPublication(root: files.root, since: since)),
            bodyCommitment: files.commitment(salt: evidence.salt))
        return try checked(Proposal(entry, evidence: evidence, pin: ledger.pin))
    }

    /// The policies in force, with their files.
    package func policies() async throws(ClientError) -> PublishedPolicies? {
        try await ledger.policies(connection)
    }

    private func verify(_ candidacy: Candidacy) throws(ClientError) {
        try candidacy.verify()
        guard candidacy.pin.isSameLedger(as: ledger.pin) else { throw .notPossible(.otherLedger) }
    }

    private func propose(_ change: MemberChange) throws(ClientError) -> Proposal {
        let event = Event.member(change, since: try state().membersChangedAt)
        return try checked(Proposal(Entry(origin: ledger.pin.origin, bodiless: event), evidence: .none, pin: ledger.pin))
    }
}

extension MemberClient {
    /// A proposal that the rules would let through once enough members have signed it. What they would not is refused here, before anybody
    /// is asked to sign.
    package func checked(_ proposal: Proposal) throws(ClientError) -> Proposal {
        try proposal.verify()
        guard proposal.pin.isSameLedger(as: ledger.pin) else { throw .notPossible(.otherLedger) }
        guard try state().isMember(publicKey) else { throw .notPossible(.notAMember) }
        if case .member(.remove(publicKey), _) = proposal.entry.event { throw .notPossible(.concernsItself) }
        if let files = proposal.policies {
            do throws(LibraryError) {
                _ = try PolicyLibrary(files.contents)
            } catch {
                throw .notPossible(.policiesUnusable(error))
            }
        }
        _ = try isEnough(proposal)
        return proposal
    }

    /// The proposal with this member's signature. Whoever calls this has shown a person what it says.
    package func signed(_ proposal: Proposal) throws(ClientError) -> Proposal {
        var proposal = try checked(proposal)
        guard !proposal.entry.signatures.contains(where: { $0.key == publicKey }) else { throw .notPossible(.signedAlready) }
        proposal.sign(with: key)
        return try checked(proposal)
    }

    /// Puts the proposal on the ledger if enough members have signed it. Returns the leaf; `nil` if signatures are missing.
    package func post(_ proposal: Proposal) async throws(ClientError) -> UInt64? {
        guard try isEnough(proposal) else { return nil }
        let call = PostEntry(entry: proposal.entry, evidence: proposal.evidence)
        let posted = try await connection.call(call, with: key, member: ledger.member())
        guard posted.leaf.entry == proposal.entry else { throw .notVerified(.leafNotOurs) }
        try await ledger.verify(posted, connection)
        return posted.index
    }

    /// Runs the rules on the proposal as it is signed now. Throws if no signature could make it good.
    private func isEnough(_ proposal: Proposal) throws(ClientError) -> Bool {
        let leaf = Leaf(time: ledger.now(clock()), entry: proposal.entry)
        do {
            _ = try Contract.apply(leaf, at: ledger.size, after: nil, to: ledger.state)
            return true
        } catch let refusal as Refusal {
            guard refusal == .signatureMissing else { throw .notPossible(.refusedByRules(refusal)) }
            return false
        } catch {
            throw .notVerified(.otherLedger)
        }
    }
}
