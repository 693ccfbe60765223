import ArgumentParser
import CryptoPrimitives
import GatewayClient
import SharingContract

struct DirectoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "directory", abstract: "Lists who takes part: members, and the organisations they admitted.",
        discussion: """
            Example:
              cordon --as ana directory
              cordon --as ana directory lakeside
            """)

    @ParentCommand var cordon: Cordon
    @Argument(help: "Only names that hold this.") var name: String?

    private struct Line: Encodable {
        let name: String
        let role: String
        let fingerprint: String
        let until: String?
        let isLive: Bool
    }

    func run() async throws {
        let lines = try await cordon.asAnyone { opened in try await list(opened.session) }
        let shown = lines.filter { line in name.map { !$0.isEmpty && line.name.lowercased().contains($0.lowercased()) } ?? true }
        guard !shown.isEmpty else { throw Stop.refused("nobody of that name takes part", "Leave the name out to see all.") }
        let words = shown.map { line in
            "\(line.name)  \(line.role)\(line.isLive ? line.until.map { ", until \($0)" } ?? "" : ", ended")\n    key \(line.fingerprint)"
        }
        try cordon.show(shown, words.joined(separator: "\n"))
    }

    private func list(_ session: Session) async throws -> [Line] {
        try await session.sync()
        let members = try session.ledger.state.ledger()?.members ?? []
        let actors = try session.actors()
        return members.map {
            Line(name: $0.name.text, role: "member", fingerprint: Fingerprint.text($0.key), until: nil, isLive: true)
        }
            + actors.map {
                Line(
                    name: $0.actor.name.text, role: $0.actor.role.words, fingerprint: Fingerprint.text($0.actor.key),
                    until: $0.actor.end.description, isLive: $0.isLive(on: session.today))
            }
    }
}

extension Actor.Role {
    var words: String {
        switch self {
        case .clinic: "clinic"
        case .emergencyDesk: "emergency desk"
        case .auditor: "auditor"
        }
    }
}
