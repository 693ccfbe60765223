import CryptoPrimitives
import EnvelopeEncryption
import Foundation
import GatewayClient
import MedicalRecords
import SharingContract
import SystemPackage
import TestSupport

/// People in a workshop, as clients in this process. Their passphrase is the workshop's but cheap to try, so that the programs open
/// their profiles fast. One process at a time has a profile: whoever opens one here closes it before the shell uses it.
extension Workshop {
    private static let workFactor = 10
    static let environment = Session.Environment(
        trustRoots: nil, workFactor: workFactor, clock: { Int64(Date().timeIntervalSince1970) })

    private static func secret() -> SecretBytes { SecretBytes(copying: Array(passphrase.utf8).span) }
    private static func cheap() -> Passphrase { Passphrase(secret(), workFactor: workFactor) }

    func profile(_ name: String) -> ProfileFolder {
        ProfileFolder(name: name, in: FilePath(folder.path("home")))
    }

    struct WrongRole: Error {}

    func asClinic<Result>(_ name: String, _ body: (ClinicClient) async throws -> Result) async throws -> Result {
        guard case .organisation(let client) = try opened(name) else { throw WrongRole() }
        return try await closing(client.session) { try await body(client) }
    }

    func asPatient<Result>(_ name: String, _ body: (PatientClient) async throws -> Result) async throws -> Result {
        guard case .patient(let client) = try opened(name) else { throw WrongRole() }
        return try await closing(client.session) { try await body(client) }
    }

    /// The member that runs the gateway.
    func member() async throws -> MemberClient {
        try await MemberClient.open(
            profile("north"), address: address, passphrase: Self.secret(), environment: Self.environment)
    }

    private func opened(_ name: String) throws -> OpenedProfile {
        try OpenedProfile.open(profile(name), passphrase: Self.cheap(), environment: Self.environment)
    }

    private func closing<Result>(_ session: Session, _ body: () async throws -> Result) async throws -> Result {
        do {
            let result = try await body()
            try await session.close()
            return result
        } catch {
            try? await session.close()
            throw error
        }
    }
}

extension Workshop {
    /// Two clinics, an auditor and the patient Ana, whose card Hillside holds as 12345. Leaves her 24 words in `words.txt`.
    func populate() async throws {
        let member = try await member()
        try await admit("hillside", "Hillside Clinic", .clinic, by: member)
        try await admit("lakeside", "Lakeside Hospital", .clinic, by: member)
        try await admit("aud", "State Auditor", .auditor, mandate: "the whole ledger", by: member)
        try await member.close()
        try await enrol("ana", recordNumber: "12345", at: "hillside")
    }

    /// Clinics, for entries on the ledger that have nothing to do with anybody else.
    func admitMany(_ count: Int) async throws {
        let member = try await member()
        for number in 0..<count { try await admit("clinic-\(number)", "Clinic \(number)", .clinic, by: member) }
        try await member.close()
    }

    private func admit(
        _ profile: String, _ name: String, _ role: Actor.Role, mandate: String? = nil, by member: MemberClient
    ) async throws {
        let (client, application) = try await ClinicClient.create(
            self.profile(profile), role: role, name: Self.line(name), mandate: mandate.map(Self.line), identifiers: Self.line(""),
            gateway: address, passphrase: Self.cheap(), environment: Self.environment)
        _ = try await member.admit(application, until: nil)
        try await client.session.close()
    }

    /// A new patient, and a card for a clinic that opens all categories.
    func enrol(_ name: String, recordNumber: String, at clinic: String) async throws {
        let words = RecoveryWords.random()
        try await asClinic(clinic) { clinic in
            try await clinic.session.sync()
            let patient = try await PatientClient.enrol(
                profile(name), invite: clinic.invite(), name: Self.line(name.capitalized), passphrase: Self.cheap(), words: words,
                environment: Self.environment)
            try await closing(patient.session) {
                try await patient.session.sync()
                let actor = try patient.session.actor(named: clinic.state.name.text)
                let card = try await patient.makeCard(
                    for: actor, categories: MedicalRecords.Category.allCases.map(\.code),
                    until: patient.session.today.adding(days: 365))
                try clinic.enrol(card, recordNumber: recordNumber)
            }
        }
        var sentence: [String] = []
        words.forEachWord { sentence.append($1) }
        try Data(sentence.joined(separator: " ").utf8).write(to: folder.url.appending(path: "words.txt"))
    }

    static func line(_ text: String) -> TextLine {
        guard let line = TextLine(text) else { preconditionFailure("\(text) is one line") }
        return line
    }
}
