/// A policy's conditions in the form that is evaluated: one flat array of nodes that name one another by index. Made once, shared by
/// every link of a template.
final class Program: Sendable {
    /// An index into `nodes`.
    typealias Index = Int32

    enum Node: Sendable {
        case constant(Int32)
        case variable(Variable)
        case not(Index)
        case negate(Index)
        // A run of `operands`.
        case and(start: Int32, count: Int32)
        case or(start: Int32, count: Int32)
        case set(start: Int32, count: Int32)
        case call(ExtensionFunction, start: Int32, count: Int32)
        /// Pairs of a name's index and a node's.
        case record(start: Int32, count: Int32)
        /// Three operands: condition, then, else.
        case conditional(start: Int32)
        case binary(BinaryOperator, Index, Index)
        case isEmpty(Index)
        case isType(Index, type: Int32)
        case has(Index, name: Int32)
        case attribute(Index, name: Int32)
        case like(Index, pattern: Int32)
    }

    let nodes: [Node]
    /// Where each node stood in the source.
    let positions: [SourcePosition]
    let operands: [Int32]
    let constants: [Value]
    let names: [CedarString]
    let patterns: [WildcardMatcher]
    /// The node that says whether the conditions hold.
    let root: Index

    init(
        nodes: [Node], positions: [SourcePosition], operands: [Int32], constants: [Value], names: [CedarString],
        patterns: [WildcardMatcher], root: Index
    ) {
        self.nodes = nodes
        self.positions = positions
        self.operands = operands
        self.constants = constants
        self.names = names
        self.patterns = patterns
        self.root = root
    }
}
