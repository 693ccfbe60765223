import CryptoPrimitives
package import MerkleLedger
import SharingContract

/// The ledger in an auditor's export: docs/formats.md, section 8. Its evidence is not looked at.
package struct AuditFile: Sendable {
    package let note: SignedNote
    /// As they stand in the file.
    package let leaves: [[UInt8]]

    private static let magic = Array("cordon-audit-v1\n".utf8)
    /// As large as its writer makes it.
    static let maximumSize = 4 << 30

    package init(_ bytes: [UInt8]) throws {
        var reader = CanonicalReader(bytes)
        guard try reader.fixed(Self.magic.count) == Self.magic else { throw FormatError.unknownTag }
        note = try SignedNote(try reader.string(length: UInt32.self, atMost: SignedNote.maximumSize))
        let count = try reader.integer(UInt64.self)
        guard count <= UInt64(reader.remaining / 2) else { throw FormatError.tooLarge }
        var leaves: [[UInt8]] = []
        for _ in 0..<count { leaves.append(try reader.string(length: UInt16.self, atMost: Leaf.maximumSize)) }
        self.leaves = leaves
    }
}
