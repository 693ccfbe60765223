import CryptoPrimitives
import TestSupport
import Testing

@testable import ZeroKnowledge

/// Proofs that a grant is one of some candidates, by provers who have none there.
struct CoveringTests {
    private let record = Credential("record", fields: [7])
    private let holder = Predicate.same(.init(1), .init(record: 1, 1))

    private func example(_ grant: GrantExample, _ more: [Predicate] = [], occasion: Statement.Occasion = .test()) throws -> Example
    {
        try Example("grant", [record], [holder] + more, grant: grant, occasion: occasion)
    }

    @Test func `a grant that is no candidate is not proven, wherever it says to stand`() throws {
        let honest = GrantExample(at: 9, of: 64)
        var failures = Failures()
        for place in [0, 1, 8, 9, 10, 63] {
            for form in RecordProof.Form.allCases {
                var moved = honest
                moved.place = place
                let proof = try example(moved).proof(form)
                failures.check(accepts(proof, try example(honest).statement, form) == (place == 9), "\(form), place \(place)")
            }
        }
        #expect(failures.isEmpty, "\(failures)")
    }

    @Test func `what the prover says of the grant is what the candidate says`() throws {
        let honest = GrantExample(at: 9, of: 20)
        var failures = Failures()
        for attribute in 2..<8 {
            var other = honest
            // The candidate stays, the opening of C' is of something else.
            other.attributes[attribute] = other.attributes[attribute] + .one
            for form in RecordProof.Form.allCases {
                let forged = try example(other)
                failures.check(!accepts(try forged.proof(form), forged.statement, form), "\(form), attribute \(attribute)")
            }
        }
        var stranger = GrantExample(at: 9, of: 20, holder: "stranger")
        #expect(throws: ProverError.notTrue) { try example(stranger).proof() }
        // Nor with the record's own holder in the place of the grant's.
        stranger.attributes[1] = record.attributes[1]
        let forged = try example(stranger)
        failures.check(!accepts(try forged.proof(), forged.statement), "another holder's grant")
        let refusing = GrantExample(at: 9, of: 20, permit: 0)
        var permitting = refusing
        permitting.attributes[3] = .one
        let claimed = try example(permitting)
        failures.check(!accepts(try claimed.proof(), claimed.statement), "a grant that permits nothing")
        #expect(failures.isEmpty, "\(failures)")
    }

    @Test func `a purpose that the grant has not cannot be proven`() throws {
        let grant = GrantExample(at: 3, of: 5, purposes: 1 << 1 | 1 << 4)
        let at = Predicate.Attribute(record: 1, 5)
        for purpose in [1, 4] as [UInt64] {
            let true_ = try example(grant, [.member(at, of: GrantExample.purposes(with: purpose))])
            #expect(accepts(try true_.proof(), true_.statement))
        }
        for purpose in [2, 3, 5, 10] as [UInt64] {
            #expect(throws: ProverError.notTrue) {
                try example(grant, [.member(at, of: GrantExample.purposes(with: purpose))]).proof()
            }
        }
    }

    @Test func `candidates in other order, number or form are another statement`() throws {
        let honest = GrantExample(at: 2, of: 12)
        func changed(_ body: (inout GrantExample) -> Void) throws -> Statement {
            var grant = honest
            body(&grant)
            return try example(grant).statement
        }
        let others = [
            try changed { $0.candidates.swapAt(0, 1) }, try changed { $0.candidates.swapAt(2, 11) },
            try changed { $0.candidates.removeLast() }, try changed { $0.candidates.append($0.candidates[11]) },
            try changed { $0.candidates.remove(at: 2) }, try changed { $0.candidates[5] = $0.candidates[6] },
            try changed { $0.candidates[11] = $0.candidates[11] * SG3072.blinding },
            try changed { $0.candidates[0] = $0.commitment }, try changed { $0.shown = [3, 4] },
            try changed { $0.shown = [3, 4, 5, 6] }, try changed { $0.attributes[4] = .one },
            try changed { $0.attributes[6] = .one },
        ]
        var failures = Failures()
        for form in RecordProof.Form.allCases {
            let proof = try example(honest).proof(form)
            failures.check(accepts(proof, try example(honest).statement, form), "\(form)")
            for (index, statement) in others.enumerated() {
                failures.check(!accepts(proof, statement, form), "\(form), \(index)")
            }
            let later = try example(honest, occasion: .test(2)).statement
            failures.check(!accepts(proof, later, form), "\(form), another nonce")
            let bare = try Example("bare", [record], []).statement
            failures.check(!accepts(proof, bare, form), "\(form), without a grant")
        }
        #expect(failures.isEmpty, "\(failures)")
    }

    /// A prover that does everything right but for the digits of the place.
    @Test func `digits of a place that are none are refused`() throws {
        let grant = GrantExample(at: 0, of: 64)
        let example = try example(grant)
        let half = Forgery.half
        func digits(_ places: [Int: SG3072.Scalar]) -> [SG3072.Scalar] { (0..<14).map { places[$0] ?? .zero } }
        let minus = SG3072.Scalar.zero - .one
        let cases: [[SG3072.Scalar]] = [
            digits([0: .one]), digits([6: .one, 13: .one]), digits([0: .one, 1: .one]), digits([0: half]),
            digits([0: minus, 1: .one]), digits([0: SG3072.Scalar(2)]), digits([7: half, 8: half]), digits([13: minus]),
        ]
        var failures = Failures()
        for form in RecordProof.Form.allCases {
            for auxiliary in cases {
                let proof = try Forgery.proof(example, form, auxiliary: auxiliary)
                failures.check(!accepts(proof, example.statement, form), "\(form), \(auxiliary.map(\.encoded.last))")
            }
            let honest = try Forgery.proof(example, form, auxiliary: digits([:]))
            failures.check(accepts(honest, example.statement, form), "\(form), the right digits")
        }
        #expect(failures.isEmpty, "\(failures)")
    }

    @Test func `elements of the candidates' part that are none, or of the wrong order, are refused`() throws {
        let example = try example(GrantExample(at: 1, of: 3))
        var failures = Failures()
        for form in RecordProof.Form.allCases {
            let proof = try example.proof(form)
            for place in Forgery.elementPlaces(form, of: example.statement) {
                let real = try SG3072.Element(decoding: Array(proof[place..<place + 384]))
                let forgeries: [(String, [UInt8])] = [
                    ("1", SG3072.Element.identity.encoded), ("0", [UInt8](repeating: 0, count: 384)),
                    ("p - 1", Forgery.subtract(Forgery.modulus, 1)), ("p - y", Forgery.subtract(Forgery.modulus, real.encoded)),
                    ("order r", Forgery.elementOfOrderR.encoded), ("times order r", (real * Forgery.elementOfOrderR).encoded),
                    ("inverse", real.inverse.encoded), ("a generator", SG3072.quadratic.encoded),
                ]
                for (name, bytes) in forgeries {
                    let forged = Array(proof[..<place] + bytes + proof[(place + 384)...])
                    failures.check(!accepts(forged, example.statement, form), "\(form), \(name) at \(place)")
                }
            }
            for place in stride(from: Forgery.firstScalar(form, of: example.statement), to: proof.count, by: 32) {
                let scalar = try SG3072.Scalar(decoding: Array(proof[place..<place + 32]))
                for bytes in [Forgery.order, (scalar + .one).encoded, (.zero - scalar).encoded] {
                    let forged = Array(proof[..<place] + bytes + proof[(place + 32)...])
                    failures.check(!accepts(forged, example.statement, form), "\(form), scalar at \(place)")
                }
            }
        }
        #expect(failures.isEmpty, "\(failures)")
    }

    @Test func `a C' with a part of order r has no proof`() throws {
        let grant = GrantExample(at: 1, of: 3)
        let moved = Covering(
            commitment: grant.commitment * Forgery.elementOfOrderR, fields: Array(grant.covering.shown.dropFirst()),
            candidates: grant.candidates)
        let statement = try Statement(occasion: .test(), records: [record.shown()], predicates: [holder], covering: moved)
        for form in RecordProof.Form.allCases {
            let proof = try RecordProof.prove(statement, Credential.witness([record], grant), form: form)
            #expect(!accepts(proof, statement, form))
        }
    }

    @Test func `in a batch with others each that is bad is named`() throws {
        let (with, without) = (try example(GrantExample(at: 4, of: 10)), try Example("record", [record], []))
        let proofs = [try with.proof(.batchable), try without.proof(.batchable), try with.proof(.batchable)]
        func refused(_ proofs: [[UInt8]]) -> [Int] {
            var batch = BatchVerifier()
            for (proof, example) in zip(proofs, [with, without, with]) { batch.add(proof, of: example.statement) }
            return batch.refused()
        }
        #expect(refused(proofs) == [])
        // z_V comes last.
        var changed = proofs
        changed[2][changed[2].count - 1] ^= 1
        #expect(refused(changed) == [2])
        changed[0] = proofs[1]
        #expect(refused(changed) == [0, 2])
    }

    @Test func `statements with a grant have rules of their own`() throws {
        func error(_ grant: GrantExample, _ predicates: [Predicate]) -> StatementError? {
            do throws(StatementError) {
                _ = try Statement(occasion: .test(), records: [record.shown()], predicates: predicates, covering: grant.covering)
                return nil
            } catch {
                return error
            }
        }
        let grant = GrantExample(at: 0, of: 2)
        func with(_ body: (inout GrantExample) -> Void) -> GrantExample {
            var changed = grant
            body(&changed)
            return changed
        }
        #expect(error(grant, [holder]) == nil)
        #expect(error(grant, []) == .severalHolders)
        #expect(error(with { $0.candidates = [] }, [holder]) == .tooLarge)
        #expect(error(with { $0.candidates = GrantExample(at: 64, of: 65).candidates }, [holder]) == .tooLarge)
        #expect(error(with { $0.shown = [1] }, [holder]) == .wrongAttribute)
        #expect(error(with { $0.shown = [4, 3] }, [holder]) == .wrongAttribute)
        #expect(error(with { $0.shown = [3, 3] }, [holder]) == .wrongAttribute)
        #expect(error(grant, [holder, .isNot(.init(record: 1, 8), .one)]) == .wrongAttribute)
        #expect(error(grant, [holder, .isNot(.init(record: 2, 5), .one)]) == .wrongAttribute)
        #expect(error(grant, [holder, .isNot(.init(record: 1, 3), .one)]) == .wrongAttribute)
        #expect(error(grant, [holder, .differ(.init(record: 1, 1), .init(3))]) == .wrongAttribute)
        // The digits of the place have room among the auxiliary values, or the statement is too large.
        let bits = Predicate.range(.init(3), low: 0, high: 1 << 57 - 1)
        #expect(error(grant, [holder, bits, bits]) == nil)
        #expect(error(grant, [holder, bits, .range(.init(3), low: 0, high: 1 << 58 - 1)]) == .tooLarge)
    }

    @Test func `a statement with a grant has one encoding, and version 1 has none`() throws {
        let statement = try example(GrantExample(at: 1, of: 3)).statement
        let bytes = statement.canonicalBytes
        #expect(bytes[0] == 2)
        #expect(try Statement(canonical: bytes) == statement)
        var first = bytes
        first[0] = 1
        #expect(throws: FormatError.self) { try Statement(canonical: first) }
        let bare = try Example("bare", [record], []).statement.canonicalBytes
        #expect(throws: FormatError.truncated) { try Statement(canonical: [2] + bare.dropFirst()) }
        #expect(throws: FormatError.unknownTag) { try Statement(canonical: [3] + bytes.dropFirst()) }
        #expect(throws: FormatError.unknownTag) { try Statement(canonical: [0] + bytes.dropFirst()) }
        // The first shown attribute is what makes it a grant.
        let place = try #require(bytes.firstRange(of: Covering.schema.encoded))
        var renamed = bytes
        renamed[place.upperBound - 1] ^= 1
        #expect(throws: FormatError.notCanonical) { try Statement(canonical: renamed) }
        for place in bytes.indices {
            var changed = bytes
            changed[place] ^= 1 << UInt8(place % 8)
            if let other = try? Statement(canonical: changed) { #expect(other != statement) }
        }
    }
}
