package import CryptoPrimitives

/// The `Content-Digest` field (RFC 9530): `sha-256=:<base 64>:`, and no other form.
package struct ContentDigest: Hashable, Sendable {
    package let hash: Hash

    package init(_ hash: Hash) {
        self.hash = hash
    }

    package init(of body: [UInt8]) {
        hash = SHA256.hash(body)
    }

    /// `nil` unless this is what `fieldValue` writes.
    package init?(fieldValue: String) {
        guard fieldValue.hasPrefix("sha-256=:"), fieldValue.hasSuffix(":"), fieldValue.utf8.count == 54,
            let bytes = Base64.decode(fieldValue.dropFirst(9).dropLast()), let hash = Hash(bytes)
        else { return nil }
        self.hash = hash
    }

    package var fieldValue: String { "sha-256=:\(Base64.encode(hash.bytes)):" }
}
