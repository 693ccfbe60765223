import AccessPolicy
import CryptoPrimitives
import SharingContract
import TestSupport
import Testing

@testable import GatewayClient
@testable import MedicalRecords

/// Records of care to which a minor consented alone.
@Suite struct ConfidentialTests {
    private static let recordNumber = "77812-c"
    private static let labels = [SensitivityCodes.minorsOwn.description, Confidentiality.restricted.label.description].sorted()

    /// Kim has a profile that a guardian may know and one that none does; Hillside has a card of the second.
    private func standing(_ body: (Town, PatientClient, Card) async throws -> Void) async throws {
        try await Town.standing { town in
            let kim = try await PatientClient.enrol(
                town.folder("kim-own"), invite: try town.hillside.invite(), name: line("Kim"), isConfidential: true,
                passphrase: KeyFormats.passphrase(), words: RecoveryWords(entropy: KeyFormats.secret("kim's paper")),
                environment: town.environment)
            let failure = await failure {
                let clinic = try kim.session.actor(named: "Hillside Clinic")
                let card = try await kim.makeCard(
                    for: clinic, categories: [Town.laboratory], until: World().now.day.adding(days: 365))
                try town.hillside.enrol(card, recordNumber: Self.recordNumber)
                try await body(town, kim, card)
            }
            try? await kim.session.close()
            if let failure { throw failure }
        }
    }

    private func deposit(_ record: Record, _ town: Town) async throws -> StoredFacts {
        try await town.hillside.session.sync()
        let reports = try await town.hillside.deposit([record], for: Self.recordNumber) { _, _ in }
        return try StoredFacts(canonical: try #require(reports.first?.records.first).facts)
    }

    private func record(_ text: String, labels: [Coding], isLabelled: Bool) throws -> Record {
        let facts = try #require(
            RecordFacts(
                category: .laboratory, mediaType: .text, types: [], labels: labels, isLabelled: isLabelled, days: nil, codes: []))
        return Record(facts: facts, content: Array(text.utf8))
    }

    @Test func `everything deposited under a confidential card is labelled so`() async throws {
        try await standing { town, _, card in
            #expect(card.isConfidential)
            let seen = try await deposit(record("seen", labels: [], isLabelled: true), town)
            #expect(
                seen.labels.map(\.text) == Self.labels && seen.givenLabels.allSatisfy { $0.origins == .card } && seen.isLabelled)
            let unseen = try await deposit(record("unseen", labels: [], isLabelled: false), town)
            #expect(unseen.labels.map(\.text) == Self.labels && !unseen.isLabelled)
            let higher = Confidentiality.veryRestricted.label
            let restricted = try await deposit(record("higher", labels: [higher], isLabelled: true), town)
            #expect(restricted.labels.map(\.text) == [SensitivityCodes.minorsOwn.description, higher.description].sorted())
        }
    }

    @Test func `nothing else is`() async throws {
        try await Town.standing { town in
            #expect(try await !town.card().isConfidential)
            let report = try await town.deposit("potassium 4.1")
            #expect(try StoredFacts(canonical: try #require(report.records.first).facts).labels.isEmpty)
        }
    }

    @Test func `a correction keeps the label, and nobody takes it away`() async throws {
        try await standing { town, _, _ in
            _ = try await deposit(record("first", labels: [], isLabelled: true), town)
            let id = try #require(try town.hillside.enrolled(Self.recordNumber).records.keys.first)
            let corrected = try await town.hillside.correct(
                id, of: Self.recordNumber, with: [record("second", labels: [], isLabelled: true)])
            #expect(try StoredFacts(canonical: try #require(corrected.records.first).facts).labels.map(\.text) == Self.labels)
            for label in [SensitivityCodes.minorsOwn, Confidentiality.restricted.label] {
                let change = LabelChange(adding: [], removing: [label], because: line("the mother asked"))
                let item = DepositItem(try record("second", labels: [], isLabelled: true))
                let why = await reason {
                    _ = try await town.hillside.relabel(id, of: Self.recordNumber, change, from: [item])
                }
                #expect(try #require(why).contains("askedByCard"))
            }
            let retracted = try await town.hillside.retract(id, of: Self.recordNumber, reason: line("entered in error"))
            #expect(try StoredFacts(canonical: try #require(retracted.records.first).facts).labels.map(\.text) == Self.labels)
        }
    }

    @Test func `a card that was made to say less is not authentic`() async throws {
        try await standing { _, _, card in
            var bytes = card.canonicalBytes
            // The flag stands before the holder commitment and the signature.
            let flag = bytes.count - 64 - HolderCommitment.maximumSize - 2
            #expect(bytes[flag] == 1)
            bytes[flag] = 0
            let other = try Card(canonical: bytes)
            #expect(!other.isConfidential)
            #expect(await discrepancy { try other.verify() } == .paperNotAuthentic)
            bytes[flag] = 2
            #expect(throws: FormatError.self) { try Card(canonical: bytes) }
        }
    }

    @Test func `nothing on it stands on the card of a profile that a guardian knows`() async throws {
        try await standing { town, kim, card in
            let known = try await town.card()
            #expect(card.inbox != known.inbox && card.inboxRecipient != known.inboxRecipient)
            #expect(Set(card.slots.map(\.compartment)).isDisjoint(with: known.slots.map(\.compartment)))
            _ = try await deposit(record("first", labels: [], isLabelled: true), town)
            #expect(try await town.ana.log().isEmpty)
            #expect(try await kim.records(Town.laboratory).count == 1)
        }
    }

    @Test func `it has no guardian, and may have a delegate`() async throws {
        try await standing { town, kim, _ in
            let address = try town.ana.address
            let consent = try #require(Consent(actions: [.read], purposes: [.treatment], category: Town.laboratory))
            let until = World().now.day.adding(days: 30)
            let guardian = await reason {
                _ = try await kim.propose(delegate: .init(address, .guardianship), consent, until: until)
            }
            #expect(guardian == "notPossible(confidential)")
            let friend = try await kim.propose(delegate: .init(address, .deciding), consent, until: until)
            #expect(friend.delegate?.power == .deciding)
        }
    }

    @Test func `24 words bring it back as what it was`() async throws {
        try await standing { town, kim, _ in
            try await kim.backUp()
            let restored = try await PatientClient.restore(
                town.folder("kim-again"), gateway: town.address, passphrase: KeyFormats.passphrase(),
                words: RecoveryWords(entropy: KeyFormats.secret("kim's paper")), environment: town.environment)
            let isConfidential = restored.state.isConfidential
            try await restored.session.close()
            #expect(isConfidential)
        }
    }
}
