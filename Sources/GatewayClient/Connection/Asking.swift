import AccessPolicy
import CryptoPrimitives
import GatewayAPI
import MedicalRecords
import SharingContract

/// What is asked for, under which grant and in which emergency.
struct Asking {
    let grant: Ed25519.PublicKey
    let filter: Filter
    let purpose: PurposeOfUse
    let staff: TextLine
    var emergency: UInt64?
}

extension Session {
    /// Asks, and makes sure that the answer is the one on the ledger.
    func ask(
        _ asking: Asking, releaseKey: borrowing Ed25519.PrivateKey, signingWith key: borrowing Ed25519.PrivateKey
    ) async throws(ClientError) -> (decision: Decision, outcome: RequestRecords.Answer.Outcome) {
        let request = Request(
            origin: origin, grant: asking.grant, filter: asking.filter, purpose: asking.purpose, staff: asking.staff,
            actor: key.publicKey, emergency: asking.emergency, nonce: .random())
        let bytes = request.canonicalBytes
        let hash = RequestHash(of: bytes)
        let signature = releaseKey.sign(.release, origin: origin, hash.releaseBytes(grant: asking.grant))
        let answer = try await call(RequestRecords(request: bytes, releaseSignature: signature), with: key)
        try await ledger.verify(answer.decision, connection)
        guard case .decision(let decision) = answer.decision.leaf.entry.event else { throw .notVerified(.decisionNotOurs) }
        switch answer.outcome {
        case .refused(let blind):
            guard case .refused(.init(blind: blind, request: hash)) = decision.outcome else {
                throw .notVerified(.refusalNotLogged)
            }
        case .released:
            let release = Decision.Release(
                grant: asking.grant, request: hash, signature: signature, emergency: asking.emergency)
            guard decision.outcome == .released(release) else { throw .notVerified(.decisionNotOurs) }
        }
        return (decision, answer.outcome)
    }
}
