import ArgumentParser
import CryptoPrimitives
import EnvelopeEncryption
import Foundation
import GatewayClient

extension PatientCommand {
    struct New: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "new", abstract: "Makes a new patient, or brings one back from 24 words.",
            discussion: """
                24 words are printed once. Written on paper and kept apart from this computer, they bring everything back.

                Example:
                  cordon --as ana patient new --invite invite.txt
                  cordon --as ana patient new --restore --gateway http://127.0.0.1:8460 < words.txt
                """)

        @ParentCommand var cordon: Cordon
        @Option(help: "A clinic's invite.") var invite: String?
        @Option(help: "How clinics shall see you called. The profile's name when left out.") var name: String?
        @Flag(help: "Bring a patient back from the 24 words, which are read from standard input.") var restore = false
        @Option(help: "The gateway that keeps the backup.") var gateway: String?

        private struct Enrolled: Encodable {
            let profile: String
            let name: String
            let origin: String
            let words: [String]?
        }

        func run() async throws {
            guard invite == nil || !restore else {
                throw Stop.usage("--invite makes a new patient, --restore brings one back: give one")
            }
            if restore { return try await bringBack() }
            guard let invite else {
                throw Stop.usage("whose invite? Give it with --invite", "Or bring a patient back with --restore --gateway URL.")
            }
            let folder = try cordon.folder()
            let paper = try InputFiles.paper(invite, as: Invite.self)
            let name = try Names.line(self.name ?? folder.name.capitalized, for: "a name")
            let passphrase = Passphrase(try Passphrases.new(folder.name), workFactor: cordon.environment.workFactor)
            let words = RecoveryWords.random()
            let patient = try await PatientClient.enrol(
                folder, invite: paper, name: name, passphrase: passphrase, words: words, environment: cordon.environment)
            try await cordon.closing(patient.session) { try show(patient, words, invitedBy: paper) }
        }

        private func show(_ patient: PatientClient, _ words: borrowing RecoveryWords, invitedBy invite: Invite) throws {
            var list: [String] = []
            words.forEachWord { list.append($1) }
            let rows = stride(from: 0, to: 24, by: 6).map { start in
                (start..<start + 6).map { "\(String(format: "%2d", $0 + 1)) \(list[$0])" }.joined(separator: "  ")
            }
            let name = patient.state.name
            Terminal.note(
                "Welcome, \(name). Write these 24 words on paper, in this order, and keep them apart from this computer:\n")
            try cordon.show(
                Enrolled(profile: patient.session.folder.name, name: name.text, origin: patient.session.origin.text, words: list),
                rows.joined(separator: "\n"))
            Terminal.note(
                """

                They are shown this once. With them alone everything can be brought back; without them, a lost computer is a lost history.
                Invited by \(invite.name), key \(Fingerprint.text(invite.clinic)).
                """)
        }

        private func bringBack() async throws {
            guard let gateway else { throw Stop.usage("which gateway keeps the backup? Give it with --gateway") }
            let folder = try cordon.folder()
            if Terminal.hasInput { Terminal.note("The 24 words, in their order, on one line:") }
            let end: SecretBytes.End = Terminal.hasInput ? .line : .file
            let sentence: SecretBytes
            do {
                sentence = try SecretBytes.read(upTo: end, from: 0, atMost: RecoveryWords.maximumSize)
            } catch {
                throw ClientError.localData(.wordsWrong)
            }
            guard let words = RecoveryWords.parse(sentence) else { throw ClientError.localData(.wordsWrong) }
            let passphrase = Passphrase(try Passphrases.new(folder.name), workFactor: cordon.environment.workFactor)
            let patient = try await PatientClient.restore(
                folder, gateway: gateway, passphrase: passphrase, words: words, environment: cordon.environment)
            try await cordon.closing(patient.session) {
                try cordon.show(
                    Enrolled(
                        profile: folder.name, name: patient.state.name.text, origin: patient.session.origin.text, words: nil),
                    """
                    Welcome back, \(patient.state.name). \(Names.counted(patient.liveGrants.count, "live grant")) and everything else are here.
                    Compare the ledger's key with one you trust: \(Fingerprint.text(patient.session.pin.ledgerKey)).
                    """)
                Warnings.show(of: patient)
            }
        }
    }
}
