package import CryptoPrimitives

/// Something that holds of attributes which are not shown. docs/proofs.md, section 5.
package enum Predicate: Hashable, Sendable {
    /// low <= m <= high.
    case range(Attribute, low: UInt64, high: UInt64)
    /// m is one of these, ascending.
    case member(Attribute, of: [SG3072.Scalar])
    case isNot(Attribute, SG3072.Scalar)
    case differ(Attribute, Attribute)
    case same(Attribute, Attribute)
    /// low <= sum of coefficient * m <= low + width.
    case sum([Term], low: SG3072.Scalar, width: UInt64)

    /// An attribute of one of the records of a statement; the grant, if there is one, is the last.
    package struct Attribute: Hashable, Comparable, Sendable {
        package let record: UInt8
        package let index: UInt8

        package init(record: UInt8 = 0, _ index: UInt8) {
            self.record = record
            self.index = index
        }

        package static func < (left: Attribute, right: Attribute) -> Bool {
            (left.record, left.index) < (right.record, right.index)
        }
    }

    package struct Term: Hashable, Sendable {
        package let attribute: Attribute
        package let coefficient: Int32

        package init(_ attribute: Attribute, _ coefficient: Int32) {
            self.attribute = attribute
            self.coefficient = coefficient
        }
    }

    package static let setSizes = 2...4_096
    package static let termCounts = 2...8
    /// Of an interval: the difference of its ends.
    package static let widths: ClosedRange<UInt64> = 1...(1 << 63 - 1)

    var attributes: [Attribute] {
        switch self {
        case .range(let attribute, _, _), .member(let attribute, _), .isNot(let attribute, _): [attribute]
        case .differ(let first, let second), .same(let first, let second): [first, second]
        case .sum(let terms, _, _): terms.map(\.attribute)
        }
    }

    /// Whether shown attributes may stand in it. Of a single attribute that is shown nothing is left to prove.
    var allowsShown: Bool {
        switch self {
        case .range, .member, .isNot: false
        case .differ, .same, .sum: true
        }
    }

    /// Whether it makes two attributes one variable.
    var isEquality: Bool {
        if case .same = self { true } else { false }
    }

    func validate(_ records: [any Committed]) throws(StatementError) {
        let attributes = attributes
        guard Set(attributes).count == attributes.count,
            attributes.allSatisfy({ $0.record < records.count && $0.index < records[Int($0.record)].attributeCount }),
            allowsShown || attributes.allSatisfy({ records[Int($0.record)].scalar(of: $0.index) == nil })
        else { throw .wrongAttribute }
        // The holder's secret is compared with itself alone: whoever asks more of it is after the secret.
        let holders = attributes.count { $0.index == ShownRecord.holderAttribute }
        guard holders == 0 || isEquality && holders == 2 else { throw .wrongAttribute }
        guard isSound else { throw .degenerate }
    }

    private var isSound: Bool {
        switch self {
        case .range(_, let low, let high): low < high && Self.widths.contains(high - low)
        case .member(_, let set): Self.setSizes.contains(set.count) && set.map(\.encoded).isAscendingBytes
        case .sum(let terms, _, let width):
            Self.termCounts.contains(terms.count) && terms.allSatisfy { $0.coefficient != 0 } && Self.widths.contains(width)
        case .isNot, .differ, .same: true
        }
    }
}

extension Predicate {
    init(from reader: inout CanonicalReader) throws(FormatError) {
        switch try reader.integer(UInt8.self) {
        case 1: self = .range(try reader.attribute(), low: try reader.integer(UInt64.self), high: try reader.integer(UInt64.self))
        case 2:
            let attribute = try reader.attribute()
            let set = try reader.list(length: UInt16.self, atMost: Self.setSizes.upperBound) { reader throws(FormatError) in
                try reader.scalar()
            }
            self = .member(attribute, of: set)
        case 3: self = .isNot(try reader.attribute(), try reader.scalar())
        case 4: self = .differ(try reader.attribute(), try reader.attribute())
        case 5: self = .same(try reader.attribute(), try reader.attribute())
        case 6:
            let terms = try reader.list(length: UInt8.self, atMost: Self.termCounts.upperBound) { reader throws(FormatError) in
                Term(try reader.attribute(), Int32(bitPattern: try reader.integer(UInt32.self)))
            }
            self = .sum(terms, low: try reader.scalar(), width: try reader.integer(UInt64.self))
        default: throw .unknownTag
        }
    }

    func encode(to writer: inout CanonicalWriter) {
        writer.integer(tag)
        switch self {
        case .range(let attribute, let low, let high):
            writer.attribute(attribute)
            writer.integer(low)
            writer.integer(high)
        case .member(let attribute, let set):
            writer.attribute(attribute)
            writer.list(set, length: UInt16.self) { $0.fixed($1.encoded) }
        case .isNot(let attribute, let scalar):
            writer.attribute(attribute)
            writer.fixed(scalar.encoded)
        case .differ(let first, let second), .same(let first, let second):
            writer.attribute(first)
            writer.attribute(second)
        case .sum(let terms, let low, let width):
            writer.list(terms, length: UInt8.self) { writer, term in
                writer.attribute(term.attribute)
                writer.integer(UInt32(bitPattern: term.coefficient))
            }
            writer.fixed(low.encoded)
            writer.integer(width)
        }
    }

    private var tag: UInt8 {
        switch self {
        case .range: 1
        case .member: 2
        case .isNot: 3
        case .differ: 4
        case .same: 5
        case .sum: 6
        }
    }
}

extension CanonicalReader {
    fileprivate mutating func attribute() throws(FormatError) -> Predicate.Attribute {
        Predicate.Attribute(record: try integer(UInt8.self), try integer(UInt8.self))
    }
}

extension CanonicalWriter {
    fileprivate mutating func attribute(_ attribute: Predicate.Attribute) {
        integer(attribute.record)
        integer(attribute.index)
    }
}
