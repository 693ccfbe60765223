import CryptoPrimitives
import GatewayAPI
import RecordStorage
import SharingContract

/// Payloads for members that keep a copy of them. Names, sizes and number are for nobody else.
extension Gateway {
    func answer(_ call: ListPayloads, from caller: Caller) async throws -> ListPayloads.Answer {
        try await reading(for: caller) { view in
            try view.requireMember(caller.key)
            return ListPayloads.Answer(try view.payloads(after: call.after, limit: ListPayloads.Answer.maximumCount + 1))
        }
    }

    func depositedPayload(_ call: FetchNamedPayload, from caller: Caller) async throws -> PayloadID {
        try await reading(for: caller) { view in
            try view.requireMember(caller.key)
            guard try view.isDeposited(call.payload) else { throw APIError.noSuchPayload }
            return call.payload
        }
    }
}

extension APIError {
    static let noSuchPayload = APIError(.notFound, "no record has this payload")
}

extension ListPayloads.Answer {
    /// - Parameter found: one more than an answer holds, if there are so many.
    init(_ found: [ListedPayload]) {
        let page = found.prefix(Self.maximumCount)
        self.init(
            payloads: page.map { StoredPayload(payload: $0.payload, size: $0.size) }, hasMore: found.count > page.count)
    }
}
