/// The search in a conditional reference, `Patient?identifier=system|value`. R4, section 3.1.0.11.2.
enum ConditionalReference {
    static func identifiers(in query: Substring) -> [Identifier] {
        query.split(separator: "&").compactMap { parameter in
            guard parameter.hasPrefix("identifier=") else { return nil }
            let token = decodingPercents(parameter.dropFirst("identifier=".count))
            let parts = token.split(separator: "|", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { return Identifier(system: nil, value: token) }
            return Identifier(system: parts[0].isEmpty ? nil : String(parts[0]), value: String(parts[1]))
        }
    }

    private static func decodingPercents(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            let digits = String(decoding: rest.prefix(2), as: UTF8.self)
            guard byte == UInt8(ascii: "%"), digits.count == 2, let decoded = UInt8(digits, radix: 16) else {
                bytes.append(byte)
                continue
            }
            bytes.append(decoded)
            rest.removeFirst(2)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
