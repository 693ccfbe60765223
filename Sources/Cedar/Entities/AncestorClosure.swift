/// From the parents of each of a number of things to all its ancestors. Cycles are refused, and so is what would take too much memory
/// or time: a chain of 100,000 has five thousand million pairs.
struct AncestorClosure {
    /// Pairs of a thing and its ancestor, 4 bytes each.
    static let maximumPairs = 16 << 20
    /// Pairs looked at on the way, before those that are found twice are dropped.
    static let maximumSteps = 256 << 20

    enum Outcome {
        case complete
        /// Something on the cycle.
        case cycle(Int32)
        case tooLarge
    }

    /// By place; places are those of `offsets`.
    private let parents: [[Int32]]
    /// The ancestors of `i`, sorted, are `ancestors[offsets[i]..<offsets[i + 1]]`.
    private(set) var offsets: [Int32] = [0]
    private(set) var ancestors: [Int32] = []

    private var found: [[Int32]]
    private var states: [State]
    /// Who has met whom last, so that nothing is listed twice.
    private var marks: [Int32]
    private var pairs = 0
    private var steps = 0

    private enum State { case untouched, open, done }

    init(parents: [[Int32]]) {
        self.parents = parents
        found = Array(repeating: [], count: parents.count)
        states = Array(repeating: .untouched, count: parents.count)
        marks = Array(repeating: -1, count: parents.count)
    }

    mutating func compute() -> Outcome {
        for start in parents.indices where states[start] == .untouched {
            let outcome = visit(Int32(start))
            guard case .complete = outcome else { return outcome }
        }
        ancestors.reserveCapacity(pairs)
        for list in found {
            ancestors.append(contentsOf: list)
            offsets.append(Int32(ancestors.count))
        }
        return .complete
    }

    /// Parents first, with a stack of its own: no chain is too long for it.
    private mutating func visit(_ start: Int32) -> Outcome {
        var stack: [(node: Int32, next: Int)] = [(start, 0)]
        states[Int(start)] = .open
        while let (node, next) = stack.last {
            let above = parents[Int(node)]
            guard next < above.count else {
                guard close(node) else { return .tooLarge }
                stack.removeLast()
                continue
            }
            stack[stack.count - 1].next += 1
            let parent = above[next]
            switch states[Int(parent)] {
            case .open: return .cycle(parent)
            case .done: break
            case .untouched:
                states[Int(parent)] = .open
                stack.append((parent, 0))
            }
        }
        return .complete
    }

    /// Lists the ancestors of a thing whose parents are done.
    private mutating func close(_ node: Int32) -> Bool {
        let above = parents[Int(node)]
        for parent in above { steps += found[Int(parent)].count + 1 }
        guard steps <= Self.maximumSteps else { return false }
        let list = above.count == 1 ? ancestors(through: above[0]) : ancestors(through: above, of: node)
        pairs += list.count
        guard pairs <= Self.maximumPairs else { return false }
        found[Int(node)] = list
        states[Int(node)] = .done
        return true
    }

    /// Most have one parent: its list is sorted already.
    private func ancestors(through parent: Int32) -> [Int32] {
        var list = found[Int(parent)]
        list.insert(parent, at: list.firstIndex { $0 > parent } ?? list.endIndex)
        return list
    }

    private mutating func ancestors(through parents: [Int32], of node: Int32) -> [Int32] {
        var list: [Int32] = []
        func add(_ ancestor: Int32) {
            guard marks[Int(ancestor)] != node else { return }
            marks[Int(ancestor)] = node
            list.append(ancestor)
        }
        for parent in parents {
            add(parent)
            for ancestor in found[Int(parent)] { add(ancestor) }
        }
        list.sort()
        return list
    }
}
