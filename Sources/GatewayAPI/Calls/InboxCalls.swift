package import CryptoPrimitives

/// A sealed, padded message for whoever holds the key `address`. A gateway cannot read it and the ledger does not know of it.
package struct SendMessage: Call {
    package static let path = "/v1/inbox/send"
    package static let maximumMessageSize = 72 * 1_024
    package static let maximumSize = 32 + 4 + maximumMessageSize

    package let address: Ed25519.PublicKey
    package let message: [UInt8]

    package init(address: Ed25519.PublicKey, message: [UInt8]) {
        self.address = address
        self.message = message
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        address = try reader.value()
        message = try reader.string(length: UInt32.self, atMost: Self.maximumMessageSize)
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.value(address)
        writer.string(message, length: UInt32.self)
    }

    package typealias Answer = Done
}

/// The messages kept for the key that signs this call.
package struct FetchMessages: Call {
    package static let path = "/v1/inbox/fetch"
    package static let maximumSize = 9
    /// Only messages numbered above this.
    package let after: UInt64?

    package init(after: UInt64?) {
        self.after = after
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        after = try reader.optional { reader throws(FormatError) in try reader.integer(UInt64.self) }
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.optional(after) { $0.integer($1) }
    }

    package struct Answer: CanonicalCodable, Sendable {
        package static let maximumCount = 64
        package static let maximumSize = 2 + maximumCount * (8 + 4 + 4 + SendMessage.maximumMessageSize)

        package struct Message: Hashable, Sendable {
            package let number: UInt64
            package let received: Minute
            package let bytes: [UInt8]

            package init(number: UInt64, received: Minute, bytes: [UInt8]) {
                self.number = number
                self.received = received
                self.bytes = bytes
            }
        }

        package let messages: [Message]

        package init(messages: [Message]) {
            self.messages = messages
        }

        package init(from reader: inout CanonicalReader) throws(FormatError) {
            messages = try reader.list(length: UInt16.self, atMost: Self.maximumCount) { reader throws(FormatError) in
                Message(
                    number: try reader.integer(UInt64.self), received: try reader.minute(),
                    bytes: try reader.string(length: UInt32.self, atMost: SendMessage.maximumMessageSize))
            }
            guard messages.isAscending(by: \.number) else { throw .notCanonical }
        }

        package func encode(to writer: inout CanonicalWriter) {
            writer.list(messages, length: UInt16.self) { writer, message in
                writer.integer(message.number)
                writer.minute(message.received)
                writer.string(message.bytes, length: UInt32.self)
            }
        }
    }
}

/// Throws away messages that were read.
package struct DeleteMessages: Call {
    package static let path = "/v1/inbox/delete"
    package static let maximumCount = 256
    package static let maximumSize = 2 + maximumCount * 8
    package let numbers: [UInt64]

    package init(numbers: [UInt64]) {
        self.numbers = numbers
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        numbers = try reader.list(length: UInt16.self, atMost: Self.maximumCount) { reader throws(FormatError) in
            try reader.integer(UInt64.self)
        }
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.list(numbers, length: UInt16.self) { $0.integer($1) }
    }

    package typealias Answer = Done
}
