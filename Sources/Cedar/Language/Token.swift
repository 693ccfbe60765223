/// One word of the policy or the schema language.
package struct Token: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// A name or a keyword: which of them is for the parser to say.
        case identifier
        /// Digits.
        case number
        /// With its quotes, escapes as they are.
        case string
        /// `?principal` and the like, with the question mark.
        case slot
        case at, dot, comma, semicolon, colon, doubleColon, question
        case leftParenthesis, rightParenthesis, leftBrace, rightBrace, leftBracket, rightBracket
        case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual, assign
        case or, and, plus, minus, star, slash, percent, bang
        case end
    }

    package let kind: Kind
    /// The bytes of the source.
    package let range: Range<Int>
    package let position: SourcePosition
}
