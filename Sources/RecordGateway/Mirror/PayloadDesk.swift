package import CryptoPrimitives
import GatewayAPI
import Hummingbird
package import Logging
package import RecordStorage

/// Hands mirrored payloads to members, in the name of the member that keeps the mirror.
package final class PayloadDesk: Sendable {
    /// Scheme and authority under which members reach the mirror; what they sign begins with it.
    let address: String
    private let store: MirrorStore
    private let member: Ed25519.PrivateKey
    private let clock: @Sendable () -> Int64
    private let logger: Logger

    /// - Parameter clock: seconds since 1970.
    package init(
        _ store: MirrorStore, member: consuming Ed25519.PrivateKey, address: String, clock: @escaping @Sendable () -> Int64,
        logger: Logger
    ) {
        self.store = store
        self.member = member
        self.address = address
        self.clock = clock
        self.logger = logger
    }

    /// `nil` for what is no call of this desk.
    func answer(_ request: Request, _ context: GatewayContext, _ gate: CallGate) async -> Response? {
        switch request.uri.path {
        case ListPayloads.path:
            await answer(request, context, gate, ListPayloads.path) { (call: ListPayloads, caller) in
                PlainAnswer(try await self.answer(call, from: caller))
            }
        case FetchNamedPayload.path:
            await answer(request, context, gate, FetchNamedPayload.path) { (call: FetchNamedPayload, caller) in
                try await self.answer(call, from: caller)
            }
        default: nil
        }
    }

    private func answer<Message: CanonicalCodable & Sendable>(
        _ request: Request, _ context: GatewayContext, _ gate: CallGate, _ path: String,
        _ answer: (Message, Caller) async throws -> PlainAnswer
    ) async -> Response {
        let target = gate.target(path, ContentType.message)
        let plain: PlainAnswer
        do {
            let caller = try gate.authenticate(request, context, target)
            let length = try CallGate.length(of: request, atMost: UInt64(Message.maximumSize))
            let bytes = try await gate.collect(request, atMost: length, caller.signature.digest)
            plain = try await answer(try Message(canonical: bytes), caller)
        } catch {
            plain = PlainAnswer(closingAfter: APIError(translating: error))
        }
        return plain.response(to: target, signature: request.headers.onlySignature, with: member, at: clock())
    }
}

extension PayloadDesk {
    private func answer(_ call: ListPayloads, from caller: Caller) async throws -> ListPayloads.Answer {
        try await requireMembers(caller)
        // Who follows this mirror would forget everything over a list that is not whole.
        guard try store.isListed() else { throw APIError(.unavailable, "this mirror has not met its leader's payloads yet") }
        return ListPayloads.Answer(try await store.listed(after: call.after, limit: ListPayloads.Answer.maximumCount + 1))
    }

    private func answer(_ call: FetchNamedPayload, from caller: Caller) async throws -> PlainAnswer {
        try await requireMembers(caller)
        do {
            guard let content = try await store.payload(call.payload) else { throw APIError.noSuchPayload }
            return PlainAnswer(streaming: content) { [self] in drop(call.payload) }
        } catch let error as StoreError {
            drop(call.payload)
            throw error
        }
    }

    /// The nonce is used up first, durably, as a gateway does it. Then both have to be members: nobody believes what another signs.
    private func requireMembers(_ caller: Caller) async throws {
        let end = caller.signature.expires + RequestSignature.clockSkew
        guard try await store.useNonce(caller.signature.nonce, of: caller.key, until: end, at: clock()) else {
            throw APIError(.unauthenticated, "this message was sent before")
        }
        guard let ledger = try store.ledger(), ledger.hasMember(caller.key) else { throw APIError.notAdmitted }
        guard ledger.hasMember(member.publicKey) else {
            throw APIError(.unavailable, "the member that keeps this mirror is a member no more")
        }
    }

    /// What is damaged is never shown, and fetched again.
    private func drop(_ payload: PayloadID) {
        logger.error("a mirrored payload is damaged and is fetched again", metadata: ["payload": "\(payload)"])
        try? store.drop(payload)
    }
}
