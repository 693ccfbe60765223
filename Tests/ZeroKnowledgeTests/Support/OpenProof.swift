import CryptoPrimitives
import TestSupport

@testable import ZeroKnowledge

/// A proof made from the formulas of docs/proofs.md, in plain arithmetic on numbers that lie open, with everything that is computed on the
/// way. The layout is that of `fixtures/vectors/zk`.
struct OpenProof {
    /// All that a prover draws and knows.
    struct Secrets {
        let attributes: [[SG3072.Scalar]]
        let rho: [SG3072.Scalar]
        let b: [SG3072.Scalar]
        let rB: SG3072.Scalar?
        let a, v, tC: [SG3072.Scalar]
        let tB: SG3072.Scalar?
        let s: [SG3072.Scalar]
        /// Of a grant: what its commitment was multiplied with, and the blindings of V_0 and V_1.
        let delta: SG3072.Scalar?
        let vV: [SG3072.Scalar]
    }

    let statement: Statement
    let form: RecordProof.Form
    let secrets: Secrets
    private var transcript: Transcript
    private var announcement = Announcement(auxiliaries: nil, recordMasks: [], auxiliaryMask: nil)
    private var rowCommitments = RowCommitments()
    private(set) var steps: [(name: String, value: Shown)] = []
    private(set) var bytes: [UInt8] = []

    private var plan: ProofPlan { statement.plan }

    init(_ statement: Statement, _ form: RecordProof.Form, _ secrets: Secrets) {
        (self.statement, self.form, self.secrets) = (statement, form, secrets)
        let sessionID = Transcript.sessionID(tag: form.tag)
        transcript = Transcript(sessionID: sessionID)
        steps.append(("session", sessionID.shown))
        describePlan()
        announce()
        let (coefficients, weight) = commitToRows()
        answer(coefficients, weight)
    }

    private mutating func step(_ name: String, _ value: some Showable) { steps.append((name, value.shown)) }

    private mutating func describePlan() {
        let hidden = plan.variables.indices.filter { plan.variables[$0].known == nil }
        steps.append(
            (
                "variables",
                .list(
                    hidden.map { variable in
                        .list(plan.variables[variable].attributes.map { [$0.record, $0.index].numbers })
                    })
            ))
        steps.append(("determined", .list(plan.determined.compactMap { hidden.firstIndex(of: $0.variable)?.shown })))
        step("auxiliary", plan.auxiliaryCount)
        step("rows", plan.rows.count)
        if plan.hasRows { step("degree", plan.degree) }
    }

    private var variables: [SG3072.Scalar] {
        plan.variables.map { secrets.attributes[Int($0.attributes[0].record)][Int($0.attributes[0].index)] }
    }

    private var masks: Responses<SG3072.Scalar> {
        plan.responses(auxiliary: secrets.a, free: secrets.v, challenge: .zero)
    }

    private func power(_ terms: [(SG3072.Element, SG3072.Scalar)]) -> SG3072.Element {
        SG3072.product(terms.map { SG3072.Power($0.0, $0.1) })
    }

    private func auxiliaryPower(_ blinding: SG3072.Scalar?, _ numbers: [SG3072.Scalar]) -> SG3072.Element? {
        blinding.map { power([(SG3072.blinding, $0)] + zip(SG3072.auxiliaries, numbers).map { ($0, $1) }) }
    }

    private mutating func announce() {
        announcement.auxiliaries = auxiliaryPower(secrets.rB, secrets.b)
        announcement.recordMasks = statement.committed.indices.map { record in
            let hidden = plan.variable[record].indices.filter { plan.variables[plan.variable[record][$0]].known == nil }
            return power(
                [(SG3072.blinding, secrets.tC[record])]
                    + hidden.map { (SG3072.attributes[$0], masks.variables[plan.variable[record][$0]]) })
        }
        announcement.auxiliaryMask = auxiliaryPower(secrets.tB, secrets.a)
        steps.append(("T_C", .list(announcement.recordMasks.map(\.digest))))
        announcement.auxiliaryMask.map { steps.append(("T_B", $0.digest)) }
        announceCandidate()
        var writer = CanonicalWriter()
        writer.string(statement.canonicalBytes, length: UInt32.self)
        transcript.absorb(writer.bytes + announcement.elements.encoded)
    }

    /// V_1 and V_0, with the places behind the last candidate as they stand in the document.
    private mutating func announceCandidate() {
        guard let covering = statement.covering, let digits = plan.coveringDigits else { return }
        let (a, b) = (digits.values(masks), digits.values(Responses(auxiliary: secrets.b, variables: [], challenge: .one)))
        func commitment(_ blinding: SG3072.Scalar, _ product: (Int, Int) -> SG3072.Scalar) -> SG3072.Element {
            let places = (0..<64).map { place in
                (covering.candidates[min(place, covering.candidates.count - 1)], .zero - product(place % 8, place / 8))
            }
            return power([(SG3072.blinding, blinding)] + places)
        }
        announcement.candidates = commitment(secrets.vV[1]) { a.low[$0] * b.high[$1] + b.low[$0] * a.high[$1] }
        announcement.candidateMask = commitment(secrets.vV[0]) { a.low[$0] * a.high[$1] }
        announcement.candidateMask.map { steps.append(("V_0", $0.digest)) }
    }

    private mutating func commitToRows() -> (coefficients: [SG3072.Scalar], weight: SG3072.Scalar) {
        guard plan.hasRows else { return ([], .zero) }
        let weight = SG3072.Scalar(squeezed: transcript.squeeze(48))
        step("y", weight.encoded)
        let coefficients = plan.coefficients(secrets.b, variables, masks: masks, weight: weight)
        let elements = zip(coefficients, secrets.s).map { power([(SG3072.quadratic, $0), (SG3072.blinding, $1)]) }
        rowCommitments = RowCommitments(coefficients: Array(elements.dropFirst()), mask: elements[0])
        step("e", coefficients.map(\.encoded))
        steps.append(("T_E", elements[0].digest))
        transcript.absorb(elements.dropFirst().map { $0 }.encoded + elements[0].encoded)
        return (coefficients, weight)
    }

    private mutating func answer(_ coefficients: [SG3072.Scalar], _ weight: SG3072.Scalar) {
        let challenge = transcript.squeeze(16)
        let x = SG3072.Scalar(squeezed: challenge)
        step("x", challenge)
        func answers(_ secrets: [SG3072.Scalar], _ masks: [SG3072.Scalar]) -> [SG3072.Scalar] {
            zip(secrets, masks).map { $0 * x + $1 }
        }
        func polynomial(_ coefficients: [SG3072.Scalar]) -> SG3072.Scalar {
            coefficients.reversed().reduce(.zero) { $0 * x + $1 }
        }
        if plan.hasRows { step("P", polynomial(coefficients).encoded) }
        let blindings = answers([secrets.rB].compactMap(\.self), [secrets.tB].compactMap(\.self))
        let candidate = secrets.delta.map { polynomial(secrets.vV + [.zero - $0]) }
        bytes =
            RecordProof(
                form: form, announcement: announcement, rowCommitments: rowCommitments,
                challenge: form == .compact ? challenge : [],
                answers: Answers(
                    auxiliary: answers(secrets.b, secrets.a), free: answers(plan.free.map { variables[$0] }, secrets.v),
                    blindings: answers(secrets.rho, secrets.tC), auxiliaryBlinding: blindings.first,
                    rowBlinding: plan.hasRows ? polynomial(secrets.s) : nil, candidateBlinding: candidate)
            ).bytes
    }
}

extension SG3072.Element {
    fileprivate var digest: Shown { SHA256.hash(encoded).shown }
}

extension [UInt8] {
    /// As numbers, where bytes would be shown as bytes.
    fileprivate var numbers: Shown { .list(map(\.shown)) }
}

extension OpenProof.Secrets {
    /// What the prover draws from a seed of bytes that are all `seed`.
    init(_ example: Example, _ form: RecordProof.Form, seed: UInt8) throws {
        let plan = example.statement.plan
        let witness = example.witness
        let randomness = [UInt8](repeating: seed, count: 32)
        var source = SG3072.MaskSource(
            secret: witness.bytes(), randomness: SecretBytes(copying: randomness.span),
            statement: form.tag + example.statement.canonicalBytes)
        let attributes = example.credentials.map(\.attributes) + [example.grant?.attributes].compactMap(\.self)
        let rho = example.credentials.map(\.blinding) + [example.grant.map { $0.blinding + $0.difference }].compactMap(\.self)
        let values = plan.variables.map { variable in
            SecretNumber(attributes[Int(variable.attributes[0].record)][Int(variable.attributes[0].index)])
        }
        let auxiliary = try AuxiliaryValues(plan, variables: values, candidate: witness.candidate?.place)
        let auxiliaryBlinding = source.nextScalar().declassified()
        let records = rho.count
        let count = plan.auxiliaryCount + plan.free.count + records + (plan.hasRows ? 1 : 0)
        let masks = source.next(count: count).scalars.numbers().map { $0.scalar.duplicate().declassified() }
        let later = masks.dropFirst(plan.auxiliaryCount + plan.free.count)
        var s: [SG3072.Scalar] = []
        if plan.hasRows {
            let rest = (1..<plan.degree).map { _ in source.nextScalar().declassified() }
            s = [source.next().scalar.duplicate().declassified()] + rest
        }
        var vV: [SG3072.Scalar] = []
        if example.grant != nil {
            let linear = source.nextScalar().declassified()
            vV = [source.next().scalar.duplicate().declassified(), linear]
        }
        self.init(
            attributes: attributes, rho: rho,
            b: auxiliary.numbers.map { $0.scalar.duplicate().declassified() }, rB: plan.hasRows ? auxiliaryBlinding : nil,
            a: Array(masks.prefix(plan.auxiliaryCount)),
            v: Array(masks.dropFirst(plan.auxiliaryCount).prefix(plan.free.count)),
            tC: Array(later.prefix(records)), tB: plan.hasRows ? later.last : nil, s: s,
            delta: example.grant?.difference, vV: vV)
    }

    var shown: Shown {
        func scalars(_ list: [SG3072.Scalar]) -> Shown { list.map(\.encoded).shown }
        var fields: [(name: String, value: Shown)] = [
            ("attributes", .list(attributes.map(scalars))), ("rho", scalars(rho)), ("b", scalars(b)), ("a", scalars(a)),
            ("v", scalars(v)), ("tC", scalars(tC)),
        ]
        if let rB, let tB { fields += [("rB", rB.encoded.shown), ("tB", tB.encoded.shown), ("s", scalars(s))] }
        if let delta { fields += [("delta", delta.encoded.shown), ("vV", scalars(vV))] }
        return .fields(fields)
    }
}
