internal import CryptoPrimitives

extension RecordProof {
    /// Proves a statement that is true. `witness` must open the commitments that the statement shows; whoever made the statement out of
    /// openings knows that, and it is not checked again: of other openings the proof does not verify.
    ///
    /// In time that depends on the statement, and on whether it is true, but on nothing else of the witness.
    package static func prove(
        _ statement: Statement, _ witness: borrowing Witness, form: Form = .compact
    ) throws(ProverError) -> [UInt8] {
        let masks = SG3072.MaskSource(secret: witness.bytes(), statement: form.tag + statement.canonicalBytes)
        return try prove(statement, witness, form, masks: masks)
    }

    /// The same with given randomness, for published vectors alone.
    static func prove(
        _ statement: Statement, _ witness: borrowing Witness, _ form: Form, randomness: borrowing SecretBytes
    ) throws(ProverError) -> [UInt8] {
        let masks = SG3072.MaskSource(
            secret: witness.bytes(), randomness: randomness, statement: form.tag + statement.canonicalBytes)
        return try prove(statement, witness, form, masks: masks)
    }

    private static func prove(
        _ statement: Statement, _ witness: borrowing Witness, _ form: Form, masks: consuming SG3072.MaskSource
    ) throws(ProverError) -> [UInt8] {
        let prover = try RecordProver(statement, witness, masks: masks)
        let values = try AuxiliaryValues(
            statement.plan, variables: prover.variables, candidate: witness.candidate?.place)
        return prover.proof(form, values).bytes
    }
}

/// A prover with its masks, which one proof uses up.
struct RecordProver: ~Copyable {
    private let statement: Statement
    /// Of the plan, as the openings have them.
    let variables: [SecretNumber]
    private let blindings: [SecretNumber]
    private let candidate: Witness.Candidate?
    private var masks: SG3072.MaskSource

    private var plan: ProofPlan { statement.plan }

    init(_ statement: Statement, _ witness: borrowing Witness, masks: consuming SG3072.MaskSource) throws(ProverError) {
        let openings = witness.openings
        guard openings.count == statement.committed.count, (witness.candidate == nil) == (statement.covering == nil),
            zip(openings, statement.committed).allSatisfy({ $0.attributes.count == Int($1.attributeCount) })
        else { throw .notTrue }
        var variables: [SecretNumber] = []
        for variable in statement.plan.variables {
            let values = variable.attributes.map { attribute in
                SecretNumber(openings[Int(attribute.record)].attributes.scalar(at: Int(attribute.index)))
            }
            let value = variable.known.map { SecretNumber($0) } ?? values[0]
            guard values.allSatisfy({ ($0 - value).isZero }) else { throw .notTrue }
            variables.append(value)
        }
        self.statement = statement
        self.variables = variables
        blindings = openings.map { SecretNumber($0.blinding.duplicate()) }
        candidate = witness.candidate
        self.masks = masks
    }

    /// The moves of docs/proofs.md, section 6, in their order.
    consuming func proof(_ form: RecordProof.Form, _ values: borrowing AuxiliaryValues) -> RecordProof {
        let plan = statement.plan
        let auxiliaryBlinding = SecretNumber(masks.nextScalar())
        // In the order of the answers: f, z, z_C, z_B.
        let secrets = values.numbers + plan.free.map { variables[$0] } + blindings + (plan.hasRows ? [auxiliaryBlinding] : [])
        let masks = masks.next(count: secrets.count)
        let drawn = DrawnMasks(plan, masks.scalars.numbers(), records: blindings.count)
        var rowBlindings: [SecretNumber] = []
        for _ in 1..<max(1, plan.degree) { rowBlindings.append(SecretNumber(self.masks.nextScalar())) }
        let rowMask = self.masks.next()
        let candidateProver = candidateProver(values.numbers, drawn.responses)

        var announcement = announcement(values, auxiliaryBlinding, drawn)
        candidateProver?.announce(in: &announcement)
        var transcript = RecordTranscript(statement, form)
        let weight = transcript.weight(announcement)
        let coefficients = plan.coefficients(values.numbers, variables, masks: drawn.responses, weight: weight)
        let rowCommitments = RowCommitments(coefficients, blindings: [SecretNumber(rowMask.scalar.duplicate())] + rowBlindings)
        let challenge = transcript.challenge(rowCommitments)
        let x = SG3072.Scalar(squeezed: challenge)

        var answers = Answers(plan, masks.responses(to: x, witnesses: SG3072.SecretScalars(secrets)), records: blindings.count)
        if plan.hasRows {
            // z_E is s_0 + x (s_1 + s_2 x + …).
            let rest = rowBlindings.reversed().reduce(SecretNumber(.zero)) { $0.scaled(by: x) + $1 }
            answers.rowBlinding = rowMask.response(to: x, witness: rest.scalar)
        }
        answers.candidateBlinding = candidateProver?.answer(to: x)
        return RecordProof(
            form: form, announcement: announcement, rowCommitments: rowCommitments,
            challenge: form == .compact ? challenge : [], answers: answers)
    }

    private mutating func candidateProver(_ auxiliary: [SecretNumber], _ drawn: Responses<SecretNumber>) -> CandidateProver? {
        guard let covering = statement.covering, let digits = plan.coveringDigits, let candidate else { return nil }
        return CandidateProver(covering, digits, candidate, auxiliary: auxiliary, masks: drawn, from: &masks)
    }

    private borrowing func announcement(
        _ values: borrowing AuxiliaryValues, _ blinding: SecretNumber, _ masks: DrawnMasks
    ) -> Announcement {
        let plan = statement.plan
        let recordMasks = statement.committed.indices.map { record in
            let hidden = plan.variable[record].indices.filter { plan.variables[plan.variable[record][$0]].known == nil }
            return SG3072.commit(
                SG3072.SecretScalars(
                    [masks.blindings[record]] + hidden.map { masks.responses.variables[plan.variable[record][$0]] }),
                to: [SG3072.blinding] + hidden.map { SG3072.attributes[$0] })
        }
        guard let auxiliaryMask = masks.auxiliaryBlinding else {
            return Announcement(auxiliaries: nil, recordMasks: recordMasks, auxiliaryMask: nil)
        }
        return Announcement(
            auxiliaries: values.commitment(blinding),
            recordMasks: recordMasks,
            auxiliaryMask: SG3072.commit(
                SG3072.SecretScalars([auxiliaryMask] + masks.responses.auxiliary),
                to: [SG3072.blinding] + SG3072.auxiliaries.prefix(plan.auxiliaryCount)))
    }
}

/// Masks, each in its place: as responses to the challenge 0, which is what they are.
struct DrawnMasks {
    let responses: Responses<SecretNumber>
    let blindings: [SecretNumber]
    let auxiliaryBlinding: SecretNumber?

    init(_ plan: ProofPlan, _ numbers: [SecretNumber], records: Int) {
        let (auxiliary, rest) = (numbers.prefix(plan.auxiliaryCount), numbers.dropFirst(plan.auxiliaryCount))
        responses = plan.responses(auxiliary: Array(auxiliary), free: Array(rest.prefix(plan.free.count)), challenge: .zero)
        let last = rest.dropFirst(plan.free.count)
        blindings = Array(last.prefix(records))
        auxiliaryBlinding = plan.hasRows ? last.last : nil
    }
}

extension ProofPlan {
    /// P(x) is of degree D - 1 for a true statement. Its coefficients, the constant first, by its values at 0 … D-1.
    func coefficients<Value: Number>(
        _ auxiliary: [Value], _ variables: [Value], masks: Responses<Value>, weight: SG3072.Scalar
    ) -> [Value] {
        let points = (0..<degree).map { SG3072.Scalar(UInt64($0)) }
        // At 0 the responses are the masks; on from there each is the one before and the secret.
        var responses = masks
        var values = [combined(responses, weight: weight)]
        for x in points.dropFirst() {
            responses = Responses(
                auxiliary: zip(auxiliary, responses.auxiliary).map { $0 + $1 },
                variables: zip(variables, responses.variables).map { $0 + $1 }, challenge: x)
            values.append(combined(responses, weight: weight))
        }
        let basis = Interpolation.basis(points)
        return points.indices.map { power in
            zip(values, basis).reduce(Value(.zero)) { $0 + $1.0.scaled(by: $1.1[power]) }
        }
    }
}

extension RowCommitments {
    init(_ coefficients: [SecretNumber], blindings: [SecretNumber]) {
        guard !coefficients.isEmpty else {
            self.init()
            return
        }
        let elements = zip(coefficients, blindings).map { coefficient, blinding in
            SG3072.commit(SG3072.SecretScalars([coefficient, blinding]), to: [SG3072.quadratic, SG3072.blinding])
        }
        self.init(coefficients: Array(elements.dropFirst()), mask: elements[0])
    }
}

extension Answers {
    /// All but z_E.
    init(_ plan: ProofPlan, _ scalars: [SG3072.Scalar], records: Int) {
        let rest = scalars.dropFirst(plan.auxiliaryCount)
        let last = rest.dropFirst(plan.free.count)
        self.init(
            auxiliary: Array(scalars.prefix(plan.auxiliaryCount)), free: Array(rest.prefix(plan.free.count)),
            blindings: Array(last.prefix(records)), auxiliaryBlinding: plan.hasRows ? last.last : nil, rowBlinding: nil)
    }
}
