import CryptoPrimitives
import TestSupport
import ZeroKnowledge

/// What sigma proofs owe over any group.
struct RelationChecks<G: Group> {
    /// A relation with a witness of it.
    struct Example {
        let name: String
        let relation: LinearRelation<G>
        let witness: G.Secrets
        var tag: [UInt8] { Array("\(name)-with-\(G.suite)".utf8) }
    }

    private typealias Equation = LinearRelation<G>.Equation

    let knowledge, equality, opening: Example
    var all: [Example] { [knowledge, equality, opening] }

    init() throws {
        var random = PinnedNonces<G.Secrets>("checks-\(G.suite)")
        let witness = random.nonces(3)
        func power(_ elements: [G.Element], _ indices: [Int]) -> G.Element {
            G.commitment(to: witness.scaled(indices, by: indices.map { _ in .one }), with: elements)
        }
        // A second base whose logarithm no proof here uses.
        let base = power([G.generator], [2])
        knowledge = Example(
            name: "knowledge",
            relation: try LinearRelation(
                elements: [power([G.generator], [0])],
                equations: [Equation(image: [.init(element: 1)], terms: [.init(scalar: 0, element: 0)])]),
            witness: witness.scaled([0], by: [.one]))
        equality = Example(
            name: "equality",
            relation: try LinearRelation(
                elements: [power([G.generator], [0]), base, power([base], [0])],
                equations: [
                    Equation(image: [.init(element: 1)], terms: [.init(scalar: 0, element: 0)]),
                    Equation(image: [.init(element: 3)], terms: [.init(scalar: 0, element: 2)]),
                ]),
            witness: witness.scaled([0], by: [.one]))
        // With coefficients: X^2 is the commitment to 2a and 2b.
        opening = Example(
            name: "opening",
            relation: try LinearRelation(
                elements: [power([G.generator, base], [0, 1]), base],
                equations: [
                    Equation(
                        image: [.init(element: 1, coefficient: G.Scalar(2))],
                        terms: [
                            .init(scalar: 0, element: 0, coefficient: G.Scalar(2)),
                            .init(scalar: 1, element: 2, coefficient: G.Scalar(2)),
                        ])
                ]),
            witness: witness.scaled([0, 1], by: [.one, .one]))
    }

    func proof(_ example: Example, isCompact: Bool, nonces name: String = "nonces") throws -> [UInt8] {
        var nonces = PinnedNonces<G.Secrets>(name)
        return isCompact
            ? try example.relation.proveCompact(tag: example.tag, witness: example.witness, nonces: &nonces)
            : try example.relation.proveBatchable(tag: example.tag, witness: example.witness, nonces: &nonces)
    }

    func accepts(_ proof: [UInt8], of example: Example, isCompact: Bool, tag: [UInt8]? = nil) -> Bool {
        let tag = tag ?? example.tag
        return isCompact
            ? (try? example.relation.verifyCompact(proof, tag: tag)) != nil
            : (try? example.relation.verifyBatchable(proof, tag: tag)) != nil
    }

    /// Both forms of every example verify; nothing else does.
    func proofFailures() throws -> Failures {
        var failures = Failures()
        for example in all {
            for isCompact in [true, false] {
                let proof = try proof(example, isCompact: isCompact)
                let name = "\(example.name), compact: \(isCompact)"
                failures.check(accepts(proof, of: example, isCompact: isCompact), name)
                failures.check(!accepts(proof, of: example, isCompact: !isCompact), "\(name), as the other form")
                failures.check(!accepts(proof, of: example, isCompact: isCompact, tag: example.tag + [0]), "\(name), another tag")
                for other in all where other.name != example.name {
                    failures.check(!accepts(proof, of: other, isCompact: isCompact), "\(name), of another relation")
                }
                failures.check(!accepts(proof + [0], of: example, isCompact: isCompact), "\(name), a byte more")
                failures.check(!accepts(Array(proof.dropLast()), of: example, isCompact: isCompact), "\(name), a byte less")
            }
        }
        return failures
    }

    /// Every `stride`th byte of a proof, changed.
    func flipFailures(stride: Int) throws -> Failures {
        var failures = Failures()
        for isCompact in [true, false] {
            let proof = try proof(opening, isCompact: isCompact)
            for place in Swift.stride(from: 0, to: proof.count, by: stride) {
                var flipped = proof
                flipped[place] ^= 1 << UInt8(place % 8)
                failures.check(!accepts(flipped, of: opening, isCompact: isCompact), "byte \(place), compact: \(isCompact)")
            }
        }
        return failures
    }

    /// A scalar that is written as itself plus the order, where that fits.
    func unreducedFailures() throws -> Failures {
        var failures = Failures()
        let order = (G.Scalar.zero - .one).encoded
        for isCompact in [true, false] {
            let proof = try proof(knowledge, isCompact: isCompact)
            // order - 1 + 1, and the largest number there is.
            var last = order
            last[last.count - 1] += 1
            for scalar in [last, [UInt8](repeating: 0xff, count: last.count)] {
                let forged = Array(proof.dropLast(scalar.count)) + scalar
                failures.check(!accepts(forged, of: knowledge, isCompact: isCompact), "unreduced, compact: \(isCompact)")
            }
        }
        return failures
    }

    /// A batch of all three and twice the first; with one bad member the batch names that one.
    func batchFailures() throws -> Failures {
        var failures = Failures()
        let members = try (all + [knowledge]).map { ($0, try proof($0, isCompact: false)) }
        func refused(_ change: (Int, inout [UInt8]) -> Void) -> [Int] {
            var batch = RelationBatch<G>()
            for (index, (example, proof)) in members.enumerated() {
                var proof = proof
                change(index, &proof)
                batch.add(proof, of: example.relation, tag: example.tag)
            }
            return batch.refused()
        }
        failures.check(refused { _, _ in } == [], "all good")
        for bad in members.indices {
            failures.check(refused { if $0 == bad { $1[$1.count - 1] ^= 1 } } == [bad], "response of \(bad)")
            failures.check(refused { if $0 == bad { $1 = [] } } == [bad], "no proof in place of \(bad)")
        }
        // Two errors that cancel out if weights are equal or foreseen.
        let (first, last) = (0, members.count - 1)
        let cancelling = refused { index, proof in
            guard index == first || index == last, let response = try? G.Scalar(decoding: Array(proof.suffix(G.Scalar.size))) else {
                return
            }
            let shifted = index == first ? response + .one : response - .one
            proof = Array(proof.dropLast(G.Scalar.size)) + shifted.encoded
        }
        failures.check(cancelling == [first, last], "cancelling errors: \(cancelling)")
        return failures
    }

    /// The serialization of each example has one form, and damage never gives it a second meaning. Every `stride`th byte.
    func serializationFailures(stride: Int) throws -> Failures {
        var failures = Failures()
        func parsed(_ bytes: [UInt8]) -> [UInt8]? { (try? LinearRelation<G>(serialized: bytes))?.serialized }
        for example in all {
            let bytes = example.relation.serialized
            failures.check(parsed(bytes) == bytes, example.name)
            failures.check(parsed(bytes + [0]) == nil, "\(example.name), a byte more")
            for place in Swift.stride(from: 0, to: bytes.count, by: stride) {
                failures.check(parsed(Array(bytes.prefix(place))) == nil, "\(example.name), cut to \(place)")
                var flipped = bytes
                flipped[place] ^= 0x80
                failures.check(parsed(flipped).map { $0 == flipped } ?? true, "\(example.name), byte \(place)")
            }
        }
        return failures
    }

    /// A false witness gives no proof, and a simulated conversation is no proof either.
    func soundnessFailures() throws -> Failures {
        var failures = Failures()
        var random = PinnedNonces<G.Secrets>("another witness")
        for example in all {
            let witness = random.nonces(example.relation.scalarCount)
            let lie = Example(name: example.name, relation: example.relation, witness: witness)
            failures.check((try? proof(lie, isCompact: false)) == nil, "\(example.name): a false witness")
            let responses = (0..<example.relation.scalarCount).map { G.Scalar(UInt64($0 + 7)) }
            let challenge = G.Scalar(1 << 40)
            let commitment = example.relation.simulatedCommitment(challenge: challenge, responses: responses)
            failures.check(
                example.relation.accepts(commitment: commitment, challenge: challenge, responses: responses),
                "\(example.name): a simulated conversation is one")
            let compact = challenge.encoded + responses.flatMap(\.encoded)
            failures.check(!accepts(compact, of: example, isCompact: true), "\(example.name): simulated, compact")
            let batchable = commitment.flatMap(\.encoded) + responses.flatMap(\.encoded)
            failures.check(!accepts(batchable, of: example, isCompact: false), "\(example.name): simulated, batchable")
        }
        return failures
    }
}
