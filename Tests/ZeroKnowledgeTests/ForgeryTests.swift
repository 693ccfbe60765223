import CryptoPrimitives
import TestSupport
import Testing

@testable import ZeroKnowledge

/// Proofs that somebody changed, moved or made of nothing. None may pass.
struct ForgeryTests {
    private let record = Credential("record", fields: [7])
    private func at(_ index: UInt8, of record: UInt8 = 0) -> Predicate.Attribute { .init(record: record, index) }

    /// The cheapest statement with every part of a proof in it.
    private func small() throws -> Example { try Example("small", [record], [.range(at(3), low: 7, high: 8)]) }

    @Test func `no byte of a proof can be changed`() throws {
        let example = try small()
        var failures = Failures()
        for form in RecordProof.Form.allCases {
            let proof = try example.proof(form, seed: 1)
            for place in proof.indices {
                var forged = proof
                forged[place] ^= 1 << UInt8(place % 8)
                failures.check(!accepts(forged, example.statement, form), "\(form), byte \(place)")
            }
            failures.check(!accepts(proof + [0], example.statement, form), "\(form), a byte more")
            failures.check(!accepts([0] + proof, example.statement, form), "\(form), a byte before")
            failures.check(!accepts([], example.statement, form), "\(form), nothing")
            for count in stride(from: 1, to: proof.count, by: 97) {
                failures.check(!accepts(Array(proof.prefix(count)), example.statement, form), "\(form), cut to \(count)")
            }
        }
        #expect(failures.isEmpty, "\(failures)")
        #expect(failures.caseCount > 2_000)
    }

    @Test func `no byte of a statement can be changed under a proof`() throws {
        let example = try Example(
            "statement", [record], shown: [[]], [.range(at(3), low: 5, high: 8), .isNot(at(3), SG3072.Scalar(9))])
        let proof = try example.proof()
        let bytes = example.statement.canonicalBytes
        var failures = Failures()
        for place in bytes.indices {
            var changed = bytes
            changed[place] ^= 1 << UInt8(place % 8)
            guard let statement = try? Statement(canonical: changed) else { continue }
            failures.check(!accepts(proof, statement), "byte \(place)")
        }
        #expect(failures.isEmpty, "\(failures)")
        #expect(failures.caseCount > 500)
    }

    @Test func `elements that are none, or of the wrong order, are refused in every place`() throws {
        let example = try small()
        let p = [UInt8](Forgery.modulus)
        let replacements: [(String, [UInt8])] = [
            ("0", [UInt8](repeating: 0, count: 384)), ("1", SG3072.Element.identity.encoded), ("p - 1", Forgery.subtract(p, 1)),
            ("p", p), ("all ones", [UInt8](repeating: 0xff, count: 384)), ("order r", Forgery.elementOfOrderR.encoded),
            ("a generator", SG3072.quadratic.encoded), ("2", [UInt8](repeating: 0, count: 383) + [2]),
        ]
        var failures = Failures()
        for form in RecordProof.Form.allCases {
            let proof = try example.proof(form, seed: 2)
            for place in Forgery.elementPlaces(form, of: example.statement) {
                let range = place..<place + 384
                let element = Array(proof[range])
                var forgeries = replacements
                forgeries.append(("p - y", Forgery.subtract(p, element)))
                if let real = try? SG3072.Element(decoding: element) {
                    forgeries.append(("times order r", (real * Forgery.elementOfOrderR).encoded))
                    forgeries.append(("inverse", real.inverse.encoded))
                }
                for (name, bytes) in forgeries {
                    let forged = proof[..<place] + bytes + proof[range.upperBound...]
                    failures.check(!accepts(Array(forged), example.statement, form), "\(form), \(name) at \(place)")
                }
            }
        }
        #expect(failures.isEmpty, "\(failures)")
    }

    @Test func `a commitment with a part of order r has no proof`() throws {
        let shown = record.shown()
        let moved = ShownRecord(
            issuer: shown.issuer, schema: shown.schema, attributeCount: shown.attributeCount, from: shown.from, last: shown.last,
            credential: shown.credential, commitment: shown.commitment * Forgery.elementOfOrderR, fields: [])
        let statement = try Statement(occasion: .test(), records: [moved], predicates: [.range(at(3), low: 7, high: 8)])
        var failures = Failures()
        for form in RecordProof.Form.allCases {
            let proof = try RecordProof.prove(statement, Credential.witness([record]), form: form)
            failures.check(!accepts(proof, statement, form), "\(form)")
        }
        #expect(failures.isEmpty, "\(failures)")
    }

    @Test func `scalars are below the order, and cannot be swapped`() throws {
        let example = try small()
        var failures = Failures()
        for form in RecordProof.Form.allCases {
            let proof = try example.proof(form, seed: 3)
            let count = (proof.count - Forgery.firstScalar(form, of: example.statement)) / 32
            let first = Forgery.firstScalar(form, of: example.statement)
            for index in 0..<count {
                let range = first + 32 * index..<first + 32 * (index + 1)
                guard let scalar = try? SG3072.Scalar(decoding: Array(proof[range])) else { continue }
                let others: [(String, [UInt8])] = [
                    ("the order", Forgery.order), ("all ones", [UInt8](repeating: 0xff, count: 32)),
                    ("0", SG3072.Scalar.zero.encoded), ("negative", (.zero - scalar).encoded), ("1 more", (scalar + .one).encoded),
                    ("the next", Array(proof[first + 32 * ((index + 1) % count)..<first + 32 * ((index + 1) % count) + 32])),
                ]
                for (name, bytes) in others {
                    let forged = Array(proof[..<range.lowerBound] + bytes + proof[range.upperBound...])
                    failures.check(!accepts(forged, example.statement, form), "\(form), \(name) for scalar \(index)")
                }
            }
        }
        #expect(failures.isEmpty, "\(failures)")
    }

    @Test func `a proof serves one statement, in one form`() throws {
        let other = Credential("other", fields: [7])
        let stranger = Credential("record", fields: [7], holder: "stranger")
        let range = Predicate.range(at(3), low: 0, high: 10)
        let example = try Example("whole", [record, other], shown: [[], [3]], [.same(at(1), at(1, of: 1)), range])
        let same = Predicate.same(at(1), at(1, of: 1))
        let statements = [
            try Example("nonce", [record, other], shown: [[], [3]], [same, range], occasion: .test(2)),
            try Example("origin", [record, other], shown: [[], [3]], [same, range], occasion: .test(origin: "other.example")),
            try Example("until", [record, other], shown: [[], [3]], [same, range], occasion: .test(until: 30_000_001)),
            try Example("swapped", [other, record], shown: [[], [3]], [same, range]),
            try Example("twice", [record, record], shown: [[], [3]], [same, range]),
            try Example("stranger", [stranger, other], shown: [[], [3]], [same, range]),
            try Example("shown less", [record, other], shown: [[], []], [same, range]),
            try Example("order", [record, other], shown: [[], [3]], [range, same]),
            try Example("other record", [record, other], shown: [[], []], [same, .range(at(3, of: 1), low: 0, high: 10)]),
            try Example("low", [record, other], shown: [[], [3]], [same, .range(at(3), low: 1, high: 10)]),
            try Example("high", [record, other], shown: [[], [3]], [same, .range(at(3), low: 0, high: 9)]),
            try Example("weights", [record, other], shown: [[], [3]], [same, .range(at(3), low: 0, high: 15)]),
            try Example("moved", [record, other], shown: [[], [3]], [same, .range(at(3), low: 1, high: 11)]),
            try Example("more", [record, other], shown: [[], [3]], [same, range, .isNot(at(3), SG3072.Scalar(1))]),
        ]
        var failures = Failures()
        for form in RecordProof.Form.allCases {
            let proof = try example.proof(form)
            failures.check(accepts(proof, example.statement, form), "\(form)")
            for other in RecordProof.Form.allCases where other != form {
                failures.check(!accepts(proof, example.statement, other), "\(form) as \(other)")
            }
            for changed in statements { failures.check(!accepts(proof, changed.statement, form), "\(form), \(changed.name)") }
        }
        #expect(failures.isEmpty, "\(failures)")
    }

    @Test func `an operand of any predicate changes what is proven`() throws {
        func set(_ members: [UInt64]) -> [SG3072.Scalar] { members.map { SG3072.Scalar($0) } }
        let many = (0..<40).map { UInt64($0) }
        let wide = Credential("wide", fields: [7, 8])
        let pairs: [(Predicate, [Predicate])] = [
            (
                .member(at(3), of: set([6, 7])),
                [.member(at(3), of: set([5, 7])), .member(at(3), of: set([7, 8])), .member(at(4), of: set([6, 7]))]
            ),
            (
                .member(at(3), of: set(many)),
                [.member(at(3), of: set(many.dropLast() + [99])), .member(at(3), of: set(many.dropFirst() + [40]))]
            ),
            (.isNot(at(3), SG3072.Scalar(1)), [.isNot(at(3), SG3072.Scalar(2)), .isNot(at(4), SG3072.Scalar(1))]),
            (.differ(at(3), at(4)), [.differ(at(4), at(3)), .isNot(at(3), SG3072.Scalar(8))]),
            (
                .sum([.init(at(3), 1), .init(at(4), 2)], low: SG3072.Scalar(20), width: 5),
                [
                    .sum([.init(at(3), 2), .init(at(4), 1)], low: SG3072.Scalar(20), width: 5),
                    .sum([.init(at(3), 1), .init(at(4), -2)], low: SG3072.Scalar(20), width: 5),
                    .sum([.init(at(4), 2), .init(at(3), 1)], low: SG3072.Scalar(20), width: 5),
                    .sum([.init(at(3), 1), .init(at(4), 2)], low: SG3072.Scalar(21), width: 5),
                    .sum([.init(at(3), 1), .init(at(4), 2)], low: SG3072.Scalar(20), width: 4),
                    .sum([.init(at(3), 1), .init(at(4), 2)], low: SG3072.Scalar(20), width: 6),
                ]
            ),
        ]
        var failures = Failures()
        for (predicate, others) in pairs {
            let proof = try Example("operand", [wide], [predicate]).proof()
            for other in others {
                failures.check(!accepts(proof, try Example("operand", [wide], [other]).statement), "\(other)")
            }
        }
        #expect(failures.isEmpty, "\(failures)")
    }

    /// A prover that does everything right but for the auxiliary values, which add up and are not digits.
    @Test func `digits that add up but are none are refused`() throws {
        let half = Forgery.half
        func number(_ value: Int32) -> SG3072.Scalar { SG3072.Scalar(signed: value) }
        // In range 0 to 7 with weights 1, 2, 4: each list sums to 7, or to a value out of range.
        let nine = Credential("nine", fields: [9])
        let lists: [(Credential, [SG3072.Scalar])] = [
            (record, [number(3), .one, number(1) * half]), (record, [number(7), .zero, .zero]),
            (record, [number(-1), .zero, number(2)]),
            (record, [number(1), number(5), number(-1)]), (record, [number(3), number(2), .zero]),
            (nine, [number(1), .zero, number(2)]), (nine, [number(9), .zero, .zero]), (nine, [number(3), .one, .one]),
            (nine, [number(-1), .one, number(2)]), (nine, [.one, number(2), .one]), (nine, [.one, number(4), .zero]),
        ]
        var failures = Failures()
        for (credential, digits) in lists {
            let example = try Example("digits", [credential], [.range(at(3), low: 0, high: 7)])
            for form in RecordProof.Form.allCases {
                let proof = try Forgery.proof(example, form, auxiliary: digits)
                failures.check(!accepts(proof, example.statement, form), "\(form), \(digits.map(\.encoded.last))")
            }
        }
        // The same prover with the right digits is believed, so it is the digits that are refused.
        let honest = try Example("digits", [record], [.range(at(3), low: 0, high: 7)])
        #expect(accepts(try Forgery.proof(honest, .compact, auxiliary: [.one, .one, .one]), honest.statement))
        #expect(failures.isEmpty, "\(failures)")
    }

    @Test func `members, inverses and equations that are none are refused`() throws {
        func set(_ members: [UInt64]) -> [SG3072.Scalar] { members.map { SG3072.Scalar($0) } }
        let half = Forgery.half
        let large = (0..<36).map { UInt64(2 * $0) }
        func digits(_ places: [Int: SG3072.Scalar], _ count: Int) -> [SG3072.Scalar] { (0..<count).map { places[$0] ?? .zero } }
        let two = Credential("two", fields: [7, 7])
        let cases: [(Predicate, [SG3072.Scalar])] = [
            // 7 between 6 and 8: half of each.
            (.member(at(3), of: set([6, 8])), [half]),
            // 7 = 6 + 9 - 8, with weights that sum to 1.
            (.member(at(3), of: set([6, 8, 9])), [.zero - .one, .one]),
            (.member(at(3), of: set(large)), digits([2: .one], 10)),
            (.member(at(3), of: set(large)), digits([2: half, 3: half], 10)),
            (.member(at(3), of: set(large)), digits([0: .one, 1: .one, 2: .zero - .one], 10)),
            (.isNot(at(3), SG3072.Scalar(7)), [.one]), (.isNot(at(3), SG3072.Scalar(7)), [.zero]),
            (.differ(at(3), at(4)), [.one]), (.differ(at(3), at(4)), [SG3072.Scalar(12_345)]),
            (.sum([.init(at(3), 1), .init(at(4), 1)], low: SG3072.Scalar(15), width: 1), [.zero - .one]),
        ]
        var failures = Failures()
        for (predicate, auxiliary) in cases {
            let example = try Example("cheat", [two], [predicate])
            for form in RecordProof.Form.allCases {
                let proof = try Forgery.proof(example, form, auxiliary: auxiliary)
                failures.check(!accepts(proof, example.statement, form), "\(form), \(predicate)")
            }
        }
        #expect(failures.isEmpty, "\(failures)")
    }

    @Test func `an opening of another commitment proves nothing`() throws {
        let example = try small()
        var failures = Failures()
        let others = [
            Credential("another blinding", fields: [7]), Credential("record", fields: [8]),
            Credential("record", fields: [7], holder: "somebody"),
        ]
        for other in others {
            let proof = try? RecordProof.prove(example.statement, Credential.witness([other]))
            failures.check(proof.map { !accepts($0, example.statement) } ?? true, other.commitment.encoded.description)
        }
        #expect(failures.isEmpty, "\(failures)")
    }
}
