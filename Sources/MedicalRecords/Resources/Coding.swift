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
        left.system.utf8.elementsEqual(right.system.utf8) && left.code.utf8.elementsEqual(right.code.utf8)
    }

    package static func < (left: Coding, right: Coding) -> Bool {
        guard left.system.utf8.elementsEqual(right.system.utf8) else {
            return left.system.utf8.lexicographicallyPrecedes(right.system.utf8)
        }
        return left.code.utf8.lexicographicallyPrecedes(right.code.utf8)
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
