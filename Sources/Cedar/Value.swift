/// A value of the Cedar language.
package enum Value: Hashable, Sendable {
    case bool(Bool)
    case long(Int64)
    case string(CedarString)
    case entity(EntityUID)
    case set(ValueSet)
    case record(Record)
    case decimal(DecimalValue)
    case ipaddr(IPAddressValue)
    case datetime(DatetimeValue)
    case duration(DurationValue)
}

extension Value {
    /// The name of the value's type, for messages.
    package var typeName: String {
        switch self {
        case .bool: "bool"
        case .long: "long"
        case .string: "string"
        case .entity(let uid): "entity of type \(uid.type)"
        case .set: "set"
        case .record: "record"
        case .decimal: "decimal"
        case .ipaddr: "ipaddr"
        case .datetime: "datetime"
        case .duration: "duration"
        }
    }

    /// How many sets and records lie inside one another; 0 for a value that holds no other.
    package var depth: Int {
        switch self {
        case .set(let set): set.depth
        case .record(let record): record.depth
        default: 0
        }
    }
}

/// A total order, the same on every run. The language has none: it is what makes sets canonical and printing repeatable.
extension Value: Comparable {
    package static func < (left: Value, right: Value) -> Bool {
        switch (left, right) {
        case (.bool(let left), .bool(let right)): !left && right
        case (.long(let left), .long(let right)): left < right
        case (.string(let left), .string(let right)): left < right
        case (.entity(let left), .entity(let right)): left < right
        case (.set(let left), .set(let right)): left.elements.lexicographicallyPrecedes(right.elements)
        case (.record(let left), .record(let right)): left < right
        case (.decimal(let left), .decimal(let right)): left < right
        case (.ipaddr(let left), .ipaddr(let right)): left < right
        case (.datetime(let left), .datetime(let right)): left < right
        case (.duration(let left), .duration(let right)): left < right
        default: left.rank < right.rank
        }
    }

    private var rank: Int {
        switch self {
        case .bool: 0
        case .long: 1
        case .string: 2
        case .entity: 3
        case .set: 4
        case .record: 5
        case .decimal: 6
        case .ipaddr: 7
        case .datetime: 8
        case .duration: 9
        }
    }
}
