import CryptoPrimitives
import Foundation
import GatewayClient
import MedicalRecords
import SharingContract
import TestSupport
import Testing
import AccessPolicy

private let comment = Comment(rawValue: Corpora.comment)

/// Whole patients of the Synthea corpus take the road from one clinic to another, and every resource arrives as it left.
@Suite(.enabled(if: Corpora.arePresent, comment)) struct SyntheaTests {
    private struct Listed: Decodable {
        let file: String
        let bytes: Int
    }

    /// Twenty of all sizes and origins, without the largest, which has a test of its own.
    private static func sample() throws -> [String] {
        let listed = try Corpora.json("fhir-synthea/index.json", as: [Listed].self)
            .filter { !$0.file.contains("xl-") }.sorted { $0.bytes < $1.bytes }
        return stride(from: 0, to: listed.count, by: max(1, listed.count / 20)).prefix(20).map { listed[$0].file }
    }

    @Test func `twenty bundles are deposited, granted, and read by another clinic byte for byte`() async throws {
        let workshop = try Workshop()
        try await workshop.found()
        let files = try Self.sample()
        #expect(files.count == 20)
        try await workshop.serving { _ in
            try await workshop.populate()
            for (number, file) in files.enumerated() {
                let source = try RecordSource(Array(Corpora.gunzip("fhir-synthea/\(file)")))
                try await share(source, "patient-\(number)", workshop)
                let received = try await read(workshop)
                #expect(received == counts(source), "\(file)")
            }
        }
    }

    /// From a card to slips in Lakeside's inbox, for every category the bundle has.
    private func share(_ source: RecordSource, _ name: String, _ workshop: Workshop) async throws {
        let number = try #require(source.patients.first?.recordNumbers.first).value
        try await workshop.enrol(name, recordNumber: number, at: "hillside")
        let records = source.split()
        try await workshop.asClinic("hillside") { _ = try await $0.deposit(records, for: number) { _, _ in } }
        try await grant(Set(records.map(\.facts.category)), name, workshop)
    }

    private func grant(_ categories: Set<MedicalRecords.Category>, _ name: String, _ workshop: Workshop) async throws {
        try await workshop.asPatient(name) { patient in
            try await patient.sync()
            let lakeside = try patient.session.actor(named: "Lakeside Hospital")
            for category in categories {
                let proposed = try await patient.propose(
                    to: lakeside, category: category.code, purposes: [.treatment], until: patient.session.today.adding(days: 1))
                _ = try await patient.grant(proposed)
            }
        }
    }

    /// What comes under all grants that Lakeside has not used yet.
    private func read(_ workshop: Workshop) async throws -> [[UInt8]: Int] {
        try await workshop.asClinic("lakeside") { clinic in
            try await clinic.readInbox()
            var counts: [[UInt8]: Int] = [:]
            for grant in clinic.state.grants where try clinic.records(grant).isEmpty {
                let records = try await clinic.request(grant, filter: .all, purpose: .treatment, staff: .none) { _, _ in }
                for record in records {
                    let opened = try RecordSource(try clinic.content(of: record, grant))
                    counts.merge(self.counts(opened), uniquingKeysWith: +)
                }
            }
            return counts
        }
    }

    /// How often each resource stands in a source.
    private func counts(_ source: RecordSource, leavingOut types: Set<String> = []) -> [[UInt8]: Int] {
        source.resources.filter { !types.contains($0.type) }.reduce(into: [:]) {
            $0[Array(source.bytes[$1.range]), default: 0] += 1
        }
    }

    /// It holds nine patients, so it cannot be deposited for one; what is about each of them can.
    @Test func `a bundle of 9,9 MB takes the same road, patient by patient`() async throws {
        let workshop = try Workshop()
        let bundle = try Corpora.gunzip("fhir-synthea/bundles/xl-assembled-collection.json.gz")
        #expect(bundle.count > 9_000_000)
        try bundle.write(to: workshop.folder.url.appending(path: "xl.json"))
        let source = try RecordSource(Array(bundle))
        #expect(source.patients.count == 9 && source.resources.count == 6_269)
        try await workshop.found()
        try await workshop.serving { _ in
            try await workshop.populate()
            var received: [[UInt8]: Int] = [:]
            for (index, patient) in source.patients.enumerated() {
                let number = try #require(patient.recordNumbers.first).value
                try await workshop.enrol("xl-\(index)", recordNumber: number, at: "hillside")
                let deposit = "cordon --as hillside clinic deposit --patient '\(number)' xl.json"
                let refused = try await workshop.sh(deposit)
                #expect(refused.status == 1 && refused.error.contains("several patients"))
                try await workshop.done("\(deposit) --select-patient")
                try await grant(Set(source.selecting(patient).split().map(\.facts.category)), "xl-\(index)", workshop)
                received.merge(try await read(workshop), uniquingKeysWith: +)
            }
            // All but organisations, places and staff, who are nobody's records.
            let types: Set = ["Location", "Organization", "Practitioner", "PractitionerRole"]
            let expected = counts(source, leavingOut: types)
            #expect(received == expected && expected.values.reduce(0, +) == 6_269 - 173)
        }
    }
}
