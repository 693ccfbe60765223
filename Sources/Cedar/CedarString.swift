/// A string of the Cedar language. It is compared, hashed and ordered by Unicode scalars and never normalised: `"é"` as one scalar and
/// as two are different strings. UTF-8 orders as scalars do, so bytes are compared.
package struct CedarString: Sendable {
    package let text: String

    package init(_ text: String) {
        self.text = text
    }

    package init(_ text: Substring) {
        self.text = String(text)
    }

    /// The string of these bytes, or nil where they are not UTF-8.
    package init?(utf8 bytes: some Sequence<UInt8>) {
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        self.text = text
    }

    package var utf8: String.UTF8View { text.utf8 }
    package var unicodeScalars: String.UnicodeScalarView { text.unicodeScalars }
    package var isEmpty: Bool { text.isEmpty }
}

extension CedarString: Hashable {
    package static func == (left: CedarString, right: CedarString) -> Bool {
        // Bytes that are equal are equal for `String`, too, and it says no fast. For ASCII it is exact.
        guard left.text == right.text else { return false }
        let leftBytes = left.text.utf8Span
        let rightBytes = right.text.utf8Span
        if leftBytes.isKnownASCII && rightBytes.isKnownASCII { return true }
        return areEqual(leftBytes.span, rightBytes.span)
    }

    package func hash(into hasher: inout Hasher) {
        let bytes = text.utf8Span
        // `String` hashes what it normalised. That is the same for all ASCII; other text is hashed as it is, so that no one can make
        // many different strings that fall together.
        if bytes.isKnownASCII || !Self.holdsHighByte(bytes.span) {
            hasher.combine(text)
        } else {
            Self.hash(bytes.span, into: &hasher)
        }
    }

    private static func areEqual(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Bool {
        guard left.count == right.count else { return false }
        for index in left.indices where left[index] != right[index] { return false }
        return true
    }

    private static func holdsHighByte(_ bytes: Span<UInt8>) -> Bool {
        for index in bytes.indices where bytes[index] >= 0x80 { return true }
        return false
    }

    private static func hash(_ bytes: Span<UInt8>, into hasher: inout Hasher) {
        var word: UInt64 = 0
        for index in bytes.indices {
            word = word << 8 | UInt64(bytes[index])
            if index & 7 == 7 { hasher.combine(word) }
        }
        hasher.combine(word)
        hasher.combine(bytes.count)
    }
}

extension CedarString: Comparable {
    package static func < (left: CedarString, right: CedarString) -> Bool {
        let left = left.text.utf8Span
        let right = right.text.utf8Span
        return precedes(left.span, right.span)
    }

    private static func precedes(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Bool {
        let shared = min(left.count, right.count)
        for index in 0..<shared where left[index] != right[index] { return left[index] < right[index] }
        return left.count < right.count
    }
}

extension CedarString: ExpressibleByStringLiteral, CustomStringConvertible {
    package init(stringLiteral text: String) {
        self.text = text
    }

    package var description: String { text }
}
