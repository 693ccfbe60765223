/// Bounds on what is read and computed, so that no input exhausts stack or memory. Each is far above what people write.
package enum Limits {
    /// Bytes of one policy or schema text, or of one JSON document.
    package static let sourceBytes = 64 << 20
    /// How deep expressions nest; a repeated operator other than `&&` and `||` nests, too.
    package static let expressionDepth = 128
    /// How deep values nest.
    package static let valueDepth = 128
    /// How deep the JSON of policies nests. It needs two levels for each operand of a chain of `&&` or `||`, which nests no deeper as an
    /// expression.
    package static let policyJSONDepth = 1024
}
