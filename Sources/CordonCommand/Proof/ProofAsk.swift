import ArgumentParser
import CryptoPrimitives
import GatewayClient
import MedicalRecords
import SharingContract

extension ProofCommand {
    struct Ask: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "ask", abstract: "Asks a patient to show some facts, and to prove others.",
            discussion: """
                Kinds of claims and their fields are in docs/claims.md. Of a number or a code whose meaning depends on it, unit and code are
                shown too; so is what says that a record was entered in error. --prove takes one of these forms:

                  patient: 18 or older on 2026-11-21              patient: under 18 on 2026-11-21
                  immunization: date given on or after 2026-01-01 (also: on or before, after, before)
                  result: measured value below 7.0                (also: at least, at most, above)
                  result: HbA1c below 7.0                         one of the codes that mean it, in %
                  result: systolic pressure between 90 and 140
                  immunization: vaccine is one of 208, 213, 217
                  allergy: substance is not snomed|764146007
                  result: test is loinc|4548-4                    shown, and has to be this
                  immunization: date given minus immunization#2: date given between 21 and 42
                  immunization: vaccine is the same as immunization#2: vaccine        (also: is not the same as)

                immunization#2 is another record of the same kind; both are the same patient's.

                --consent asks for proof that a live grant of the patient's lets an actor read a category for a purpose on a day, today if none
                is named. Which grant it is, and whatever else it says, is not shown. It stands beside a record of the patient's, of which
                nothing need be shown. It fetches what is new on the ledger first.

                Example:
                  cordon --as school proof ask --show "immunization: vaccine, date given" --prove "patient: 18 or older on 2026-11-21" \\
                      --purpose "school admission" > request.txt
                  cordon --as lab proof ask --consent "laboratory for research by Lakeside Clinic" --purpose "study 7" > request.txt
                  cordon --as school proof ask --show "patient: date of birth" --purpose "school admission" --qr-file request.png
                """)

        @ParentCommand var cordon: Cordon
        @Option(help: "What is shown: a kind of claims and its fields. May be given again.") var show: [String] = []
        @Option(help: "What is proven. May be given again.") var prove: [String] = []
        @Option(help: "What a grant has to cover: CATEGORY for PURPOSE by ACTOR on DAY.") var consent: String?
        @Option(help: "What it is for; the patient reads it.") var purpose: String
        @Option(help: "For how many hours it can be answered.") var hours: UInt32 = 24
        @OptionGroup var code: CodeOptions

        private struct Made: Encodable {
            let shown: [String]
            let proven: [String]
            let until: String
            let request: String
        }

        func validate() throws {
            guard !(show.isEmpty && prove.isEmpty && consent == nil) else {
                throw ValidationError("Ask for something: --show, --prove or --consent.")
            }
            guard (1...24 * 366).contains(hours) else { throw ValidationError("--hours is 1 to 8784, a year.") }
        }

        func run() async throws {
            var words = ProofWords()
            do throws(ProofWordsError) {
                for text in show { try words.show(text) }
                for text in prove { try words.prove(text) }
                // A grant is tied to its patient by a record.
                if words.asked.isEmpty { try words.show("patient:") }
            } catch {
                throw Stop.usage(error.words, "`cordon proof ask --help` shows the forms, docs/claims.md kinds and fields.")
            }
            let purpose = try Names.line(purpose, for: "a purpose")
            let consent = try consent.map { text in
                guard let words = ConsentWords(text) else {
                    throw Stop.usage(
                        "\"\(text)\" names no category, purpose and actor",
                        "Write it as \"laboratory for treatment by Lakeside Clinic on 2026-11-22\".")
                }
                return words
            }
            try code.require()
            try await cordon.asActor(.clinic, .emergencyDesk, .auditor) { verifier in
                var conditions = words.conditions
                if let consent {
                    // What was revoked before it asked, nobody shall prove to it.
                    try await verifier.session.sync()
                    let actor = try verifier.session.actor(named: consent.name).actor.key
                    conditions.append(
                        .covered(
                            AskedConsent(
                                actor: actor, purpose: consent.purpose, category: consent.category.code,
                                day: consent.day ?? verifier.session.today, size: verifier.session.ledger.size)))
                }
                let request = try verifier.requestProof(
                    purpose: purpose, minutes: hours * 60, asked: words.asked, conditions: conditions)
                if consent != nil, show.isEmpty {
                    Terminal.note("note: nothing that is shown says who the patient is; --show \"patient: family name\" would")
                }
                let lines = RequestWords(request, verifier.session)
                Terminal.note(
                    ([lines.shown, lines.proven].flatMap(\.self) + ["until \(request.until.written)"]).joined(separator: "\n"))
                let made = Made(
                    shown: lines.shown, proven: lines.proven, until: request.until.written, request: request.text)
                try cordon.show(made, String(request.text.dropLast()))
                try code.show(request)
            }
        }
    }
}

/// What a request wants, line by line.
struct RequestWords {
    let shown: [String]
    let proven: [String]

    init(_ request: ProofRequest, _ session: Session) {
        shown = request.asked.indices.map { record in
            let fields = request.asked[record].allShown.map { request.asked[record].schema.fields[Int($0)] }
            let words = fields.map { $0.words.first ?? $0.name }.joined(separator: ", ")
            return "show: \(request.kind(record)): \(words.isEmpty ? "nothing" : words)"
        }
        proven = request.conditions.map { "prove: \(request.words($0, naming: session.name))" }
    }
}

extension ProofRequest {
    /// Conditions in words, without those of what is shown anyway.
    func proven(_ session: Session) -> [String] {
        conditions.filter { condition in
            if case .isShown = condition { false } else { true }
        }.map { words($0, naming: session.name) }
    }
}

extension Minute {
    /// `2026-11-22 14:05 UTC`.
    var written: String {
        let minute = number % Self.perDay
        let digits = [minute / 60, minute % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }
        return "\(day) \(digits.joined(separator: ":")) UTC"
    }
}

extension ProofWordsError {
    var words: String {
        switch self {
        case .noKind: "say of which kind of claims: \"immunization: vaccine\""
        case .unknownKind(let word): "\"\(word)\" is no kind of claims: \(Self.kinds)"
        case .unknownField(let word, let kind): "\"\(word)\" is no field of \(kind): \(Self.fields(of: kind))"
        case .unknownForm(let text): "\"\(text)\" has none of the forms that can be proven"
        case .value(let error, let text): "\"\(text)\" \(error.words)"
        case .nothingLeft(let text): "\"\(text)\": no value would do, or one alone, which is shown and not proven"
        case .tooMany: "this asks for too many records or values at once"
        }
    }

    private static var kinds: String { ClaimsSchema.all.map { $0.words.first ?? $0.name }.joined(separator: ", ") }

    private static func fields(of kind: String) -> String {
        ClaimsSchema.named(kind)?.fields.map { $0.words.first ?? $0.name }.joined(separator: ", ") ?? ""
    }
}

extension ClaimTextError {
    fileprivate var words: String {
        switch self {
        case .notADate: "is no date such as 2026-11-21"
        case .dateOutOfRange: "is before 1900 or after 2079-06-06"
        case .notANumber: "is no number"
        case .tooManyDecimals: "has more decimals than the field"
        case .numberOutOfRange: "is too large a number"
        case .unknownCode: "is not on the field's list of codes"
        case .notACoding: "is no code with its system, such as cvx|208"
        case .textOutOfRange: "is empty or longer than 255 bytes"
        }
    }
}
