/// A short line that people will read: at most 255 bytes of UTF-8, and nothing in it that moves a cursor or turns text around.
///
/// Control characters and Unicode's directional formatting characters are refused here, once, so that a name on the ledger cannot
/// pass for another on a screen.
package struct TextLine: Hashable, Sendable {
    package static let maximumSize = 255
    package let text: String

    /// The empty line.
    package static let none = TextLine(unchecked: "")

    private init(unchecked text: String) {
        self.text = text
    }

    package init?(_ text: String) {
        guard text.utf8.count <= Self.maximumSize,
            text.utf8.allSatisfy(Self.isVisibleASCII) || text.unicodeScalars.allSatisfy(Self.isVisible)
        else { return nil }
        self.text = text
    }

    /// `nil` unless the bytes are UTF-8 and the text is fit to be shown.
    package init?(utf8 bytes: [UInt8]) {
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        self.init(text)
    }

    package var isEmpty: Bool { text.isEmpty }

    /// What most lines consist of. Unicode's tables, which say the same of these, take ten times as long.
    private static func isVisibleASCII(_ byte: UInt8) -> Bool { (0x20..<0x7F).contains(byte) }

    /// Whether it stands where it is put and can be told from its neighbours.
    package static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        // All other spaces look like this one or like nothing.
        case .spaceSeparator: return scalar == " "
        case .control, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: return false
        // Joiners are part of some scripts' spelling; the other formatting characters only hide or reorder.
        case .format: return scalar == "\u{200C}" || scalar == "\u{200D}"
        default: return true
        }
    }
}

extension TextLine {
    /// Byte for byte. `String` would also equate canonically equivalent spellings, whose signatures and hashes differ.
    package static func == (one: TextLine, other: TextLine) -> Bool {
        one.text.utf8.elementsEqual(other.text.utf8)
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(Array(text.utf8))
    }
}

extension TextLine: CustomStringConvertible {
    package var description: String { text }
}
