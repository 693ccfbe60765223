import AccessPolicy
import CryptoPrimitives
import GatewayClient
import MedicalRecords
import SharingContract

/// Reads grants or restrictions back, asks, and signs.
struct GrantDialogue {
    let cordon: Cordon
    let patient: PatientClient
    let isDryRun: Bool
    let isAgreed: Bool

    private struct Outcome: Encodable {
        /// `nil` for a restriction: it is for nobody.
        let to: String?
        let fingerprint: String?
        let category: String
        let purposes: [String]
        /// What a restriction hides.
        var hides: String?
        let until: String?
        let recordsNow: Int
        let isSigned: Bool
        let number: UInt64?
    }

    private struct Forecast: Encodable {
        let grants: [Outcome]
        let readers: [ReaderLine]
        let isSigned = false
    }

    func run(_ proposed: [PatientClient.ProposedGrant]) async throws {
        let reaches = try await forecast(proposed)
        let readBack = try ReadBack(patient, reaches).words(proposed)
        if isDryRun {
            let readers = reaches.map { ReaderLine($0, patient.session) }
            let forecast = Forecast(grants: proposed.map { outcome($0, nil) }, readers: readers)
            return try cordon.show(forecast, "\(readBack)\n\(ReaderLine.table(readers))\nNothing was signed.")
        }
        if !isAgreed {
            guard Terminal.confirms("\(readBack) Sign?") else { throw Stop.refused("not signed; nothing was changed") }
        } else if !cordon.json {
            Terminal.note(readBack)
        }
        try await sign(proposed)
    }

    /// Policies that this program does not understand keep nobody from signing: under them nothing is released.
    private func forecast(_ proposed: [PatientClient.ProposedGrant]) async throws -> [PatientClient.Reach] {
        do throws(ClientError) {
            return try await patient.forecast(proposed, isWhole: isDryRun)
        } catch {
            guard case .notPossible(.policiesUnusable) = error, !isDryRun else { throw error }
            return []
        }
    }

    private func sign(_ proposed: [PatientClient.ProposedGrant]) async throws {
        var given: [GivenGrant] = []
        do {
            for item in proposed {
                given.append(try await item.grantee == nil ? patient.restrict(item) : patient.grant(item))
            }
        } catch {
            // What is signed is signed, and has to be known.
            if !given.isEmpty { Terminal.note(words(given)) }
            throw error
        }
        try show(zip(proposed, given).map { outcome($0, $1.number) }, words(given))
        Warnings.show(of: patient)
    }

    /// One grant is one object for programs, several are a list.
    private func show(_ outcomes: [Outcome], _ words: String) throws {
        if outcomes.count == 1 { try cordon.show(outcomes[0], words) } else { try cordon.show(outcomes, words) }
    }

    private func words(_ given: [GivenGrant]) -> String {
        given.map { grant in
            let kind = grant.isRestriction ? "Restriction" : "Grant"
            return "Signed. \(kind) \(grant.number), entry \(grant.leaf ?? 0) of the ledger."
        }.joined(separator: "\n")
    }

    private func outcome(_ proposed: PatientClient.ProposedGrant, _ number: UInt64?) -> Outcome {
        Outcome(
            to: proposed.grantee?.actor.name.text, fingerprint: proposed.grantee.map { Fingerprint.text($0.actor.key) },
            category: Names.category(proposed.category), purposes: proposed.purposes.map(\.id).sorted(),
            hides: proposed.restriction.map { RestrictionWords.target($0, proposed.category) },
            until: proposed.grantee == nil ? nil : proposed.until.description, recordsNow: proposed.recordCount,
            isSigned: number != nil, number: number)
    }
}

extension PatientClient.ProposedGrant {
    var restriction: Restriction? {
        guard case .restriction(let restriction) = consent.content else { return nil }
        return restriction
    }
}
