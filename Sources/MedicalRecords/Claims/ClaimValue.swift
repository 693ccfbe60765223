/// What a resource says in one field of its schema. Nothing here is a float: a number is a whole number of steps of 10^-scale, a day a
/// count, a code its place on a published list.
package enum ClaimValue: Sendable {
    /// The resource does not say it, or says it in a way that a claim cannot repeat exactly.
    case absent
    /// Days since 1900-01-01, so until 2079-06-06.
    case date(UInt16)
    /// The value times 10^scale, between -2^62 and 2^62, both excluded.
    case number(Int64)
    /// The place on the field's code list, from 0.
    case code(UInt16)
    /// A code of any system. System and code have 1 to 255 bytes each.
    case openCode(Coding)
    /// 1 to 255 bytes of UTF-8.
    case text(String)
}

extension ClaimValue: Hashable {
    /// Texts byte by byte, and so is every value derived from them: Swift's own comparison takes two encodings of one letter for the same.
    package static func == (left: ClaimValue, right: ClaimValue) -> Bool {
        switch (left, right) {
        case (.absent, .absent): true
        case (.date(let left), .date(let right)): left == right
        case (.number(let left), .number(let right)): left == right
        case (.code(let left), .code(let right)): left == right
        case (.openCode(let left), .openCode(let right)): left == right
        case (.text(let left), .text(let right)): left.utf8.elementsEqual(right.utf8)
        default: false
        }
    }
}
