/// Why bytes are not JSON that Cedar's formats could hold, and where.
package struct JSONError: Error, Hashable, Sendable {
    package enum Reason: Hashable, Sendable {
        /// The bytes end before the value does.
        case cut
        /// A byte that cannot stand where it stands.
        case unexpectedByte
        /// A number with a fraction or an exponent, or one outside the 64 bits of a Cedar Long.
        case notALong
        /// An escape other than those of RFC 8259, section 7, or half of a surrogate pair.
        case escape
        /// A byte below 0x20 inside a string.
        case controlCharacter
        case notUTF8
        /// Two members of one object have the same name.
        case duplicateName
        case tooDeep
        case tooLarge
        /// Something follows the value.
        case trailingBytes
    }

    package let reason: Reason
    /// From 1.
    package let line: Int
    /// From 1, in Unicode scalars.
    package let column: Int

    init(_ reason: Reason, at offset: Int, in bytes: [UInt8]) {
        var line = 1
        var column = 1
        for byte in bytes.prefix(offset) {
            if byte == UInt8(ascii: "\n") {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
        self.reason = reason
        self.line = line
        self.column = column
    }
}

extension JSONError: CustomStringConvertible {
    package var description: String {
        "line \(line), column \(column): \(reason.sentence)"
    }
}

extension JSONError.Reason {
    fileprivate var sentence: String {
        switch self {
        case .cut: "the JSON ends too early"
        case .unexpectedByte: "not JSON: a value, a comma or a closing bracket was expected"
        case .notALong: "expected an integer between -9223372036854775808 and 9223372036854775807"
        case .escape: "not an escape that JSON knows"
        case .controlCharacter: "a control character inside a string must be escaped"
        case .notUTF8: "the string is not UTF-8"
        case .duplicateName: "two members of this object have the same name"
        case .tooDeep: "nested deeper than \(Limits.valueDepth) levels"
        case .tooLarge: "larger than \(Limits.sourceBytes) bytes"
        case .trailingBytes: "something follows the JSON value"
        }
    }
}
