import AccessPolicy
import CryptoPrimitives
import GatewayAPI
import MedicalRecords
import SharingContract
import TestSupport
import Testing

// What an emergency desk does, and who looks at it afterwards.
extension Town {
    /// A town with an emergency desk, which may read Ana's laboratory records in an emergency; there are two.
    static func withDesk(_ gateway: RunningGateway) async throws -> Town {
        var town = try await begun(gateway)
        try await town.admit("desk", role: .emergencyDesk)
        try await town.grantForEmergencies("grant", to: "desk")
        try await town.deposit(["lab 1", "lab 2"])
        return town
    }

    mutating func grantForEmergencies(_ name: String, to desk: String) async throws {
        let plain = try #require(PlainConsent(actions: [.read], purposes: [.emergencyTreatment], extras: .emergencyOnly))
        try await grant(name, to: desk) { $0.consent = Consent(plain, category: 3).canonicalBytes }
    }

    func declaring(
        _ grant: String = "grant", by desk: String = "desk", signedBy signer: String? = nil, minutes: UInt8 = 60, reason: UInt8 = 1,
        recipient: String = "Dr. Adams", nature: String = "cardiac arrest"
    ) throws -> DeclareEmergency {
        let words = EmergencyDeclaration.Words(
            explanation: line("unconscious, no relatives"), recipient: line(recipient), facility: line("Lakeside Hospital"),
            discloser: line("North Consortium"), nature: line(nature))
        let declaration = try #require(
            EmergencyDeclaration(
                grant: publicKey(grant), desk: publicKey(desk), reason: reason, words: words, minutes: minutes, nonce: .random()))
        return DeclareEmergency(EmergencyBody(declaration, signingWith: key(signer ?? desk), origin: world.origin))
    }

    /// Declares, and gives the leaf.
    @discardableResult
    func declare(_ grant: String = "grant", by desk: String = "desk", minutes: UInt8 = 60) async throws -> UInt64 {
        try await gateway.call(declaring(grant, by: desk, minutes: minutes), by: desk).posted.index
    }

    func requesting(
        _ grant: String = "grant", in emergency: UInt64?, by desk: String = "desk", release: String? = nil,
        filter: Filter = .all, purpose: PurposeOfUse = .emergencyTreatment
    ) -> RequestRecords {
        let request = Request(
            origin: world.origin, grant: publicKey(grant), filter: filter, purpose: purpose, staff: line("Dr. Adams"),
            actor: publicKey(desk), emergency: emergency, nonce: .random())
        return requesting(request, release: release ?? grant)
    }

    func reviewing(_ emergency: UInt64, by member: String = "north", _ finding: ReviewBody.Finding = .justified) throws -> PostEntry
    {
        let evidence = world.evidence(try #require(ReviewBody(finding: finding, reviewer: line("Dr. Brandt"), note: line("seen"))))
        let entry = world.entry(.review(Review(emergency: emergency)), by: [member], evidence: evidence)
        return PostEntry(entry: entry, evidence: evidence)
    }
}

extension GatewaySite {
    /// A town with an emergency desk, served.
    static func townWithDesk<Result>(_ body: (inout Town) async throws -> Result) async throws -> Result {
        try await GatewaySite().serving { gateway in
            var town = try await Town.withDesk(gateway)
            return try await body(&town)
        }
    }
}
