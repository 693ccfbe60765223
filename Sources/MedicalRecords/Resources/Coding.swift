/// A code and the system that defines it, without the version and the words that may go with it.
package struct Coding: Hashable, Sendable {
    /// The system's URI; empty where the element's definition fixes it, as for `AllergyIntolerance.category`.
    package let system: String
    package let code: String

    package init(system: String, code: String) {
        self.system = system
        self.code = code
    }
}

extension Coding: Comparable {
    /// Byte by byte, and so is order: Swift's own comparison takes two encodings of one letter for the same.
    package static func == (left: Coding, right: Coding) -> Bool {
        hasSameBytes(left.code, right.code) && hasSameBytes(left.system, right.system)
    }

    package static func < (left: Coding, right: Coding) -> Bool {
        guard hasSameBytes(left.system, right.system) else {
            return left.system.utf8.lexicographicallyPrecedes(right.system.utf8)
        }
        return left.code.utf8.lexicographicallyPrecedes(right.code.utf8)
    }

    private static func hasSameBytes(_ left: String, _ right: String) -> Bool {
        let (left, right) = (left.utf8.span, right.utf8.span)
        guard left.count == right.count else { return false }
        // Mostly one text that both share: a reader makes it once.
        if left.isIdentical(to: right) { return true }
        for index in left.indices where left[index] != right[index] { return false }
        return true
    }
}

extension Coding: CustomStringConvertible {
    /// `system|code`, as FHIR's own searches write it.
    package var description: String { "\(system)|\(code)" }

    /// `nil` without a bar. Behind the last one stands the code.
    package init?(description: String) {
        guard let bar = description.utf8.lastIndex(of: UInt8(ascii: "|")) else { return nil }
        self.init(system: String(description[..<bar]), code: String(description[description.utf8.index(after: bar)...]))
    }
}
