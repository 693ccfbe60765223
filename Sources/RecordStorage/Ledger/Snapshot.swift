package import CryptoPrimitives

/// A member's word that his store agreed with itself when its ledger had this size: docs/formats.md, section 8.1.
///
///     text  origin
///     u64   size of the tree
///     hash  its root
///     u64   size up to which all was last checked
///     sig   member, S(cordon/snapshot/v1; all before)
///
/// With it a start checks only what came after. What it is trusted for, and what not, is said in section 8.1.
package struct Snapshot: CanonicalCodable, Hashable, Sendable {
    package static let maximumSize = 256 + 8 + 32 + 8 + 64

    package let origin: TextLine
    package let size: UInt64
    package let root: Hash
    /// Every leaf, evidence, state line and payload up to this size was checked by this member's program at one time. What came between
    /// this size and `size` was written by the program, and not looked at since.
    package let checkedSize: UInt64
    package let signature: Ed25519.Signature

    package init(
        origin: TextLine, size: UInt64, root: Hash, checkedSize: UInt64, signingWith member: borrowing Ed25519.PrivateKey
    ) {
        precondition(0 < checkedSize && checkedSize <= size, "a store is checked before it grows")
        self.origin = origin
        self.size = size
        self.root = root
        self.checkedSize = checkedSize
        signature = member.sign(.snapshot, origin: origin, Self.signedBytes(origin, size, root, checkedSize))
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        origin = try reader.text()
        size = try reader.integer(UInt64.self)
        root = try reader.value()
        checkedSize = try reader.integer(UInt64.self)
        guard 0 < checkedSize, checkedSize <= size else { throw .notCanonical }
        signature = try reader.signature()
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.fixed(Self.signedBytes(origin, size, root, checkedSize))
        writer.signature(signature)
    }

    package func verifySignature(by member: Ed25519.PublicKey) throws(Ed25519.SignatureError) {
        try member.verify(signature, .snapshot, origin: origin, Self.signedBytes(origin, size, root, checkedSize))
    }

    private static func signedBytes(_ origin: TextLine, _ size: UInt64, _ root: Hash, _ checkedSize: UInt64) -> [UInt8] {
        var writer = CanonicalWriter()
        writer.text(origin)
        writer.integer(size)
        writer.value(root)
        writer.integer(checkedSize)
        return writer.bytes
    }
}

/// The member's key, as far as a store may use it.
package final class SnapshotSigner: Sendable {
    private let key: Ed25519.PrivateKey
    package var publicKey: Ed25519.PublicKey { key.publicKey }

    package init(_ key: consuming Ed25519.PrivateKey) {
        self.key = key
    }

    package func snapshot(origin: TextLine, size: UInt64, root: Hash, checkedSize: UInt64) -> Snapshot {
        Snapshot(origin: origin, size: size, root: root, checkedSize: checkedSize, signingWith: key)
    }
}
