import CryptoPrimitives
import GatewayAPI
import MedicalRecords
import SharingContract
import TestSupport
import Testing

@testable import GatewayClient

// Claims and proofs.
extension Town {
    /// A patient, two vaccinations and a laboratory value, as FHIR has them.
    static let resources = [
        """
        {"resourceType":"Patient","id":"p","birthDate":"2001-02-03","gender":"female","name":[{"family":"Díaz","given":["Ana"]}]}
        """,
        """
        {"resourceType":"Immunization","id":"i1","status":"completed","occurrenceDateTime":"2026-03-01",\
        "vaccineCode":{"coding":[{"system":"http://hl7.org/fhir/sid/cvx","code":"208"}]},"patient":{"reference":"Patient/p"}}
        """,
        """
        {"resourceType":"Immunization","id":"i2","status":"completed","occurrenceDateTime":"2026-03-29",\
        "vaccineCode":{"coding":[{"system":"http://hl7.org/fhir/sid/cvx","code":"208"}]},"patient":{"reference":"Patient/p"}}
        """,
        """
        {"resourceType":"Observation","id":"o","status":"final","effectiveDateTime":"2026-05-04","subject":{"reference":"Patient/p"},\
        "code":{"coding":[{"system":"http://loinc.org","code":"4548-4"}]},"valueQuantity":{"value":6.42,\
        "system":"http://unitsofmeasure.org","code":"%"}}
        """,
    ]

    func claimable(_ resource: String) throws -> Record {
        let facts = try #require(
            RecordFacts(
                category: .laboratory, mediaType: .text, types: [], labels: [], isLabelled: false, days: nil, codes: []))
        return Record(facts: facts, content: Array(resource.utf8))
    }

    /// Deposits what claims are made of.
    @discardableResult
    func depositClaims(_ resources: [String] = resources) async throws -> [Descriptor] {
        try await hillside.session.sync()
        return try await hillside.deposit(resources.map(claimable), for: "12345") { _, _ in }.flatMap(\.records)
    }

    /// What the gateway does at the end of a day.
    func publishAnchors() async throws {
        _ = try await hillside.session.connection.call(PublishAnchors(), with: key("north"), member: publicKey("north"))
    }

    /// Everybody standing, with claims whose anchors are on the ledger and fetched.
    static func claiming(_ body: (Town) async throws -> Void) async throws {
        try await standing { town in
            try await town.depositClaims()
            try await town.publishAnchors()
            try await town.ana.session.sync()
            try await town.lakeside.session.sync()
            #expect(try await town.ana.syncClaims { _ in }.isEmpty)
            try await body(town)
        }
    }

    func request(
        consent: AskedConsent? = nil, show: [String] = [], prove: [String] = [], by verifier: ClinicClient? = nil
    ) throws -> ProofRequest {
        var words = ProofWords()
        if consent != nil { try words.show("patient:") }
        for text in show { try words.show(text) }
        for text in prove { try words.prove(text) }
        return try (verifier ?? lakeside).requestProof(
            purpose: line("school admission"), minutes: 60, asked: words.asked,
            conditions: words.conditions + [consent].compactMap { $0.map { .covered($0) } })
    }

    func present(_ request: ProofRequest, using references: [String] = []) async throws -> Presentation {
        let draft = try await ana.draft(request, using: references)
        return try await ana.present(draft, conditions: request.conditions.map { request.words($0) })
    }
}
