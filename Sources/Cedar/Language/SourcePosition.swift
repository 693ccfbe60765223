/// A place in a source text. Lines and columns count from 1, columns in Unicode scalars.
package struct SourcePosition: Hashable, Sendable {
    package let line: UInt32
    package let column: UInt32

    package init(line: Int, column: Int) {
        self.line = UInt32(clamping: line)
        self.column = UInt32(clamping: column)
    }

    /// Of what was not read from a text.
    package static let none = SourcePosition(line: 0, column: 0)
}

extension SourcePosition: Comparable, CustomStringConvertible {
    package static func < (left: SourcePosition, right: SourcePosition) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }

    package var description: String { "\(line):\(column)" }
}
