internal import CryptoPrimitives

/// The proof of a `Statement`: commitments to the auxiliary values, and one sigma proof over them and the records that binds the rows
/// by their coefficients. docs/proofs.md, section 6.
package struct RecordProof {
    /// Compact proofs are shorter; of batchable ones many are checked at once.
    package enum Form: Sendable, CaseIterable {
        case compact
        case batchable

        var tag: [UInt8] {
            Array("CORDON-V01-PRESENTATION-\(self == .compact ? "CMPT" : "DSFS")-with-\(SG3072.suite)".utf8)
        }
    }

    static let challengeSize = 16

    let form: Form
    var announcement: Announcement
    var rowCommitments: RowCommitments
    /// What the prover says that x was, if the form is compact.
    let challenge: [UInt8]
    let answers: Answers

    /// How many bytes a proof of `statement` has.
    package static func size(_ form: Form, of statement: Statement) -> Int {
        let plan = statement.plan
        let (records, covering) = (statement.committed.count, statement.covering == nil ? 0 : 1)
        let scalars = plan.auxiliaryCount + plan.free.count + records + (plan.hasRows ? 2 : 0) + covering
        let sent = (plan.hasRows ? plan.degree : 0) + covering
        let masks = records + (plan.hasRows ? 2 : 0) + covering
        return scalars * SG3072.Scalar.size + sent * SG3072.Element.size
            + (form == .compact ? challengeSize : masks * SG3072.Element.size)
    }

    var bytes: [UInt8] {
        switch form {
        case .compact:
            return [announcement.auxiliaries, announcement.candidates].compactMap(\.self).encoded
                + rowCommitments.coefficients.encoded + challenge + answers.scalars.encoded
        case .batchable:
            return announcement.elements.encoded + rowCommitments.elements.encoded + answers.scalars.encoded
        }
    }

    init(form: Form, announcement: Announcement, rowCommitments: RowCommitments, challenge: [UInt8], answers: Answers) {
        self.form = form
        self.announcement = announcement
        self.rowCommitments = rowCommitments
        self.challenge = challenge
        self.answers = answers
    }

    /// Exactly the bytes of a proof of this statement in this form: elements in range, scalars below q, nothing before or behind.
    init(_ bytes: [UInt8], _ form: Form, of statement: Statement) throws(ProofError) {
        guard bytes.count == Self.size(form, of: statement) else { throw .malformed }
        do throws(FormatError) {
            var reader = CanonicalReader(bytes)
            self = try Self(from: &reader, form, statement)
            try reader.expectEnd()
        } catch {
            throw .malformed
        }
    }

    private init(from reader: inout CanonicalReader, _ form: Form, _ statement: Statement) throws(FormatError) {
        let (plan, records) = (statement.plan, statement.committed.count)
        let (hasRows, isBatchable, hasGrant) = (plan.hasRows, form == .batchable, statement.covering != nil)
        self.form = form
        announcement = Announcement(
            auxiliaries: try reader.elements(hasRows ? 1 : 0).first,
            recordMasks: try reader.elements(isBatchable ? records : 0),
            auxiliaryMask: try reader.elements(isBatchable && hasRows ? 1 : 0).first,
            candidates: try reader.elements(hasGrant ? 1 : 0).first,
            candidateMask: try reader.elements(isBatchable && hasGrant ? 1 : 0).first)
        rowCommitments = RowCommitments(
            coefficients: try reader.elements(hasRows ? plan.degree - 1 : 0),
            mask: try reader.elements(isBatchable && hasRows ? 1 : 0).first)
        challenge = try reader.fixed(isBatchable ? 0 : Self.challengeSize)
        answers = Answers(
            auxiliary: try reader.scalars(plan.auxiliaryCount), free: try reader.scalars(plan.free.count),
            blindings: try reader.scalars(records), auxiliaryBlinding: try reader.scalars(hasRows ? 1 : 0).first,
            rowBlinding: try reader.scalars(hasRows ? 1 : 0).first,
            candidateBlinding: try reader.scalars(hasGrant ? 1 : 0).first)
    }
}

extension CanonicalReader {
    fileprivate mutating func elements(_ count: Int) throws(FormatError) -> [SG3072.Element] {
        var elements: [SG3072.Element] = []
        for _ in 0..<count { elements.append(try element()) }
        return elements
    }

    fileprivate mutating func scalars(_ count: Int) throws(FormatError) -> [SG3072.Scalar] {
        var scalars: [SG3072.Scalar] = []
        for _ in 0..<count { scalars.append(try scalar()) }
        return scalars
    }
}
