import CryptoPrimitives
package import MedicalRecords

/// What is to be proven of fields that are not shown, or to be so of one that is. docs/proofs.md, section 7.
package enum ProofCondition: Hashable, Sendable {
    /// Dates and scaled numbers, the bounds included.
    case range(Field, low: Int64, high: Int64)
    case member(Field, [ClaimValue])
    case isNot(Field, ClaimValue)
    case differ(Field, Field)
    case same(Field, Field)
    /// The first less the second.
    case difference(Field, Field, low: Int64, high: Int64)
    /// Of a field that is shown.
    case isShown(Field, ClaimValue)
    /// Of no claims: a live grant of the patient's covers this.
    case covered(AskedConsent)

    /// A field of one of the claims sets that a request asks for.
    package struct Field: Hashable, Sendable {
        package let record: UInt8
        package let field: UInt8

        package init(record: UInt8, field: UInt8) {
            (self.record, self.field) = (record, field)
        }
    }

    package static let maximumSetSize = 4_096

    package var fields: [Field] {
        switch self {
        case .range(let field, _, _), .member(let field, _), .isNot(let field, _), .isShown(let field, _): [field]
        case .differ(let first, let second), .same(let first, let second), .difference(let first, let second, _, _):
            [first, second]
        case .covered: []
        }
    }

    init(from reader: inout CanonicalReader) throws(FormatError) {
        switch try reader.integer(UInt8.self) {
        case 1: self = .range(try reader.field(), low: try reader.signed(), high: try reader.signed())
        case 2:
            let field = try reader.field()
            let values = try reader.list(length: UInt16.self, atMost: Self.maximumSetSize) { reader throws(FormatError) in
                try reader.claimValue()
            }
            guard values.map(\.canonicalBytes).isAscendingBytes else { throw .notCanonical }
            self = .member(field, values)
        case 3: self = .isNot(try reader.field(), try reader.claimValue())
        case 4: self = .differ(try reader.field(), try reader.field())
        case 5: self = .same(try reader.field(), try reader.field())
        case 6:
            self = .difference(try reader.field(), try reader.field(), low: try reader.signed(), high: try reader.signed())
        case 7: self = .isShown(try reader.field(), try reader.claimValue())
        case 8: self = .covered(try AskedConsent(from: &reader))
        default: throw .unknownTag
        }
    }

    func encode(to writer: inout CanonicalWriter) {
        switch self {
        case .range(let field, let low, let high):
            writer.integer(1 as UInt8)
            writer.field(field)
            writer.signed(low)
            writer.signed(high)
        case .member(let field, let values):
            writer.integer(2 as UInt8)
            writer.field(field)
            writer.list(values, length: UInt16.self) { $0.claimValue($1) }
        case .isNot(let field, let value):
            writer.integer(3 as UInt8)
            writer.field(field)
            writer.claimValue(value)
        case .differ(let first, let second):
            writer.integer(4 as UInt8)
            writer.field(first)
            writer.field(second)
        case .same(let first, let second):
            writer.integer(5 as UInt8)
            writer.field(first)
            writer.field(second)
        case .difference(let first, let second, let low, let high):
            writer.integer(6 as UInt8)
            writer.field(first)
            writer.field(second)
            writer.signed(low)
            writer.signed(high)
        case .isShown(let field, let value):
            writer.integer(7 as UInt8)
            writer.field(field)
            writer.claimValue(value)
        case .covered(let consent):
            writer.integer(8 as UInt8)
            consent.encode(to: &writer)
        }
    }
}

extension ProofCondition {
    /// A set in the order it is written in, without doubles.
    package static func member(_ field: Field, of values: Set<ClaimValue>) -> ProofCondition {
        .member(field, values.sorted { $0.canonicalBytes.lexicographicallyPrecedes($1.canonicalBytes) })
    }

    /// Whether it speaks of fields that are there, and are shown or not as it needs them, with values that these can have, and leaves
    /// something open.
    func isMeaningful(for asked: [ProofRequest.Asked]) -> Bool {
        let needsHidden = if case .isShown = self { false } else { true }
        guard fields.allSatisfy({ $0.isHidden(in: asked) == needsHidden }), Set(fields).count == fields.count else { return false }
        let types = fields.map { asked[Int($0.record)].schema.fields[Int($0.field)] }
        switch self {
        case .range(_, let low, let high):
            return types[0].isOrdered && low < high && types[0].domain.contains(low) && types[0].domain.contains(high)
        case .member(_, let values):
            return (2...Self.maximumSetSize).contains(values.count) && values.allSatisfy { $0 != .absent && $0.fits(types[0]) }
        case .isNot(_, let value), .isShown(_, let value): return value != .absent && value.fits(types[0])
        case .differ, .same: return types[0].isComparable(with: types[1])
        case .difference(_, _, let low, let high):
            let limit = Int64(1) << 62
            return types.allSatisfy(\.isOrdered) && types[0].isComparable(with: types[1]) && low < high && low > -limit
                && high < limit
        case .covered: return true
        }
    }
}

extension ProofCondition.Field {
    /// `nil` if there is no such field.
    fileprivate func isHidden(in asked: [ProofRequest.Asked]) -> Bool? {
        guard record < asked.count, field < asked[Int(record)].schema.fields.count else { return nil }
        return !asked[Int(record)].allShown.contains(field)
    }
}

extension ClaimField {
    var isOrdered: Bool { kind == .date || kind == .number || kind == .floor }

    /// What a bound may be.
    fileprivate var domain: ClosedRange<Int64> {
        kind == .date ? 0...Int64(UInt16.max) : 1 - (Int64(1) << 62)...(Int64(1) << 62) - 1
    }

    /// Values of both mean the same when they are equal.
    fileprivate func isComparable(with other: ClaimField) -> Bool {
        kind == other.kind && unit == other.unit && scale == other.scale && codeList?.name == other.codeList?.name
    }
}

extension ClaimValue {
    var canonicalBytes: [UInt8] {
        var writer = CanonicalWriter()
        writer.claimValue(self)
        return writer.bytes
    }
}

extension CanonicalReader {
    fileprivate mutating func field() throws(FormatError) -> ProofCondition.Field {
        ProofCondition.Field(record: try integer(UInt8.self), field: try integer(UInt8.self))
    }

    fileprivate mutating func signed() throws(FormatError) -> Int64 {
        Int64(bitPattern: try integer(UInt64.self))
    }
}

extension CanonicalWriter {
    fileprivate mutating func field(_ field: ProofCondition.Field) {
        integer(field.record)
        integer(field.field)
    }

    fileprivate mutating func signed(_ value: Int64) {
        integer(UInt64(bitPattern: value))
    }
}
