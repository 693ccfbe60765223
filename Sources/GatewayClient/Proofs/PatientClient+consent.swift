import AccessPolicy
import CryptoPrimitives
import MedicalRecords
import SharingContract
import ZeroKnowledge

/// A grant of the patient's that covers what is asked, and those that it is hidden among.
package struct ChosenConsent: Sendable {
    package let given: GivenGrant
    let size: UInt64
    let block: UInt16
    /// Which of the block it is.
    let place: Int
    let candidates: [SG3072.Element]

    /// How many live grants it could be, for all that is shown.
    package var candidateCount: Int { candidates.count }
}

extension PatientClient {
    /// The first grant that covers it. Throws if there is none.
    func chosenConsent(_ asked: AskedConsent) throws(ClientError) -> ChosenConsent {
        let ledger = session.ledger
        guard asked.size <= ledger.size else { throw .notPossible(.ledgerBehind) }
        let blocks = ledger.liveGrants(at: ledger.size, on: asked.day)
        var covers: [Ed25519.PublicKey: GivenGrant] = [:]
        for given in state.grants where try given.covers(asked, loggedGrant(given)) { covers[given.control] = given }
        guard let index = blocks.grants.firstIndex(where: { covers[$0.control] != nil }),
            let given = covers[blocks.grants[index].control]
        else { throw .notFound(.consent) }
        let number = blocks.block(of: index)
        let block = blocks[number]
        guard let block16 = UInt16(exactly: number) else { throw .notFound(.consent) }
        return ChosenConsent(
            given: given, size: ledger.size, block: block16, place: index - block.startIndex,
            candidates: try ledger.commitments(of: block))
    }

    /// As it stands on the ledger; `nil` if it does not, or from before grants carried commitments.
    private func loggedGrant(_ given: GivenGrant) throws(ClientError) -> Grant? {
        guard let index = given.leaf, index < session.ledger.size,
            case .grant(let grant) = try session.ledger.leaf(index).entry.event
        else { return nil }
        return grant.control == given.control && grant.commitment != nil ? grant : nil
    }

    /// What is shown of the grant, with its opening. The same grant never shows the same twice.
    func append(_ chosen: ChosenConsent, to witness: inout Witness) throws(ClientError) -> CoveredBlock {
        guard let grant = try loggedGrant(chosen.given) else { throw .notFound(.consent) }
        let holder = session.keyring.holderSecret()
        let difference = SG3072.SecretScalar.random()
        let blinding = holder.grantBlinding(for: grant.control)
        let known = GrantAttributes(grant, chosen.given.body.value).scalars
        let attributes = SG3072.SecretScalars(count: known.count) { index in
            index == Int(ShownRecord.holderAttribute) ? holder.secret() : SG3072.SecretScalar(known[index])
        }
        // From its opening, and not from its place: which of the candidates is read, no cache learns.
        let exponents = SG3072.SecretScalars(count: 1 + attributes.count) { index in
            index == 0 ? blinding + difference : attributes.scalar(at: index - 1)
        }
        let commitment = SG3072.commit(exponents, to: [SG3072.blinding] + SG3072.attributes.prefix(attributes.count))
        witness.append(candidate: chosen.place, blinding: blinding, difference: difference, attributes: attributes)
        return CoveredBlock(commitment: commitment, size: chosen.size, block: chosen.block)
    }
}

extension GivenGrant {
    /// - Parameter grant: as it stands on the ledger.
    fileprivate func covers(_ asked: AskedConsent, _ grant: Grant?) -> Bool {
        guard let grant, category == asked.category, grantee == asked.actor, purposes.contains(asked.purpose.rawValue),
            revoked == nil
        else { return false }
        return GrantAttributes(grant, body.value).permits
    }
}
