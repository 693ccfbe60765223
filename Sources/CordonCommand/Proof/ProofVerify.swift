import ArgumentParser
import CryptoPrimitives
import GatewayClient
import MedicalRecords
import SharingContract

extension ProofCommand {
    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "verify", abstract: "Checks what a patient presented, and says what is now proven.",
            discussion: """
                Nobody is asked: it takes this profile's own requests and its copy of the ledger. --sync brings that up to date first, when
                a presentation relies on something newer. The first presentation that answers a request is taken, and no other.

                Example:
                  cordon --as school proof verify presentation.txt
                  cordon --as school proof verify photograph.jpg
                """)

        @ParentCommand var cordon: Cordon
        @Argument(help: "The presentation: a file, or an image of its QR code.") var presentation: String
        @Flag(help: "Fetch what is new on the ledger first.") var sync = false

        private struct Proven: Encodable {
            struct Claims: Encodable {
                let kind: String
                let shown: [String: String]
                let issuer: String
                let issuerKey: String
                let from: String
                let until: String
                let isIssuerRevokedSince: Bool
            }

            struct Consent: Encodable {
                let oneOf: Int
                let ledgerSize: UInt64
                let asOf: String
                let revokedSince: Int
                let isActorLive: Bool
            }

            let purpose: String
            let claims: [Claims]
            let proven: [String]
            let consent: Consent?
            let unwitnessed: Bool
        }

        func run() async throws {
            let presentation: Presentation = try InputFiles.paper(presentation)
            try await cordon.asActor(.clinic, .emergencyDesk, .auditor) { verifier in
                if sync { try await verifier.session.sync() }
                let proven = try verifier.verify(presentation)
                try cordon.show(report(proven, verifier.session), words(proven, verifier.session).joined(separator: "\n"))
            }
        }

        private func report(_ proven: ProvenPresentation, _ session: Session) -> Proven {
            Proven(
                purpose: proven.request.purpose.text,
                claims: proven.answers.indices.map { index in
                    let answer = proven.answers[index]
                    return .init(
                        kind: proven.request.kind(index),
                        shown: Dictionary(
                            answer.shown.map { ($0.field.name, $0.field.text(of: $0.value)) },
                            uniquingKeysWith: { first, _ in first }),
                        issuer: answer.issuer.name.text, issuerKey: answer.issuer.key.description,
                        from: answer.validity.from.description, until: answer.validity.last.description,
                        isIssuerRevokedSince: answer.isIssuerRevokedSince)
                },
                proven: proven.request.proven(session),
                consent: proven.consent.map {
                    .init(
                        oneOf: $0.candidateCount, ledgerSize: $0.size, asOf: $0.time.written, revokedSince: $0.revokedSince,
                        isActorLive: $0.actor.isLive(on: session.today))
                },
                unwitnessed: true)
        }

        private func words(_ proven: ProvenPresentation, _ session: Session) -> [String] {
            let request = proven.request
            let whom = proven.answers.count > 1 ? ", of one and the same patient" : ""
            var lines = ["Proven, for \"\(request.purpose)\"\(whom):"]
            for (index, answer) in proven.answers.enumerated() {
                for (field, value) in answer.shown {
                    lines.append("  \(request.kind(index)): \(field.words.first ?? field.name) = \(field.words(of: value))")
                }
            }
            lines += request.proven(session).map { "  \($0)" }
            for (index, answer) in proven.answers.enumerated() {
                lines.append(
                    "\(request.kind(index)): claimed by \(answer.issuer.name), key \(Fingerprint.text(answer.issuer.key)), "
                        + "on \(Names.written(answer.validity.from)), until \(Names.written(answer.validity.last))")
                if answer.isIssuerRevokedSince {
                    lines.append("warning: \(answer.issuer.name)'s key was revoked after it had claimed this")
                }
            }
            if let consent = proven.consent {
                lines += words(of: consent, session)
                if !consent.actor.isLive(on: session.today) {
                    lines.append(
                        "warning: \(consent.actor.actor.name) is not admitted today, and reads nothing whatever is granted")
                }
            }
            return lines + ["Checked against this profile's copy of the ledger. It is unwitnessed."]
        }

        private func words(of consent: ProvenPresentation.Consent, _ session: Session) -> [String] {
            let (count, revoked) = (consent.candidateCount, consent.revokedSince)
            var lines = [
                "consent: one of \(count == 1 ? "1 grant" : "\(count) grants") that stood on \(consent.time.written); that its commitment says what "
                    + "the grant says, the ledger's members have checked",
                "consent: says nothing of whether there are such records; another consent of the patient's, or a policy, may forbid them",
            ]
            if revoked > 0 {
                lines.append("warning: \(revoked == count ? "all" : "\(revoked)") of these were revoked since; ask again")
            }
            if session.today < consent.day {
                lines.append("warning: \(Names.written(consent.day)) is still to come, and grants end early")
            }
            return lines
        }
    }
}
