import CryptoPrimitives
import TestSupport
import Testing

@testable import ZeroKnowledge

/// `fixtures/vectors/zk`: what an independent verifier is checked against. Each file is built anew and compared to the byte.
struct ProofVectorTests {
    private let ana = Credential("ana's laboratory", fields: [7, 1_000, 1 << 62, 5, 5, 0])
    private let vaccine = Credential("ana's vaccine", fields: [1_000, 900])
    private let tie = Predicate.same(.init(1), .init(record: 1, 1))
    /// Of a grant: one of two.
    private let grantee = Predicate.member(.init(record: 1, 4), of: [SG3072.Scalar(40), SG3072.Scalar(41)])

    private func at(_ index: UInt8, of record: UInt8 = 0) -> Predicate.Attribute { .init(record: record, index) }
    private func set(_ members: Range<UInt64>, step: UInt64 = 1) -> [SG3072.Scalar] { members.map { SG3072.Scalar($0 * step) } }

    private func examples() throws -> [Example] {
        [
            try Example("shown", [ana], shown: [[3, 5]], []),
            try Example("range of 8 bits", [ana], shown: [[5]], [.range(at(3), low: 0, high: 255)]),
            try Example("range of any width", [ana], [.range(at(4), low: 931, high: 1_000)]),
            try Example("range of 2", [ana], [.range(at(3), low: 6, high: 7)]),
            try Example("member of few", [ana], [.member(at(4), of: set(998..<1_003))]),
            try Example("member by two digits", [ana], [.member(at(4), of: set(180..<220, step: 5))]),
            try Example("member by three digits", [ana], [.member(at(4), of: set(800..<1_040))]),
            try Example("not this", [ana], [.isNot(at(3), SG3072.Scalar(8))]),
            try Example("two that differ", [ana], shown: [[4]], [.differ(at(3), at(4))]),
            try Example("two that are the same", [ana], [.same(at(6), at(7)), .range(at(7), low: 4, high: 6)]),
            try Example("the same as one shown", [ana], shown: [[6]], [.same(at(6), at(7)), .range(at(3), low: 4, high: 9)]),
            try Example("sum", [ana], [.sum([.init(at(4), 3), .init(at(3), -2)], low: SG3072.Scalar(2_980), width: 10)]),
            try Example(
                "difference below zero", [ana],
                [.sum([.init(at(3), 1), .init(at(4), -1)], low: .zero - SG3072.Scalar(1_000), width: 8)]),
            try Example(
                "equations that share variables", [ana],
                [
                    .sum([.init(at(3), 1), .init(at(4), 1)], low: SG3072.Scalar(1_000), width: 10),
                    .range(at(4), low: 1_000, high: 1_010), .sum([.init(at(4), 1), .init(at(3), -1)], low: .zero, width: 1_000),
                ]),
            try Example(
                "two records", [ana, vaccine], shown: [[], [3]],
                [
                    .same(at(4), at(3, of: 1)), .differ(at(3), at(4, of: 1)), .range(at(4, of: 1), low: 800, high: 1_000),
                    .member(at(8), of: set(0..<34)), tie,
                ]),
            try Example("a grant alone", [ana], [tie], grant: GrantExample()),
            try Example(
                "the fifth grant of nine", [ana], shown: [[3]], [tie, grantee], grant: GrantExample(at: 4, of: 9, shown: [3, 6])),
            try Example(
                "two records and a grant", [ana, vaccine],
                [tie, .same(at(1), at(1, of: 2)), .range(at(2, of: 2), low: 20_450, high: 20_500)],
                grant: GrantExample(at: 2, of: 3)),
        ]
    }

    /// Whoever made them: the second implementation knows none of our code, and this test none of its.
    @Test func `every published proof is accepted and made again, every forgery refused`() throws {
        var failures = Failures()
        for (file, vectors) in try ProofVectors.files() {
            var bases: [String: Attempt] = [:]
            let candidates = vectors.candidates ?? []
            for vector in vectors.accepted ?? [] {
                let example = try vector.example(candidates)
                bases[vector.name] = example
                failures.check(example.isAccepted, "\(file): \(vector.name)")
                guard let secrets = vector.secrets, let statement = try? Statement(canonical: example.statement) else { continue }
                let made = OpenProof(statement, example.form, secrets)
                failures.check(made.bytes == example.proof, "\(file): \(vector.name) is made otherwise")
            }
            for vector in vectors.rejected ?? [] {
                var attempt = try attempt(vector, bases, candidates)
                for edit in vector.edits ?? [] { try attempt.apply(edit) }
                failures.check(!attempt.isAccepted, "\(file): \(vector.name)")
            }
        }
        #expect(failures.isEmpty, "\(failures)")
        #expect(failures.caseCount > 500)
    }

    private func attempt(_ vector: ProofVectors.Rejected, _ bases: [String: Attempt], _ candidates: [Hex]) throws -> Attempt {
        if let name = vector.of { return try #require(bases[name]) }
        return Attempt(
            isCompact: vector.form == "compact", statement: try #require(vector.statement).bytes(candidates),
            proof: try #require(vector.proof).bytes(candidates))
    }

    /// A linear relation: A is H to the blinding times G/1 to the holder's secret.
    @Test func `published proofs of holders are accepted and refused`() throws {
        var failures = Failures()
        for (file, vectors) in try ProofVectors.files() {
            for vector in vectors.holders ?? [] {
                failures.check(holds(vector) == vector.accepted, "\(file): \(vector.name)")
            }
        }
        #expect(failures.isEmpty, "\(failures)")
        #expect(failures.caseCount > 10)
    }

    private func holds(_ vector: ProofVectors.Holder) -> Bool {
        guard let commitment = try? SG3072.Element(decoding: vector.A.bytes) else { return false }
        return holds(vector.proof.bytes, of: commitment, "HOLDER", context: vector.context.bytes)
    }

    private func holds(_ proof: [UInt8], of commitment: SG3072.Element, _ what: String, context: [UInt8]) -> Bool {
        typealias Relation = LinearRelation<SG3072>
        let tag = "CORDON-V01-\(what)-\(Hexadecimal.encode(context))-CMPT-with-\(SG3072.suite)"
        let equation = Relation.Equation(
            image: [.init(element: 2)], terms: [.init(scalar: 0, element: 0), .init(scalar: 1, element: 1)])
        guard let relation = try? Relation(elements: [SG3072.attributes[1], commitment], equations: [equation]) else {
            return false
        }
        return (try? relation.verifyCompact(proof, tag: Array(tag.utf8))) != nil
    }

    /// What the holder adds to a grant's commitment is what everything else leaves of it.
    @Test func `published proofs of grants are accepted and refused`() throws {
        var failures = Failures()
        for (file, vectors) in try ProofVectors.files() {
            for vector in vectors.grants ?? [] {
                failures.check(holds(vector) == vector.accepted, "\(file): \(vector.name)")
            }
        }
        #expect(failures.isEmpty, "\(failures)")
        #expect(failures.caseCount > 20)
    }

    private func holds(_ vector: ProofVectors.Grant) -> Bool {
        let context = Array("cordon/grant-context/v1".utf8) + [0, UInt8(vector.origin.utf8.count)] + Array(vector.origin.utf8)
        guard let commitment = try? SG3072.Element(decoding: vector.C.bytes), commitment.isMember,
            let scalars = try? vector.scalars.map({ try SG3072.Scalar(decoding: $0.bytes) })
        else { return false }
        let others = zip([0, 2, 3, 4, 5, 6, 7], scalars).map { SG3072.Power(SG3072.attributes[$0], .zero - $1) }
        return holds(
            vector.proof.bytes, of: SG3072.product([SG3072.Power(commitment, .one)] + others), "GRANT",
            context: SHA256.hash(context + vector.control.bytes).bytes)
    }

    /// `proofs.json`: ours, with all secrets and steps. What the prover makes of the same randomness is the same, to the byte.
    @Test func `our published proofs are made again by the prover and from the formulas`() throws {
        var failures = Failures()
        var shown: [Shown] = []
        for (number, example) in try examples().enumerated() {
            for form in RecordProof.Form.allCases {
                let (seed, name) = (UInt8(number + 1), "\(example.name), \(form)")
                let open = OpenProof(example.statement, form, try .init(example, form, seed: seed))
                failures.check(try example.proof(form, seed: seed) == open.bytes, name)
                shown.append(
                    .fields([
                        ("name", name.shown), ("form", "\(form)".shown), ("statement", example.statement.canonicalBytes.shown),
                        ("secrets", open.secrets.shown), ("steps", .fields(open.steps)), ("proof", open.bytes.shown),
                    ]))
            }
        }
        #expect(failures.isEmpty, "\(failures)")
        let difference = try FormatFile("proofs.json", in: "zk").difference(from: [("accepted", .list(shown))])
        #expect(difference == nil)
    }

    /// Something to be refused, as what was changed of something to be accepted.
    private struct Refusal {
        let name, why: String
        let base: String
        let attempt: Attempt
        let edits: [Shown]

        init(_ name: String, why: String, of base: (name: String, attempt: Attempt), _ attempt: Attempt) {
            (self.name, self.why, self.base, self.attempt) = (name, why, base.name, attempt)
            var edits: [Shown] = []
            if attempt.isCompact != base.attempt.isCompact { edits.append(.fields([("form", "\(attempt.form)".shown)])) }
            edits += Self.edit("statement", base.attempt.statement, attempt.statement)
            edits += Self.edit("proof", base.attempt.proof, attempt.proof)
            self.edits = edits
        }

        /// What lies between the common beginning and the common end.
        private static func edit(_ part: String, _ from: [UInt8], _ to: [UInt8]) -> [Shown] {
            guard from != to else { return [] }
            let start = zip(from, to).prefix { $0 == $1 }.count
            let end = min(zip(from.reversed(), to.reversed()).prefix { $0 == $1 }.count, min(from.count, to.count) - start)
            return [
                .fields([
                    ("in", part.shown), ("at", start.shown), ("take", (from.count - start - end).shown),
                    ("put", Array(to[start..<to.count - end]).shown),
                ])
            ]
        }

        var shown: Shown {
            .fields([("name", name.shown), ("why", why.shown), ("of", base.shown), ("edits", .list(edits))])
        }
    }

    /// What forgeries are made from: one record in both forms, and two records.
    private func bases() throws -> [(name: String, example: Example, attempt: Attempt)] {
        let one = try Example("one record", [vaccine], [.range(at(3), low: 998, high: 1_001)])
        let two = try Example("two records", [ana, vaccine], [tie, .range(at(4, of: 1), low: 800, high: 1_000)])
        return try [(one, .compact), (one, .batchable), (two, .compact)].map { (example: Example, form: RecordProof.Form) in
            let proof = try example.proof(form, seed: 100)
            let attempt = Attempt(isCompact: form == .compact, statement: example.statement.canonicalBytes, proof: proof)
            return ("\(example.name), \(form)", example, attempt)
        }
    }

    /// `forgeries.json`: proofs of ours that were changed or moved, proofs by a prover that cheats, and statements that are invalid.
    @Test func `our published forgeries are refused`() throws {
        let refusals = try damagedProofs() + movedProofs() + cheats() + unprovable()
        var failures = Failures()
        for (name, _, attempt) in try bases() { failures.check(attempt.isAccepted, name) }
        for refusal in refusals { failures.check(!refusal.attempt.isAccepted, refusal.name) }
        #expect(failures.isEmpty, "\(failures)")
        #expect(Set(refusals.map(\.name)).count == refusals.count)
        let accepted = try bases().map { name, _, attempt in
            Shown.fields([
                ("name", name.shown), ("form", "\(attempt.form)".shown), ("statement", attempt.statement.shown),
                ("proof", attempt.proof.shown),
            ])
        }
        let difference = try FormatFile("forgeries.json", in: "zk").difference(
            from: [("accepted", .list(accepted)), ("rejected", .list(refusals.map(\.shown)))])
        #expect(difference == nil)
    }

    /// Statements that break a rule, above a proof that is well formed.
    private func unprovable() throws -> [Refusal] {
        let base = try bases()[0]
        return try invalidStatements().compactMap { name, bytes, error in
            error.map {
                Refusal(
                    "invalid: \(name)", why: "the statement: \($0)", of: (base.name, base.attempt),
                    Attempt(isCompact: true, statement: bytes, proof: base.attempt.proof))
            }
        }
    }

    /// Each part of a proof changed, replaced or left out.
    private func damagedProofs() throws -> [Refusal] {
        let bases = try Array(bases().prefix(2))
        var refusals: [Refusal] = []
        for (number, (base, example, attempt)) in bases.enumerated() {
            let (form, proof) = (attempt.form, attempt.proof)
            func add(_ name: String, _ forged: [UInt8]) {
                refusals.append(
                    Refusal(
                        "\(form): \(name)", why: name, of: (base, attempt),
                        Attempt(isCompact: attempt.isCompact, statement: attempt.statement, proof: forged)))
            }
            add("a byte more", proof + [0])
            add("a byte less", Array(proof.dropLast()))
            add("the other form", bases[1 - number].attempt.proof)
            for (number, place) in Forgery.elementPlaces(form, of: example.statement).enumerated() {
                func element(_ bytes: [UInt8]) -> [UInt8] { Array(proof[..<place]) + bytes + Array(proof[(place + 384)...]) }
                let written = Array(proof[place..<place + 384])
                add("element \(number), p - y", element(Forgery.subtract(Forgery.modulus, written)))
                add("element \(number), 1", element(SG3072.Element.identity.encoded))
                let moved = try SG3072.Element(decoding: written) * Forgery.elementOfOrderR
                add("element \(number), times order r", element(moved.encoded))
            }
            let first = Forgery.firstScalar(form, of: example.statement)
            for (number, place) in stride(from: first, to: proof.count, by: 32).enumerated() {
                func scalar(_ bytes: [UInt8]) -> [UInt8] { Array(proof[..<place]) + bytes + Array(proof[(place + 32)...]) }
                add("scalar \(number), q", scalar(Forgery.order))
                let more = try SG3072.Scalar(decoding: Array(proof[place..<place + 32])) + .one
                add("scalar \(number), 1 more", scalar(more.encoded))
            }
            if form == .compact {
                var challenged = proof
                challenged[first - 16] ^= 1
                add("another x", challenged)
            }
        }
        return refusals
    }

    /// A proof under statements that it is not of.
    private func movedProofs() throws -> [Refusal] {
        let (range, records) = (Predicate.range(at(4, of: 1), low: 800, high: 1_000), [ana, vaccine])
        let base = try bases()[2]
        let others = [
            try Example("another nonce", records, [tie, range], occasion: .test(2)),
            try Example("another origin", records, [tie, range], occasion: .test(origin: "other.example")),
            try Example("another minute", records, [tie, range], occasion: .test(until: 1)),
            try Example("records swapped", [vaccine, ana], [tie, range]),
            try Example("order of predicates", records, [range, tie]),
            try Example("low", records, [tie, .range(at(4, of: 1), low: 801, high: 1_000)]),
            try Example("high", records, [tie, .range(at(4, of: 1), low: 800, high: 1_001)]),
            try Example("attribute", records, [tie, .range(at(3, of: 1), low: 800, high: 1_000)]),
            try Example("less shown", [ana, vaccine], shown: [[], [3]], [tie, range]),
        ]
        return others.map {
            Refusal(
                $0.name, why: "another statement", of: (base.name, base.attempt),
                Attempt(isCompact: true, statement: $0.statement.canonicalBytes, proof: base.attempt.proof))
        }
    }

    /// Digits that add up and are none.
    private func cheats() throws -> [Refusal] {
        let base = try bases()[1]
        func cheat(_ name: String, _ predicate: Predicate, _ auxiliary: [SG3072.Scalar]) throws -> Refusal {
            let example = try Example(name, [vaccine], [predicate])
            let proof = try Forgery.proof(example, .batchable, auxiliary: auxiliary, seed: 102)
            return Refusal(
                name, why: "auxiliary values that are none", of: (base.name, base.attempt),
                Attempt(isCompact: false, statement: example.statement.canonicalBytes, proof: proof))
        }
        let two = SG3072.Scalar(2)
        return [
            try cheat("a digit of 2", .range(at(3), low: 996, high: 1_003), [.zero, two, .zero]),
            try cheat("a digit of -1", .range(at(3), low: 999, high: 1_000 + 6), [.zero - .one, .one, .zero]),
            try cheat("out of range", .range(at(3), low: 0, high: 7), [.zero, .zero, SG3072.Scalar(250)]),
            try cheat("half of each", .member(at(3), of: [SG3072.Scalar(999), SG3072.Scalar(1_001)]), [Forgery.half]),
            try cheat("no inverse", .isNot(at(3), SG3072.Scalar(1_000)), [.one]),
            try cheat("no member", .member(at(3), of: set(0..<40)), [SG3072.Scalar](repeating: .zero, count: 12)),
        ]
    }

    @Test func `a statement that breaks a rule is refused, and what it was made from is not`() throws {
        var failures = Failures()
        for (name, bytes, error) in try invalidStatements() {
            failures.check(Self.error(bytes) == error, "\(name): \(String(describing: Self.error(bytes)))")
        }
        #expect(failures.isEmpty, "\(failures)")
    }

    private static func error(_ bytes: [UInt8]) -> FormatError? {
        do throws(FormatError) {
            _ = try Statement(canonical: bytes)
            return nil
        } catch {
            return error
        }
    }

    private func invalidStatements() throws -> [(String, [UInt8], FormatError?)] {
        let (one, two) = ([ana.shown()], [ana.shown(), vaccine.shown()])
        func bytes(_ records: [ShownRecord], _ predicates: [Predicate]) throws -> [UInt8] {
            // The statement's own beginning, then whatever is to be wrong.
            let head = try Statement(occasion: .test(), records: one, predicates: []).canonicalBytes
            var tail = CanonicalWriter()
            tail.list(one, length: UInt8.self) { $1.encode(to: &$0) }
            tail.integer(0 as UInt8)
            var writer = CanonicalWriter()
            writer.fixed(head.dropLast(tail.bytes.count))
            writer.list(records, length: UInt8.self) { $1.encode(to: &$0) }
            writer.list(predicates, length: UInt8.self) { $1.encode(to: &$0) }
            return writer.bytes
        }
        let wide = Predicate.range(at(3), low: 0, high: 1 << 63 - 1)
        let terms = [Predicate.Term(at(3), 1), .init(at(4), 1)]
        let invalid: [(String, [UInt8], FormatError?)] = [
            ("valid", try bytes(one, [.range(at(3), low: 7, high: 8)]), nil),
            ("valid, two records", try bytes(two, [tie]), nil),
            ("low above high", try bytes(one, [.range(at(3), low: 8, high: 7)]), .notCanonical),
            ("low is high", try bytes(one, [.range(at(3), low: 7, high: 7)]), .notCanonical),
            ("width of 2^63", try bytes(one, [.range(at(3), low: 0, high: 1 << 63)]), .notCanonical),
            ("empty set", try bytes(one, [.member(at(3), of: [])]), .notCanonical),
            ("set of one", try bytes(one, [.member(at(3), of: set(7..<8))]), .notCanonical),
            ("set with a duplicate", try bytes(one, [.member(at(3), of: set(7..<8) + set(7..<8))]), .notCanonical),
            ("set out of order", try bytes(one, [.member(at(3), of: set(7..<9).reversed())]), .notCanonical),
            ("coefficient of 0", try bytes(one, [.sum([terms[0], .init(at(4), 0)], low: .zero, width: 1)]), .notCanonical),
            ("sum of one", try bytes(one, [.sum([terms[0]], low: .zero, width: 1)]), .notCanonical),
            ("sum of width 0", try bytes(one, [.sum(terms, low: .zero, width: 0)]), .notCanonical),
            ("sum of width 2^63", try bytes(one, [.sum(terms, low: .zero, width: 1 << 63)]), .notCanonical),
            ("differs from itself", try bytes(one, [.differ(at(3), at(3))]), .notCanonical),
            ("differs from what is the same", try bytes(one, [.same(at(3), at(4)), .differ(at(3), at(4))]), .notCanonical),
            ("no such attribute", try bytes(one, [.isNot(at(9), .zero)]), .notCanonical),
            ("no such record", try bytes(one, [.isNot(at(3, of: 1), .zero)]), .notCanonical),
            ("shown and in a range", try bytes([ana.shown([3])], [.range(at(3), low: 7, high: 8)]), .notCanonical),
            ("the schema in a range", try bytes(one, [.range(at(0), low: 7, high: 8)]), .notCanonical),
            ("the holder in a range", try bytes(one, [.range(at(1), low: 7, high: 8)]), .notCanonical),
            ("the holder is a field", try bytes(one, [.same(at(1), at(3))]), .notCanonical),
            ("the holder shown", try bytes([ana.shown([1])], []), .notCanonical),
            ("shown twice", try bytes([ana.shown([3, 3])], []), .notCanonical),
            ("shown out of order", try bytes([ana.shown([4, 3])], []), .notCanonical),
            ("tied and shown as two values", try bytes([ana.shown([3, 4])], [.same(at(3), at(4))]), .notCanonical),
            ("two holders", try bytes(two, []), .notCanonical),
            ("no record", try bytes([], []), .tooLarge),
            ("too many auxiliary values", try bytes(one, [wide, wide, wide]), .tooLarge),
            ("too many predicates", try bytes(one, (0..<33).map { .isNot(at(3), SG3072.Scalar($0 + 8)) }), .tooLarge),
        ]
        return invalid + [("unknown predicate", try bytes(one, []).dropLast() + [1, 7, 0, 3], .unknownTag)]
    }
}
