package import CryptoPrimitives

/// What a gateway answers when it does not do what it was asked. Status 4xx or 5xx; the body is this.
package struct APIError: Error, CanonicalCodable, Hashable, Sendable {
    package static let maximumSize = 2 + 256

    package enum Code: UInt16, CaseIterable, Sendable {
        /// Not a message of this API.
        case malformed = 1
        /// No valid signature of a key that may do this, or one that was used before. Nothing more is said.
        case unauthenticated = 2
        /// This key has no say in this.
        case forbidden = 3
        /// This request was answered before.
        case alreadyAnswered = 4
        /// A newer recipient list exists: fetch it, seal again.
        case listNotNewest = 5
        /// The contract refuses the entry.
        case refused = 6
        case notFound = 7
        case tooLarge = 8
        /// Calls come too fast from this key or address. Nothing was done and no nonce used up: wait a second and sign anew.
        case tooMany = 9
        /// The body did not come in time.
        case tooSlow = 10
        /// The gateway cannot write just now.
        case unavailable = 11
        /// The gateway shows what it has and takes nothing.
        case readOnly = 12
        /// A consent compiles to something else here than what the patient signed.
        case compilationDiffers = 13
        /// What a grant carries for proofs of consent is not proven to say what the grant says.
        case commitmentNotProven = 14
        /// What this was to be put into holds no more until somebody takes something out.
        case full = 15
    }

    package let code: Code
    /// For people. It names no patient and repeats no input.
    package let explanation: TextLine

    package init(_ code: Code, _ explanation: StaticString) {
        self.code = code
        self.explanation = TextLine(explanation.description) ?? TextLine.none
    }

    /// An explanation put together from names of ours, such as a refusal's.
    package init(_ code: Code, words: String) {
        self.code = code
        explanation = TextLine(words) ?? TextLine.none
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        guard let code = Code(rawValue: try reader.integer(UInt16.self)) else { throw .unknownTag }
        self.code = code
        explanation = try reader.text()
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.integer(code.rawValue)
        writer.text(explanation)
    }
}
