/// Escapes in string literals: `\n \r \t \\ \0 \' \"`, `\x41` up to 7F, `\u{1F600}` with one to six digits; in patterns, `\*` too.
package enum StringEscapes {
    /// - Parameter position: of the literal, for the error.
    package static func unescape(_ bytes: ArraySlice<UInt8>, at position: SourcePosition) throws(ParseError) -> CedarString {
        guard bytes.contains(UInt8(ascii: "\\")) || bytes.contains(UInt8(ascii: "\r")) else {
            return CedarString(String(decoding: bytes, as: UTF8.self))
        }
        var text = String.UnicodeScalarView()
        try forEachScalar(bytes, at: position) { scalar, _ throws(ParseError) in text.append(scalar) }
        return CedarString(String(text))
    }

    /// An unescaped `*` stands for any text.
    package static func pattern(_ bytes: ArraySlice<UInt8>, at position: SourcePosition) throws(ParseError) -> Pattern {
        var elements: [Pattern.Element] = []
        try forEachScalar(bytes, at: position, allowsStar: true) { scalar, isEscapedStar throws(ParseError) in
            elements.append(scalar == "*" && !isEscapedStar ? .wildcard : .scalar(scalar))
        }
        return Pattern(elements)
    }

    /// As a literal that is read back as this string.
    package static func quoted(_ string: CedarString) -> String {
        var text = "\""
        for scalar in string.unicodeScalars { append(scalar, to: &text) }
        return text + "\""
    }

    package static func quoted(_ pattern: Pattern) -> String {
        var text = "\""
        for element in pattern.elements {
            switch element {
            case .wildcard: text.append("*")
            case .scalar("*"): text.append("\\*")
            case .scalar(let scalar): append(scalar, to: &text)
            }
        }
        return text + "\""
    }

    private static func append(_ scalar: Unicode.Scalar, to text: inout String) {
        switch scalar {
        case "\"": text.append("\\\"")
        case "\\": text.append("\\\\")
        case "\n": text.append("\\n")
        case "\r": text.append("\\r")
        case "\t": text.append("\\t")
        case "\0": text.append("\\0")
        case _ where isPlain(scalar): text.unicodeScalars.append(scalar)
        default: text.append("\\u{\(String(scalar.value, radix: 16))}")
        }
    }

    /// What a reader would not see, or what would join with its neighbour, is escaped.
    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return scalar.value >= 0x20 && scalar.value != 0x7F }
        return switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator, .nonspacingMark,
            .spacingMark, .enclosingMark:
            false
        default: true
        }
    }
}

extension StringEscapes {
    private typealias Visit = (Unicode.Scalar, _ isEscapedStar: Bool) throws(ParseError) -> Void

    private static func forEachScalar(
        _ bytes: ArraySlice<UInt8>, at position: SourcePosition, allowsStar: Bool = false, _ visit: Visit
    ) throws(ParseError) {
        var rest = String(decoding: bytes, as: UTF8.self).unicodeScalars[...]
        while let scalar = rest.popFirst() {
            if scalar == "\\" {
                // A star is a wildcard however it is written, but for `\*`.
                let isStar = rest.first == "*"
                try visit(escape(&rest, at: position, allowsStar: allowsStar), isStar)
            } else if scalar == "\r" {
                throw ParseError(.invalidEscape("carriage return: write \\r"), at: position)
            } else {
                try visit(scalar, false)
            }
        }
    }

    private static func escape(
        _ rest: inout Substring.UnicodeScalarView, at position: SourcePosition, allowsStar: Bool
    ) throws(ParseError) -> Unicode.Scalar {
        let kind = rest.popFirst()
        switch kind {
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "0": return "\0"
        case "\\", "'", "\"": return kind ?? "\\"
        case "*" where allowsStar: return "*"
        case "x": return try hexadecimal(&rest, at: position)
        case "u": return try unicode(&rest, at: position)
        default: throw ParseError(.invalidEscape("\\\(kind.map { String($0) } ?? "")"), at: position)
        }
    }

    private static func hexadecimal(
        _ rest: inout Substring.UnicodeScalarView, at position: SourcePosition
    ) throws(ParseError) -> Unicode.Scalar {
        guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit), high < 8 else {
            throw ParseError(.invalidEscape("\\x: two hexadecimal digits up to 7F are expected"), at: position)
        }
        return Unicode.Scalar(UInt8(high << 4 | low))
    }

    private static func unicode(
        _ rest: inout Substring.UnicodeScalarView, at position: SourcePosition
    ) throws(ParseError) -> Unicode.Scalar {
        guard rest.popFirst() == "{", let value = unicodeDigits(&rest), let scalar = Unicode.Scalar(value) else {
            throw ParseError(.invalidEscape("\\u: a scalar in one to six hexadecimal digits in braces is expected"), at: position)
        }
        return scalar
    }

    /// Up to the closing brace. Underscores may stand between the digits.
    private static func unicodeDigits(_ rest: inout Substring.UnicodeScalarView) -> UInt32? {
        var value: UInt32 = 0
        var count = 0
        while let scalar = rest.popFirst() {
            if scalar == "}" { return count > 0 ? value : nil }
            if scalar == "_" && count > 0 { continue }
            guard let digit = digit(scalar), count < 6 else { return nil }
            value = value << 4 | digit
            count += 1
        }
        return nil
    }

    private static func digit(_ scalar: Unicode.Scalar) -> UInt32? {
        switch scalar {
        case "0"..."9": scalar.value - 0x30
        case "a"..."f": scalar.value - 0x61 + 10
        case "A"..."F": scalar.value - 0x41 + 10
        default: nil
        }
    }
}
