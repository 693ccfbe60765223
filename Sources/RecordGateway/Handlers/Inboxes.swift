import CryptoPrimitives
import GatewayAPI
import RecordStorage
import SharingContract

extension Gateway {
    /// An actor may write to anybody, a patient with a grant's control key to its grantee, with a delegation's to a person, and with a
    /// compartment's key to a clinic.
    func answer(_ call: SendMessage, from caller: Caller) async throws -> Done {
        try requireRoom()
        try await writing(for: caller) { transaction in
            let limits = try Self.limits(for: call.address, from: caller.key, transaction)
            guard try transaction.storeMessage(call.message, for: call.address, from: caller.key, within: limits) else {
                throw APIError(.full, "this inbox is full, or this sender has too many unread messages")
            }
        }
        return Done()
    }

    /// Throws unless the sender may write to this address.
    private static func limits(
        for address: Ed25519.PublicKey, from sender: Ed25519.PublicKey, _ transaction: StoreTransaction
    ) throws -> StoreTransaction.MessageLimits {
        switch try transaction.state.use(of: sender) {
        case .control:
            try requireGrantee(address, of: sender, transaction)
            return .grant
        case .compartment:
            _ = try transaction.view.requireCompartment(sender)
            guard try transaction.view.requireLiveActor(address, on: transaction.now.day).actor.role == .clinic else {
                throw APIError(.forbidden, "a compartment's key writes to clinics alone")
            }
            return .compartment
        default:
            try transaction.requireLiveActor(sender)
            return .actor
        }
    }

    private static func requireGrantee(_ address: Ed25519.PublicKey, of grant: Ed25519.PublicKey, _ transaction: StoreTransaction)
        throws
    {
        // Where a person is reached, the ledger does not say.
        guard let terms = try transaction.state.terms(of: grant), terms.grantee == address || terms.power != .none,
            let state = try transaction.state.grant(grant), state.revokedAt == nil
        else { throw APIError(.forbidden, "this grant is not live, or not for this reader") }
    }

    /// Whoever holds a key reads what came for it.
    func answer(_ call: FetchMessages, from caller: Caller) async throws -> FetchMessages.Answer {
        try await reading(for: caller) { view in
            let messages = try view.messages(for: caller.key, after: call.after, limit: FetchMessages.Answer.maximumCount)
            return FetchMessages.Answer(
                messages: messages.map { .init(number: $0.number, received: $0.received, bytes: $0.bytes) })
        }
    }

    func answer(_ call: DeleteMessages, from caller: Caller) async throws -> Done {
        try await writing(for: caller) { try $0.deleteMessages(call.numbers, of: caller.key) }
        return Done()
    }

    func answer(_ call: StoreBackup, from caller: Caller) async throws -> Done {
        try requireRoom()
        try await writing(for: caller) { transaction in
            guard try transaction.storeBackup(call.backup, fetchKey: call.fetchKey, owner: caller.key) else {
                throw APIError(.forbidden, "this backup belongs to another key")
            }
        }
        return Done()
    }

    func answer(_ call: FetchBackup, from caller: Caller) async throws -> FetchBackup.Answer {
        try await reading(for: caller) { view in
            guard let backup = try view.backup(caller.key) else { throw APIError(.notFound, "no backup under these words") }
            return FetchBackup.Answer(backup: backup)
        }
    }
}
