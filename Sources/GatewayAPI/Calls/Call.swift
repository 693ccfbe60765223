package import CryptoPrimitives

/// One thing a client can ask of a gateway: a POST of a canonical message to a path, signed; the answer is canonical and signed too.
package protocol Call: CanonicalCodable, Sendable {
    associatedtype Answer: CanonicalCodable, Sendable
    static var path: String { get }
}

package enum ContentType {
    /// A canonical message of this file's kind.
    package static let message = "application/vnd.cordon.v1"
    /// A sealed payload.
    package static let payload = "application/octet-stream"
}

/// Paths whose body or answer is a payload and no message.
package enum PayloadPath {
    package static let upload = "/v1/payloads"
    /// The largest payload a gateway takes, in bytes.
    package static let maximumSize: UInt64 = 4 << 30
}

/// Unsigned GETs: what C2SP `tlog-tiles` serves, under these paths, published policies and anchors, and health.
package enum PublicPath {
    package static let checkpoint = "/checkpoint"
    package static let tiles = "/tile"
    package static let policies = "/policies"
    package static let anchors = "/anchors"
    package static let health = "/health"
}

extension PublicPath {
    /// Where the files of the policies are that were published at a leaf.
    package static func policies(publishedAt leaf: UInt64) -> String { "\(policies)/\(leaf)" }

    /// The leaf that such a path names, written in one way alone.
    package static func policiesLeaf(of path: String) -> UInt64? { leaf(of: path, policies(publishedAt:)) }

    /// Where the tree of anchors is that was published at a leaf: an `AnchorTree`.
    package static func anchors(publishedAt leaf: UInt64) -> String { "\(anchors)/\(leaf)" }

    /// The same for such a path.
    package static func anchorsLeaf(of path: String) -> UInt64? { leaf(of: path, anchors(publishedAt:)) }

    private static func leaf(of path: String, _ name: (UInt64) -> String) -> UInt64? {
        guard let leaf = path.split(separator: "/").last.flatMap({ UInt64($0) }), name(leaf) == path else { return nil }
        return leaf
    }
}

/// A header is one stanza of 1,700 bytes; this leaves room and no more.
package let maximumHeaderSize = 4_096

/// An answer that says no more than that it was done.
package struct Done: CanonicalCodable, Sendable {
    package static let maximumSize = 0
    package init() {}
    package init(from reader: inout CanonicalReader) throws(FormatError) {}
    package func encode(to writer: inout CanonicalWriter) {}
}
