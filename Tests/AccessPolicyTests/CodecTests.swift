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
        let hidden = try Self.withAllParts()
        expectCanonical(
            subject.request, subject.filter, Filter.all, try #require(subject.inputs.grant), subject.decided, hidden,
            try #require(hidden.others.first), try #require(hidden.records.first), subject.changed { $0.hasGrant = false }.decided)
        for ruling in hidden.rulings { expectCanonical(ruling) }
        expectCanonical(
            Consent(Restriction(.everything), category: 3), Consent(Restriction(.label(line("SUD"))), category: 3),
            Consent(Restriction(.record(.zero), from: publicKey("lakeside")), category: 3),
            try #require(Consent(fhir: Array("{}".utf8), category: 3)))
    }

    /// Released, held back by policy and by restriction, obliged.
    static func withAllParts() throws -> DecisionRecord {
        let policies = try Published.inForce()
        return DecisionCase().changed {
            $0.policies = policies
            $0.others = [DecisionCase.restriction("hide", .label(line("HIV"))), DecisionCase.restriction("all", .record(.zero))]
            $0.records = [["HIV"], ["SUD"], [], ["SUD", "PSYTHPN"]].enumerated().map { number, labels in
                DecisionCase.record(UInt64(number), facts: DecisionCase.facts(labels: labels))
            }
        }.decided
    }

    @Test func `a decision record copies no facts of a record`() throws {
        let facts = DecisionCase.facts(labels: ["HIV"])
        let bytes = DecisionCase().changed { $0.records = [DecisionCase.record(1, facts: facts)] }.decided.canonicalBytes
        for word in ["laboratory", "HIV", "Observation", "fhir"] { #expect(!bytes.contains(Array(word.utf8))) }
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

    @Test(arguments: [0, 19, 255] as [UInt8]) func `a reason without a name is refused`(reason: UInt8) {
        var bytes = DecisionCase().changed { $0.isRevoked = true }.decided.canonicalBytes
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

/// What a record of a decision cannot be.
@Suite struct DecisionRecordFormat {
    private func refused(_ bytes: [UInt8]) -> Bool { (try? DecisionRecord(canonical: bytes)) == nil }

    @Test func `cut or prolonged it is none`() throws {
        let bytes = try DecisionFormats.withAllParts().canonicalBytes
        #expect(!refused(bytes))
        for count in 0..<bytes.count where !refused(Array(bytes.prefix(count))) { Issue.record("\(count) bytes are one") }
        #expect(refused(bytes + [0]))
    }

    /// The five from the last rulings' list on.
    @Test func `rulings stand in the order of their use, each once, and all are used`() throws {
        let record = try DecisionFormats.withAllParts()
        #expect(record.rulings.count == 4 && record.records.map(\.ruling) == [0, 1, 2, 3])
        func written(_ rulings: [Ruling], _ numbers: [Int]) -> [UInt8] {
            var writer = CanonicalWriter()
            writer.integer(2 as UInt8)
            writer.text(record.engine)
            writer.minute(record.now)
            writer.flag(false)
            writer.value(record.requestHash)
            writer.flag(false)
            writer.integer(0 as UInt8)
            writer.integer(0 as UInt16)
            writer.list(rulings, length: UInt16.self) { $0.value($1) }
            writer.list(Array(numbers.enumerated()), length: UInt16.self) { writer, item in
                writer.value(RuledRecord(commitment: .init(.zero), position: UInt64(item.offset), ruling: item.element))
            }
            writer.integer(0 as UInt32)
            writer.flag(true)
            return writer.bytes
        }
        let two = Array(record.rulings.prefix(2))
        #expect(!refused(written(two, [0, 1, 0])) && !refused(written([], [])))
        for (rulings, numbers) in [
            (two, [1, 0]), (two, [0]), (two, [0, 2]), ([two[0], two[0]], [0, 1]), ([], [0]), (two, []),
        ] { #expect(refused(written(rulings, numbers)), "\(numbers)") }
    }

    @Test func `another version is refused`() {
        var bytes = DecisionCase().decided.canonicalBytes
        for version in [0, 1, 3, 255] as [UInt8] {
            bytes[0] = version
            #expect(throws: FormatError.unknownTag) { try DecisionRecord(canonical: bytes) }
        }
    }
}

extension [UInt8] {
    fileprivate func contains(_ word: [UInt8]) -> Bool {
        indices.contains { self[$0...].starts(with: word) }
    }
}
