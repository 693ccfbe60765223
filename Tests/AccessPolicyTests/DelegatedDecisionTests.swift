import AccessPolicy
import Cedar
import CryptoPrimitives
import MedicalRecords
import TestSupport
import Testing

/// A grant that a delegate made: the delegation is the most that it gives.
@Suite struct DelegatedDecisions {
    private func decided(
        _ change: (inout DecisionCase) -> Void = { _ in }, under delegation: (inout DecisionCase) -> Void = { _ in }
    ) -> DecisionRecord {
        DecisionCase().changed {
            $0.authority = "delegation"
            $0.authorities = [DecisionCase.authority(delegation)]
            change(&$0)
        }.decided
    }

    @Test func `within the delegation it releases, and the record names both`() {
        let record = decided()
        #expect(record.released.map(\.record.position) == [1, 2, 3])
        #expect(record.authorities.map(\.control) == [publicKey("delegation")])
        let permits = ["delegation", "grant"].map { "\(publicKey($0))/permit" }.sorted()
        #expect(record.rulings.map { $0.reasons.map(\.text) } == [permits])
    }

    @Test func `a grant that gives more than its delegation gives none of that`() {
        #expect(
            decided {
                $0.purposes = [.research]; $0.purpose = .research
            }.verdict == .denied(.beyondAuthority))
        #expect(decided({ $0.purpose = .payment }, under: { $0.purposes = [.treatment] }).verdict == .denied(.beyondAuthority))
        #expect(decided({ $0.purpose = .payment }).verdict == .allowed)
        // A delegation for records of another kind lets nothing of these be given.
        let imaging = PlainConsent(actions: [.read], purposes: [.treatment]).map { Consent($0, category: 4).canonicalBytes }
        let other = decided(under: { $0.consent = imaging })
        #expect(other.verdict == .denied(.heldBack) && other.rulings.allSatisfy { $0.reasons.isEmpty })
    }

    @Test func `when the delegation is over, not begun or revoked, nothing is released under it any more`() {
        func verdict(_ delegation: (inout DecisionCase) -> Void) -> Verdict { decided(under: delegation).verdict }
        #expect(verdict { $0.isRevoked = true } == .denied(.authorityRevoked))
        #expect(verdict { $0.until = 20_778 } == .denied(.authorityOver))
        #expect(verdict { $0.from = 20_779 } == .denied(.authorityOver))
        #expect(verdict { $0.until = 20_779 } == .allowed)
        let midnight = Minute(20_779 * Minute.perDay)
        #expect(decided({ $0.now = midnight }, under: { $0.until = 20_779 }).verdict == .denied(.authorityOver))
        #expect(
            decided({ $0.now = Minute(midnight.number - 1) }, under: { $0.until = 20_779 }).verdict == .allowed)
    }

    @Test func `a chain that is not the grant's own decides nothing`() {
        func verdict(_ change: (inout DecisionCase) -> Void) -> Verdict { decided(change).verdict }
        #expect(verdict { $0.authorities = [] } == .denied(.authorityUnknown))
        #expect(verdict { $0.authority = nil } == .denied(.authorityUnknown))
        #expect(verdict { $0.authority = "another" } == .denied(.authorityUnknown))
        #expect(verdict { $0.authorities += [DecisionCase.authority()] } == .denied(.authorityUnknown))
        #expect(verdict { $0.authorities = [DecisionCase.authority { $0.holder = .reader }] } == .denied(.authorityUnknown))
        let elsewhere = OtherCompartment.authority
        #expect(verdict { $0.authorities = [elsewhere] } == .denied(.authorityUnknown))
    }

    @Test func `a delegation that compiles to something else, or cannot be read, gives nothing`() {
        func verdict(_ delegation: (inout DecisionCase) -> Void) -> Verdict { decided(under: delegation).verdict }
        #expect(verdict { $0.compilation = Hash(.zero) } == .denied(.compilationDiffers))
        #expect(verdict { $0.consent = [] } == .denied(.consentUnreadable))
        #expect(verdict { $0.consent = Consent(Restriction(.everything), category: 3).canonicalBytes } == .denied(.permitsNothing))
        let swapped = DecisionCase.authority()
        let other = Authority(swapped.grant, consent: [0, 3, 1, 1, 0xff, 0xfe, 0])
        #expect(decided { $0.authorities = [other] }.verdict == .denied(.consentUnreadable))
    }

    /// Bea had hers from Ana, and passed it on to Cara.
    @Test func `each delegation of a chain has to allow it`() {
        func decided(_ above: (inout DecisionCase) -> Void) -> DecisionRecord {
            DecisionCase().changed {
                $0.authority = "delegation"
                $0.authorities = [
                    DecisionCase.authority { $0.authority = "above" },
                    DecisionCase.authority {
                        ($0.grant, $0.grantee) = ("above", "above/release")
                        above(&$0)
                    },
                ]
            }.decided
        }
        #expect(decided { _ in }.released.count == 3)
        #expect(decided { _ in }.authorities.map(\.control) == [publicKey("delegation"), publicKey("above")])
        #expect(decided { $0.isRevoked = true }.verdict == .denied(.authorityRevoked))
        #expect(decided { $0.until = 20_778 }.verdict == .denied(.authorityOver))
        #expect(decided { $0.purposes = [.payment] }.verdict == .denied(.beyondAuthority))
        #expect(decided { $0.authority = "still above" }.verdict == .denied(.authorityUnknown))
    }

    @Test func `what a delegation names counts only if the grant names it too, and the other way round`() throws {
        let policies = try Published.inForce()
        func released(_ grant: PlainConsent.Extras, _ delegation: PlainConsent.Extras) -> Int {
            decided(
                {
                    $0.policies = policies
                    $0.extras = grant
                    $0.records = [DecisionCase.record(1, facts: DecisionCase.facts(labels: ["SUD", "PSYTHPN", "R"]))]
                }, under: { $0.extras = delegation }
            ).released.count
        }
        #expect(released([], .counsellingNotes) == 0)
        #expect(released(.counsellingNotes, []) == 0)
        #expect(released(.counsellingNotes, .unlabelled) == 0)
    }

    /// As docs/consent.md shows it.
    private static func fhir(_ provision: String) -> [UInt8] {
        let scope =
            #""scope":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/consentscope","code":"patient-privacy"}]}"#
        let text = #"{"resourceType":"Consent","status":"active",\#(scope),"provision":\#(provision)}"#
        return Consent(fhir: Array(text.utf8), category: 3)?.canonicalBytes ?? []
    }

    @Test func `a delegation in FHIR asks its permit with the reader in the holder's place, and its denials count`() {
        let purpose = #"[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActReason","code":"TREAT"}]"#
        let label = #"[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"HIV"}]"#
        let some = Self.fhir(
            #"{"type":"permit","purpose":\#(purpose),"provision":[{"type":"deny","securityLabel":\#(label)}]}"#)
        func released(_ consent: [UInt8], _ change: (inout DecisionCase) -> Void = { _ in }) -> [UInt64] {
            decided(
                {
                    $0.records[1] = DecisionCase.record(2, facts: DecisionCase.facts(labels: ["HIV"]))
                    change(&$0)
                }, under: { $0.consent = consent }
            ).released.map(\.record.position)
        }
        #expect(released(some) == [1, 3])
        #expect(released(some) { $0.purpose = .payment } == [])
        func naming(_ clinic: String) -> [UInt8] {
            let reference = #"{"reference":"Organization/\#(publicKey(clinic))"}"#
            let role = #"{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ParticipationType","code":"IRCP"}]}"#
            return Self.fhir(#"{"type":"permit","actor":[{"role":\#(role),"reference":\#(reference)}],"purpose":\#(purpose)}"#)
        }
        #expect(released(naming("lakeside")) == [1, 2, 3])
        #expect(released(naming("hillside")) == [])
        #expect(released(Self.fhir(#"{"type":"deny"}"#)) == [])
    }

    @Test func `a restriction still wins, and the delegate reads for himself by the delegation alone`() {
        #expect(decided { $0.others = [DecisionCase.restriction("hide", .everything)] }.verdict == .denied(.heldBack))
        let own = DecisionCase().changed {
            ($0.grantee, $0.actor, $0.holder) = ("grant/release", "grant/release", .delegate)
        }
        #expect(own.released == [1, 2, 3])
        #expect(own.changed { $0.actor = "lakeside" }.decided.verdict == .denied(.notGrantee))
    }

    private enum OtherCompartment {
        static var authority: Authority {
            let good = DecisionCase.authority()
            let scope = ConsentScope(
                control: good.grant.control, compartment: publicKey("ana/general"), grantee: good.grant.grantee,
                from: good.grant.from, until: good.grant.until, holder: .delegate)
            let facts = GrantFacts(
                scope, consent: good.consent, compilation: ConsentCompiler.compile(good.consent, scope).hash, isRevoked: false,
                isReleaseSigned: false)
            return Authority(facts, consent: good.consent)
        }
    }
}

/// A guardian is a principal of its own: the law has its word.
@Suite struct GuardianDecisions {
    private let plain = DecisionCase.record(1)
    private let minorsOwn = DecisionCase.record(2, facts: DecisionCase.facts(labels: ["MINOROWN", "R"]))

    private func reading(_ change: (inout DecisionCase) throws -> Void = { _ in }) throws -> DecisionRecord {
        try DecisionCase().changed {
            ($0.grantee, $0.actor, $0.holder) = ("grant/release", "grant/release", .guardian)
            $0.policies = try Published.inForce()
            $0.records = [plain, minorsOwn]
            try change(&$0)
        }.decided
    }

    private func granting(
        _ change: (inout DecisionCase) -> Void = { _ in }, _ holder: ConsentScope.Holder = .guardian
    ) throws -> DecisionRecord {
        try DecisionCase().changed {
            $0.policies = try Published.inForce()
            $0.authority = "delegation"
            $0.authorities = [DecisionCase.authority { $0.holder = holder }]
            $0.records = [plain, minorsOwn]
            change(&$0)
        }.decided
    }

    @Test func `a guardian does not see what the minor consented to alone`() throws {
        let record = try reading()
        #expect(record.released.map(\.record.position) == [1])
        #expect(record.heldBack.map { $0.ruling.reasons.map(\.text) } == [["minors-own-consent"]])
    }

    @Test func `nor does anybody to whom the guardian grants, while others do`() throws {
        let record = try granting()
        #expect(record.released.map(\.record.position) == [1])
        #expect(record.heldBack.map { $0.ruling.reasons.map(\.text) } == [["minors-own-consent"]])
        #expect(try granting({ _ in }, .delegate).released.count == 2)
    }

    @Test func `a guardianship ends by its date alone`() throws {
        let (until, day) = (20_800 as UInt32, Minute.perDay)
        #expect(try reading { $0.now = Minute(until * day - 1) }.released.count == 1)
        #expect(try reading { $0.now = Minute(until * day) }.verdict == .denied(.over))
        #expect(
            try granting {
                $0.now = Minute(until * day - 1); $0.until = 20_900
            }.released.count == 1)
        #expect(
            try granting {
                $0.now = Minute(until * day); $0.until = 20_900
            }.verdict == .denied(.authorityOver))
    }

    @Test func `a guardian's permit is a guardian's, and no organisation of the same key has it`() throws {
        let scope = try #require(try reading().grant).scope
        let compiled = ConsentCompiler.compile(DecisionCase().consentBytes, scope)
        #expect(compiled.permit?.body.principal == .equal(.uid(.guardian(publicKey("grant/release")))))
        let reader = DecisionCase().changed { ($0.grantee, $0.actor) = ("grant/release", "grant/release") }
        #expect(compiled.hash != ConsentCompiler.compile(reader.consentBytes, reader.scope).hash)
        #expect(
            try reading { $0.compilation = ConsentCompiler.compile(reader.consentBytes, reader.scope).hash }.verdict
                == .denied(.compilationDiffers))
    }
}

/// The bytes.
@Suite struct DelegatedDecisionFormat {
    @Test func `facts of a grant in another form are none`() throws {
        let facts = try #require(DecisionCase().changed { $0.authority = "delegation" }.inputs.grant)
        let bytes = facts.canonicalBytes
        #expect(try bytes.count == GrantFacts.maximumSize && GrantFacts(canonical: bytes) == facts)
        // Holder, and whether there is an authority.
        for (offset, byte) in [(170, 3), (170, 255), (171, 2), (171, 0)] as [(Int, UInt8)] {
            var changed = bytes
            changed[offset] = byte
            #expect((try? GrantFacts(canonical: changed)) == nil, "\(offset) \(byte)")
        }
        #expect((try? GrantFacts(canonical: Array(bytes.dropLast()))) == nil && (try? GrantFacts(canonical: bytes + [0])) == nil)
    }

    @Test func `a record names two delegations at the most`() throws {
        func record(_ count: Int) -> DecisionRecord {
            DecisionCase().changed { $0.authorities = (0..<count).map { _ in DecisionCase.authority() } }.decided
        }
        for count in 0...2 {
            let made = record(count)
            #expect(try DecisionRecord(canonical: made.canonicalBytes) == made)
        }
        #expect(throws: FormatError.self) { try DecisionRecord(canonical: record(3).canonicalBytes) }
    }
}
