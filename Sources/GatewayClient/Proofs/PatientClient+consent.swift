import AccessPolicy
import CryptoPrimitives
import MedicalRecords
import SharingContract
import ZeroKnowledge

/// A grant of the patient's that covers what is asked, and those that it is hidden among.
package struct ChosenConsent: Sendable {
    let grant: Grant
    let attributes: GrantAttributes
    let size: UInt64
    let block: UInt16
    /// Which of the block it is.
    let place: Int
    /// How many live grants it could be at most, for all that is shown.
    package let candidateCount: Int

    /// By what the wallet tells it from others.
    var subject: String { "grant/\(grant.control)" }
}

extension PatientClient {
    /// The first grant that covers it. Throws if there is none.
    func chosenConsent(_ asked: AskedConsent) throws(ClientError) -> ChosenConsent {
        let ledger = session.ledger
        guard asked.size <= ledger.size else { throw .notPossible(.requestAhead) }
        let blocks = ledger.liveGrants(at: ledger.size, on: asked.day)
        let covering = Dictionary(
            state.grants.filter { $0.covers(asked) }.map { ($0.control, $0) }, uniquingKeysWith: { first, _ in first })
        for (index, logged) in blocks.grants.enumerated() {
            guard let given = covering[logged.control], case .grant(let grant) = try ledger.leaf(logged.leaf).entry.event else {
                continue
            }
            let attributes = GrantAttributes(grant, given.body.value)
            let number = blocks.block(of: index)
            guard attributes.permits, let block = UInt16(exactly: number) else { continue }
            return ChosenConsent(
                grant: grant, attributes: attributes, size: ledger.size, block: block, place: index - blocks[number].startIndex,
                candidateCount: blocks[number].count)
        }
        throw .notFound(.consent)
    }

    /// What is shown of the grant, with its opening. The same grant never shows the same twice.
    func append(_ chosen: ChosenConsent, of request: ProofRequest, to witness: inout Witness) -> CoveredBlock {
        let control = chosen.grant.control
        let holder = session.keyring.holderSecret()
        // Hedged as masks are: a bad source of random numbers alone must not tell the grant.
        var source = SG3072.MaskSource(secret: holder.key, statement: request.hash.bytes + control.bytes)
        let opening = holder.grantOpening(for: control)
        let difference = source.nextScalar()
        // From its opening, and not from its place among the candidates.
        let commitment = GrantCommitment.commitment(to: chosen.attributes, opening: opening, difference: difference)
        let known = chosen.attributes.scalars
        witness.append(
            candidate: chosen.place, blinding: opening.scalar(at: 0), difference: difference,
            attributes: SG3072.SecretScalars(count: known.count) { index in
                index == Int(ShownRecord.holderAttribute) ? opening.scalar(at: 1) : SG3072.SecretScalar(known[index])
            })
        return CoveredBlock(commitment: commitment, size: chosen.size, block: chosen.block)
    }
}

extension GivenGrant {
    /// By what the patient's own program wrote down.
    fileprivate func covers(_ asked: AskedConsent) -> Bool {
        category == asked.category && grantee == asked.actor && purposes.contains(asked.purpose.rawValue) && revoked == nil
    }
}
