import AccessPolicy
import CryptoPrimitives
import MedicalRecords
import TestSupport
import Testing

/// A request that is allowed, and one change at a time that makes it denied.
struct DecisionCase {
    var now = Minute(20_778 * Minute.perDay + 600)
    var grant = "grant"
    var requested = "grant"
    var grantee = "lakeside"
    var actor = "lakeside"
    var purpose = PurposeOfUse.treatment
    var purposes: Set<PurposeOfUse> = [.treatment, .payment]
    var from: UInt32 = 20_778
    var until: UInt32 = 20_800
    var isRevoked = false
    var isReleaseSigned = true
    var hasGrant = true
    var consent: [UInt8]?
    var filter = Filter.all
    var records = (1...3 as ClosedRange<UInt64>).map { record($0) }

    static func record(_ position: UInt64, category: UInt16 = 3, isRetracted: Bool = false) -> CandidateFacts {
        CandidateFacts(
            commitment: SHA256.hash([UInt8(position)]), position: position, record: SHA256.hash([1, UInt8(position)]).value,
            category: category, isRetracted: isRetracted)
    }

    var request: Request {
        Request(
            origin: line("north.example"), grant: publicKey(requested), filter: filter, purpose: purpose, staff: line("Dr. Okafor"),
            actor: publicKey(actor), nonce: .zero)
    }

    var inputs: DecisionInputs {
        let bytes = consent ?? Consent(actions: [.read], purposes: purposes, category: 3)?.canonicalBytes ?? []
        let facts = GrantFacts(
            control: publicKey(grant), compartment: publicKey("ana/laboratory"), grantee: publicKey(grantee), consent: bytes,
            from: Day(from), until: Day(until), isRevoked: isRevoked, isReleaseSigned: isReleaseSigned)
        return DecisionInputs(
            now: now, requestHash: .labelled(.request, request.canonicalBytes), request: request, grant: hasGrant ? facts : nil,
            records: records)
    }

    func changed(_ change: (inout DecisionCase) -> Void) -> DecisionCase {
        var copy = self
        change(&copy)
        return copy
    }
}

@Suite struct PlainDecisions {
    private let allowed = DecisionCase()

    private func verdict(_ change: (inout DecisionCase) -> Void) -> Verdict {
        PlainEngine.decide(allowed.changed(change).inputs)
    }

    @Test func `a live grant that covers the request releases its records`() {
        #expect(verdict { _ in } == .allowed([0, 1, 2]))
        #expect(verdict { $0.purpose = .payment } == .allowed([0, 1, 2]))
    }

    @Test func `each thing that is not covered denies, and says which`() {
        #expect(verdict { $0.hasGrant = false } == .denied(.unknownGrant))
        #expect(verdict { $0.requested = "other" } == .denied(.unknownGrant))
        #expect(verdict { $0.isReleaseSigned = false } == .denied(.releaseNotSigned))
        #expect(verdict { $0.actor = "hillside" } == .denied(.notGrantee))
        #expect(verdict { $0.isRevoked = true } == .denied(.revoked))
        #expect(verdict { $0.purpose = .research } == .denied(.purposeNotCovered))
        #expect(verdict { $0.consent = [] } == .denied(.consentUnreadable))
        #expect(verdict { $0.consent = [0, 3, 9, 1, 0, 2, 0] } == .denied(.consentUnreadable))
        #expect(verdict { $0.records = [] } == .denied(.nothingToRelease))
    }

    @Test func `the window is half-open, by days in UTC`() {
        func at(day: UInt32, minute: UInt32) -> Verdict { verdict { $0.now = Minute(day * Minute.perDay + minute) } }
        #expect(at(day: 20_777, minute: 1_439) == .denied(.notYet))
        #expect(at(day: 20_778, minute: 0) == .allowed([0, 1, 2]))
        #expect(at(day: 20_799, minute: 1_439) == .allowed([0, 1, 2]))
        #expect(at(day: 20_800, minute: 0) == .denied(.over))
    }

    @Test func `records of another category, retracted ones and those not asked for stay`() {
        #expect(verdict { $0.records[1] = DecisionCase.record(2, category: 5) } == .allowed([0, 2]))
        #expect(verdict { $0.records[0] = DecisionCase.record(1, isRetracted: true) } == .allowed([1, 2]))
        #expect(verdict { $0.filter = Filter.all.after(2) } == .allowed([2]))
        #expect(verdict { $0.filter = Filter(records: [DecisionCase.record(2).record], after: nil) ?? .all } == .allowed([1]))
        #expect(verdict { $0.filter = Filter(records: [.zero], after: nil) ?? .all } == .denied(.nothingToRelease))
    }

    /// Adding anything to the request's side never turns a denial into a release.
    @Test func `no single change of a denied request releases more than the consent covers`() {
        var generator = SeededGenerator(seed: 4)
        var failures = Failures()
        for _ in 0..<2_000 {
            let subject = allowed.changed { subject in
                subject.purpose = PurposeOfUse.allCases.randomElement(using: &generator) ?? .treatment
                subject.purposes = Set(PurposeOfUse.allCases.filter { _ in Bool.random(using: &generator) })
                subject.isRevoked = Bool.random(using: &generator)
                subject.isReleaseSigned = Bool.random(using: &generator)
                subject.from = UInt32.random(in: 20_770...20_785, using: &generator)
                subject.until = UInt32.random(in: 20_770...20_785, using: &generator)
                subject.actor = ["lakeside", "hillside"].randomElement(using: &generator) ?? ""
                subject.records = (1...5).map { DecisionCase.record($0, category: UInt16.random(in: 2...4, using: &generator)) }
            }
            guard case .allowed(let released) = PlainEngine.decide(subject.inputs) else { continue }
            let isCovered =
                subject.purposes.contains(subject.purpose) && !subject.isRevoked && subject.isReleaseSigned
                && (subject.from..<max(subject.from, subject.until)).contains(20_778) && subject.actor == "lakeside"
                && released.allSatisfy { subject.records[$0].category == 3 }
            failures.check(isCovered, "\(subject)")
        }
        #expect(failures.isEmpty && failures.caseCount > 20, "\(failures)")
    }
}

@Suite struct PolicyFormats {
    private func check<Value: CanonicalCodable & Equatable>(_ value: Value) throws {
        let bytes = value.canonicalBytes
        #expect(try Value(canonical: bytes) == value)
        #expect(throws: FormatError.self) { try Value(canonical: bytes + [0]) }
        for count in 0..<bytes.count { #expect(throws: FormatError.self) { try Value(canonical: Array(bytes.prefix(count))) } }
    }

    @Test func `requests, consents and decision records come back, and cut ones do not`() throws {
        let subject = DecisionCase().changed {
            $0.filter = Filter(records: [.zero, DecisionCase.record(1).record], after: 9) ?? .all
        }
        try check(subject.request)
        try check(try #require(Consent(actions: [.read], purposes: [.treatment, .research], category: 3)))
        try check(DecisionRecord(subject.inputs, verdict: PlainEngine.decide(subject.inputs)))
        try check(DecisionRecord(subject.inputs, verdict: .denied(.revoked)))
        try check(DecisionRecord(subject.changed { $0.hasGrant = false }.inputs, verdict: .denied(.unknownGrant)))
    }

    /// The bytes of docs/formats.md, section 4.4.
    @Test func `a consent has the bytes the document gives it`() throws {
        let consent = try #require(Consent(actions: [.read], purposes: [.treatment], category: 3))
        #expect(consent.canonicalBytes == [0, 3, 1, 1, 0, 2, 0])
    }

    @Test(
        arguments: [
            [0, 3, 9, 1, 0, 2, 0], [0, 3, 1, 0, 0, 2, 0], [0, 3, 1, 1, 0, 0, 0], [0, 3, 1, 3, 0, 2, 0], [0, 3, 1, 1, 0x80, 2, 0],
            [0, 3, 1, 1, 0, 3, 0],
        ] as [[UInt8]]) func `a consent with bits that mean nothing, or that allows nothing, is none`(bytes: [UInt8])
    {
        #expect(throws: FormatError.unknownTag) { try Consent(canonical: bytes) }
    }

    @Test func `a verdict names records that are there, once and in order`() throws {
        let subject = DecisionCase().inputs
        let good = DecisionRecord(subject, verdict: .allowed([0, 2])).canonicalBytes
        for (first, second) in [(0, 3), (2, 0), (1, 1), (0, 255)] as [(UInt8, UInt8)] {
            var bytes = good
            bytes[bytes.count - 3] = first
            bytes[bytes.count - 1] = second
            #expect(throws: FormatError.notCanonical) { try DecisionRecord(canonical: bytes) }
        }
    }

    @Test func `a decision is made again from its record and its request, and from no other request`() throws {
        let subject = DecisionCase()
        let record = DecisionRecord(subject.inputs, verdict: PlainEngine.decide(subject.inputs))
        let inputs = try #require(record.inputs(subject.request))
        #expect(PlainEngine.decide(inputs) == record.verdict)
        #expect(record.released.count == 3)
        #expect(record.inputs(subject.changed { $0.purpose = .payment }.request) == nil)
    }
}
