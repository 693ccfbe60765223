import CryptoPrimitives
import TestSupport
import Testing

@Suite struct TreeAccumulators {
    /// RFC 6962, section 2.1, as it is written there: split at the largest power of two below the count.
    private func root(_ leaves: ArraySlice<Hash>) -> Hash {
        guard let first = leaves.first else { return .emptyTree }
        guard leaves.count > 1 else { return first }
        var split = 1
        while split * 2 < leaves.count { split *= 2 }
        let middle = leaves.startIndex + split
        return Hash.node(root(leaves[..<middle]), root(leaves[middle...]))
    }

    @Test func `the root is the definition's at every size`() {
        var accumulator = TreeAccumulator()
        var leaves: [Hash] = []
        #expect(accumulator.root == .emptyTree)
        for number in 0..<130 as Range<UInt8> {
            leaves.append(.leaf([number]))
            accumulator.append(.leaf([number]))
            #expect(accumulator.root == root(leaves[...]))
        }
    }

    @Test func `peaks that do not fit the count are refused`() {
        #expect(TreeAccumulator(peaks: [], count: 1) == nil)
        #expect(TreeAccumulator(peaks: [.emptyTree, .emptyTree], count: 4) == nil)
        #expect(TreeAccumulator(peaks: [.emptyTree, .emptyTree], count: 5) != nil)
    }
}

@Suite struct PayloadNames {
    @Test func `the name is the root over nonce and chunks`() {
        let payload = (0..<(16 + 65_552 + 65_552 + 40)).map { UInt8(truncatingIfNeeded: $0 * 31) }
        var expected = TreeAccumulator()
        for range in [0..<16, 16..<65_568, 65_568..<131_120, 131_120..<131_160] { expected.append(.leaf(Array(payload[range]))) }
        #expect(PayloadID(of: payload)?.value == expected.root.value)
    }

    @Test func `pieces of any size give the same name`() {
        var generator = SeededGenerator(seed: 20_261_121)
        let payload = generator.bytes(200_000)
        let name = PayloadID(of: payload)
        for _ in 0..<20 {
            var hasher = PayloadID.Hasher()
            var rest = payload[...]
            while !rest.isEmpty {
                let piece = rest.prefix(Int.random(in: 1...90_000, using: &generator))
                hasher.update(Array(piece))
                rest = rest.dropFirst(piece.count)
            }
            #expect(hasher.finalize() == name)
        }
    }

    @Test(arguments: [0, 15, 16, 31]) func `bytes too short for a nonce and a tag have no name`(count: Int) {
        #expect(PayloadID(of: [UInt8](repeating: 0, count: count)) == nil)
    }
}
