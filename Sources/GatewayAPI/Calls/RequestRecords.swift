package import CryptoPrimitives
package import SharingContract

/// A clinic's request under a grant. `request` are the bytes of a `Request`, which decides what is asked for; to this module they mean
/// nothing.
package struct RequestRecords: Call {
    package static let path = "/v1/requests"
    package static let maximumSize = 2 + DecisionBody.maximumRequestSize + 64

    package let request: [UInt8]
    package let releaseSignature: Ed25519.Signature

    package init(request: [UInt8], releaseSignature: Ed25519.Signature) {
        self.request = request
        self.releaseSignature = releaseSignature
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        request = try reader.string(length: UInt16.self, atMost: DecisionBody.maximumRequestSize)
        releaseSignature = try reader.signature()
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.string(request, length: UInt16.self)
        writer.signature(releaseSignature)
    }

    /// The decision's leaf, and what it released.
    package struct Answer: CanonicalCodable, Sendable {
        package static let maximumSize = PostedLeaf.maximumSize + 64 + SlotTree.slotCount * Item.maximumSize

        package struct Item: Hashable, Sendable {
            static let maximumSize = StoredRecord.maximumSize + 32 + SlotProof.maximumSize + 32 + 1 + maximumObligations
            static let maximumObligations = 16

            package let record: StoredRecord
            /// Salt and place in the tree of released descriptors.
            package let releasedSalt: Bytes32
            package let releasedProof: SlotProof
            /// Fetches the payload, for the requester and for ten minutes.
            package let ticket: Bytes32
            /// What the release obliges the requester to, by number, ascending. What they mean is for the decision's format to say.
            package let obligations: [UInt8]

            package init(
                record: StoredRecord, releasedSalt: Bytes32, releasedProof: SlotProof, ticket: Bytes32, obligations: [UInt8]
            ) {
                self.record = record
                self.releasedSalt = releasedSalt
                self.releasedProof = releasedProof
                self.ticket = ticket
                self.obligations = obligations
            }

            fileprivate init(from reader: inout CanonicalReader) throws(FormatError) {
                record = try reader.value()
                releasedSalt = try reader.bytes32()
                releasedProof = try reader.value()
                ticket = try reader.bytes32()
                obligations = try reader.list(length: UInt8.self, atMost: Self.maximumObligations) { reader throws(FormatError) in
                    try reader.integer(UInt8.self)
                }
                guard obligations.isAscending(by: \.self) else { throw .notCanonical }
            }

            fileprivate func encode(to writer: inout CanonicalWriter) {
                writer.value(record)
                writer.bytes32(releasedSalt)
                writer.value(releasedProof)
                writer.bytes32(ticket)
                writer.list(obligations, length: UInt8.self) { $0.integer($1) }
            }
        }

        package enum Outcome: Hashable, Sendable {
            /// The blind opens the public refusal, so that the requester sees that it was logged.
            case refused(blind: Bytes32)
            /// `hasMore`: the answer was full; ask again after the last record's position.
            case released([Item], hasMore: Bool)
        }

        package let decision: PostedLeaf
        package let outcome: Outcome

        package init(decision: PostedLeaf, outcome: Outcome) {
            self.decision = decision
            self.outcome = outcome
        }

        package init(from reader: inout CanonicalReader) throws(FormatError) {
            decision = try reader.value()
            guard try reader.flag() else {
                outcome = .refused(blind: try reader.bytes32())
                return
            }
            let items = try reader.list(length: UInt16.self, atMost: SlotTree.slotCount) { reader throws(FormatError) in
                try Item(from: &reader)
            }
            guard !items.isEmpty else { throw .notCanonical }
            outcome = .released(items, hasMore: try reader.flag())
        }

        package func encode(to writer: inout CanonicalWriter) {
            writer.value(decision)
            switch outcome {
            case .refused(let blind):
                writer.flag(false)
                writer.bytes32(blind)
            case .released(let items, let hasMore):
                writer.flag(true)
                writer.list(items, length: UInt16.self) { $1.encode(to: &$0) }
                writer.flag(hasMore)
            }
        }
    }
}

/// The payload behind a ticket. The answer is the payload itself.
package struct FetchPayload: CanonicalCodable, Sendable {
    package static let path = "/v1/payloads/fetch"
    package static let maximumSize = 32
    package let ticket: Bytes32

    package init(ticket: Bytes32) {
        self.ticket = ticket
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        ticket = try reader.bytes32()
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.bytes32(ticket)
    }
}
