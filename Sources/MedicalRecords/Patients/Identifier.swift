/// A number or name that an organisation gave someone.
package struct Identifier: Hashable, Sendable {
    /// Who numbers; `nil` where the source does not say.
    package let system: String?
    package let value: String

    package init(system: String?, value: String) {
        self.system = system
        self.value = value
    }

    /// Whether both can be the same number: the values are equal, and so are the systems where both are stated.
    func agrees(with other: Identifier) -> Bool {
        guard value == other.value else { return false }
        guard let system, let otherSystem = other.system else { return true }
        return system == otherSystem
    }
}
