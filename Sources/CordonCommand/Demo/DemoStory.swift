import CryptoPrimitives
import EnvelopeEncryption
import GatewayClient
import MedicalRecords
import SharingContract
import SystemPackage

/// The demo, act by act. Whatever happens is done by the clients that the other commands use, and is checked as they check it.
final class DemoStory {
    let stage: DemoStage
    let source: RecordSource
    let narrator = Narrator()
    /// The name and the record number in the bundle.
    let patientName: String
    let recordNumber: String
    private let file: FilePath

    init(_ stage: DemoStage, source: RecordSource, file: FilePath) throws {
        self.stage = stage
        self.source = source
        self.file = file
        guard let patient = source.patients.first, let number = patient.recordNumbers.first else {
            throw Stop.localData(
                "nobody in \(file) has a medical record number", "Give a FHIR R4 bundle of one patient with --bundle.")
        }
        patientName = patient.name ?? "The patient"
        recordNumber = number.value
    }

    func tell() async throws {
        Terminal.write(Terminal.bold("Cordon, once through: \(patientName), \(source.resources.count) resources of \(file)"))
        Terminal.write("A gateway, a ledger and all keys are made for this, and lie in \(stage.folder) until the end.")
        let address = try await beginLedger()
        let cast = try await admit(address)
        let patient = try await enrol(cast)
        try await deposit(cast)
        try await ask(cast, patient)
        try await request(cast, patient)
        try await revoke(cast, patient)
        try await readLog(cast, patient)
        try await audit(cast, patient)
        try? await patient.session.close()
        await cast.leave()
        narrator.end("The folder is removed.")
    }

    /// An act that ends with what the ledger has gained, as anybody can see it.
    func act(_ title: String, _ cast: DemoCast, _ body: () async throws -> Void) async throws {
        let before = cast.ledger.size
        try await narrator.act(title, ledger: { try await self.gained(cast, since: before) }, body)
    }

    private func gained(_ cast: DemoCast, since before: UInt64) async throws -> String {
        try await cast.auditor.session.sync()
        let added = try (before..<cast.ledger.size).map { "\($0) \(try cast.ledger.leaf($0).entry.event.kind.name)" }
        guard !added.isEmpty else { return "nothing new" }
        return "\(added.count == 1 ? "entry" : "entries") \(added.joined(separator: ", "))"
    }
}

extension DemoStory {
    private func beginLedger() async throws -> String {
        var address = ""
        try await narrator.act("North Consortium begins a ledger and serves it", ledger: { "entry 0 member" }) {
            address = try stage.startGateway("North Consortium", of: stage.profile("north"))
            narrator.tell("A program of its own, cordon-gateway, at \(address). It has no code that opens a record.")
            narrator.tell("Unwitnessed: one member, and nobody outside it yet who vouches for the ledger.")
        }
        return address
    }

    private func admit(_ address: String) async throws -> DemoCast {
        var assembled: DemoCast?
        try await narrator.act("Two clinics and an auditor apply and are admitted", ledger: { "entries 1 actor, 2 actor, 3 actor" })
        {
            let cast = try await DemoCast.assemble(stage, gateway: address, member: stage.profile("north"))
            try await cast.auditor.session.sync()
            for actor in try cast.auditor.session.actors() {
                narrator.tell(
                    "\(actor.actor.name), key \(Fingerprint.text(actor.actor.key)), made by itself; the member signed for it.")
            }
            assembled = cast
        }
        guard let assembled else { preconditionFailure("an act that did not throw has assembled the cast") }
        return assembled
    }

    private func enrol(_ cast: DemoCast) async throws -> PatientClient {
        var enrolled: PatientClient?
        try await act("\(patientName) enrols, and hands each clinic a card of its own", cast) {
            let words = RecoveryWords.random()
            let patient = try await PatientClient.enrol(
                stage.profile("patient"), invite: cast.hillside.invite(), name: Names.line(patientName, for: "the patient's name"),
                passphrase: DemoStage.passphrase(), words: words, environment: stage.environment)
            narrator.tell("24 words to write on paper: \(Self.shortened(words)). They bring everything back.")
            try await handCard(to: cast.hillside, of: patient, for: Category.allCases)
            try await handCard(to: cast.lakeside, of: patient, for: [.laboratory])
            narrator.tell("Nobody can look patients up: a clinic knows one by a card.")
            enrolled = patient
        }
        guard let enrolled else { preconditionFailure("an act that did not throw has enrolled the patient") }
        return enrolled
    }

    private func handCard(to clinic: ClinicClient, of patient: PatientClient, for categories: [MedicalRecords.Category])
        async throws
    {
        try await patient.session.sync()
        let actor = try patient.session.actor(named: clinic.state.name.text)
        let until = patient.session.today.adding(days: 365)
        let card = try await patient.makeCard(for: actor, categories: categories.map(\.code), until: until)
        try clinic.enrol(card, recordNumber: recordNumber)
        let what = categories.count == 1 ? categories[0].id : "\(categories.count) categories"
        narrator.tell(
            "Card for \(clinic.state.name): may deposit \(what) until \(Names.written(until)), and may write to the patient.")
    }

    private static func shortened(_ words: borrowing RecoveryWords) -> String {
        var shown: [String] = []
        words.forEachWord { number, word in if number <= 2 || number == 24 { shown.append(word) } }
        return "\(shown[0]) \(shown[1]) … \(shown[2])"
    }
}
