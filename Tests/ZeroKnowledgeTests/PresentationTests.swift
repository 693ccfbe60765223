import CryptoPrimitives
import TestSupport
import Testing

@testable import ZeroKnowledge

struct PresentationTests {
    private static let fields: [UInt64] = [7, 1_000, 1 << 62, 5, 5, 0]
    private static let record = Credential("record", fields: fields)
    private static let second = Credential("second", fields: [1_000, 900])

    private static func at(_ index: UInt8, of record: UInt8 = 0) -> Predicate.Attribute { .init(record: record, index) }

    private static func set(_ members: [UInt64]) -> [SG3072.Scalar] { members.map { SG3072.Scalar($0) } }

    private static let holder = Predicate.same(at(1), at(1, of: 1))
    private static let purpose = Predicate.member(at(5, of: 1), of: GrantExample.purposes(with: 2))

    /// Its category is what the record's first field is.
    private static var compared: GrantExample {
        var grant = GrantExample(at: 5, of: 6, shown: [3])
        grant.attributes[6] = record.attributes[3]
        grant.candidates[5] = GrantExample.commitment(grant.blinding, grant.attributes)
        return grant
    }

    /// Every kind of predicate, at the ends of what is true.
    private static func examples() throws -> [Example] {
        [
            try Example("nothing but what is shown", [record], shown: [[3, 4]], []),
            try Example("everything shown", [record], shown: [Array(3...8)], []),
            try Example("range of 2", [record], [.range(at(3), low: 6, high: 7)]),
            try Example("range at its low end", [record], [.range(at(3), low: 7, high: 107)]),
            try Example("range at its high end", [record], [.range(at(4), low: 300, high: 1_000)]),
            try Example("range of 63 bits", [record], [.range(at(5), low: 0, high: 1 << 63 - 1)]),
            try Example("member of 2", [record], [.member(at(3), of: set([6, 7]))]),
            try Example("first member", [record], [.member(at(3), of: set([7, 8, 9]))]),
            try Example("member of 32", [record], [.member(at(4), of: set((0..<32).map { 969 + $0 }))]),
            try Example("member of 33", [record], [.member(at(4), of: set((0..<33).map { 968 + $0 }))]),
            try Example("member of 300", [record], [.member(at(4), of: set((0..<300).map { 950 + $0 }))]),
            try Example("not this", [record], [.isNot(at(3), SG3072.Scalar(8))]),
            try Example("two that differ", [record], [.differ(at(3), at(4))]),
            try Example("two that are the same", [record], [.same(at(6), at(7))]),
            try Example("the same, of which one is shown", [record], shown: [[6]], [.same(at(6), at(7))]),
            try Example(
                "sum", [record],
                [.sum([.init(at(4), 3), .init(at(3), -2)], low: SG3072.Scalar(2_980), width: 10)]),
            try Example(
                "difference below zero", [record],
                [.sum([.init(at(3), 1), .init(at(4), -1)], low: .zero - SG3072.Scalar(1_000), width: 8)]),
            try Example(
                "across records", [record, second],
                [
                    .same(at(1), at(1, of: 1)), .same(at(4), at(3, of: 1)), .differ(at(4), at(4, of: 1)),
                    .range(at(4, of: 1), low: 800, high: 1_000),
                ]),
            try Example(
                "many of one attribute", [record],
                [
                    .range(at(4), low: 900, high: 1_100), .range(at(4), low: 1_000, high: 1_001), .isNot(at(4), SG3072.Scalar(5)),
                    .member(at(4), of: set([999, 1_000])), .member(at(4), of: set((0..<40).map { 980 + $0 })),
                ]),
            try Example("grant alone", [record], [holder], grant: GrantExample(shown: [])),
            try Example("first of 64", [record], [holder, purpose], grant: GrantExample(at: 0, of: 64)),
            try Example("in the middle of 64", [record], [holder], grant: GrantExample(at: 42, of: 64)),
            try Example("last of 64", [record], [holder], grant: GrantExample(at: 63, of: 64)),
            try Example("last of 63", [record], [holder], grant: GrantExample(at: 62, of: 63)),
            try Example("second of 2", [record], [holder], grant: GrantExample(at: 1, of: 2)),
            try Example(
                "two records and a grant of which all is shown", [record, second],
                [.same(at(1), at(1, of: 1)), .same(at(1), at(1, of: 2)), .range(at(4), low: 999, high: 1_001)],
                grant: GrantExample(at: 7, of: 9, shown: [2, 3, 4, 5, 6, 7])),
            try Example(
                "a grant compared with a record", [record],
                [holder, .same(at(3), at(6, of: 1)), .range(at(2, of: 1), low: 20_450, high: 20_600)],
                grant: Self.compared),
            try Example(
                "sums that share attributes", [record],
                [
                    .sum([.init(at(3), 1), .init(at(4), 1)], low: SG3072.Scalar(1_000), width: 10),
                    .sum([.init(at(4), 1), .init(at(3), 1)], low: SG3072.Scalar(1_007), width: 1),
                    .range(at(4), low: 1_000, high: 1_010), .range(at(3), low: 0, high: 7),
                ]),
        ]
    }

    @Test func `whatever is true is proven, in both forms`() throws {
        var failures = Failures()
        var batch = BatchVerifier()
        for example in try Self.examples() {
            for form in RecordProof.Form.allCases {
                let proof = try example.proof(form)
                failures.check(proof.count == RecordProof.size(form, of: example.statement), "\(example.name), \(form): size")
                failures.check(accepts(proof, example.statement, form), "\(example.name), \(form)")
                if form == .batchable { batch.add(proof, of: example.statement) }
            }
        }
        #expect(failures.isEmpty, "\(failures)")
        #expect(batch.refused().isEmpty)
    }

    @Test func `what is not true is not proven`() throws {
        let at = Self.at
        let (record, second) = (Self.record, Self.second)
        let lies = [
            try Example("below", [record], [.range(at(3, 0), low: 8, high: 20)]),
            try Example("above", [record], [.range(at(4, 0), low: 0, high: 999)]),
            try Example("no member", [record], [.member(at(3, 0), of: Self.set([6, 8]))]),
            try Example("no member of many", [record], [.member(at(3, 0), of: Self.set((0..<50).map { 100 + $0 }))]),
            try Example("it is this", [record], [.isNot(at(3, 0), SG3072.Scalar(7))]),
            try Example("they do not differ", [record], [.differ(at(6, 0), at(7, 0))]),
            try Example("they are not the same", [record], [.same(at(3, 0), at(4, 0))]),
            try Example(
                "the sum is less", [record],
                [.sum([.init(at(3, 0), 1), .init(at(4, 0), 1)], low: SG3072.Scalar(1_008), width: 9)]),
            try Example("another holder", [record, Credential("x", fields: [1], holder: "y")], [.same(at(1, 0), at(1, 1))]),
            try Example("across records", [record, second], [.same(at(1, 0), at(1, 1)), .same(at(4, 0), at(4, 1))]),
        ]
        for lie in lies {
            #expect(throws: ProverError.notTrue, "\(lie.name)") { try lie.proof() }
        }
    }
}
