import AccessPolicy
import CryptoPrimitives
import DurableFiles
import GatewayAPI
import GatewayClient
import MedicalRecords
import SharingContract

/// What has to go with records that are opened: shown, and laid beside them before the first of them is written.
struct AccompanyingPapers {
    /// Where the records go.
    enum Place {
        case standardOutput
        case file(String)
        case folder(String)
    }

    private let notice: String?
    private let consent: ConsentCopy?

    /// Throws where a record was released on a condition that nobody here knows how to meet.
    init(_ records: [ReceivedRecord], of received: ReceivedGrant, by clinic: ClinicClient) throws {
        let papers = try OpeningDuties(records).papers
        func concerned(_ obligation: Obligation) -> [String] {
            records.filter { $0.obligations.contains(obligation.code) }.map(\.record.descriptor.record.description)
        }
        notice = papers.contains(.part2Notice) ? Part2Notice.text(for: concerned(.part2Notice)) : nil
        consent =
            papers.contains(.consentCopy)
            ? try ConsentCopy(received, goingWith: concerned(.consentCopy), clinic.session) : nil
    }

    func deliver(to place: Place) throws {
        if let notice { try deliver(notice, "part2-notice.txt", place) }
        guard let consent else { return }
        try deliver(consent.text, "consent.txt", place)
        if let document = consent.document { try lay(document, "consent.json", place) }
    }

    private func deliver(_ text: String, _ name: String, _ place: Place) throws {
        Terminal.note(
            text.split(separator: "\n", omittingEmptySubsequences: false).map { Terminal.visible(String($0)) }.joined(
                separator: "\n"))
        try lay(Array(text.utf8), name, place)
    }

    private func lay(_ bytes: [UInt8], _ name: String, _ place: Place) throws {
        let path: String
        switch place {
        case .standardOutput: return
        case .file(let file): path = "\(file).\(name)"
        case .folder(let folder): path = "\(folder)/\(name)"
        }
        let output = try OutputFile(path)
        try output.writing(0, bytes.span)
        try output.finish()
    }
}

/// The notice that accompanies what is disclosed under 42 CFR part 2 (section 2.32): the short form that the regulation itself offers, and
/// what follows from it in our words.
enum Part2Notice {
    /// 42 CFR 2.32(a)(2).
    static let statement = "42 CFR part 2 prohibits unauthorized use or disclosure of these records."

    static func text(for records: [String]) -> String {
        """
        NOTICE

        \(statement)

        In short (42 CFR 2.12, 2.32 and 2.33):
        - These are records of treatment for substance use, or name somebody as a patient of such treatment.
        - They came to you by the patient's written consent. Use them, and hand them on, only as far as it goes or as part 2 allows.
        - Without another consent of the patient or a court's order under part 2 they are not used against the patient in any civil,
          criminal, administrative or legislative proceeding.
        - Who hands them on hands on this notice and the consent with them.

        It concerns: \(records.joined(separator: ", "))

        """
    }
}

/// What the patient consented to, for whoever holds records that came under it.
struct ConsentCopy {
    let text: String
    /// A FHIR Consent as the patient signed it, if it was one.
    let document: [UInt8]?

    init(_ received: ReceivedGrant, goingWith records: [String], _ session: Session) throws {
        let slip = received.content
        guard case .grant(let grant) = try session.ledger.leaf(slip.leaf).entry.event, grant.control == slip.grant else {
            throw ClientError.notVerified(.grantNotAuthentic)
        }
        let consent = try? Consent(canonical: slip.body.consent)
        if case .fhir(let bytes)? = consent?.content { document = bytes } else { document = nil }
        let grantee = (try? session.ledger.state.actor(slip.body.grantee)) ?? nil
        text = """
            CONSENT

            Patient    \(slip.name.text)
            Given to   \(grantee?.actor.name.text ?? "an organisation"), key \(slip.body.grantee)
            Covers     \(Self.words(consent))
            Holds      from \(Names.written(grant.from)) until \(Names.written(grant.until)), that day not included, unless it was ended
            Grant      \(slip.grant), entry \(slip.leaf) of \(session.origin.text)
            Consent    SHA-256 \(SHA256.hash(slip.body.consent))
            Compiled   SHA-256 \(slip.body.compilation)
            Goes with  \(records.joined(separator: ", "))

            """
    }

    private static func words(_ consent: Consent?) -> String {
        guard let consent else { return "what this program cannot read" }
        let category = "\(Names.category(consent.category)) records"
        switch consent.content {
        case .plain(let plain):
            let purposes = plain.purposes.map(\.id).sorted().joined(separator: ", ")
            let files = plain.extras.contains(.unlabelled) ? "; files too that nobody has looked into" : ""
            let notes = plain.extras.contains(.counsellingNotes) ? "; a counsellor's own notes too" : ""
            return "\(category), for \(purposes)\(files)\(notes)"
        case .fhir: return "\(category), as a FHIR Consent says that the patient signed (consent.json)"
        case .restriction: return "nothing: it restricts \(category)"
        }
    }
}
