import CryptoPrimitives
import DurableFiles
import EnvelopeEncryption
import GatewayAPI
import SharingContract
import SystemPackage
import Synchronization
import TestSupport
import Testing

@testable import GatewayClient
@testable import MedicalRecords

/// What an author says of a record later, as readers and the patient see it.
@Suite struct CorrectionTests {
    private func sharing(_ body: (Town, ReceivedGrant, String) async throws -> Void) async throws {
        try await Town.sharing { town, grant in
            #expect(try await town.request(grant).count == 1)
            try await body(town, grant, try #require(try town.hillside.enrolled("12345").records.keys.first))
        }
    }

    @Test func `readers get the correction in the place of what they had`() async throws {
        try await sharing { town, grant, id in
            _ = try await town.hillside.correct(id, of: "12345", with: [town.record("hemoglobin 12.3")])
            #expect(try town.lakeside.held(grant).values.map(\.self) == [1])
            let record = try #require(try await town.request(grant).first)
            #expect(record.descriptor.version == 2 && record.descriptor.record.description == id)
            #expect(try town.content(record, grant) == "hemoglobin 12.3")
            #expect(try town.lakeside.records(grant) == [record])
            let folder = try town.lakeside.session.folder.receivedFolder.appending(grant.content.grant.description)
            #expect(try DurableFile.names(in: folder).sorted() == ["\(id).2.age", "index.age"])
        }
    }

    @Test func `what was retracted is released no more, and the patient can read why`() async throws {
        try await sharing { town, grant, id in
            _ = try await town.hillside.retract(id, of: "12345", reason: line("another patient's sample"))
            #expect(try await town.request(grant).isEmpty)
            let own = try await town.ana.record(id).record
            #expect(own.descriptor.state == .enteredInError)
            let reason = Mutex<[UInt8]>([])
            try await town.ana.open(own, Town.laboratory) { _, piece in reason.withLock { $0.append(copying: piece) } }
            #expect(String(decoding: reason.withLock { $0 }, as: UTF8.self) == "another patient's sample\n")
            let proposed = try await town.ana.propose(
                to: try town.ana.session.actor(named: "Lakeside Hospital"), category: Town.laboratory, purposes: [.treatment],
                until: World().now.day.adding(days: 30))
            #expect(proposed.recordCount == 0)
        }
    }

    @Test func `the patient's log says what was corrected and what was retracted`() async throws {
        try await sharing { town, _, id in
            _ = try await town.hillside.correct(id, of: "12345", with: [town.record("hemoglobin 12.3")])
            _ = try await town.hillside.retract(id, of: "12345", reason: line("another patient's"))
            let changes = try await town.ana.log().compactMap { line in
                switch line.what {
                case .corrected(let changed): "corrected \(changed.descriptor.version)"
                case .retracted(let changed): "retracted \(changed.descriptor.version)"
                default: nil
                }
            }
            #expect(changes == ["corrected 2", "retracted 3"])
        }
    }

    @Test func `a record goes with all its versions`() async throws {
        try await sharing { town, grant, id in
            for number in 0..<3 {
                _ = try await town.hillside.correct(id, of: "12345", with: [town.record("hemoglobin \(number)")])
            }
            try await town.deposit("glucose 5.1")
            let records = try await town.ana.records(Town.laboratory)
            #expect(records.map(\.descriptor.version).sorted() == [1, 4])
            try await town.ana.erase(records, Town.laboratory)
            #expect(try await town.ana.records(Town.laboratory).isEmpty)
            #expect(try await town.request(grant).isEmpty)
            // What was erased is not corrected.
            let failure = await reason {
                _ = try await town.hillside.correct(id, of: "12345", with: [town.record("hemoglobin 9")])
            }
            #expect(failure?.hasPrefix("refused") == true, "\(failure ?? "no failure")")
        }
    }

    @Test func `only one record corrects, of the same category, by whoever deposited it`() async throws {
        try await sharing { town, _, id in
            func refusal(_ start: String, _ records: [Record], by clinic: ClinicClient) async -> String? {
                await reason { _ = try await clinic.correct(start, of: "12345", with: records) }
            }
            let hillside = try town.hillside
            let good = try town.record("hemoglobin 12.3")
            #expect(await refusal(id, [], by: hillside) == "notPossible(notOneRecord(count: 0))")
            #expect(await refusal(id, [good, good], by: hillside) == "notPossible(notOneRecord(count: 2))")
            #expect(await refusal("ffffffff0000", [good], by: hillside) == "notFound(ownRecord(\"ffffffff0000\"))")
            let same = try town.record("hemoglobin 13.2")
            #expect(await refusal(id, [same], by: hillside) == "notPossible(nothingChanged)")
            let facts = try #require(
                RecordFacts(
                    category: .general, mediaType: .text, types: [], labels: [], isLabelled: false, days: nil, codes: []))
            let other = Record(facts: facts, content: good.content)
            #expect(await refusal(id, [other], by: hillside) == "notPossible(otherCategory(3))")
            #expect(await refusal(id, [good], by: try town.lakeside) == "notFound(patient(recordNumber: \"12345\"))")
            #expect(try await town.ana.records(Town.laboratory).map(\.descriptor.version) == [1])
        }
    }

    /// A reader remembers which version it has.
    @Test func `a gateway that goes back to an earlier version is found out`() async throws {
        try await sharing { town, grant, id in
            let client = try town.lakeside
            let now = try #require(try client.records(grant).first)
            let later = Descriptor.Fields(
                record: now.descriptor.record, version: 2, state: .current, payload: now.descriptor.payload,
                payloadSize: now.descriptor.payloadSize, contentCommitment: now.descriptor.contentCommitment,
                facts: now.descriptor.facts)
            let descriptor = Descriptor(
                later, signingWith: try town.hillside.session.keyring.actorKey(), origin: client.session.origin,
                compartment: grant.content.body.compartment)
            let held = StoredRecord(
                deposit: now.deposit, salt: now.salt, descriptor: descriptor, proof: now.proof, header: now.header)
            let index: [UInt8] = [0, 1] + held.canonicalBytes + [0]
            let path = client.session.folder.receivedFolder.appending(grant.content.grant.description).appending("index.age")
            try DurableFile.write(
                try Envelope.seal(index.span, to: client.session.keyring.stateIdentity().recipient()), to: path)
            #expect(await discrepancy { try await town.request(grant) } == .recordRolledBack)
        }
    }

    /// The patient counts versions as the author did.
    @Test func `a gateway that keeps a version back from the patient is found out`() async throws {
        try await sharing { town, _, id in
            _ = try await town.hillside.correct(id, of: "12345", with: [town.record("hemoglobin 12.3")])
            town.gateway.lie(about: ListVersions.self) { answer, _ in
                ListVersions.Answer(records: Array(answer.records.dropFirst()), hasMore: false)
            }
            let found = await discrepancy { _ = try await town.ana.log() }
            guard case .historyIncomplete? = found else {
                Issue.record("\(String(describing: found))")
                return
            }
        }
    }
}
