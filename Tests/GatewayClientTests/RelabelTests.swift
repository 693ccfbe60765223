import AccessPolicy
import CryptoPrimitives
import GatewayAPI
import HTTPTypes
import SharingContract
import Synchronization
import TestSupport
import Testing

@testable import GatewayClient
@testable import MedicalRecords

/// A clinic changes what a record is labelled with, and everybody concerned can tell.
@Suite struct RelabelTests {
    private let hiv = Coding(system: "http://terminology.hl7.org/CodeSystem/v3-ActCode", code: "HIV")
    private let restricted = Confidentiality.restricted.label
    private let text = "hemoglobin 13.2"

    private func sharing(_ body: (Town, ReceivedGrant, String) async throws -> Void) async throws {
        try await Town.sharing { town, grant in
            #expect(try await town.request(grant).count == 1)
            try await body(town, grant, try #require(try town.hillside.enrolled("12345").records.keys.first))
        }
    }

    private func relabel(
        _ id: String, _ town: Town, adding added: [Coding] = [], removing removed: [Coding] = [], because reason: String = "",
        content: String? = nil, by clinic: ClinicClient? = nil
    ) async throws -> DepositReport {
        let change = LabelChange(adding: added, removing: removed, because: line(reason))
        let item = DepositItem(try town.record(content ?? text))
        return try await (clinic ?? town.hillside).relabel(id, of: "12345", change, from: [item])
    }

    private func facts(_ record: StoredRecord) throws -> StoredFacts {
        try StoredFacts(canonical: record.descriptor.facts)
    }

    @Test func `readers get the same content under other labels`() async throws {
        try await sharing { town, grant, id in
            let before = try #require(try town.lakeside.records(grant).first)
            #expect(try !facts(before).isLabelled)
            _ = try await relabel(id, town, adding: [hiv, restricted])
            let record = try #require(try await town.request(grant).first)
            #expect(record.descriptor.version == 2 && record.descriptor.record.description == id)
            #expect(try town.content(record, grant) == text)
            #expect(record.descriptor.payload != before.descriptor.payload)
            #expect(try facts(record).labels.map(\.text) == [hiv.description, restricted.description])
            #expect(try facts(record).givenLabels.allSatisfy { $0.origins == .person })
            #expect(try facts(record).isLabelled)
        }
    }

    @Test func `the patient's log says which labels changed and why`() async throws {
        try await sharing { town, _, id in
            _ = try await relabel(id, town, adding: [hiv, restricted])
            _ = try await relabel(id, town, removing: [hiv], because: "screening, negative")
            let changes = try await town.ana.log().compactMap { line in
                if case .relabelled(let changed) = line.what { changed.labels } else { nil }
            }
            #expect(changes.map(\.isLower) == [false, true])
            #expect(changes.map { $0.added.map(\.text) } == [[hiv.description, restricted.description], []])
            #expect(changes.map { $0.removed.map(\.text) } == [[], [hiv.description]])
            #expect(changes.map(\.reason) == [line(""), line("screening, negative")])
        }
    }

    /// The log compares versions: what their author says of them does not count.
    @Test func `a label that gets lost in a correction shows`() async throws {
        try await sharing { town, _, id in
            let labelled = try #require(
                RecordFacts(
                    category: .laboratory, mediaType: .text, types: [], labels: [hiv], isLabelled: true, days: nil, codes: []))
            _ = try await town.hillside.correct(id, of: "12345", with: [Record(facts: labelled, content: Array("a".utf8))])
            _ = try await town.hillside.correct(id, of: "12345", with: [town.record("b")])
            let changes = try await town.ana.log().compactMap { line in
                if case .corrected(let changed) = line.what { changed.labels } else { nil }
            }
            #expect(changes.map { $0.removed.map(\.text) } == [[], [hiv.description]])
            #expect(changes.map(\.reason) == [nil, nil])
        }
    }

    @Test func `what a person said outlasts a correction`() async throws {
        try await sharing { town, _, id in
            _ = try await relabel(id, town, adding: [hiv, restricted])
            _ = try await town.hillside.correct(id, of: "12345", with: [town.record("hemoglobin 12.3")])
            let known = try town.hillside.record(id, of: "12345").known
            #expect(known.version == 3 && known.details.labels.map(\.text) == [hiv.description, restricted.description])
        }
    }

    @Test func `only its depositor relabels a record, with the content it has, and says why it is protected less`() async throws {
        try await sharing { town, _, id in
            func refusal(_ body: () async throws -> DepositReport) async -> String? {
                await reason { _ = try await body() }
            }
            let otherContent = await refusal {
                try await relabel(id, town, adding: [hiv], because: "x", content: "hemoglobin 12.3")
            }
            #expect(otherContent == "notPossible(otherContent)")
            let other = try town.lakeside
            let otherClinic = await refusal { try await relabel(id, town, adding: [hiv], by: other) }
            #expect(otherClinic == "notFound(patient(recordNumber: \"12345\"))")
            let otherRecord = await refusal { try await relabel("ffffffff0000", town, adding: [hiv]) }
            #expect(otherRecord == "notFound(ownRecord(\"ffffffff0000\"))")
            // Nobody looked into it, so it counted as restricted.
            for added in [[], [hiv]] {
                let lower = await refusal { try await relabel(id, town, adding: added) }
                #expect(lower == "notPossible(labels(AccessPolicy.RelabelError.reasonMissing))")
            }
            let missing = await refusal { try await relabel(id, town, removing: [hiv], because: "x") }
            #expect(missing?.hasPrefix("notPossible(labels(AccessPolicy.RelabelError.notThere") == true, "\(missing ?? "")")
            #expect(try await town.ana.records(Town.laboratory).map(\.descriptor.version) == [1])
            _ = try await town.hillside.retract(id, of: "12345", reason: line("another patient's"))
            let retracted = await refusal { try await relabel(id, town, adding: [hiv, restricted]) }
            #expect(retracted == "notPossible(recordRetracted)")
        }
    }

    @Test func `a change whose answer was lost is found and not made twice`() async throws {
        try await sharing { town, _, id in
            town.gateway.lie(DepositRecords.path) { exchange in
                exchange.status = .badGateway
                exchange.signer = nil
            }
            let lost = await reason { _ = try await relabel(id, town, adding: [hiv, restricted]) }
            #expect(lost != nil)
            town.gateway.beHonest()
            let found = try await relabel(id, town, adding: [hiv, restricted])
            #expect(found.records.map(\.version) == [2])
            let again = await reason { _ = try await relabel(id, town, adding: [hiv, restricted]) }
            #expect(again == "notPossible(labels(AccessPolicy.RelabelError.nothingChanged))")
            #expect(try await town.ana.records(Town.laboratory).map(\.descriptor.version) == [2])
        }
    }
}
