package import CryptoPrimitives
package import SharingContract

/// All evidence of the ledger, for an auditor, page by page.
package struct ExportEvidence: Call {
    package static let path = "/v1/audit/evidence"
    package static let maximumSize = 8
    /// The first leaf to look at.
    package let from: UInt64

    package init(from: UInt64) {
        self.from = from
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        from = try reader.integer(UInt64.self)
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.integer(from)
    }

    package typealias Answer = EvidencePage
}

/// Evidence of some leaves, ascending.
package struct EvidencePage: CanonicalCodable, Sendable {
    package static let maximumCount = 4_096
    package static let maximumSize = 16 << 20

    package struct Item: Hashable, Sendable {
        package let leaf: UInt64
        package let evidence: Evidence

        package init(leaf: UInt64, evidence: Evidence) {
            self.leaf = leaf
            self.evidence = evidence
        }
    }

    package let items: [Item]
    /// The first leaf that this page did not look at; `nil` when there are no more.
    package let next: UInt64?

    package init(items: [Item], next: UInt64?) {
        self.items = items
        self.next = next
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        items = try reader.list(length: UInt16.self, atMost: Self.maximumCount) { reader throws(FormatError) in
            Item(leaf: try reader.integer(UInt64.self), evidence: try reader.value())
        }
        guard items.isAscending(by: \.leaf) else { throw .notCanonical }
        next = try reader.optional { reader throws(FormatError) in try reader.integer(UInt64.self) }
        // A page that goes back would keep its reader for ever.
        if let next, let last = items.last, next <= last.leaf { throw .notCanonical }
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.list(items, length: UInt16.self) { writer, item in
            writer.integer(item.leaf)
            writer.value(item.evidence)
        }
        writer.optional(next) { $0.integer($1) }
    }
}
