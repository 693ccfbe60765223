package import CryptoPrimitives

// Calls signed by a member's key, for its copy of the payloads. They open nothing and are no decisions, so they leave no leaf.

/// Which payloads the deposits refer to, in the order of their names, behind one of them. None that is still being uploaded.
package struct ListPayloads: Call {
    package static let path = "/v1/mirror/payloads"
    package static let maximumSize = 1 + 32

    package let after: PayloadID?

    package init(after: PayloadID? = nil) {
        self.after = after
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        after = try reader.optional { reader throws(FormatError) in try reader.value() }
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.optional(after) { $0.value($1) }
    }

    package struct Answer: CanonicalCodable, Sendable {
        package static let maximumCount = 4_096
        package static let maximumSize = 2 + maximumCount * StoredPayload.maximumSize + 1

        /// Ascending by name.
        package let payloads: [StoredPayload]
        package let hasMore: Bool

        package init(payloads: [StoredPayload], hasMore: Bool) {
            self.payloads = payloads
            self.hasMore = hasMore
        }

        package init(from reader: inout CanonicalReader) throws(FormatError) {
            payloads = try reader.list(length: UInt16.self, atMost: Self.maximumCount) { reader throws(FormatError) in
                try reader.value()
            }
            hasMore = try reader.flag()
            guard payloads.isAscending(by: \.payload), !payloads.isEmpty || !hasMore else { throw .notCanonical }
        }

        package func encode(to writer: inout CanonicalWriter) {
            writer.list(payloads, length: UInt16.self) { $0.value($1) }
            writer.flag(hasMore)
        }
    }
}

/// A payload that a deposit refers to, by its name. The answer is the payload itself.
package struct FetchNamedPayload: CanonicalCodable, Sendable {
    package static let path = "/v1/mirror/payload"
    package static let maximumSize = 32
    package let payload: PayloadID

    package init(payload: PayloadID) {
        self.payload = payload
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        payload = try reader.value()
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.value(payload)
    }
}
