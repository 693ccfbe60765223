import ArgumentParser
import CryptoPrimitives
import GatewayAPI
import GatewayClient
import MedicalRecords
import SharingContract

extension ProofCommand {
    struct Make: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "make", abstract: "Answers a request for a proof, after showing exactly what it would reveal.",
            discussion: """
                Fetches new claims first. What is shown besides: who claims it, until when the claims hold, and the day on which they came
                onto the ledger. Each answer uses up one copy of its claims, so that no two can be linked by them. A QR code holds
                a presentation of one record, seldom of two; it is on standard output in any case.

                Example:
                  cordon --as ana proof make request.txt > presentation.txt
                  cordon --as ana proof make request.txt --use Immunization/75680 > presentation.txt
                  cordon --as ana proof make request.png --qr > presentation.txt
                """)

        @ParentCommand var cordon: Cordon
        @Argument(help: "The request: a file, or an image of its QR code.") var request: String
        @Option(help: "The resource to use, where several would do. May be given again.") var use: [String] = []
        @Flag(help: "Make it without asking.") var yes = false
        @OptionGroup var code: CodeOptions

        private struct Made: Encodable {
            let verifier: String
            let shown: [String]
            let proven: [String]
            let until: String
            let copiesLeft: Int
            /// Among how many grants the one that is proven is hidden, at most.
            let consentAmong: Int?
            let presentation: String
        }

        func run() async throws {
            let request: ProofRequest = try InputFiles.paper(request)
            try code.require()
            if request.consent != nil { try code.requireNone("a proof of consent is longer than a QR code holds") }
            try await cordon.asPatient { patient in
                try await patient.session.sync()
                let progress = ProgressLine("fetching and checking claims")
                let report = try await patient.syncClaims { progress.show($0, of: 0) }
                for line in report.warnings { Terminal.note(line) }
                let draft = try await patient.draft(request, using: use)
                let words = DraftWords(draft, patient.session)
                // A request says what its sender likes, also to a terminal.
                let text = words.lines.map(Terminal.visible).joined(separator: "\n")
                if yes {
                    if !cordon.json { Terminal.note(text) }
                } else {
                    guard Terminal.confirms("\(text)\nMake it?") else { throw Stop.refused("nothing was made, and nothing shown") }
                }
                let presentation = try await patient.present(
                    draft, conditions: request.conditions.map { request.words($0, naming: patient.session.name) })
                let made = Made(
                    verifier: request.name.text, shown: words.shown, proven: words.proven, until: request.until.written,
                    copiesLeft: draft.copiesLeft, consentAmong: draft.consent?.candidateCount, presentation: presentation.text)
                try cordon.show(made, String(presentation.text.dropLast()))
                Warnings.show(of: patient)
                try code.show(presentation)
            }
        }
    }
}

/// What a presentation would reveal, as a patient reads it before it is made.
private struct DraftWords {
    let shown: [String]
    let proven: [String]
    private let draft: ProofDraft
    private let session: Session
    private static let fewGrants = 16

    init(_ draft: ProofDraft, _ session: Session) {
        let request = draft.request
        shown = zip(request.asked.indices, draft.chosen).flatMap { record, claims in
            request.asked[record].allShown.map { index in
                let field = claims.set.schema.fields[Int(index)]
                let value = field.words(of: claims.set.values[Int(index)])
                return "\(request.kind(record)): \(field.words.first ?? field.name) = \(value)"
            }
        }
        proven = request.proven(session)
        self.draft = draft
        self.session = session
    }

    var lines: [String] {
        let request = draft.request
        var lines = ["\(verifier) asks, for \"\(request.purpose)\", until \(request.until.written):"]
        lines += shown.map { "  shows    \($0)" }
        lines += proven.map { "  proves   \($0)" }
        lines += draft.chosen.map { claims in
            "  from     \(claims.set.reference), claimed by \(session.name(of: claims.issuer)), \(Names.category(claims.category)), "
                + "until \(Names.written(claims.set.validity.last))"
        }
        if let consent = draft.consent {
            lines += words(of: consent)
        }
        if !draft.earlier.isEmpty {
            lines.append(
                "warning: this verifier was shown before what is about the same; each answer narrows down further what is not shown:"
            )
            lines += draft.earlier.map { "           \($0)" }
        }
        if draft.copiesLeft < 2 {
            lines.append("warning: \(draft.copiesLeft == 1 ? "1 copy" : "no copy") of these claims left after this")
        }
        return lines
    }

    private func words(of consent: ChosenConsent) -> [String] {
        let (request, count) = (draft.request, consent.candidateCount)
        var lines =
            count == 1
            ? ["warning: it is the only live grant on the ledger, so which grant it is is not hidden"]
            : ["  hidden   which grant: one of at most \(count) on the ledger"]
        if (2..<Self.fewGrants).contains(count) {
            lines.append("warning: among so few grants it may be guessed which one is yours")
        }
        if request.consent?.actor == request.verifier {
            lines.append("warning: who asks is whom the grant is for, and knows all grants to itself")
        }
        if let day = request.consent?.day, day != session.today {
            lines.append("           asked of \(Names.written(day)), and not of today")
        }
        return lines
    }

    /// A name is the ledger's word or the verifier's own.
    private var verifier: String {
        let (request, key) = (draft.request, Fingerprint.text(draft.request.verifier))
        guard let actor = (try? session.ledger.state.actor(request.verifier)) ?? nil, actor.isLive(on: session.today) else {
            return "somebody who says to be \(request.name) (key \(key), not admitted by anybody)"
        }
        return "\(actor.actor.name) (key \(key))"
    }
}
