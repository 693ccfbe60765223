import AccessPolicy
import CryptoPrimitives
import MedicalRecords
import TestSupport
import Testing

/// Requests, consents and decision records byte by byte.
@Suite struct DecisionFormats {
    private func expectCanonical(_ values: any CanonicalCodable..., sourceLocation: SourceLocation = #_sourceLocation) {
        for value in values {
            let failures = canonicalFailures(value)
            #expect(failures.isEmpty, "\(failures)", sourceLocation: sourceLocation)
        }
    }

    @Test func `no two encodings of one value`() throws {
        let subject = DecisionCase().changed {
            $0.filter = Filter(records: [.zero, DecisionCase.record(1).record], after: 9) ?? .all
        }
        let inputs = subject.inputs
        expectCanonical(
            subject.request, subject.filter, Filter.all, try #require(inputs.grant), DecisionCase.record(2, isRetracted: true),
            DecisionRecord(inputs, verdict: PlainEngine.decide(inputs)),
            DecisionRecord(subject.changed { $0.hasGrant = false }.inputs, verdict: .denied(.unknownGrant)))
        for reason in Verdict.Reason.allCases { expectCanonical(DecisionRecord(inputs, verdict: .denied(reason))) }
    }

    /// All of the 2^24 consents with the laboratory's category would be too many; every value of each byte is not.
    @Test func `a consent is read only if every bit of it means something`() throws {
        let good = try #require(Consent(actions: [.read], purposes: [.treatment], category: 3)).canonicalBytes
        var failures = Failures()
        for place in 2..<7 {
            for byte in UInt8.min...UInt8.max {
                var bytes = good
                bytes[place] = byte
                guard let consent = try? Consent(canonical: bytes) else { continue }
                failures.check(consent.canonicalBytes == bytes, "\(bytes)")
                failures.check(consent.plain.map { !$0.purposes.isEmpty && $0.actions == [.read] } ?? false, "\(bytes)")
            }
        }
        #expect(failures.isEmpty && failures.caseCount > 100, "\(failures)")
        #expect(Consent(actions: [], purposes: [.treatment], category: 3) == nil)
        #expect(Consent(actions: [.read], purposes: [], category: 3) == nil)
    }

    @Test func `each purpose is one bit of a consent, by its number`() throws {
        for purpose in PurposeOfUse.allCases {
            let bytes = try #require(Consent(actions: [.read], purposes: [purpose], category: 3)).canonicalBytes
            let bits = UInt16(1) << UInt16(purpose.rawValue)
            #expect(bytes == [0, 3, 1, 1, UInt8(bits >> 8), UInt8(truncatingIfNeeded: bits), 0])
        }
    }

    @Test(arguments: [0, 2, 255] as [UInt8]) func `an action without a name is refused`(action: UInt8) {
        var bytes = DecisionCase().request.canonicalBytes
        bytes[1 + "north.example".utf8.count + 32] = action
        #expect(throws: FormatError.unknownTag) { try Request(canonical: bytes) }
    }

    @Test(arguments: [0, 11, 255] as [UInt8]) func `a purpose without a name is refused`(purpose: UInt8) {
        var bytes = DecisionCase().request.canonicalBytes
        bytes[1 + "north.example".utf8.count + 32 + 1 + 3] = purpose
        #expect(throws: FormatError.unknownTag) { try Request(canonical: bytes) }
    }

    @Test(arguments: [0, 11, 255] as [UInt8]) func `a reason without a name is refused`(reason: UInt8) {
        var bytes = DecisionRecord(DecisionCase().inputs, verdict: .denied(.over)).canonicalBytes
        bytes[bytes.count - 1] = reason
        #expect(throws: FormatError.unknownTag) { try DecisionRecord(canonical: bytes) }
    }
}

@Suite struct FilterFormat {
    private func written(_ records: [Bytes32]) -> [UInt8] {
        var writer = CanonicalWriter()
        writer.list(records, length: UInt16.self) { $0.bytes32($1) }
        writer.flag(false)
        return writer.bytes
    }

    private func numbered(_ count: Int) -> [Bytes32] {
        (0..<count).map { SHA256.hash([UInt8($0 & 0xff), UInt8($0 >> 8)]).value }.sorted()
    }

    @Test func `a filter names 256 records and no more`() throws {
        #expect(try Filter(canonical: written(numbered(256))).records.count == 256)
        #expect(throws: FormatError.tooLarge) { try Filter(canonical: written(numbered(257))) }
        #expect(Filter(records: Set(numbered(256)), after: .max)?.canonicalBytes.count == Filter.maximumSize)
        #expect(Filter(records: Set(numbered(257)), after: nil) == nil)
    }

    @Test func `its records ascend, each once`() {
        let records = numbered(3)
        for wrong in [records.reversed(), [records[0], records[0]], [records[0], records[2], records[1]]] {
            #expect(throws: FormatError.notCanonical) { try Filter(canonical: written(wrong)) }
        }
    }

    @Test func `a filter wants what it names, behind its position`() throws {
        let records = numbered(2)
        let filter = try #require(Filter(records: [records[0]], after: 5))
        #expect(filter.wants(records[0], at: 6))
        #expect(!filter.wants(records[0], at: 5) && !filter.wants(records[1], at: 6) && !filter.wants(.zero, at: .max))
        #expect(Filter.all.wants(records[1], at: 0) && !Filter.all.after(0).wants(records[1], at: 0))
    }
}

/// P5: what an auditor has is the record and the request, and from these he comes to the same answer.
@Suite struct Replay {
    private func random(_ generator: inout SeededGenerator) -> DecisionCase {
        DecisionCase().changed { subject in
            subject.purpose = PurposeOfUse.allCases.randomElement(using: &generator) ?? .treatment
            subject.purposes = Set(PurposeOfUse.allCases.filter { _ in Bool.random(using: &generator) })
            subject.isRevoked = Int.random(in: 0..<5, using: &generator) == 0
            subject.isReleaseSigned = Int.random(in: 0..<5, using: &generator) > 0
            subject.hasGrant = Int.random(in: 0..<5, using: &generator) > 0
            subject.from = UInt32.random(in: 20_776...20_780, using: &generator)
            subject.until = UInt32.random(in: 20_777...20_790, using: &generator)
            subject.consent = Int.random(in: 0..<9, using: &generator) == 0 ? generator.bytes(6) : nil
            subject.records = (1...6).map { number in
                DecisionCase.record(
                    number, category: UInt16.random(in: 3...4, using: &generator), isRetracted: Bool.random(using: &generator))
            }
            let wanted = subject.records.filter { _ in Bool.random(using: &generator) }.map(\.record)
            subject.filter = Filter(records: Set(wanted), after: Bool.random(using: &generator) ? nil : 2) ?? .all
        }
    }

    @Test func `every decision comes out of its bytes again`() throws {
        let seed: UInt64 = 11
        var generator = SeededGenerator(seed: seed)
        var failures = Failures()
        var reasons: Set<Verdict.Reason> = []
        for number in 0..<3_000 {
            let inputs = random(&generator).inputs
            let verdict = PlainEngine.decide(inputs)
            if case .denied(let reason) = verdict { reasons.insert(reason) }
            let bytes = (DecisionRecord(inputs, verdict: verdict).canonicalBytes, inputs.request.canonicalBytes)
            let record = try DecisionRecord(canonical: bytes.0)
            let replayed = record.inputs(try Request(canonical: bytes.1))
            failures.check(replayed == inputs && replayed.map { PlainEngine.decide($0) } == verdict, "seed \(seed), case \(number)")
        }
        #expect(failures.isEmpty, "\(failures)")
        // With one action there is, none can go uncovered; and everybody here asks for his own grant.
        #expect(reasons == Set(Verdict.Reason.allCases).subtracting([.actionNotCovered, .notGrantee]))
    }

    /// A record whose verdict was exchanged is found out by deciding again.
    @Test func `a verdict that does not follow from its record shows`() throws {
        let subject = DecisionCase()
        for verdict in [.denied(.revoked), .allowed([0]), .allowed([0, 2]), .denied(.nothingToRelease)] as [Verdict] {
            let record = try DecisionRecord(canonical: DecisionRecord(subject.inputs, verdict: verdict).canonicalBytes)
            let inputs = try #require(record.inputs(subject.request))
            #expect(PlainEngine.decide(inputs) != record.verdict)
        }
    }

    @Test func `a record is about one request, to its last byte`() throws {
        let subject = DecisionCase()
        let record = DecisionRecord(subject.inputs, verdict: .denied(.over))
        #expect(record.inputs(subject.request) != nil)
        for other in [
            subject.changed { $0.purpose = .research }, subject.changed { $0.actor = "hillside" },
            subject.changed { $0.requested = "other" }, subject.changed { $0.filter = Filter.all.after(0) },
        ] {
            #expect(record.inputs(other.request) == nil)
        }
    }

    @Test func `a record has a bound on candidates, and names those it has`() throws {
        let most = (0..<UInt64(DecisionRecord.maximumRecords)).map { DecisionCase.record($0 & 0x7f) }
        let inputs = DecisionCase().changed { $0.records = most }.inputs
        let largest = DecisionRecord(inputs, verdict: .allowed(Array(most.indices)))
        #expect(try DecisionRecord(canonical: largest.canonicalBytes) == largest)
        let above = DecisionCase().changed { $0.records = most + [DecisionCase.record(1)] }.inputs
        #expect(throws: FormatError.tooLarge) {
            try DecisionRecord(canonical: DecisionRecord(above, verdict: .denied(.over)).canonicalBytes)
        }
        #expect(throws: FormatError.self) {
            try DecisionRecord(canonical: DecisionRecord(DecisionCase().inputs, verdict: .allowed([0, 1, 2, 3])).canonicalBytes)
        }
        #expect(throws: FormatError.notCanonical) {
            try DecisionRecord(canonical: DecisionRecord(DecisionCase().inputs, verdict: .allowed([])).canonicalBytes)
        }
    }
}
