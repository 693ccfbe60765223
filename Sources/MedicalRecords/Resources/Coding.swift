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
    package static func < (left: Coding, right: Coding) -> Bool {
        (left.system, left.code) < (right.system, right.code)
    }
}

extension Coding: CustomStringConvertible {
    /// `system|code`, as FHIR's own searches write it.
    package var description: String { "\(system)|\(code)" }
}
