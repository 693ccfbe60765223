/// Why a text is not a policy, a schema or an expression, and where.
package struct ParseError: Error, Hashable, Sendable {
    package enum Problem: Hashable, Sendable {
        /// The text is larger than is read at all.
        case tooLarge(limit: Int)
        /// Something nests deeper, or an operator repeats more often, than is read.
        case tooDeep(limit: Int)
        /// The bytes are not UTF-8.
        case notUTF8
        /// This character begins nothing.
        case unexpectedCharacter(Unicode.Scalar)
        case unterminatedString
        case invalidEscape(String)
        /// Not a signed 64-bit integer.
        case integerOutOfRange
        /// What was expected, and what stands there.
        case expected(String, found: String)
        case reserved(String)
        case duplicate(String)
        /// Well formed, and yet not allowed here: a sentence.
        case notAllowed(String)
    }

    package let problem: Problem
    package let position: SourcePosition

    package init(_ problem: Problem, at position: SourcePosition) {
        self.problem = problem
        self.position = position
    }
}

extension ParseError: CustomStringConvertible {
    package var description: String { position == .none ? "\(problem)" : "\(position): \(problem)" }
}

extension ParseError.Problem: CustomStringConvertible {
    package var description: String {
        switch self {
        case .tooLarge(let limit): "the text is larger than \(limit) bytes"
        case .tooDeep(let limit): "nested deeper than \(limit) levels"
        case .notUTF8: "not UTF-8"
        case .unexpectedCharacter(let scalar): "unexpected character \(StringEscapes.quoted(CedarString(String(scalar))))"
        case .unterminatedString: "the string does not end"
        case .invalidEscape(let escape): "invalid escape \(escape)"
        case .integerOutOfRange: "the integer does not fit into 64 bits"
        case .expected(let expected, let found): "expected \(expected), found \(found)"
        case .reserved(let word): "\(word) is a reserved word"
        case .duplicate(let what): "\(what) occurs twice"
        case .notAllowed(let sentence): sentence
        }
    }
}
