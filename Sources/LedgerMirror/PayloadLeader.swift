package import CryptoPrimitives
package import GatewayAPI

/// What a follower asks a leader for in a member's name. Nothing of it is believed that is not checked afterwards.
package struct PayloadLeader: Sendable {
    /// One page of what the leader holds.
    package typealias List = @Sendable (_ after: PayloadID?) async throws(PayloadError) -> ListPayloads.Answer
    /// Hands over a payload in pieces and gives SHA-256 of the whole as the leader signed it. What the sink throws is thrown on.
    package typealias Fetch = @Sendable (_ payload: PayloadID, _ sink: Sink) async throws -> Hash
    package typealias Sink = @Sendable ([UInt8]) throws -> Void

    let list: List
    let fetch: Fetch

    package init(list: @escaping List, fetch: @escaping Fetch) {
        self.list = list
        self.fetch = fetch
    }
}

/// Why payloads are not mirrored just now. None of it touches the ledger that is mirrored beside them.
package enum PayloadError: Error, Equatable {
    /// The leader does not answer, or not as a gateway.
    case unreachable
    /// The answer ended before it was whole, or came too slowly: so ends a payload that the leader finds damaged while it sends it.
    case cutShort
    /// The leader does not hand payloads to this key, or has something else to do.
    case refused(APIError.Code)
    case fault(PayloadFault)
    /// The mirror's disk cannot be written.
    case local
}

/// What a leader did that it should not. It is no contradiction of the ledger, which says nothing of payloads in public: so it is said and
/// counted, nothing of it is kept, and the ledger is followed as before.
package enum PayloadFault: Error, Equatable, Sendable {
    /// No member of the ledger signed the answer, or its bytes are not those that were signed.
    case notSigned
    /// An answer that is none, though it is signed.
    case malformed
    /// More payloads than the ledger has room for, or names that do not ascend.
    case badList
    /// More bytes than were listed, or fewer.
    case otherSize
    /// Another payload than the one that was asked for.
    case otherPayload
}

extension PayloadFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notSigned: "an answer that no member of the ledger signed"
        case .malformed: "an answer that cannot be read"
        case .badList: "a list of payloads that cannot be true"
        case .otherSize: "a payload of another size than it named"
        case .otherPayload: "other bytes than those of the payload"
        }
    }
}
