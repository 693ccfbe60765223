import ArgumentParser
import CryptoPrimitives
import GatewayClient
import MedicalRecords

struct RevokeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "Ends what an organisation may read, or a person may decide.",
        discussion: """
            It holds from the moment the ledger has it. With what lets a person decide ends all that was granted under it. What was read before stays with who read it. What you have hidden stays hidden:
            a restriction is lifted by its number alone, here or with `cordon restrict lift`.

            Example:
              cordon --as ana revoke --to lakeside
              cordon --as ana revoke --grant 3
              cordon --as bea revoke --for ana --to lakeside
            """)

    @ParentCommand var cordon: Cordon
    @Option(name: .customLong("to"), help: "End all grants to this organisation.") var grantee: String?
    @Option(help: "Only its grants of this category.") var category: String?
    @Option(help: "End the grant of this number, as in `patient grants`.") var grant: UInt64?
    @Option(name: .customLong("for"), help: "Only what you granted in the place of this patient.") var patient: String?
    @Option(help: "Why. Only you and an auditor can read it.") var reason = ""

    private struct Ended: Encodable {
        let grants: [UInt64]
        /// `nil` of a restriction, which is for nobody.
        let to: String?
        let recordsRead: Int?
    }

    func run() async throws {
        guard (grantee == nil) != (grant == nil), grantee?.isEmpty != true else {
            throw Stop.usage("which grants? Give --to NAME or --grant NUMBER", "See `cordon patient grants`.")
        }
        let reason = try Names.line(reason, for: "a reason")
        if let patient { return try await run(inPlaceOf: patient, reason: reason) }
        try await cordon.asPatient { patient in
            try await patient.sync()
            let grants = try chosen(patient)
            guard let first = grants.first else { throw ClientError.notFound(.grant) }
            for grant in grants { try await patient.revoke(grant.control, reason: reason) }
            // They are ended, whether or not it can be told what was read.
            let read = first.isRestriction ? nil : try? await recordsRead(grants, patient)
            try cordon.show(
                Ended(grants: grants.map(\.number), to: first.isRestriction ? nil : first.granteeName.text, recordsRead: read),
                words(grants, first, read))
            Warnings.show(of: patient)
        }
    }

    private func chosen(_ patient: PatientClient) throws -> [GivenGrant] {
        if let grant { return patient.state.grants.filter { $0.number == grant && $0.leaf != nil && $0.revoked == nil } }
        let matches = try patient.grants(to: grantee ?? "")
        guard let category else { return matches }
        let code = try Names.category(category).code
        return matches.filter { $0.category == code }
    }

    private func recordsRead(_ grants: [GivenGrant], _ patient: PatientClient) async throws -> Int {
        let controls = Set(grants.map(\.control))
        var records: Set<Hash> = []
        for line in try await patient.log() {
            guard case .released(let grant, let details?) = line.what, controls.contains(grant.control) else { continue }
            records.formUnion(details.records)
        }
        return records.count
    }

    private func words(_ grants: [GivenGrant], _ first: GivenGrant, _ read: Int?) -> String {
        if let restriction = first.restriction {
            return "Not hidden any more: \(RestrictionWords.target(restriction, first.category))."
        }
        let name = first.granteeName.text.split(separator: " ").first.map(String.init) ?? first.granteeName.text
        let held =
            switch read {
            case nil: "What \(name) has read it still holds; see `cordon patient log`."
            case 0?: "\(name) has read nothing under it."
            case let read?: "\(name) already holds \(Names.counted(read, "record")); that cannot be undone."
            }
        return "Ended \(Names.counted(grants.count, "grant")). \(held)"
    }
}
