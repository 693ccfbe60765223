import AccessPolicy
package import CryptoPrimitives
import MedicalRecords
package import SharingContract

extension PatientClient {
    /// What a Consent in FHIR would mean: a grant for each compartment in which it could permit or forbid anything, all over the same text.
    /// What is only for people, and whom it is about, is left out of the text: the grant says that.
    ///
    /// Throws `notComputable`, with what to change, if any of it cannot be decided by: nothing of it is signed then.
    ///
    /// - Parameters:
    ///   - categories: only these. None means all.
    ///   - until: the consent's own end when left out, ninety days if it has none.
    package func propose(
        _ file: [UInt8], to grantee: ActorState, categories: [UInt16], until: Day?
    ) async throws(ClientError) -> [ProposedGrant] {
        let (consent, document) = try Self.read(file)
        let last = session.today.adding(days: Contract.longestGrant)
        let end = until ?? consent.lastDay.map { min($0, last) } ?? session.today.adding(days: Self.defaultDays)
        var proposed: [ProposedGrant] = []
        for category in Category.allCases.map(\.code) where categories.isEmpty || categories.contains(category) {
            guard let consent = Consent(fhir: document, category: category) else { throw .notPossible(.notComputable([])) }
            let scope = ConsentScope(
                control: session.keyring.controlKey(state.nextGrant + UInt64(proposed.count)).publicKey,
                compartment: session.keyring.compartmentKey(category).publicKey, grantee: grantee.actor.key, from: session.today,
                until: end)
            let compiled = ConsentCompiler.compile(consent, scope)
            guard compiled.review.isEmpty else { throw .notPossible(.notComputable(compiled.review)) }
            guard compiled.permit != nil || compiled.forbid != nil else { continue }
            proposed.append(try await propose(to: grantee, consent, until: end))
        }
        guard !proposed.isEmpty else { throw .notPossible(.saysNothing) }
        return proposed
    }

    private static func read(_ file: [UInt8]) throws(ClientError) -> (FHIRConsent, document: [UInt8]) {
        let consent: FHIRConsent
        do throws(FHIRConsentError) {
            consent = try FHIRConsent(file)
        } catch {
            throw .notPossible(.notComputable([error.review]))
        }
        guard consent.isCandidate else { throw .notPossible(.saysNothing) }
        do throws(NotComputable) {
            return (consent, try consent.documentToSign())
        } catch {
            throw .notPossible(.notComputable(error.reviews))
        }
    }
}

extension FHIRConsent {
    /// The first day on which none of it holds any more, if its root says so.
    fileprivate var lastDay: Day? {
        provision?.period?.next.map { end in
            let (days, rest) = end.quotientAndRemainder(dividingBy: ConsentInstant.day)
            return Day(UInt32(clamping: days + (rest > 0 ? 1 : 0)))
        }
    }
}
