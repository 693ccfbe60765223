import AccessPolicy
package import CryptoPrimitives
import GatewayAPI
import MedicalRecords
import SharingContract

extension PatientClient {
    /// How much an organisation could read of a category.
    package struct Reach: Sendable {
        package let reader: Ed25519.PublicKey
        package let category: UInt16
        /// Records that are there.
        package let records: Int
        package let now: Int
        package let then: Int
    }

    /// Who could read what, now and if this were signed: for every organisation that has or would have a live grant, and every category.
    /// Nothing is signed, and nobody is asked but for the patient's own records.
    ///
    /// - Parameter isWhole: whether of all categories, or of those alone that something is proposed for.
    package func forecast(_ proposed: [ProposedGrant], isWhole: Bool = true) async throws(ClientError) -> [Reach] {
        let before = try await ownDecisions()
        var after = before
        after.inForce += proposed.enumerated().map { offer($1, number: $0) }
        var reaches: [Reach] = []
        for category in Set(isWhole ? after.inForce.map(\.category) : proposed.map(\.category)).sorted() {
            let candidates = try await candidates(category)
            for reader in try readers(of: category, after) {
                reaches.append(
                    Reach(
                        reader: reader, category: category, records: candidates.count,
                        now: before.reach(of: reader, category, candidates), then: after.reach(of: reader, category, candidates)))
            }
        }
        return reaches
    }

    /// Records that are not retracted.
    func candidates(_ category: UInt16) async throws(ClientError) -> [Candidate] {
        guard isOpen(category) else { return [] }
        return try await records(category).map { Candidate($0) }.filter { !$0.isRetracted }
    }

    /// In the order of their admission.
    private func readers(of category: UInt16, _ decisions: OwnDecisions) throws(ClientError) -> [Ed25519.PublicKey] {
        let readers = Set(decisions.inForce.filter { $0.category == category }.map(\.scope.grantee))
        return try session.actors().map(\.actor.key).filter(readers.contains)
    }
}

extension OwnDecisions {
    fileprivate func reach(of reader: Ed25519.PublicKey, _ category: UInt16, _ candidates: [Candidate]) -> Int {
        inForce.filter { $0.category == category && $0.scope.grantee == reader }.reduce(into: Set()) {
            $0.formUnion(readable($1, candidates))
        }.count
    }
}
