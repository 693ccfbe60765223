import CryptoPrimitives
import MedicalRecords
import SharingContract
import TestSupport
import Testing

@testable import GatewayClient

/// Requests, claims and words from people who mean no good.
@Suite struct HostileProofTests {
    @Test func `a schema is named by its bytes, and by no other word for it`() throws {
        for name in ["patient", "PATIENT", "Patien", "person", " Patient"] {
            var writer = CanonicalWriter()
            writer.text(line(name))
            writer.integer(1 as UInt16)
            var reader = CanonicalReader(writer.bytes)
            #expect(throws: FormatError.unknownTag) { _ = try reader.claimsSchema() }
        }
    }

    @Test func `a number out of range is no claim, the smallest of all included`() throws {
        let number = try #require(ClaimsSchema.all.flatMap(\.fields).first { $0.kind == .number })
        let bound = Int64(1) << 62
        for steps in [Int64.min, -bound, bound, .max] { #expect(!ClaimValue.number(steps).fits(number), "\(steps)") }
        for steps in [1 - bound, 0, bound - 1] { #expect(ClaimValue.number(steps).fits(number), "\(steps)") }
    }

    @Test func `bounds at the ends of what can be written are refused or read`() throws {
        let schema = try #require(ClaimsSchema.named("Observation"))
        let asked = [ProofRequest.Asked](repeating: .init(schema: schema, shown: []), count: 2)
        let ends: [Int64] = [.min, .min + 1, -1 << 62, 0, 1 << 62, .max]
        for field in schema.fields.indices {
            let places = (0..<2).map { ProofCondition.Field(record: $0, field: UInt8(field)) }
            for (low, high) in ends.flatMap({ low in ends.map { (low, $0) } }) {
                let conditions: [ProofCondition] = [
                    .range(places[0], low: low, high: high), .difference(places[0], places[1], low: low, high: high),
                ]
                for condition in conditions where condition.isMeaningful(for: asked) {
                    let request = request(asked, [condition])
                    #expect(!request.words(condition).isEmpty)
                    #expect(throws: Never.self) { try request.requireProvable() }
                }
            }
        }
    }

    @Test func `to tell whether claims can still be shown, which takes long, is asked once and only of those that answer`() throws {
        let schema = try #require(ClaimsSchema.named("Immunization"))
        let date = UInt8(try #require(schema.field(named: "date given")).index)
        let held = try (0..<200).map { try claims(schema, date: UInt16($0), field: date, number: $0) }
        let fields = (0..<8).map { ProofCondition.Field(record: $0, field: date) }
        // What the first five are asked cannot be of all of them, which only the last tells.
        let conditions = fields[..<7].map { ProofCondition.range($0, low: 10, high: 20) } + [.same(fields[6], fields[7])]
        let request = request([ProofRequest.Asked](repeating: .init(schema: schema, shown: []), count: 8), conditions)
        var count = 0
        let chosen = try request.choice(from: [[HeldClaims]](repeating: held, count: 8)) { claims throws(ClientError) in
            count += 1
            return true
        }
        #expect(chosen == nil)
        #expect(count <= 11)
    }

    @Test func `claims that cannot be shown any more make room for others`() throws {
        let schema = try #require(ClaimsSchema.named("Immunization"))
        let date = UInt8(try #require(schema.field(named: "date given")).index)
        let held = try (0..<4).map { try claims(schema, date: UInt16($0), field: date, number: $0) }
        let request = request(
            [ProofRequest.Asked](repeating: .init(schema: schema, shown: []), count: 2),
            [.differ(.init(record: 0, field: date), .init(record: 1, field: date))])
        let chosen = try request.choice(from: [held, held]) { claims throws(ClientError) in claims.position > 1 }
        #expect(chosen?.map(\.position) == [2, 3])
        #expect(try request.choice(from: [held, held]) { claims throws(ClientError) in claims.position > 2 } == nil)
    }

    @Test func `who types more than a request holds is told so`() throws {
        var words = ProofWords()
        for _ in 0..<ProofRequest.maximumConditions { try words.prove("patient: gender is not male") }
        #expect(throws: ProofWordsError.tooMany) { try words.prove("patient: gender is not male") }
    }

    @Test func `a measurement by its name is of its codes and in its unit, and the codes are not shown where there are several`()
        throws
    {
        for (name, codes, shown) in [("HbA1c", 2, ["status", "unit"]), ("hemoglobin", 1, ["status", "code", "unit"])] {
            var words = ProofWords()
            try words.prove("result: \(name) below 7.0")
            try words.prove("result: \(name) between 1 and 6")
            #expect(words.conditions.count == 4)
            let asked = words.asked
            #expect(asked[0].allShown.map { asked[0].schema.fields[Int($0)].name } == shown)
            if case .member(_, let values) = words.conditions[0] { #expect(values.count == codes) } else { #expect(codes == 1) }
            #expect(throws: Never.self) { try request(asked, words.conditions).requireProvable() }
        }
        var words = ProofWords()
        #expect(throws: ProofWordsError.unknownField("HbA1c", kind: "Patient")) { try words.prove("patient: HbA1c below 7.0") }
        #expect(throws: ProofWordsError.unknownField("blood sugar", kind: "Observation")) {
            try words.prove("result: blood sugar below 7.0")
        }
    }

    @Test func `an age on no day, and one that nobody has, are refused with the reason`() throws {
        var words = ProofWords()
        for day in ["yesterday", "2026-11", "2026-11-31"] {
            #expect(throws: ProofWordsError.value(.notADate, day)) { try words.prove("patient: 18 or older on \(day)") }
        }
        for age in ["200 or older on 2026-11-21", "under 0 on 2026-11-21", "under 18 on 1890-01-01"] {
            #expect(throws: ProofWordsError.nothingLeft(age)) { try words.prove("patient: \(age)") }
        }
        try words.prove("patient: under 18 on 2026-11-21")
        try words.prove("patient: younger than 18 on 2026-11-21")
        #expect(words.conditions.count == 2 && words.conditions[0] == words.conditions[1])
    }

    private func claims(_ schema: ClaimsSchema, date: UInt16, field: UInt8, number: Int) throws -> HeldClaims {
        var values = [ClaimValue](repeating: .absent, count: schema.fields.count)
        values[Int(field)] = .date(date)
        let signature = key("hillside").sign(Array("\(number)".utf8))
        let set = ClaimSet(
            schema: schema, reference: line("Immunization/\(number)"), values: values,
            validity: Validity(from: Day(1), last: Day(2)),
            copies: [.init(blinding: .zero, signature: signature)])
        return HeldClaims(
            set: set, category: 3, issuer: publicKey("hillside"), record: Descriptor.RecordID(SHA256.hash([1]).value), version: 1,
            position: UInt64(number))
    }

    private func request(_ asked: [ProofRequest.Asked], _ conditions: [ProofCondition]) -> ProofRequest {
        ProofRequest(
            pin: PaperFormats.pin, name: line("School"), purpose: line("admission"), made: Minute(1), until: Minute(2),
            asked: asked, conditions: conditions, signingWith: key("lakeside"))
    }
}
