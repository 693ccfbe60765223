import CryptoPrimitives
import EnvelopeEncryption
import Foundation
import GatewayClient
import MedicalRecords
import SharingContract
import SystemPackage

/// A gateway on loopback with two clinics and a patient, for the built programs to be measured in.
///
/// Hillside's profile is locked as people's are. Quickside is the same clinic as far as work goes, behind a passphrase that costs next
/// to nothing to try; so are Lakeside, which reads, and the patient.
final class Stage {
    let recordNumber: String
    private let cordon: String
    private let folder: URL
    private let address = "http://127.0.0.1:\(Int.random(in: 10_000..<32_768))"
    private let gateway = Process()
    private static let passphrase = Array("correct horse battery staple".utf8)

    enum StageError: Error {
        case gatewayDoesNotServe
        case wrongRole
    }

    /// - Parameter recordNumber: the patient's, at both clinics that deposit.
    init(cordon: String, recordNumber: String, in folder: ScratchFolder) async throws {
        (self.cordon, self.recordNumber) = (cordon, recordNumber)
        self.folder = folder.url.appending(path: "stage")
        try FileManager.default.createDirectory(at: self.folder, withIntermediateDirectories: true)
        try Data(Self.passphrase + [UInt8(ascii: "\n")]).write(to: URL(filePath: path("passphrase")))
        _ = try run(["--as", "north", "init", "--name", "North Consortium", "--address", address])
        try serve()
        let member = try await MemberClient.open(
            profile("north"), address: address, passphrase: Self.secret(), environment: Self.environment(17))
        for (name, workFactor) in [("hillside", 17), ("quickside", Self.quick), ("lakeside", Self.quick)] {
            try await admit(name, workFactor, by: member)
        }
        try await member.close()
        try await enrol()
    }

    deinit {
        gateway.terminate()
        gateway.waitUntilExit()
    }

    func path(_ name: String) -> String { folder.appending(path: name).path }

    /// Runs `cordon` to its end, with every profile's passphrase.
    func run(_ arguments: [String]) throws -> ProgramRun {
        try ProgramRun.run(cordon, arguments, environment: environment)
    }

    func keep(_ profile: String) throws {
        try FileManager.default.copyItem(atPath: path("home/\(profile)"), toPath: path("\(profile).kept"))
    }

    /// Puts a profile back to where it was kept: a clinic that has never deposited what it deposited since.
    func restore(_ profile: String) throws {
        try FileManager.default.removeItem(atPath: path("home/\(profile)"))
        try FileManager.default.copyItem(atPath: path("\(profile).kept"), toPath: path("home/\(profile)"))
    }
}

extension Stage {
    /// The base-two logarithm of scrypt's N for profiles that are to open at once.
    private static let quick = 4

    private var environment: [String: String] {
        ["CORDON_HOME": path("home"), "CORDON_PASSPHRASE_FILE": path("passphrase"), "TMPDIR": folder.path]
    }

    private static func environment(_ workFactor: Int) -> Session.Environment {
        Session.Environment(trustRoots: nil, workFactor: workFactor, clock: { Int64(Date().timeIntervalSince1970) })
    }

    private static func secret() -> SecretBytes { SecretBytes(copying: passphrase.span) }

    private func profile(_ name: String) -> ProfileFolder { ProfileFolder(name: name, in: FilePath(path("home"))) }

    private func serve() throws {
        let output = Pipe()
        gateway.executableURL = URL(filePath: cordon)
        gateway.arguments = ["--as", "north", "serve"]
        gateway.environment = environment
        gateway.standardOutput = output
        try gateway.run()
        guard let line = try output.fileHandleForReading.read(upToCount: 8), line.elementsEqual("Serving ".utf8) else {
            throw StageError.gatewayDoesNotServe
        }
    }

    private func admit(_ name: String, _ workFactor: Int, by member: MemberClient) async throws {
        let (client, application) = try await ClinicClient.create(
            profile(name), role: .clinic, name: Self.line(name), mandate: nil, identifiers: Self.line(""), gateway: address,
            passphrase: Passphrase(Self.secret(), workFactor: workFactor), environment: Self.environment(workFactor))
        _ = try await member.admit(application, until: nil)
        try await client.session.close()
    }

    /// One patient, with a card for each clinic that deposits.
    private func enrol() async throws {
        let environment = Self.environment(Self.quick)
        let invite = try await asClinic("lakeside") { $0.invite() }
        let patient = try await PatientClient.enrol(
            profile("ana"), invite: invite, name: Self.line("Ana"), passphrase: Passphrase(Self.secret(), workFactor: Self.quick),
            words: .random(), environment: environment)
        try await patient.session.sync()
        for name in ["hillside", "quickside"] {
            let card = try await patient.makeCard(
                for: try patient.session.actor(named: name), categories: MedicalRecords.Category.allCases.map(\.code),
                until: patient.session.today.adding(days: 365))
            try await asClinic(name) { try $0.enrol(card, recordNumber: recordNumber) }
        }
        try await patient.session.close()
    }

    private func asClinic<Result>(_ name: String, _ body: (ClinicClient) async throws -> Result) async throws -> Result {
        let opened = try OpenedProfile.open(
            profile(name), passphrase: Passphrase(Self.secret()), environment: Self.environment(Self.quick))
        guard case .organisation(let client) = opened else { throw StageError.wrongRole }
        let result = try await body(client)
        try await client.session.close()
        return result
    }

    private static func line(_ text: String) -> TextLine {
        guard let line = TextLine(text) else { preconditionFailure("\(text) is one line") }
        return line
    }
}
