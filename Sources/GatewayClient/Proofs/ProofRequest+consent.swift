import CryptoPrimitives
import ZeroKnowledge

extension ProofRequest {
    /// The grants that a presentation is about, as this copy of the ledger has them; `nil` if none was asked for. Throws if it is about none,
    /// or about those of an older ledger than the request's.
    func covering(_ covered: CoveredBlock?, on ledger: LedgerReplica) throws(ClientError) -> Covering? {
        guard let consent else {
            guard covered == nil else { throw .notVerified(.proofNotGood) }
            return nil
        }
        guard let covered, covered.size >= consent.size else { throw .notVerified(.proofNotGood) }
        guard covered.size <= ledger.size else { throw .notPossible(.ledgerBehind) }
        let block = ledger.liveGrants(at: covered.size, on: consent.day)[Int(covered.block)]
        guard !block.isEmpty else { throw .notVerified(.proofNotGood) }
        return Covering(
            commitment: covered.commitment, fields: consent.shown, candidates: try ledger.commitments(of: block))
    }
}
