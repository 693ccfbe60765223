/// The name of a key that signs notes: not empty, no Unicode space, no `+`. C2SP `signed-note`, "Format".
///
/// Names are equal byte for byte. Swift's strings also equal each other when they are canonically equivalent, and then a signature
/// over one spelling would count for the other.
package struct KeyName: Hashable, Sendable {
    static let maximumSize = 255

    package let utf8: [UInt8]

    package init?(utf8 bytes: some Collection<UInt8>) {
        guard (1...Self.maximumSize).contains(bytes.count), let text = String(validating: bytes, as: UTF8.self),
            text.unicodeScalars.allSatisfy(Self.isAllowed)
        else { return nil }
        utf8 = Array(bytes)
    }

    package init?(_ text: String) {
        self.init(utf8: text.utf8)
    }

    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value >= 0x20 && scalar != "+" && !scalar.properties.isWhitespace
    }
}

extension KeyName: CustomStringConvertible {
    package var description: String { String(decoding: utf8, as: UTF8.self) }
}
