import CryptoPrimitives
import DurableFiles
package import MerkleLedger
package import SharingContract
package import SystemPackage

/// A whole ledger with its evidence in one file, to be checked years later and far from any gateway.
///
///     "cordon-audit-v1\n"
///     b32  signed checkpoint
///     u64  number of leaves, then each behind its length as u16
///     u64  number of evidence items, then each: u64 leaf, b32 evidence
///
/// It holds no record and no key, but who asked for what and when; it is the auditor's to keep.
package struct AuditExport: Sendable {
    package let note: SignedNote
    package let leaves: [Leaf]
    package let evidence: [UInt64: Evidence]

    private static let magic = Array("cordon-audit-v1\n".utf8)
    /// Room for some millions of leaves; a reader holds the file in memory.
    package static let maximumSize = 4 << 30

    init(note: SignedNote, leaves: [Leaf], evidence: [UInt64: Evidence]) {
        self.note = note
        self.leaves = leaves
        self.evidence = evidence
    }

    package init(reading path: FilePath) throws(ClientError) {
        let bytes: [UInt8]
        do {
            bytes = try DurableFile.read(path, atMost: Self.maximumSize)
        } catch {
            throw .localData(.file(error, path: path.string))
        }
        do {
            try self.init(bytes)
        } catch {
            throw .localData(.notA(kind: "audit file"))
        }
    }

    package init(_ bytes: [UInt8]) throws {
        var reader = CanonicalReader(bytes)
        guard try reader.fixed(Self.magic.count) == Self.magic else { throw FormatError.unknownTag }
        note = try SignedNote(try reader.string(length: UInt32.self, atMost: SignedNote.maximumSize))
        var leaves: [Leaf] = []
        for _ in 0..<(try Self.count(&reader, itemSize: 2)) {
            leaves.append(try Leaf(canonical: try reader.string(length: UInt16.self, atMost: Leaf.maximumSize)))
        }
        var evidence: [UInt64: Evidence] = [:]
        var last: UInt64?
        for _ in 0..<(try Self.count(&reader, itemSize: 12)) {
            let leaf = try reader.integer(UInt64.self)
            if let last, leaf <= last { throw FormatError.notCanonical }
            last = leaf
            evidence[leaf] = try Evidence(canonical: try reader.string(length: UInt32.self, atMost: Evidence.maximumSize))
        }
        try reader.expectEnd()
        self.leaves = leaves
        self.evidence = evidence
    }

    /// A count that the rest of the file can hold.
    private static func count(_ reader: inout CanonicalReader, itemSize: Int) throws(FormatError) -> UInt64 {
        let count = try reader.integer(UInt64.self)
        guard count <= UInt64(reader.remaining / itemSize) else { throw .tooLarge }
        return count
    }

    package var bytes: [UInt8] {
        var writer = CanonicalWriter()
        writer.fixed(Self.magic)
        writer.string(note.bytes, length: UInt32.self)
        writer.integer(UInt64(leaves.count))
        for leaf in leaves { writer.string(leaf.canonicalBytes, length: UInt16.self) }
        writer.integer(UInt64(evidence.count))
        for (leaf, evidence) in evidence.sorted(by: { $0.key < $1.key }) {
            writer.integer(leaf)
            writer.string(evidence.canonicalBytes, length: UInt32.self)
        }
        return writer.bytes
    }
}
