import CryptoPrimitives
import TestSupport
import Testing

@testable import ZeroKnowledge

struct StatementTests {
    private let record = Credential("record", fields: [7, 8])
    private let second = Credential("second", fields: [7])
    private let stranger = Credential("stranger", fields: [7], holder: "stranger")
    private let tie = Predicate.same(.init(1), .init(record: 1, 1))

    private func at(_ index: UInt8, of record: UInt8 = 0) -> Predicate.Attribute { .init(record: record, index) }
    private func set(_ members: [UInt64]) -> [SG3072.Scalar] { members.map { SG3072.Scalar($0) } }

    private func error(_ records: [ShownRecord], _ predicates: [Predicate]) -> StatementError? {
        do throws(StatementError) {
            _ = try Statement(occasion: .test(), records: records, predicates: predicates)
            return nil
        } catch {
            return error
        }
    }

    private func error(_ predicates: Predicate..., shown: [UInt8] = []) -> StatementError? {
        error([record.shown(shown)], predicates)
    }

    @Test func `a statement comes back from its bytes, and nothing else passes for them`() throws {
        let statement = try Statement(
            occasion: .test(), records: [record.shown(), second.shown([3])],
            predicates: [
                tie, .range(at(3), low: 1, high: 9), .member(at(4), of: set([7, 8, 9])), .isNot(at(3), SG3072.Scalar(1)),
                .differ(at(3), at(4)), .sum([.init(at(3), 2), .init(at(4), -1)], low: .zero, width: 9),
            ])
        let failures = canonicalFailures(statement)
        #expect(failures.isEmpty, "\(failures)")
    }

    @Test func `an interval has two values at least, and less than 2^63`() {
        #expect(error(.range(at(3), low: 7, high: 8)) == nil)
        #expect(error(.range(at(3), low: 8, high: 7)) == .degenerate)
        #expect(error(.range(at(3), low: 8, high: 8)) == .degenerate)
        #expect(error(.range(at(3), low: 1, high: 1 << 63)) == nil)
        #expect(error(.range(at(3), low: 0, high: 1 << 63)) == .degenerate)
        #expect(error(.range(at(3), low: 0, high: .max)) == .degenerate)
        let terms = [Predicate.Term(at(3), 1), .init(at(4), 1)]
        #expect(error(.sum(terms, low: .zero, width: 1)) == nil)
        #expect(error(.sum(terms, low: .zero, width: 0)) == .degenerate)
        #expect(error(.sum(terms, low: .zero, width: 1 << 63)) == .degenerate)
    }

    @Test func `a set has two members at least, each once and in order`() {
        #expect(error(.member(at(3), of: set([7, 8]))) == nil)
        for members in [[], [7], [7, 7], [8, 7], [7, 8, 8], [7, 9, 8]] as [[UInt64]] {
            #expect(error(.member(at(3), of: set(members))) == .degenerate, "\(members)")
        }
        #expect(error(.member(at(3), of: set((0..<4_097).map { $0 }))) == .degenerate)
    }

    @Test func `a sum has coefficients that are not zero`() {
        #expect(error(.sum([.init(at(3), 1), .init(at(4), 0)], low: .zero, width: 1)) == .degenerate)
        #expect(error(.sum([.init(at(3), 1)], low: .zero, width: 1)) == .degenerate)
        #expect(error(.sum([], low: .zero, width: 1)) == .degenerate)
    }

    @Test func `nothing is compared with itself, by whatever name`() {
        #expect(error(.differ(at(3), at(3))) == .wrongAttribute)
        #expect(error(.same(at(3), at(3))) == .wrongAttribute)
        #expect(error(.sum([.init(at(3), 1), .init(at(3), 1)], low: .zero, width: 1)) == .wrongAttribute)
        #expect(error(.same(at(3), at(4)), .differ(at(3), at(4))) == .wrongAttribute)
        #expect(error(.same(at(3), at(4)), .sum([.init(at(3), 1), .init(at(4), -1)], low: .zero, width: 1)) == .wrongAttribute)
    }

    @Test func `predicates name attributes that are there and hidden`() {
        #expect(error(.range(at(5), low: 0, high: 1)) == .wrongAttribute)
        #expect(error(.range(at(3, of: 1), low: 0, high: 1)) == .wrongAttribute)
        #expect(error(.range(at(0), low: 0, high: 1)) == .wrongAttribute)
        #expect(error(.range(at(3), low: 0, high: 9), shown: [3]) == .wrongAttribute)
        #expect(error(.member(at(3), of: set([7, 8])), shown: [3]) == .wrongAttribute)
        #expect(error(.isNot(at(3), .zero), shown: [3]) == .wrongAttribute)
        #expect(error(.differ(at(3), at(4)), shown: [3]) == nil)
    }

    @Test func `of the holder's secret one learns that it is the same`() {
        #expect(error(.range(at(1), low: 0, high: 1)) == .wrongAttribute)
        #expect(error(.member(at(1), of: set([1, 2]))) == .wrongAttribute)
        #expect(error(.isNot(at(1), .zero)) == .wrongAttribute)
        #expect(error(.same(at(1), at(3))) == .wrongAttribute)
        #expect(error(.sum([.init(at(1), 1), .init(at(3), 1)], low: .zero, width: 1)) == .wrongAttribute)
        #expect(error([record.shown(), second.shown()], [tie]) == nil)
        #expect(error([record.shown(), second.shown()], [tie, .differ(at(1), at(1, of: 1))]) == .wrongAttribute)
    }

    @Test func `several records are tied to one holder`() {
        #expect(error([record.shown(), second.shown()], []) == .severalHolders)
        #expect(error([record.shown(), second.shown(), stranger.shown()], [tie]) == .severalHolders)
        let chain = [tie, .same(.init(record: 1, 1), .init(record: 2, 1))]
        #expect(error([record.shown(), second.shown(), stranger.shown()], chain) == nil)
    }

    @Test func `what is shown fits what is tied to it`() {
        #expect(error(.same(at(3), at(4)), shown: [3]) == nil)
        #expect(error(.same(at(3), at(4)), shown: [3, 4]) == .wrongScalar)
        #expect(error([record.shown([3]), second.shown([3])], [tie, .same(at(3), at(3, of: 1))]) == nil)
    }

    @Test func `shown attributes ascend, and the holder's secret is none of them`() {
        #expect(error(shown: [4, 3]) == .wrongAttribute)
        #expect(error(shown: [3, 3]) == .wrongAttribute)
        #expect(error([record.shown([1])], []) == .wrongAttribute)
        #expect(error(shown: [3, 4]) == nil)
    }

    @Test func `a statement is bounded`() {
        #expect(error([], []) == .tooLarge)
        let nine = (0..<9).map { Credential("\($0)", fields: [7]).shown() }
        #expect(error(nine, (1..<9).map { .same(at(1), at(1, of: $0)) }) == .tooLarge)
        #expect(error([record.shown()], (0..<33).map { .isNot(at(3), SG3072.Scalar($0)) }) == .tooLarge)
        let wide = Predicate.range(at(3), low: 0, high: 1 << 63 - 1)
        #expect(error(wide, wide) == nil)
        #expect(error(wide, wide, wide) == .tooLarge)
    }

    @Test func `schemas have four to sixteen attributes, of which two are always shown`() throws {
        #expect(error([Credential("none", fields: []).shown()], []) == .wrongAttribute)
        let bytes = try Statement(occasion: .test(), records: [record.shown()], predicates: []).canonicalBytes
        // The last day as a field and as attribute 2: one of them alone does not change.
        let changed = bytes.dropLast(2) + [bytes[bytes.count - 2] ^ 1, bytes[bytes.count - 1]]
        #expect(throws: FormatError.notCanonical) { try Statement(canonical: Array(changed)) }
    }
}

struct ProofPlanTests {
    @Test func `weights add up to the width, and each number in it is a sum of them`() {
        for width in [1, 2, 3, 4, 5, 69, 127, 128, 255] as [UInt64] {
            let weights = SG3072.SecretBits.weights(upTo: width)
            #expect(weights.reduce(0, +) == width)
            var sums: Set<UInt64> = [0]
            for weight in weights { sums.formUnion(sums.map { $0 + weight }) }
            #expect(sums == Set(0...width), "\(width)")
        }
        #expect(SG3072.SecretBits.weights(upTo: 1 << 63 - 1).count == 63)
        #expect(SG3072.SecretBits.weights(upTo: 39_000).count == 16)
    }

    @Test func `sets get the digits that make the shortest proof`() {
        let shapes: [(Int, Int, Int)] = [(33, 2, 6), (100, 2, 10), (1_000, 3, 10), (4_096, 4, 8)]
        for (count, digits, base) in shapes {
            let shape = SetDigits(count: count)
            #expect(shape.digits == digits && shape.base == base, "\(count): \(shape)")
        }
    }

    @Test func `an equation determines the last variable that no equation before has`() throws {
        let record = Credential("record", fields: [7, 8, 9])
        func at(_ index: UInt8) -> Predicate.Attribute { .init(index) }
        func sum(_ attributes: UInt8...) -> Predicate {
            .sum(attributes.map { .init(at($0), 1) }, low: .zero, width: 63)
        }
        let plan = try ProofPlan([record.shown()], [sum(3, 4), sum(5, 4), sum(3, 5), .range(at(4), low: 0, high: 15)])
        // 4 by the first, 5 by the second; the third and the range are rows.
        #expect(plan.determined.map(\.variable) == [4, 5])
        #expect(plan.free == [1, 3])
        #expect(plan.auxiliaryCount == 6 + 6 + 6 + 4)
        #expect(plan.rows.count == plan.auxiliaryCount + 2)
    }
}
