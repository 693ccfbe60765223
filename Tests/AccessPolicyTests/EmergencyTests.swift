import AccessPolicy
import Cedar
import CryptoPrimitives
import MedicalRecords
import TestSupport
import Testing

/// An emergency over the whole road of a decision: the grant, the compiled consent, the policies that are built in.
@Suite struct EmergencyDecisions {
    private static let now: UInt32 = 20_778 * Minute.perDay + 600

    /// A desk's request under an emergency grant, in an emergency.
    private static func emergency() throws -> DecisionCase {
        try DecisionCase().changed {
            $0.purpose = .emergencyTreatment
            $0.purposes = [.emergencyTreatment]
            $0.extras = .emergencyOnly
            $0.isEmergencyDesk = true
            $0.named = 12
            $0.emergency = DecisionCase.emergency(until: now + 60)
            $0.policies = try Published.inForce()
        }
    }

    private func decided(_ change: (inout DecisionCase) throws -> Void) throws -> DecisionRecord {
        try Self.emergency().changed(change).decided
    }

    private func verdict(_ change: (inout DecisionCase) throws -> Void) throws -> Verdict { try decided(change).verdict }

    /// Which policies forbid.
    private func forbidden(_ change: (inout DecisionCase) throws -> Void) throws -> Set<String> {
        let record = try decided(change)
        guard record.verdict == .denied(.heldBack) else { return [] }
        return Set(record.rulings.flatMap(\.names))
    }

    @Test func `in an emergency the records of the grant are released, and have to be told of and reviewed`() throws {
        let record = try decided { _ in }
        #expect(record.released.map(\.record.position) == [1, 2, 3])
        #expect(record.released.allSatisfy { $0.obligations.contains(.review) && $0.obligations.contains(.notifyPatient) })
    }

    @Test func `an emergency grant opens nothing without an emergency`() throws {
        #expect(try verdict { ($0.named, $0.emergency) = (nil, nil) } == .denied(.emergencyNotInForce))
        // Nor where the request does not name the one that there is.
        #expect(try verdict { $0.named = nil } == .denied(.emergencyNotInForce))
        // Its permit says so too, for whoever asks the permit alone.
        let plain = try #require(PlainConsent(actions: [.read], purposes: [.emergencyTreatment], extras: .emergencyOnly))
        let scope = DecisionCase().scope
        let without = try #require(PlainConsent(actions: [.read], purposes: [.emergencyTreatment]))
        #expect(
            ConsentCompiler.compile(Consent(plain, category: 3), scope).hash
                != ConsentCompiler.compile(Consent(without, category: 3), scope).hash)
    }

    @Test func `an emergency that is none, another's, used or over is not in force, each as one refused decision`() throws {
        let others: [EmergencyFacts?] = [
            nil, DecisionCase.emergency("other", until: Self.now + 60),
            DecisionCase.emergency(by: "hillside", until: Self.now + 60),
            DecisionCase.emergency(until: Self.now + 60, isUsed: true), DecisionCase.emergency(until: Self.now),
            DecisionCase.emergency(until: 0),
        ]
        for other in others {
            let record = try decided { $0.emergency = other }
            #expect(record.verdict == .denied(.emergencyNotInForce) && record.records.isEmpty && record.rulings.isEmpty)
        }
        #expect(try verdict { $0.emergency = DecisionCase.emergency(until: Self.now + 1) } == .allowed)
    }

    @Test func `an ordinary grant is asked for in an emergency by the same rules`() throws {
        #expect(try verdict { $0.extras = [] } == .allowed)
        #expect(try verdict { ($0.extras, $0.isEmergencyDesk) = ([], false) } == .denied(.heldBack))
    }

    @Test func `each rule for breaking the glass forbids by itself`() throws {
        #expect(try forbidden { $0.isEmergencyDesk = false } == ["break-glass-role"])
        #expect(
            try forbidden { $0.emergency = DecisionCase.emergency(until: Self.now + 60, nature: "") } == ["break-glass-reason"])
        #expect(
            try forbidden { $0.emergency = DecisionCase.emergency(until: Self.now + 60, explanation: "") } == ["break-glass-reason"]
        )
        #expect(
            try forbidden {
                $0.purpose = .payment
                $0.purposes = [.payment]
            } == ["break-glass-purpose"])
    }

    @Test func `breaking the glass is a purpose of its own and no less bound`() throws {
        #expect(try verdict { ($0.purpose, $0.purposes) = (.breakGlass, [.breakGlass]) } == .allowed)
        #expect(try verdict { $0.purpose = .breakGlass } == .denied(.purposeNotCovered))
    }

    @Test func `what no labeller saw opens in an emergency`() throws {
        let unlabelled = DecisionCase.record(1, facts: DecisionCase.facts(isLabelled: false))
        #expect(try decided { $0.records = [unlabelled] }.verdict == .allowed)
        let ordinary = try DecisionCase().changed {
            $0.policies = try Published.inForce()
            $0.records = [unlabelled]
        }
        #expect(ordinary.decided.verdict == .denied(.heldBack))
    }

    @Test func `records of substance use need all that the law wants written down`() throws {
        let opioid = DecisionCase.record(1, facts: DecisionCase.facts(labels: ["OPIOIDUD"]))
        #expect(try verdict { $0.records = [opioid] } == .allowed)
        let until = Self.now + 60
        let gaps = [
            DecisionCase.emergency(until: until, recipient: ""), DecisionCase.emergency(until: until, facility: ""),
            DecisionCase.emergency(until: until, discloser: ""), DecisionCase.emergency(until: until, nature: ""),
        ]
        for gap in gaps {
            let ids = try forbidden { ($0.records, $0.emergency) = ([opioid], gap) }
            #expect(ids.contains("part2-emergency-record"))
        }
        // Others do not.
        #expect(try verdict { $0.emergency = gaps[0] } == .allowed)
    }

    @Test func `a counsellor's notes stay closed`() throws {
        let note = DecisionCase.record(1, facts: DecisionCase.facts(labels: ["SUD", "PSYTHPN"]))
        #expect(try forbidden { $0.records = [note] } == ["part2-counselling-notes"])
    }

    /// Without the patient's leave nobody opens anything, whatever has happened.
    @Test func `a restriction wins in an emergency too`() throws {
        for restriction in [
            DecisionCase.restriction("hide", .everything), DecisionCase.restriction("hide", .everything, from: "lakeside"),
        ] {
            let record = try decided { $0.others = [restriction] }
            #expect(record.verdict == .denied(.heldBack) && record.heldBackCount == 3)
        }
        let one = DecisionCase.restriction("hide", .record(DecisionCase.record(2).record))
        #expect(try decided { $0.others = [one] }.released.map(\.record.position) == [1, 3])
    }

    @Test func `where grants alone decide an emergency grant wants its emergency all the same`() throws {
        #expect(try verdict { $0.policies = nil } == .allowed)
        #expect(try verdict { ($0.policies, $0.named) = (nil, nil) } == .denied(.emergencyNotInForce))
    }

    @Test func `a revoked or missing grant is told as such, emergency or none`() throws {
        #expect(try verdict { $0.isRevoked = true } == .denied(.revoked))
        #expect(try verdict { $0.hasGrant = false } == .denied(.unknownGrant))
        #expect(try verdict { $0.isReleaseSigned = false } == .denied(.releaseNotSigned))
    }

    @Test func `the miss of an emergency grant that is asked without one is that there is no emergency`() throws {
        let inputs = try Self.emergency().changed { $0.named = nil }.inputs
        let miss = try #require(NearestMiss(inputs, DecisionCase.record(1)))
        #expect(miss.unmet == [.condition("it is an emergency")])
    }
}

@Suite struct EmergencyRequests {
    private let request = DecisionCase().changed { $0.named = 12 }.request

    @Test func `the emergency is part of the request, and of its hash`() throws {
        let bytes = request.canonicalBytes
        #expect(try AccessPolicy.Request(canonical: bytes) == request)
        #expect(try AccessPolicy.Request(canonical: bytes).emergency == 12)
        let others = [nil, 11, 13].map { leaf in DecisionCase().changed { $0.named = leaf }.request.canonicalBytes }
        #expect(Set(others + [bytes]).count == 4)
        for count in 0..<bytes.count {
            #expect(throws: FormatError.self) { try AccessPolicy.Request(canonical: Array(bytes.prefix(count))) }
        }
    }

    @Test func `reasons have names and words of their own`() {
        #expect(Set(EmergencyReason.allCases.map(\.id)).count == EmergencyReason.allCases.count)
        #expect(EmergencyReason.allCases.allSatisfy { EmergencyReason(id: $0.id) == $0 && !$0.words.isEmpty })
        #expect(EmergencyReason(rawValue: 0) == nil && EmergencyReason(id: "curious") == nil)
    }
}
