/// Texts of strings of one document, kept because records repeat themselves: systems, codes, whose a resource is. Of a text that is met
/// again no second copy is made.
struct JSONTexts {
    /// The last of each mark, with where it was met first.
    private var latest: [(string: JSONString, text: String)?] = []

    mutating func text(of string: JSONString, in bytes: [UInt8]) -> String {
        if latest.isEmpty { latest = Array(repeating: nil, count: JSONString.markCount) }
        let mark = string.mark(in: bytes.span)
        if let known = latest[mark], known.string.hasSameBytes(as: string, in: bytes) { return known.text }
        let text = string.text(in: bytes)
        latest[mark] = (string, text)
        return text
    }
}
