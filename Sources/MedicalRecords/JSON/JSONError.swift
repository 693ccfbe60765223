/// Why bytes are not the JSON they should be, and where. It holds no input: what stands at the offset may be about a patient.
package struct JSONError: Error, Hashable, Sendable {
    package enum Reason: Sendable {
        /// The bytes end before the value does.
        case cut
        /// A byte that cannot stand where it stands.
        case unexpectedByte
        /// A number outside the grammar of RFC 8259, section 6.
        case number
        /// An escape other than those of RFC 8259, section 7, or half of a surrogate pair.
        case escape
        /// A byte below 0x20 inside a string.
        case controlCharacter
        case notUTF8
        case byteOrderMark
        /// Two members of one object have the same name, so that two readers could read two documents.
        case duplicateKey
        case tooDeep
        case tooLarge
        /// Something follows the value.
        case trailingBytes
        /// Valid JSON, but not the kind of value that belongs here.
        case wrongKind
    }

    package let reason: Reason
    /// Bytes from the start of the file.
    package let offset: Int

    package init(_ reason: Reason, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }
}
