package import CryptoPrimitives
import SharingContract

/// The claims files of a compartment's newest versions, from a position on. Signed by the compartment.
package struct ListClaims: Call {
    package static let path = "/v1/own/claims"
    package static let maximumSize = 9

    package let after: UInt64?

    package init(after: UInt64? = nil) {
        self.after = after
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        after = try reader.optional { reader throws(FormatError) in try reader.integer(UInt64.self) }
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.optional(after) { $0.integer($1) }
    }

    package struct Answer: CanonicalCodable, Sendable {
        package static let maximumCount = 256
        /// Bytes of all files of a page.
        package static let maximumFileBytes = 4 << 20
        package static let maximumSize = 2 + maximumCount * 12 + maximumFileBytes + 1

        package struct Item: Hashable, Sendable {
            package let position: UInt64
            package let file: [UInt8]

            package init(position: UInt64, file: [UInt8]) {
                (self.position, self.file) = (position, file)
            }
        }

        /// Ascending by position.
        package let items: [Item]
        package let hasMore: Bool

        package init(items: [Item], hasMore: Bool) {
            (self.items, self.hasMore) = (items, hasMore)
        }

        package init(from reader: inout CanonicalReader) throws(FormatError) {
            items = try reader.list(length: UInt16.self, atMost: Self.maximumCount) { reader throws(FormatError) in
                Item(
                    position: try reader.integer(UInt64.self),
                    file: try reader.string(length: UInt32.self, atMost: Claims.maximumFileSize))
            }
            hasMore = try reader.flag()
            guard items.isAscending(by: \.position), !items.isEmpty || !hasMore else { throw .notCanonical }
        }

        package func encode(to writer: inout CanonicalWriter) {
            writer.list(items, length: UInt16.self) { writer, item in
                writer.integer(item.position)
                writer.string(item.file, length: UInt32.self)
            }
            writer.flag(hasMore)
        }
    }
}

/// Anchors of claims that were issued again, without a record: they wait for the next tree. Signed by the clinic.
package struct PostAnchors: Call {
    package static let path = "/v1/anchors"
    package static let maximumCount = 1_024
    package static let maximumSize = 2 + maximumCount * Bytes32.count

    /// Ascending.
    package let anchors: [Hash]

    package init(anchors: [Hash]) {
        self.anchors = anchors
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        anchors = try reader.list(length: UInt16.self, atMost: Self.maximumCount) { reader throws(FormatError) in
            try reader.value()
        }
        guard !anchors.isEmpty, anchors.isAscending(by: \.self) else { throw .notCanonical }
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.list(anchors, length: UInt16.self) { $0.value($1) }
    }

    package typealias Answer = Done
}

/// Puts the anchors that wait on the ledger now, and not at the end of the day. Signed by a member.
package struct PublishAnchors: Call {
    package static let path = "/v1/anchors/publish"
    package static let maximumSize = 0
    package init() {}
    package init(from reader: inout CanonicalReader) throws(FormatError) {}
    package func encode(to writer: inout CanonicalWriter) {}

    package struct Answer: CanonicalCodable, Sendable {
        package static let maximumSize = PostedLeaf.maximumSize + 4 + 1

        package let posted: PostedLeaf
        /// How many of the tree's leaves are anchors.
        package let count: UInt32
        /// Others wait beside these, more than one tree holds.
        package let hasMore: Bool

        package init(posted: PostedLeaf, count: UInt32, hasMore: Bool) {
            (self.posted, self.count, self.hasMore) = (posted, count, hasMore)
        }

        package init(from reader: inout CanonicalReader) throws(FormatError) {
            posted = try reader.value()
            count = try reader.integer(UInt32.self)
            hasMore = try reader.flag()
        }

        package func encode(to writer: inout CanonicalWriter) {
            writer.value(posted)
            writer.integer(count)
            writer.flag(hasMore)
        }
    }
}
