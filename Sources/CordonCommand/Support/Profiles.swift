import ArgumentParser
import CryptoPrimitives
import EnvelopeEncryption
import FoundationEssentials
import GatewayAPI
import GatewayClient
import SystemPackage

extension Cordon {
    /// Where profiles lie.
    private static var home: FilePath {
        let environment = ProcessInfo.processInfo.environment
        if let home = environment["CORDON_HOME"], !home.isEmpty { return FilePath(home) }
        if let data = environment["XDG_DATA_HOME"], !data.isEmpty { return FilePath(data).appending("cordon") }
        return FilePath(FileManager.default.homeDirectoryForCurrentUser.path).appending(".local/share/cordon")
    }

    /// The profile that `--as` names.
    func folder() throws -> ProfileFolder {
        guard let profile else { throw Stop.usage("which profile? Name it with --as", "For example: cordon --as ana patient log") }
        guard !profile.isEmpty, !profile.hasPrefix("."), profile.utf8.count <= 64,
            profile.allSatisfy({ $0.isLetter || $0.isNumber || "-_.".contains($0) })
        else { throw Stop.usage("\"\(profile)\" cannot be a profile", "Letters, digits, dots and dashes, up to 64 bytes.") }
        return ProfileFolder(name: profile, in: Self.home)
    }

    var environment: Session.Environment {
        Session.Environment(trustRoots: ca, clock: { Int64(Date().timeIntervalSince1970) })
    }

    /// Opens the profile, runs `body`, and closes the connection whatever happens.
    func asAnyone<Result>(_ body: (OpenedProfile) async throws -> Result) async throws -> Result {
        let folder = try folder()
        guard folder.exists else { throw ClientError.localData(.noProfile(name: folder.name)) }
        let opened = try OpenedProfile.open(
            folder, passphrase: Passphrase(try Passphrases.existing(folder.name)), environment: environment)
        return try await closing(opened.session) { try await body(opened) }
    }

    /// The ledger as this profile knows it, brought up to date. A member that runs a gateway needs no passphrase for that.
    func withLedger<Result>(_ body: (LedgerReplica, GatewayConnection) async throws -> Result) async throws -> Result {
        let folder = try folder()
        if !folder.exists, let description = GatewayDescription(of: folder) {
            return try await withLedger(of: folder, description, body)
        }
        return try await asAnyone { opened in
            try await opened.session.sync()
            return try await body(opened.session.ledger, opened.session.connection)
        }
    }

    func withLedger<Result>(
        of folder: ProfileFolder, _ description: GatewayDescription,
        _ body: (LedgerReplica, GatewayConnection) async throws -> Result
    ) async throws -> Result {
        let connection = environment.connection(to: description.address)
        do {
            let pin = try await FirstContact.pin(connection)
            guard pin.origin.text == description.origin else { throw ClientError.notVerified(.otherLedger) }
            let ledger = try LedgerReplica(folder.ledgerFolder, pin: pin)
            try await ledger.sync(connection)
            let result = try await body(ledger, connection)
            try await connection.close()
            return result
        } catch {
            try? await connection.close()
            throw error
        }
    }

    func asPatient<Result>(_ body: (PatientClient) async throws -> Result) async throws -> Result {
        try await asAnyone { opened in
            guard case .patient(let patient) = opened else { throw ClientError.notPossible(.wrongRole(expected: .patient)) }
            return try await body(patient)
        }
    }

    /// An organisation of one of these roles.
    func asActor<Result>(_ roles: ProfileRole..., body: (ClinicClient) async throws -> Result) async throws -> Result {
        try await asAnyone { opened in
            guard case .organisation(let client) = opened, roles.contains(client.session.role) else {
                throw ClientError.notPossible(.wrongRole(expected: roles.first ?? .clinic))
            }
            return try await body(client)
        }
    }

    func closing<Result>(_ session: Session, _ body: () async throws -> Result) async throws -> Result {
        do {
            let result = try await body()
            try await session.close()
            return result
        } catch {
            try? await session.close()
            throw error
        }
    }

    /// Prints a result: as JSON for programs, in words for people.
    func show(_ value: some Encodable, _ words: @autoclosure () -> String) throws {
        guard json else { return Terminal.show(words()) }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        Terminal.write(String(decoding: try encoder.encode(value), as: UTF8.self))
    }
}
