package import AccessPolicy
package import CryptoPrimitives
package import GatewayAPI
import MerkleLedger
package import RecordStorage
import SharingContract

/// What a gateway does, apart from how it is reached: it authenticates, decides, records, and only then releases.
///
/// It holds ciphertext and the keys of a member and a ledger. It has no code that opens an envelope.
package final class Gateway: Sendable {
    /// Reads the newest published policies. What it throws refuses the call: nothing is decided without them.
    package typealias PoliciesInStore = @Sendable (StoreView) throws -> PoliciesInForce?

    package let store: LedgerStore
    /// Scheme and authority under which clients reach it; what they sign begins with it.
    package let address: String
    package let limits: GatewayLimits
    /// Seconds since 1970.
    package let clock: @Sendable () -> Int64
    /// Restored from a backup that may be behind: it shows what it has, and nothing is written that another entry may contradict.
    package let isReadOnly: Bool
    /// The policies in force where a decision is being made; `nil` where none were published.
    let policies: PoliciesInStore
    let consents = ConsentCache()
    let member: Ed25519.PrivateKey
    let tickets = TicketOffice()
    let meter = GatewayMeter()

    package init(
        store: LedgerStore, member: consuming Ed25519.PrivateKey, address: String, limits: GatewayLimits = GatewayLimits(),
        isReadOnly: Bool = false, policies: @escaping PoliciesInStore = PolicyShelf().inForce,
        clock: @escaping @Sendable () -> Int64
    ) {
        self.store = store
        self.member = member
        self.address = address
        self.limits = limits
        self.isReadOnly = isReadOnly
        self.policies = policies
        self.clock = clock
    }
}

/// Who sent a call: a key that signed it, just now and never before. What the key may do is for each call to say.
package struct Caller: Sendable {
    package let key: Ed25519.PublicKey
    package let signature: RequestSignature
}

extension Gateway {
    /// Reads for a caller. The nonce is used up first, durably, so that nobody can ask the same again.
    func reading<Result: Sendable>(
        for caller: Caller, _ body: @escaping @Sendable (StoreView) throws -> Result
    ) async throws -> Result {
        try await store.commit { try Self.useNonce(of: caller, $0) }
        return try await store.read(body)
    }

    /// Writes for a caller, in the transaction that uses up the nonce. A refusal undoes what was written but not the nonce.
    @discardableResult
    func writing<Result: Sendable>(
        for caller: Caller, _ body: @escaping @Sendable (StoreTransaction) throws -> Result
    ) async throws -> Committed<Result> {
        try requireWritable()
        let committed = try await store.commit { transaction in
            try Self.useNonce(of: caller, transaction)
            return try transaction.attempt(body)
        }
        return try committed.map { try $0.get() }
    }

    private static func useNonce(of caller: Caller, _ transaction: StoreTransaction) throws {
        let signature = caller.signature
        let end = signature.expires + RequestSignature.clockSkew
        guard try transaction.useNonce(signature.nonce, of: caller.key, until: end) else {
            throw APIError(.unauthenticated, "this message was sent before")
        }
    }

    func requireWritable() throws {
        guard !isReadOnly else {
            throw APIError(.readOnly, "this gateway came back from a backup: it shows what it has and takes nothing")
        }
    }

    /// Throws when the disk is nearly full. What is left is for ending grants and keys, decisions, and reading.
    func requireRoom() throws {
        guard try store.freeSpace() > limits.reservedSpace else {
            throw APIError(.unavailable, "the gateway's disk is nearly full: grants can be ended and records read, nothing stored")
        }
    }

    /// The one leaf that a call has appended.
    func posted<Result>(_ committed: Committed<Result>) throws -> PostedLeaf {
        guard let leaf = committed.leaves.first else { throw APIError(.unavailable, "nothing was written") }
        return try PostedLeaf(leaf)
    }
}

extension PostedLeaf {
    init(_ leaf: CommittedLeaf) throws {
        self.init(index: leaf.index, leaf: leaf.leaf, proof: try leaf.receipt.bytes)
    }
}

// Who may do what is asked.

extension APIError {
    static let notAdmitted = APIError(.forbidden, "this key is not admitted, or its admission is over")
}

extension LedgerState {
    func hasMember(_ key: Ed25519.PublicKey) -> Bool { members.contains { $0.key == key } }
}

extension StoreTransaction {
    func requireLiveActor(_ key: Ed25519.PublicKey) throws {
        guard let actor = try state.actor(key), actor.isLive(on: now.day) else {
            throw APIError.notAdmitted
        }
    }
}

extension StoreView {
    func requireLiveActor(_ key: Ed25519.PublicKey, on day: Day) throws -> ActorState {
        guard let actor = try state.actor(key), actor.isLive(on: day) else {
            throw APIError.notAdmitted
        }
        return actor
    }

    /// Whoever is no member, or not any more, is told what an unknown key is told.
    func requireMember(_ key: Ed25519.PublicKey) throws {
        guard try state.ledger()?.hasMember(key) == true else { throw APIError.notAdmitted }
    }

    /// Auditors look at records and make none, whatever a patient has permitted.
    func requireDepositor(_ key: Ed25519.PublicKey, on day: Day) throws {
        switch try requireLiveActor(key, on: day).actor.role {
        case .clinic, .emergencyDesk: break
        case .auditor: throw APIError(.forbidden, "only clinics and emergency desks deposit")
        }
    }

    /// The newest list of the compartment that this key is the key of.
    func requireCompartment(_ key: Ed25519.PublicKey) throws -> RecipientList {
        guard let compartment = try state.compartment(key), !compartment.isSuperseded, let list = try list(of: key) else {
            throw APIError(.forbidden, "this key opens no compartment here")
        }
        return list
    }
}

extension Gateway {
    /// Whether a member has admitted this key, and its time is not over.
    func isLiveActor(_ key: Ed25519.PublicKey) async throws -> Bool {
        let today = today
        return try await store.read { try $0.state.actor(key)?.isLive(on: today) ?? false }
    }

    var today: Day { now.day }
    var now: Minute { Minute(secondsSince1970: clock()) }
}
