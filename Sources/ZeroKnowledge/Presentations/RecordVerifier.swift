internal import CryptoPrimitives

extension RecordProof {
    /// Whether `proof` proves the statement. Nothing is said here of who made the statement or signed its credentials.
    package static func verify(_ proof: [UInt8], of statement: Statement, form: Form = .compact) throws(ProofError) {
        let proof = try RecordProof(proof, form, of: statement)
        switch form {
        case .compact: try proof.verifyCompact(statement)
        case .batchable: try proof.verifyBatchable(statement)
        }
    }

    /// The masks are what the equations make them; the challenge that follows from them must be the one in the proof.
    private func verifyCompact(_ statement: Statement) throws(ProofError) {
        let x = Self.number(challenge)
        let equations = openingEquations(statement, x)
        var announcement = announcement
        announcement.recordMasks = equations.records.map { $0.mask(x) }
        announcement.auxiliaryMask = equations.auxiliaries.map { $0.mask(x) }
        announcement.candidateMask = coveringEquation(statement, x).map { $0.mask(x) }
        var transcript = RecordTranscript(statement, form)
        let weight = transcript.weight(announcement)
        var rowCommitments = rowCommitments
        rowCommitments.mask = rowEquation(statement, x, weight: weight).map { $0.mask(x) }
        guard !(announcement.elements + rowCommitments.elements).contains(where: \.isIdentity),
            transcript.challenge(rowCommitments) == challenge
        else { throw .notValid }
    }

    private func verifyBatchable(_ statement: Statement) throws(ProofError) {
        let (equations, x) = batchEquations(statement)
        guard equations.allSatisfy({ $0.equation.mask(x) == $0.mask }) else { throw .notValid }
    }

    /// The equations of a batchable proof, each with the mask that was sent, and the challenge.
    func batchEquations(_ statement: Statement) -> (equations: [(equation: RecordEquation, mask: SG3072.Element)], x: UInt128) {
        var transcript = RecordTranscript(statement, form)
        let weight = transcript.weight(announcement)
        let x = Self.number(transcript.challenge(rowCommitments))
        let opening = openingEquations(statement, x)
        var equations = Array(zip(opening.records, announcement.recordMasks)).map { (equation: $0, mask: $1) }
        if let equation = opening.auxiliaries, let mask = announcement.auxiliaryMask { equations.append((equation, mask)) }
        if let equation = coveringEquation(statement, x), let mask = announcement.candidateMask {
            equations.append((equation, mask))
        }
        if let equation = rowEquation(statement, x, weight: weight), let mask = rowCommitments.mask {
            equations.append((equation, mask))
        }
        return (equations, x)
    }

    /// Those of C for each record, and that of B.
    private func openingEquations(_ statement: Statement, _ x: UInt128) -> (records: [RecordEquation], auxiliaries: RecordEquation?)
    {
        let (plan, responses) = (statement.plan, responses(statement, x))
        let records = statement.committed.enumerated().map { record, opened in
            RecordEquation(
                generators: GeneratorExponents(
                    blinding: answers.blindings[record], attributes: plan.variable[record].map { responses.variables[$0] }),
                committed: [opened.commitment])
        }
        guard let commitment = announcement.auxiliaries, let blinding = answers.auxiliaryBlinding else { return (records, nil) }
        return (
            records,
            RecordEquation(
                generators: GeneratorExponents(blinding: blinding, auxiliaries: answers.auxiliary), committed: [commitment])
        )
    }

    /// That of E: the rows, as they come out.
    private func rowEquation(_ statement: Statement, _ x: UInt128, weight: SG3072.Scalar) -> RecordEquation? {
        guard let blinding = answers.rowBlinding else { return nil }
        let rows = statement.plan.combined(responses(statement, x), weight: weight)
        return RecordEquation(
            generators: GeneratorExponents(blinding: blinding, quadratic: rows), committed: rowCommitments.coefficients)
    }

    /// That of V: C' raised to x^2 and divided by each candidate, raised to the product of its digits, is the one candidate that is left.
    private func coveringEquation(_ statement: Statement, _ x: UInt128) -> RecordEquation? {
        guard let covering = statement.covering, let digits = statement.plan.coveringDigits,
            let committed = announcement.candidates, let blinding = answers.candidateBlinding
        else { return nil }
        let responses = responses(statement, x)
        let (low, high) = digits.values(responses)
        let products = digits.products(low, high, candidates: covering.candidates.count)
        return RecordEquation(
            generators: GeneratorExponents(blinding: blinding), committed: [committed],
            others: [(covering.commitment, responses.challenge * responses.challenge)]
                + zip(covering.candidates, products).map { ($0, .zero - $1) })
    }

    private func responses(_ statement: Statement, _ x: UInt128) -> Responses<SG3072.Scalar> {
        statement.plan.responses(auxiliary: answers.auxiliary, free: answers.free, challenge: SG3072.Scalar(wide: x))
    }

    private static func number(_ littleEndian: [UInt8]) -> UInt128 {
        littleEndian.reversed().reduce(0) { $0 << 8 | UInt128($1) }
    }
}
