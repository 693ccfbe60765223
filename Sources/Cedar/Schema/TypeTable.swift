/// The types of one schema and of the policies checked against it. Each is held once, so that two types are equal where their ids
/// are, however large they are.
struct TypeTable: Sendable {
    private(set) var types: [CedarType] = []
    /// How deep each nests: 1 for one that holds no other.
    private var depths: [Int] = []
    private var ids: [CedarType: TypeID] = [:]
    /// What comparisons of two types have shown.
    var subtypes: [Pair: Bool] = [:]
    var bounds: [Pair: TypeID?] = [:]

    struct Pair: Hashable, Sendable {
        let left: TypeID
        let right: TypeID
        let mode: ValidationMode
    }

    init() {
        for type in CedarType.basic { _ = id(of: type) }
    }

    subscript(id: TypeID) -> CedarType { types[Int(id.index)] }

    func depth(of id: TypeID) -> Int { depths[Int(id.index)] }

    mutating func id(of type: CedarType) -> TypeID {
        if let id = ids[type] { return id }
        let id = TypeID(index: Int32(types.count))
        types.append(type)
        depths.append(1 + depthOfParts(type))
        ids[type] = id
        return id
    }

    private func depthOfParts(_ type: CedarType) -> Int {
        switch type {
        case .set(let element): depth(of: element)
        case .record(let record): record.attributes.reduce(0) { max($0, depth(of: $1.type)) }
        default: 0
        }
    }
}

/// A type by its place in a table.
struct TypeID: Hashable, Sendable {
    let index: Int32

    // The places of `CedarType.basic`.
    static let never = TypeID(index: 0)
    static let `true` = TypeID(index: 1)
    static let `false` = TypeID(index: 2)
    static let bool = TypeID(index: 3)
    static let long = TypeID(index: 4)
    static let string = TypeID(index: 5)
    static let anySet = TypeID(index: 6)
    static let anyEntity = TypeID(index: 7)
    static let emptyRecord = TypeID(index: 8)
    static let decimal = TypeID(index: 9)
    static let ipaddr = TypeID(index: 10)
    static let datetime = TypeID(index: 11)
    static let duration = TypeID(index: 12)

    static func `extension`(_ type: ExtensionType) -> TypeID {
        switch type {
        case .decimal: .decimal
        case .ipaddr: .ipaddr
        case .datetime: .datetime
        case .duration: .duration
        }
    }

    static func bool(_ value: Bool) -> TypeID { value ? .true : .false }
}

/// What a value can be, as far as a schema tells.
enum CedarType: Hashable, Sendable {
    /// No value at all: the element of an empty set.
    case never
    /// A boolean that can only be one of the two.
    case singleton(Bool)
    case bool
    case long
    case string
    case set(TypeID)
    /// A set of whatever; it is expected and never found.
    case anySet
    case record(RecordType)
    /// One of these entity types, sorted. More than one only where validation is permissive.
    case entity([EntityTypeID])
    case anyEntity
    case `extension`(ExtensionType)

    /// In the order of the constants of `TypeID`.
    static let basic: [CedarType] = [
        .never, .singleton(true), .singleton(false), .bool, .long, .string, .anySet, .anyEntity,
        .record(RecordType(attributes: [])),
        .extension(.decimal), .extension(.ipaddr), .extension(.datetime), .extension(.duration),
    ]
}

/// The attributes of a record, sorted by name.
struct RecordType: Hashable, Sendable {
    struct Attribute: Hashable, Sendable {
        let name: CedarString
        let type: TypeID
        let isRequired: Bool
    }

    let attributes: [Attribute]
    /// Whether a value may have others beside these.
    var isOpen = false

    subscript(name: CedarString) -> Attribute? {
        var low = 0
        var high = attributes.count
        while low < high {
            let middle = (low + high) / 2
            if attributes[middle].name < name { low = middle + 1 } else { high = middle }
        }
        return low < attributes.count && attributes[low].name == name ? attributes[low] : nil
    }
}

/// An entity type by its place in a schema; the types of actions have places of their own after those that are declared.
struct EntityTypeID: Hashable, Sendable, Comparable {
    let index: Int32

    static func < (left: EntityTypeID, right: EntityTypeID) -> Bool { left.index < right.index }
}

enum ExtensionType: String, CaseIterable, Sendable {
    case decimal, ipaddr, datetime, duration
}
