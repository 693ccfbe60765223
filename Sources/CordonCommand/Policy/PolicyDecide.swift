import AccessPolicy
import ArgumentParser
import FoundationEssentials
import GatewayClient
import MedicalRecords

extension PolicyCommand {
    struct Decide: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "decide",
            abstract: "Says what FHIR Consents on file mean for one request: for programs that keep records of their own.",
            discussion: """
                Several consents count together, and one that denies wins. A permit may come with codes to be redacted: with --json in the form
                of the LEAP consent service. Nothing is asked of a gateway, and no policy but these consents is looked at. Exits with 1 where
                nothing may be disclosed.

                Codes say less than rules can. Who keeps records with Cordon has them decided one by one, at each request.

                Example:
                  cordon policy decide consent.json --actor "urn:ietf:rfc:3986|2.16.840.1.113883.20.5" --purpose TREAT
                  cordon --json policy decide a.json b.json --actor Organization/54 --purpose HRESCH --at 2027-01-01
                """)

        @ParentCommand var policy: PolicyCommand
        @Argument(help: "Files with one FHIR R4 Consent each.") var consents: [String]
        @Option(help: "Who asks: \"system|value\" or a reference. May be given again, also for groups he is in.") var actor:
            [String] = []
        @Option(help: "What for: a code of v3-ActReason, or \"system|code\". May be given again; one that matches is enough.")
        var purpose: [String] = []
        @Option(name: .customLong("class"), help: "A FHIR type that is asked for. May be given again; all when left out.")
        var types: [String] = []
        @Option(help: "When, as FHIR writes a dateTime. Now when left out.") var at: String?

        func run() async throws {
            let now = Int64(Date().timeIntervalSince1970) * 1_000
            let time = try at.map { text in
                guard let instant = ConsentInstant(text) else {
                    throw Stop.usage("\"\(text)\" is no time", "Write 2027-01-01 or 2027-01-01T12:00:00Z.")
                }
                return instant.first
            }
            let read = try consents.map(Self.consent)
            let request = ConsentRequest(now: time ?? now, requester: Set(actor), purposes: Set(purpose))
            let classes = types.map { Coding(system: "http://hl7.org/fhir/resource-types", code: $0) }
            let answer: ConsentDisclosure
            do throws(NotComputable) {
                answer = try ConsentDisclosure(read, request, classes: classes, .outside)
            } catch {
                let reviews = error.reviews.map { "\($0.place) \($0.reason)" }.joined(separator: "; ")
                throw Stop.localData("these consents cannot be decided by together: \(reviews)", "Ask about each by itself.")
            }
            try policy.cordon.show(Decided(answer), Self.words(answer, consents))
            guard answer.decision == .permit else { throw ExitCode(1) }
        }

        private static func consent(_ path: String) throws -> FHIRConsent {
            let bytes = try InputFiles.read(path, atMost: Consent.maximumDocumentSize)
            do throws(FHIRConsentError) {
                return try FHIRConsent(bytes)
            } catch {
                let place = error.review.place.isEmpty ? "" : " at \(error.review.place)"
                throw Stop.localData(
                    "\(path) cannot be read as a FHIR R4 Consent: \(error.review.reason)\(place)", "Put it right and ask again.")
            }
        }

        private static func words(_ answer: ConsentDisclosure, _ files: [String]) -> String {
            let decision =
                switch answer.decision {
                case .permit: "May be disclosed."
                case .deny: "May not be disclosed."
                case .noConsent: "No consent on file speaks of this."
                }
            let redactions = answer.redactions.map { redaction in
                switch redaction {
                case .anyOf(let codes): "  Drop what carries any of: \(codes.map(\.code).joined(separator: ", "))"
                case .exceptAnyOf(let codes): "  Drop what carries none of: \(codes.map(\.code).joined(separator: ", "))"
                }
            }
            let review = answer.review.sorted { $0.key < $1.key }.flatMap { index, reviews in
                reviews.map { "  \(files[index]) has to be looked at by a person: \($0.place) \($0.reason)" }
            }
            return ([decision] + redactions + review).joined(separator: "\n")
        }
    }
}

/// As LEAP's consent service answers.
private struct Decided: Encodable {
    struct Code: Encodable {
        let system: String
        let code: String

        init(_ coding: Coding) {
            (system, code) = (coding.system, coding.code)
        }
    }

    struct Obligation: Encodable {
        let id = Code(Coding(system: "http://terminology.hl7.org/CodeSystem/v3-ActCode", code: "REDACT"))
        let parameters: Parameters
    }

    struct Parameters: Encodable {
        var codes: [Code]?
        var exceptAnyOfCodes: [Code]?
    }

    struct Review: Encodable {
        let consent: Int
        let place: String
        let reason: String
    }

    let decision: String
    let obligations: [Obligation]
    /// Consents that count for nothing until a person has looked, by their place among the files.
    let review: [Review]

    init(_ answer: ConsentDisclosure) {
        decision = answer.decision.rawValue
        obligations = answer.redactions.map { redaction in
            switch redaction {
            case .anyOf(let codes): Obligation(parameters: Parameters(codes: codes.map(Code.init)))
            case .exceptAnyOf(let codes): Obligation(parameters: Parameters(exceptAnyOfCodes: codes.map(Code.init)))
            }
        }
        review = answer.review.sorted { $0.key < $1.key }.flatMap { index, reviews in
            reviews.map { Review(consent: index, place: $0.place, reason: $0.reason) }
        }
    }
}
