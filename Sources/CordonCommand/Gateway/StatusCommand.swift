import ArgumentParser
import CryptoPrimitives
import DurableFiles
import GatewayAPI
import GatewayClient
import SharingContract
import SystemPackage

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Tells what this profile is and how its ledger stands.",
        discussion: """
            Example:
              cordon --as hillside status
            """)

    @ParentCommand var cordon: Cordon

    private struct Report: Encodable {
        let profile: String
        let role: String
        let origin: String
        let entries: UInt64
        let gateway: String
        let fingerprint: String
        let admittedUntil: String?
        /// `nil` on a ledger on which none were published.
        let policies: PolicyLine?
        /// No cosigner outside the gateway's control vouches for the ledger yet.
        let isWitnessed = false
        /// Of emergencies.
        let reviews: ReviewCounts
    }

    func run() async throws {
        let folder = try cordon.folder()
        guard folder.exists else { return try await memberStatus(folder) }
        try await cordon.asAnyone { opened in
            let session = opened.session
            try await session.sync()
            guard case .organisation(let client) = opened else { return try show(session, nil) }
            try show(session, try session.actors().first { $0.actor.key == client.key })
        }
    }

    private func show(_ session: Session, _ actor: ActorState?) throws {
        let role = session.role.words
        let until = actor.flatMap { $0.isLive(on: session.today) ? $0.actor.end.description : nil }
        let report = Report(
            profile: session.folder.name, role: role, origin: session.origin.text, entries: session.ledger.size,
            gateway: session.pin.address.text, fingerprint: Fingerprint.text(session.pin.ledgerKey), admittedUntil: until,
            policies: try PolicyLine(session.ledger), reviews: ReviewCounts(session.ledger, on: session.today))
        let isMember = session.role == .member
        let admission = session.role == .patient || isMember ? "" : until.map { "\nAdmitted until \($0)." } ?? "\nNot admitted."
        try cordon.show(
            report,
            """
            \(report.profile) is a \(role) on \(report.origin), at \(report.gateway).
            The ledger has \(report.entries) entries, all checked here. Its key is \(report.fingerprint).
            \(report.policies?.words ?? PolicyLine.none)
            Unwitnessed: nobody outside the gateway vouches that it shows everybody the same ledger.\(admission)\(report.reviews.words)
            """)
    }

    private func memberStatus(_ folder: ProfileFolder) async throws {
        guard let description = GatewayDescription(of: folder) else { throw ClientError.localData(.noProfile(name: folder.name)) }
        let report = try await cordon.withLedger(of: folder, description) { ledger, _ in
            Report(
                profile: folder.name, role: "member", origin: ledger.pin.origin.text, entries: ledger.size,
                gateway: description.address, fingerprint: Fingerprint.text(ledger.pin.ledgerKey), admittedUntil: nil,
                policies: try PolicyLine(ledger), reviews: ReviewCounts(ledger, on: ledger.today(cordon.environment.clock())))
        }
        try cordon.show(
            report,
            """
            \(folder.name) is a member of \(report.origin), and its gateway serves at \(report.gateway).
            The ledger has \(report.entries) entries, all checked here. Its key is \(report.fingerprint).
            \(report.policies?.words ?? PolicyLine.none)
            Unwitnessed: nobody outside the gateway vouches that it shows everybody the same ledger.\(report.reviews.words)
            """)
    }
}
