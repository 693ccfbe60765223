/// The member names of all objects that are open, to find the second use of one.
///
/// Objects in records have few members, so a name is compared with its siblings one by one, and mostly not even that: a 64-bit filter
/// says that it is new. Objects with many names, or with escapes in one, go through a set, so that no input makes this quadratic.
struct JSONKeys {
    private struct Object {
        var firstKey = 0
        var filter: UInt64 = 0
    }

    private static let longestList = 32

    /// The names in lists, the innermost object's last. What stands from `count` on is left over from objects that were closed.
    private var keys: [JSONString] = []
    private var count = 0
    private var innermost = Object()
    private var outer: [Object] = []
    /// The names in sets, by depth.
    private var sets: [Int: Set<[UInt8]>] = [:]

    mutating func open() {
        outer.append(innermost)
        innermost = Object(firstKey: count)
    }

    mutating func close() {
        if !sets.isEmpty { sets[outer.count] = nil }
        count = innermost.firstKey
        guard let object = outer.popLast() else { preconditionFailure("an object is closed that was never opened") }
        innermost = object
    }

    /// Whether the innermost object sees this name for the first time.
    @inline(__always) mutating func insert(_ key: JSONString, in bytes: [UInt8]) -> Bool {
        let bit: UInt64 = 1 << UInt64(key.mark(in: bytes.span))
        let isListed = sets.isEmpty && !key.hasEscapes && count &- innermost.firstKey < Self.longestList
        guard isListed, innermost.filter & bit == 0 else { return insertWithCare(key, in: bytes) }
        innermost.filter |= bit
        append(key)
        return true
    }

    private mutating func insertWithCare(_ key: JSONString, in bytes: [UInt8]) -> Bool {
        let siblings = keys[innermost.firstKey..<count]
        if sets[outer.count] != nil || key.hasEscapes || siblings.count >= Self.longestList {
            var names = sets[outer.count] ?? Set(siblings.map { $0.decoded(in: bytes) })
            sets[outer.count] = nil
            defer { sets[outer.count] = names }
            return names.insert(key.decoded(in: bytes)).inserted
        }
        if siblings.contains(where: { key.hasSameBytes(as: $0, in: bytes) }) { return false }
        innermost.filter |= 1 << UInt64(key.mark(in: bytes.span))
        append(key)
        return true
    }

    @inline(__always) private mutating func append(_ key: JSONString) {
        if count < keys.count { keys[count] = key } else { keys.append(key) }
        count &+= 1
    }
}
