import MedicalRecords
import Testing

private let recordNumber =
    #"{"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"MR"}]},"system":"https://h.example","value":"12345"}"#

private func patient(_ id: String, identifiers: String = recordNumber) -> String {
    #"{"resourceType":"Patient","id":"\#(id)","identifier":[\#(identifiers)],"name":[{"use":"old","text":"A"},{"use":"official","family":"Velorin","given":["Ana","B."]}],"birthDate":"1968-04-23"}"#
}

private func observation(_ subject: String) -> String {
    #"{"resourceType":"Observation","subject":\#(subject)}"#
}

private func reference(_ text: String) -> String {
    #"{"reference":"\#(text)"}"#
}

private let expected = PatientIdentity(recordNumber: Identifier(system: nil, value: "12345"))

/// Why the source is refused for the patient with record number 12345; `nil` if it is accepted.
private func refusal(_ text: String) throws -> PatientRefusal? {
    let source = try source(text)
    do throws(PatientRefusal) {
        try expected.verify(source)
        return nil
    } catch {
        return error
    }
}

@Suite struct Identities {
    @Test func `a Patient resource says who it is`() throws {
        let identity = try #require(try source(bundle([patient("p")])).patients.first)
        #expect(identity.recordNumbers == [Identifier(system: "https://h.example", value: "12345")])
        #expect(identity.references == ["Patient/p", "urn:uuid:0"])
        #expect(identity.name == "Ana B. Velorin")
        #expect(identity.birthDate == "1968-04-23")
    }

    @Test(arguments: [
        #"{"resourceType":"Patient"}"#, #"{"resourceType":"Patient","identifier":"x","name":[],"birthDate":7}"#,
        #"{"resourceType":"Patient","identifier":[{"value":7},{"type":{"coding":[{"code":"MR"}]},"value":"1"}],"name":[{}]}"#,
        #"{"resourceType":"Patient","identifier":[{"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"SS"}]},"value":"1"}]}"#,
    ])
    func `elements that are missing or odd say nothing`(text: String) throws {
        let identity = try #require(try source(text).patients.first)
        #expect(identity.recordNumbers.isEmpty)
        #expect(identity.name == nil && identity.birthDate == nil)
    }
}

@Suite struct PatientChecks {
    @Test(arguments: [
        reference("urn:uuid:0"), reference("Patient/p"), reference("Patient/p/_history/3"),
        reference("Patient?identifier=https://h.example|12345"),
        reference("Patient?identifier=https%3A%2F%2Fh.example%7C12345"), reference("Patient?active=true&identifier=12345"),
        reference("https://h.example/fhir/Patient?identifier=12345"),
        #"{"identifier":{"system":"https://h.example","value":"12345"}}"#, #"{"identifier":{"value":"12345"},"display":"Ana"}"#,
        #"{"reference":"Patient/p","identifier":{"system":"https://other.example","value":"9"}}"#, reference("Group/p"),
        reference("urn:uuid:2"),
        reference("https://h.example/fhir/Device/7"), #"{"display":"Ana"}"#,
    ])
    func `one patient's resources are accepted, and those about no patient`(subject: String) throws {
        #expect(try refusal(bundle([patient("p"), observation(subject), #"{"resourceType":"Location"}"#])) == nil)
    }

    @Test(arguments: [
        reference("urn:uuid:9"), reference("Patient/q"), reference("Patient/P"), reference("https://h.example/fhir/Patient/p"),
        reference("#p"),
        reference("Patient?identifier=https://h.example|12346"), reference("Patient?identifier=https://other.example|12345"),
        reference("Patient?name=Ana"), reference("Patient"), reference("p"), reference(""),
        reference("https://h.example/fhir/Patient?identifier=1"),
        reference("xPatient/p/Patient/q"), #"{"identifier":{"system":"https://other.example","value":"12345"}}"#,
        #"{"identifier":{"value":"1"}}"#,
    ])
    func `a resource about someone else is refused by its position`(subject: String) throws {
        #expect(
            try refusal(bundle([patient("p"), observation(reference("urn:uuid:0")), observation(subject)]))
                == .otherPatient(positions: [2]))
    }

    @Test(arguments: [
        #"{"resourceType":"Coverage","beneficiary":{"reference":"Patient/q"}}"#,
        #"{"resourceType":"Task","for":{"reference":"Patient/q"}}"#,
        #"{"resourceType":"Appointment","participant":[{"actor":{"reference":"Patient/p"}},{"actor":{"reference":"Patient/q"}}]}"#,
        #"{"resourceType":"Group","member":[{"entity":{"reference":"Patient/q"}}]}"#,
        #"{"resourceType":"Claim","patient":{"reference":"Patient/q"}}"#,
        #"{"subject":{"reference":"Patient/q"},"resourceType":"Account"}"#,
        #"{"resourceType":"Provenance","target":[{"reference":"Patient/q"}]}"#,
        #"{"resourceType":"Account","subject":[{"reference":"Patient/p"},{"reference":"Patient/q"}]}"#,
        #"{"resourceType":"ResearchSubject","individual":{"reference":"Patient/q"}}"#,
    ])
    func `each type says in its own element whose it is`(resource: String) throws {
        #expect(try refusal(bundle([patient("p"), resource])) == .otherPatient(positions: [1]))
    }

    @Test(arguments: [
        #"{"resourceType":"Coverage","beneficiary":{"reference":"Patient/p"},"subscriber":{"reference":"Patient/q"}}"#,
        #"{"resourceType":"Provenance","target":[{"reference":"urn:uuid:9"},{"reference":"Observation/1"}]}"#,
        #"{"resourceType":"Observation","subject":{"reference":"Patient/p"},"performer":[{"reference":"Patient/q"}]}"#,
    ])
    func `payers, helpers and things are not whom a resource is about`(resource: String) throws {
        #expect(try refusal(bundle([patient("p"), resource])) == nil)
    }

    @Test func `a source of another patient, of several or of nobody is refused`() throws {
        let other = recordNumber.replacing("12345", with: "54321")
        let unnumbered = #"{"system":"https://h.example","value":"12345"}"#
        #expect(try refusal(bundle([patient("p", identifiers: other)])) == .otherRecordNumber)
        #expect(try refusal(bundle([patient("p", identifiers: unnumbered)])) == .noRecordNumber)
        #expect(try refusal(bundle([patient("p"), patient("q", identifiers: other)])) == .severalPatients)
        #expect(try refusal(bundle([patient("p"), patient("p")])) == .severalPatients)
        #expect(try refusal(bundle([#"{"resourceType":"Location"}"#])) == .noPatient)
        #expect(try refusal(observation(reference("Group/1"))) == .noPatient)
        #expect(throws: PatientRefusal.noPatient) { try expected.verify(RecordSource(fixture("records/referral.pdf"))) }
    }

    @Test func `without a Patient, resources must name the number`() throws {
        #expect(try refusal(observation(#"{"identifier":{"value":"12345"}}"#)) == nil)
        #expect(try refusal(observation(reference("Patient?identifier=12345"))) == nil)
        #expect(try refusal(observation(reference("Patient/p"))) == .otherPatient(positions: [0]))
    }

    @Test func `the number of another organisation is another number`() throws {
        let source = try source(bundle([patient("p")]))
        let elsewhere = PatientIdentity(recordNumber: Identifier(system: "https://other.example", value: "12345"))
        #expect(throws: PatientRefusal.otherRecordNumber) { try elsewhere.verify(source) }
        #expect(throws: Never.self) {
            try PatientIdentity(recordNumber: Identifier(system: "https://h.example", value: "12345")).verify(source)
        }
    }
}

@Suite struct Selection {
    @Test func `one patient's lines are taken from bulk files`() throws {
        let other = recordNumber.replacing("12345", with: "54321")
        let people = try source("\(patient("p"))\n\(patient("q", identifiers: other))")
        let ana = try #require(people.patients.first { $0.recordNumbers.map(\.value) == ["12345"] })
        #expect(people.selecting(ana).patients == [ana])
        let both = #"{"resourceType":"Account","subject":[{"reference":"Patient/p"},{"reference":"Patient/q"}]}"#
        let lines = [
            observation(reference("Patient/q")), observation(reference("Patient/p")), #"{"resourceType":"Location"}"#, both,
            observation(reference("https://h.example/fhir/Patient/p")),
        ]
        let selected = try source(lines.joined(separator: "\n")).selecting(ana)
        #expect(selected.resources.map { String(decoding: selected.bytes(of: $0), as: UTF8.self) } == [lines[1], lines[4]])
        #expect(throws: Never.self) { try ana.verify(selected) }
    }
}
