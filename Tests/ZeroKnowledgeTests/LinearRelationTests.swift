import CryptoPrimitives
import TestSupport
import Testing
import ZeroKnowledge

/// The same checks over both groups.
struct LinearRelationTests {
    @Test func `proofs over P-256 verify, as what they are and as nothing else`() throws {
        try check(RelationChecks<P256>(), flips: 1, cuts: 3)
    }

    @Test func `proofs over SG3072 verify, as what they are and as nothing else`() throws {
        try check(RelationChecks<SG3072>(), flips: 13, cuts: 61)
    }

    private func check<G: Group>(_ checks: RelationChecks<G>, flips: Int, cuts: Int) throws {
        for failures in [
            try checks.proofFailures(), try checks.flipFailures(stride: flips), try checks.unreducedFailures(),
            try checks.batchFailures(), try checks.serializationFailures(stride: cuts), try checks.soundnessFailures(),
        ] {
            #expect(failures.isEmpty, "\(failures)")
        }
    }
}

/// Relations of which a proof would say nothing are refused before there is one.
struct LinearRelationValidationTests {
    private typealias Relation = LinearRelation<P256>
    private typealias Equation = Relation.Equation

    private let element = P256.multiScalarMultiplication([P256.Scalar(5)], [P256.generator])

    private func error(_ elements: [P256.Element], _ equations: [Equation]) -> InstanceError? {
        do throws(InstanceError) {
            _ = try Relation(elements: elements, equations: equations)
            return nil
        } catch {
            return error
        }
    }

    @Test func `equations that are missing, empty or point nowhere are incomplete`() {
        let whole = Equation(image: [.init(element: 1)], terms: [.init(scalar: 0, element: 0)])
        #expect(error([element], [whole]) == nil)
        #expect(error([element], []) == .incomplete)
        #expect(error([element], [Equation(image: [], terms: whole.terms)]) == .incomplete)
        #expect(error([element], [Equation(image: whole.image, terms: [])]) == .incomplete)
        #expect(error([element], [Equation(image: [.init(element: 2)], terms: whole.terms)]) == .incomplete)
        #expect(error([element], [Equation(image: [.init(element: -1)], terms: whole.terms)]) == .incomplete)
        #expect(error([element], [Equation(image: whole.image, terms: [.init(scalar: -1, element: 0)])]) == .incomplete)
        #expect(error([element, element], [whole]) == .incomplete, "an element that no equation uses")
        #expect(
            error([element], [Equation(image: whole.image, terms: [.init(scalar: 1, element: 0)])]) == .incomplete,
            "a number that no equation uses")
    }

    @Test func `an identity anywhere, or a number that cancels out, is degenerate`() {
        let term = Relation.Term(scalar: 0, element: 0)
        #expect(error([.identity], [Equation(image: [.init(element: 1)], terms: [term])]) == .degenerate)
        let cancelled = Relation.Term(scalar: 0, element: 0, coefficient: .zero - .one)
        #expect(error([element], [Equation(image: [.init(element: 1)], terms: [term, cancelled])]) == .degenerate)
        #expect(error([element], [Equation(image: [.init(element: 1, coefficient: .zero)], terms: [term])]) == .degenerate)
    }

    @Test func `counts are bounded before anything is read for them`() {
        #expect(throws: InstanceError.tooLarge) { try Relation(serialized: [0xff, 0xff, 0xff, 0xff]) }
        #expect(throws: InstanceError.tooLarge) { try Relation(serialized: [1, 0, 0, 0, 0xff, 0xff, 0, 0]) }
        #expect(throws: InstanceError.malformed) { try Relation(serialized: []) }
        #expect(throws: InstanceError.malformed) { try Relation(serialized: [1, 0, 0, 0, 1, 0, 0, 0]) }
        #expect(throws: InstanceError.incomplete) { try Relation(serialized: [0, 0, 0, 0]) }
    }
}
