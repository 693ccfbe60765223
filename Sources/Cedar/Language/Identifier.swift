/// What may be a name. Identifiers are ASCII: a letter or underscore, then letters, digits and underscores.
package enum Identifier {
    /// Words that are never names in the policy language.
    package static func isReserved(_ word: CedarString) -> Bool { reserved.contains(word) }

    /// Whether the text is an identifier, reserved or not.
    package static func isWellFormed(_ text: CedarString) -> Bool {
        guard let first = text.utf8.first, !(0x30...0x39).contains(first) else { return false }
        return text.utf8.allSatisfy {
            (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "_")
        }
    }

    /// Whether the text is identifiers joined by `::`, none of them reserved.
    package static func isName(_ text: CedarString) -> Bool {
        let parts = text.text.split(separator: "::", omittingEmptySubsequences: false)
        return parts.allSatisfy { isWellFormed(CedarString($0)) && !isReserved(CedarString($0)) }
    }

    private static let reserved: Set<CedarString> = [
        "true", "false", "if", "then", "else", "in", "is", "like", "has", "__cedar",
    ]
}
