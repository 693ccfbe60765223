import ArgumentParser
import CryptoPrimitives
import EnvelopeEncryption
import FoundationEssentials
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
                  cordon --as kim-own patient new --confidential --invite invite.txt

                --confidential is for care to which a minor consents alone. It is a patient of its own, with its own 24 words, which nothing
                links to one that a guardian knows. Its cards tell clinics so, and what they deposit is labelled as a minor's own.
                """)

        @ParentCommand var cordon: Cordon
        @Option(help: "A clinic's invite.") var invite: String?
        @Option(help: "How clinics shall see you called. The profile's name when left out.") var name: String?
        @Flag(help: "For care to which a minor consents alone, and of which no guardian shall learn.") var confidential = false
        @Flag(help: "Bring a patient back from the 24 words, which are read from standard input.") var restore = false
        @Option(help: "The gateway that keeps the backup.") var gateway: String?

        private struct Enrolled: Encodable {
            let profile: String
            let name: String
            let origin: String
            let isConfidential: Bool
            let words: [String]?

            init(_ patient: PatientClient, words: [String]?) {
                profile = patient.session.folder.name
                name = patient.state.name.text
                origin = patient.session.origin.text
                isConfidential = patient.state.isConfidential
                self.words = words
            }
        }

        func run() async throws {
            guard invite == nil || !restore else {
                throw Stop.usage("--invite makes a new patient, --restore brings one back: give one")
            }
            guard !confidential || !restore else {
                throw Stop.usage("a patient who is brought back is confidential or not, as before", "Leave --confidential out.")
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
                folder, invite: paper, name: name, isConfidential: confidential, passphrase: passphrase, words: words,
                environment: cordon.environment)
            try await cordon.closing(patient.session) { try show(patient, words, invitedBy: paper) }
        }

        private func show(_ patient: PatientClient, _ words: borrowing RecoveryWords, invitedBy invite: Invite) throws {
            var list: [String] = []
            words.forEachWord { list.append($1) }
            let rows = stride(from: 0, to: 24, by: 6).map { start in
                (start..<start + 6).map { "\($0 < 9 ? " " : "")\($0 + 1) \(list[$0])" }.joined(separator: "  ")
            }
            let name = patient.state.name
            Terminal.note(
                "Welcome, \(name). Write these 24 words on paper, in this order, and keep them apart from this computer:\n")
            try cordon.show(
                Enrolled(patient, words: list),
                rows.joined(separator: "\n"))
            Terminal.note(
                """

                They are shown this once. With them alone everything can be brought back; without them, a lost computer is a lost history.
                Invited by \(invite.name), key \(Fingerprint.text(invite.clinic)).
                """)
            guard confidential else { return }
            Terminal.note(
                """
                This is for your own care alone. Give no guardian this computer's passphrase, the words or a card; clinics are told on the card
                not to speak of it. Letters and bills are the clinic's: ask where they go.
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
                    Enrolled(patient, words: nil),
                    """
                    Welcome back, \(patient.state.name). \(Names.counted(patient.liveGrants.count, "live grant")) and everything else are here.
                    Compare the ledger's key with one you trust: \(Fingerprint.text(patient.session.pin.ledgerKey)).
                    """)
                Warnings.show(of: patient)
            }
        }
    }
}
