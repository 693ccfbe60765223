package import CryptoPrimitives
package import SharingContract

/// Puts a signed entry on the ledger: an actor, a key revocation, a compartment, a grant, a revocation. What a gateway signs itself
/// has calls of its own.
package struct PostEntry: Call {
    package static let path = "/v1/entries"
    package static let maximumSize = Entry.maximumSize + 64 * 1_024 + RecipientList.maximumSize

    package let entry: Entry
    package let evidence: Evidence
    /// With a compartment its first list, with a grant or revocation the next.
    package let list: RecipientList?

    package init(entry: Entry, evidence: Evidence, list: RecipientList? = nil) {
        self.entry = entry
        self.evidence = evidence
        self.list = list
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        entry = try reader.value()
        evidence = try reader.value()
        list = try reader.optional { reader throws(FormatError) in try reader.value() }
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.value(entry)
        writer.value(evidence)
        writer.optional(list) { $0.value($1) }
    }

    package typealias Answer = PostedLeaf
}

/// A leaf with the proof that it is on the ledger.
package struct PostedLeaf: CanonicalCodable, Hashable, Sendable {
    package static let maximumProofSize = 16_384
    package static let maximumSize = 8 + 2 + Leaf.maximumSize + 2 + maximumProofSize

    package let index: UInt64
    package let leaf: Leaf
    /// A `.tlog-proof` (C2SP `tlog-proof`).
    package let proof: [UInt8]

    package init(index: UInt64, leaf: Leaf, proof: [UInt8]) {
        self.index = index
        self.leaf = leaf
        self.proof = proof
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        index = try reader.integer(UInt64.self)
        leaf = try Leaf(canonical: try reader.string(length: UInt16.self, atMost: Leaf.maximumSize))
        proof = try reader.string(length: UInt16.self, atMost: Self.maximumProofSize)
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.integer(index)
        writer.string(leaf.canonicalBytes, length: UInt16.self)
        writer.string(proof, length: UInt16.self)
    }
}
