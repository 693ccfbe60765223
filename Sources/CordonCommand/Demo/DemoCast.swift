import EnvelopeEncryption
import GatewayClient
import SharingContract
import CryptoPrimitives

/// Everybody in the demo but the gateway and the patient.
struct DemoCast {
    let hillside: ClinicClient
    let lakeside: ClinicClient
    let auditor: ClinicClient

    /// The auditor's copy of the public ledger is what everybody can see.
    var ledger: LedgerReplica { auditor.session.ledger }

    /// Organisations make their keys themselves and apply; the member admits them.
    static func assemble(_ stage: DemoStage, gateway address: String, member profile: ProfileFolder) async throws -> DemoCast {
        let member = try await MemberClient.open(
            profile, address: address, passphrase: DemoStage.secret(), environment: stage.environment)
        func admitted(_ profile: String, _ name: String, role: Actor.Role, mandate: String? = nil) async throws -> ClinicClient {
            let (client, application) = try await ClinicClient.create(
                stage.profile(profile), role: role, name: try Names.line(name, for: "a name"),
                mandate: try mandate.map { try Names.line($0, for: "a mandate") }, identifiers: .none, gateway: address,
                passphrase: DemoStage.passphrase(), environment: stage.environment)
            _ = try await member.admit(application, until: nil)
            return client
        }
        let cast = DemoCast(
            hillside: try await admitted("hillside", "Hillside Clinic", role: .clinic),
            lakeside: try await admitted("lakeside", "Lakeside Hospital", role: .clinic),
            auditor: try await admitted("aud", "State Auditor", role: .auditor, mandate: "the whole ledger"))
        try await member.close()
        return cast
    }

    func leave() async {
        for client in [hillside, lakeside, auditor] { try? await client.session.close() }
    }
}
