import AccessPolicy
import Cedar
import CryptoPrimitives
import MedicalRecords
import TestSupport
import Testing

/// What the grant says by itself.
@Suite struct GrantDecisions {
    private func verdict(_ change: (inout DecisionCase) -> Void) -> Verdict { DecisionCase().changed(change).decided.verdict }

    private func released(_ change: (inout DecisionCase) -> Void) -> [UInt64] { DecisionCase().changed(change).released }

    @Test func `a live grant that covers the request releases its records`() {
        #expect(released { _ in } == [1, 2, 3])
        #expect(released { $0.purpose = .payment } == [1, 2, 3])
    }

    @Test func `each thing that is not covered denies, and says which`() throws {
        #expect(verdict { $0.hasGrant = false } == .denied(.unknownGrant))
        #expect(verdict { $0.requested = "other" } == .denied(.unknownGrant))
        #expect(verdict { $0.isReleaseSigned = false } == .denied(.releaseNotSigned))
        #expect(verdict { $0.actor = "hillside" } == .denied(.notGrantee))
        #expect(verdict { $0.isRevoked = true } == .denied(.revoked))
        #expect(verdict { $0.purpose = .research } == .denied(.purposeNotCovered))
        #expect(verdict { $0.consent = [] } == .denied(.consentUnreadable))
        #expect(verdict { $0.consent = [0, 3, 9, 1, 0, 2, 0] } == .denied(.consentUnreadable))
        #expect(verdict { $0.consent = [0, 99, 1, 1, 0, 2, 0] } == .denied(.consentUnreadable))
        #expect(verdict { $0.compilation = Hash(.zero) } == .denied(.compilationDiffers))
        #expect(verdict { $0.consent = Consent(Restriction(.everything), category: 3).canonicalBytes } == .denied(.permitsNothing))
        let notComputable = try #require(Consent(fhir: Array("{}".utf8), category: 3)).canonicalBytes
        #expect(verdict { $0.consent = notComputable } == .denied(.consentUnreadable))
        #expect(verdict { $0.records = [] } == .denied(.nothingToRelease))
    }

    /// In HL7's tree emergency treatment lies below treatment. The patient read "treatment".
    @Test func `a plain consent covers the purposes it names and none below them`() {
        for purpose in [PurposeOfUse.emergencyTreatment, .breakGlass, .coordination] {
            #expect(verdict { $0.purpose = purpose } == .denied(.purposeNotCovered))
        }
    }

    @Test func `the window is half-open, by days in UTC`() {
        func at(day: UInt32, minute: UInt32) -> Verdict { verdict { $0.now = Minute(day * Minute.perDay + minute) } }
        #expect(at(day: 20_777, minute: 1_439) == .denied(.notYet))
        #expect(at(day: 20_778, minute: 0) == .allowed)
        #expect(at(day: 20_799, minute: 1_439) == .allowed)
        #expect(at(day: 20_800, minute: 0) == .denied(.over))
    }

    @Test func `records of another category, retracted ones and those not asked for stay, and are not even named`() {
        let imaging = DecisionCase.facts(category: .imaging)
        #expect(released { $0.records[1] = DecisionCase.record(2, facts: imaging) } == [1, 3])
        #expect(released { $0.records[0] = DecisionCase.record(1, isRetracted: true) } == [2, 3])
        #expect(released { $0.filter = Filter.all.after(2) } == [3])
        #expect(released { $0.filter = Filter(records: [DecisionCase.record(2).record], after: nil) ?? .all } == [2])
        let none = DecisionCase().changed { $0.filter = Filter(records: [.zero], after: nil) ?? .all }.decided
        #expect(none.verdict == .denied(.nothingToRelease) && none.records.isEmpty)
    }

    @Test func `a record whose facts cannot be read is held back`() {
        let decided = DecisionCase().changed { $0.records[1] = DecisionCase.record(2, facts: [9]) }.decided
        #expect(decided.released.map(\.record.position) == [1, 3])
        #expect(decided.heldBack.map(\.ruling) == [.denied])
    }

    /// Adding anything to the request's side never turns a denial into a release.
    @Test func `no single change of a denied request releases more than the consent covers`() {
        var generator = SeededGenerator(seed: 4)
        var failures = Failures()
        for _ in 0..<2_000 {
            let categories: [MedicalRecords.Category] = (0..<5).map { _ in
                [.medication, .laboratory, .imaging].randomElement(using: &generator) ?? .general
            }
            let subject = DecisionCase().changed { subject in
                subject.purpose = PurposeOfUse.allCases.randomElement(using: &generator) ?? .treatment
                subject.purposes = Set(PurposeOfUse.allCases.filter { _ in Bool.random(using: &generator) })
                subject.isRevoked = Bool.random(using: &generator)
                subject.isReleaseSigned = Bool.random(using: &generator)
                subject.from = UInt32.random(in: 20_770...20_785, using: &generator)
                subject.until = UInt32.random(in: 20_770...20_785, using: &generator)
                subject.actor = ["lakeside", "hillside"].randomElement(using: &generator) ?? ""
                subject.records = categories.enumerated().map { number, category in
                    DecisionCase.record(UInt64(number), facts: DecisionCase.facts(category: category))
                }
            }
            guard subject.decided.verdict == .allowed else { continue }
            let isCovered =
                subject.purposes.contains(subject.purpose) && !subject.isRevoked && subject.isReleaseSigned
                && (subject.from..<max(subject.from, subject.until)).contains(20_778) && subject.actor == "lakeside"
                && subject.released.allSatisfy { categories[Int($0)] == .laboratory }
            failures.check(isCovered, "\(subject)")
        }
        #expect(failures.isEmpty && failures.caseCount > 20, "\(failures)")
    }
}

/// What other consents and published policies take from it.
@Suite struct HeldBackDecisions {
    private let mentalHealth = DecisionCase.record(2, facts: DecisionCase.facts(labels: ["PSY"]))

    private func decided(_ restrictions: OtherConsent...) -> DecisionRecord {
        DecisionCase().changed {
            $0.records[1] = mentalHealth
            $0.others = restrictions
        }.decided
    }

    @Test func `a restriction wins over a live grant`() {
        let all = decided(DecisionCase.restriction("hide", .everything))
        #expect(all.verdict == .denied(.heldBack) && all.heldBackCount == 3)
        #expect(all.rulings.map { $0.reasons.map(\.text) } == [["\(publicKey("hide"))/forbid"]])
        // A label stands for those below it.
        let label = decided(DecisionCase.restriction("hide", .label(line("SPI"))))
        #expect(label.released.map(\.record.position) == [1, 3] && label.heldBack.map(\.record.position) == [2])
        let record = decided(DecisionCase.restriction("hide", .record(DecisionCase.record(3).record)))
        #expect(record.released.map(\.record.position) == [1, 2] && record.heldBack.map(\.record.position) == [3])
        let clinic = decided(DecisionCase.restriction("hide", .everything, from: "lakeside"))
        #expect(clinic.verdict == .denied(.heldBack))
    }

    @Test func `a restriction against somebody else, or of what is not there, takes nothing`() {
        #expect(decided(DecisionCase.restriction("hide", .everything, from: "hillside")).released.count == 3)
        #expect(decided(DecisionCase.restriction("hide", .label(line("HIV")))).released.count == 3)
        #expect(decided(DecisionCase.restriction("hide", .record(.zero))).released.count == 3)
    }

    @Test func `a restriction by label hides what nobody labelled, even from a grant that names such files`() {
        let subject = DecisionCase().changed {
            $0.extras = .unlabelled
            $0.records[1] = DecisionCase.record(2, facts: DecisionCase.facts(isLabelled: false))
        }
        #expect(subject.released == [1, 2, 3])
        for restriction in [Restriction.Target.label(line("HIV")), .label(line("SPI"))] {
            let restricted = subject.changed { $0.others = [DecisionCase.restriction("hide", restriction)] }
            #expect(restricted.released == [1, 3])
        }
        let elsewhere = subject.changed { $0.others = [DecisionCase.restriction("hide", .label(line("HIV")), from: "hillside")] }
        #expect(elsewhere.released == [1, 2, 3])
    }

    /// Its grant ran out long ago in all these cases.
    @Test func `a restriction begins with its first day and does not run out`() {
        func forbids(from: UInt32, on day: UInt32) -> Bool {
            let other = DecisionCase.other("hide", Consent(Restriction(.everything), category: 3), from: from, until: from + 1)
            return ConsentCompiler.compile(other.consent, other.scope).forbids(on: Day(day), other.scope)
        }
        #expect(forbids(from: 20_000, on: 20_778) && forbids(from: 20_778, on: 20_778))
        #expect(!forbids(from: 20_779, on: 20_778))
    }

    /// It cannot be known what was signed then, so nothing goes out.
    @Test func `another consent that compiles to something else denies`() {
        let hide = DecisionCase.restriction("hide", .label(line("HIV")))
        let other = OtherConsent(hide.scope, consent: hide.consent, compilation: Hash(.zero))
        #expect(decided(other).verdict == .denied(.compilationDiffers))
    }

    @Test func `policies in force hold back what they forbid, and oblige to what they say`() throws {
        let policies = try Published.inForce()
        let unlabelled = DecisionCase.record(1, facts: DecisionCase.facts(isLabelled: false))
        let opioid = DecisionCase.record(2, facts: DecisionCase.facts(labels: ["OPIOIDUD"]))
        let notes = DecisionCase.record(3, facts: DecisionCase.facts(labels: ["PSYTHPN", "SUD"]))
        let subject = DecisionCase().changed {
            $0.records = [unlabelled, opioid, notes]
            $0.policies = policies
        }
        let decided = subject.decided
        #expect(decided.policies == policies.root && decided.released.map(\.record.position) == [2])
        #expect(decided.released.map(\.obligations) == [[.consentCopy, .part2Notice]])
        #expect(
            decided.heldBack.map { $0.ruling.reasons.map(\.text) } == [["unlabelled-is-restricted"], ["part2-counselling-notes"]])
        #expect(subject.changed { $0.extras = .unlabelled }.released == [1, 2])
        #expect(subject.changed { $0.extras = [.unlabelled, .counsellingNotes] }.released == [1, 2, 3])
        // Without them, grants alone decide.
        #expect(subject.changed { $0.policies = nil }.released == [1, 2, 3])
    }

    /// 42 CFR 2.31: research needs a consent of its own.
    @Test func `a purpose that stands alone was consented to separately`() throws {
        let policies = try Published.inForce()
        let subject = DecisionCase().changed {
            $0.records = [DecisionCase.record(1, facts: DecisionCase.facts(labels: ["SUD"]))]
            $0.policies = policies
            $0.purpose = .research
            $0.purposes = [.research]
        }
        #expect(subject.released == [1])
        let together = subject.changed { $0.purposes = [.treatment, .research] }.decided
        #expect(together.verdict == .denied(.heldBack))
        #expect(together.rulings.flatMap(\.reasons) == ["part2-purpose"])
    }

    @Test func `a policy that fails denies, whatever it would have said`() throws {
        for effect in [#"forbid (principal, action, resource) when { resource.latest < datetime("1900-01-01") };"#]
            + [#"@oblige("review") permit (principal, action, resource) when { resource.latest < datetime("1900-01-01") };"#]
        {
            // Validation refuses what may fail; a set with a schema that says otherwise is not this program's.
            #expect(throws: LibraryError.self) {
                try Published.library(#"@id("x") @basis("b") @version("1") "# + effect)
            }
        }
        let failing = try PolicySet(
            parsing: """
                permit (principal, action, resource); \
                forbid (principal, action, resource) when { resource.latest == resource.x };
                """)
        let request = Cedar.Request(
            principal: .organization(publicKey("lakeside")), action: .action(.read), resource: .record(.zero), context: .empty)
        let ruling = try Published.library().rule(on: request, entities: .empty, grants: [failing])
        #expect(ruling.decision == .deny && ruling.erring == ["policy1"])
    }

    @Test func `what is not known of a record never satisfies a permit`() throws {
        let bodies = try [
            #"permit (principal, action, resource) when { resource has codes && resource.codes.contains("a|b") };"#,
            "permit (principal, action, resource) when { resource has resources };",
            #"permit (principal, action, resource) when { resource has earliest && resource.earliest > datetime("1900-01-01") };"#,
            "permit (principal, action, resource) when { context has courtOrder };",
            "permit (principal, action, resource) when { resource.earliest > datetime(\"1900-01-01\") };",
        ].map { try PolicyBody(parsing: $0) }
        let subject = DecisionCase()
        for (number, body) in bodies.enumerated() {
            let compiled = CompiledConsent(subject.scope, permit: ("\(number)", body))
            let facts = GrantFacts(
                subject.scope, consent: subject.consentBytes, compilation: compiled.hash, isRevoked: false, isReleaseSigned: true)
            let inputs = DecisionInputs(
                now: subject.now, requestHash: Hash(.zero), request: subject.request, grant: facts, consent: subject.consentBytes)
            var engine = DecisionEngine(inputs, cache: ConsentCache { _, _ in compiled })
            #expect(engine.refusal == nil)
            #expect(engine.rule(on: subject.records).allSatisfy { $0.decision == .deny }, "\(number)")
        }
    }

    /// Whoever published another schema meant something that this program cannot know.
    @Test func `policies under another schema than this program's release nothing`() throws {
        let schema = """
            entity Organization in [Organization]; entity Label in [Label]; entity Purpose in [Purpose]; entity Patient;
            entity Record in [Patient, Label] { category: Long };
            action disclose;
            action read in [disclose] appliesTo { principal: Organization, resource: Record, context: {} };
            """
        let policy = #"@id("x") @basis("b") @version("1") forbid (principal, action, resource) when { resource.category == 1 };"#
        let library = try PolicyLibrary(
            schema: .init(name: "schema", bytes: Array(schema.utf8)), policies: [.init(name: "x", bytes: Array(policy.utf8))])
        let decided = DecisionCase().changed { $0.policies = PoliciesInForce(root: Hash(.zero), library: library) }.decided
        #expect(decided.verdict == .denied(.heldBack) && decided.rulings == [.denied])
    }

    @Test func `a clinic is in the organizations that its identifiers name`() throws {
        let body = try PolicyBody(
            parsing: #"permit (principal in Organization::"http://hl7.org/fhir/sid/us-npi|1234567893", action, resource);"#)
        func released(_ identifiers: String) -> Bool {
            let subject = DecisionCase().changed { $0.identifiers = identifiers }
            let compiled = CompiledConsent(subject.scope, permit: (nil, body))
            let facts = GrantFacts(
                subject.scope, consent: subject.consentBytes, compilation: compiled.hash, isRevoked: false, isReleaseSigned: true)
            let inputs = DecisionInputs(
                now: subject.now, requestHash: Hash(.zero), request: subject.request, grant: facts, consent: subject.consentBytes,
                identifiers: line(identifiers))
            var engine = DecisionEngine(inputs, cache: ConsentCache { _, _ in compiled })
            return engine.rule(on: subject.records).allSatisfy { $0.decision == .allow }
        }
        #expect(released("NPI 1234567893") && released("CLIA 05D2, NPI 1234567893"))
        #expect(released("http://hl7.org/fhir/sid/us-npi|1234567893"))
        #expect(!released("") && !released("NPI") && !released("1234567893") && !released("NPI 12345678930"))
    }
}

/// Laws that hold whatever is decided.
@Suite struct DecisionLaws {
    private static let labels = ["PSY", "HIV", "SUD", "OPIOIDUD", "PSYTHPN", "EMP", "x|unknown"]

    private func random(_ generator: inout SeededGenerator, _ policies: PoliciesInForce?) -> DecisionCase {
        DecisionCase().changed { subject in
            subject.records = (1...6 as ClosedRange<UInt64>).map { position in
                let labels = Self.labels.filter { _ in Int.random(in: 0..<4, using: &generator) == 0 }
                return DecisionCase.record(
                    position, facts: DecisionCase.facts(labels: labels, isLabelled: Bool.random(using: &generator)))
            }
            subject.policies = Bool.random(using: &generator) ? policies : nil
            subject.others = (0..<Int.random(in: 0...4, using: &generator)).map { restriction("r\($0)", &generator) }
        }
    }

    private func restriction(_ name: String, _ generator: inout SeededGenerator) -> OtherConsent {
        let clinic = [nil, "lakeside", "hillside"].randomElement(using: &generator) ?? nil
        switch Int.random(in: 0..<5, using: &generator) {
        case 0: return DecisionCase.restriction(name, .everything, from: clinic)
        case 1:
            let record = DecisionCase.record(UInt64.random(in: 1...8, using: &generator)).record
            return DecisionCase.restriction(name, .record(record), from: clinic)
        default:
            return DecisionCase.restriction(
                name, .label(line((Self.labels + ["SPI"]).randomElement(using: &generator) ?? "SPI")), from: clinic)
        }
    }

    @Test func `a restriction more never releases more, and the order of consents and records changes nothing`() throws {
        let seed: UInt64 = 17
        var generator = SeededGenerator(seed: seed)
        let policies = try Published.inForce()
        var failures = Failures()
        var hidden = 0
        for number in 0..<400 {
            let subject = random(&generator, policies)
            let before = subject.decided
            let more = subject.changed { $0.others.append(restriction("more", &generator)) }
            let after = Set(more.released)
            hidden += subject.released.count - after.count
            failures.check(after.isSubset(of: subject.released), "seed \(seed), case \(number): more was released")
            let permuted = subject.changed { $0.others.shuffle(using: &generator) }
            failures.check(permuted.decided == before, "seed \(seed), case \(number): the order of consents")
            // Each record by itself is decided as among the others.
            let alone = subject.records.filter { record in !subject.changed { $0.records = [record] }.released.isEmpty }
            failures.check(alone.map(\.position) == subject.released, "seed \(seed), case \(number): alone")
            let withPolicies = Set(subject.changed { $0.policies = policies }.released)
            let without = Set(subject.changed { $0.policies = nil }.released)
            failures.check(withPolicies.isSubset(of: without), "seed \(seed), case \(number): policies released more")
        }
        #expect(failures.isEmpty && hidden > 50, "\(failures)")
    }

    @Test func `every decision comes out of its bytes again`() throws {
        let seed: UInt64 = 11
        var generator = SeededGenerator(seed: seed)
        let policies = try Published.inForce()
        var failures = Failures()
        var verdicts: Set<Verdict> = []
        for number in 0..<400 {
            let record = random(&generator, policies).decided
            verdicts.insert(record.verdict)
            failures.check((try? DecisionRecord(canonical: record.canonicalBytes)) == record, "seed \(seed), case \(number)")
        }
        #expect(failures.isEmpty && verdicts == [.allowed, .denied(.heldBack)], "\(failures)")
    }
}

/// What fits into an answer and into its record.
@Suite struct DecisionDrafts {
    private func decided(_ positions: ClosedRange<UInt64>, hidden: (UInt64) -> Bool) -> (DecisionRecord, DecisionDraft) {
        let hide = DecisionCase.facts(labels: ["HIV"])
        let subject = DecisionCase().changed {
            $0.records = positions.map { DecisionCase.record($0, facts: hidden($0) ? hide : DecisionCase.facts()) }
            $0.others = [DecisionCase.restriction("hide", .label(line("HIV")))]
        }
        let inputs = subject.inputs
        var engine = DecisionEngine(inputs)
        var draft = DecisionDraft()
        for start in stride(from: 0, to: subject.records.count, by: 100) {
            let page = Array(subject.records[start..<min(start + 100, subject.records.count)])
            draft.add(page, engine.rule(on: page))
        }
        return (draft.record(inputs, refusal: engine.refusal), draft)
    }

    @Test func `an answer holds 256 records, and what was held back up to the last of them`() {
        let (record, draft) = decided(1...700) { $0.isMultiple(of: 2) }
        #expect(draft.hasMore && record.released.count == 256)
        #expect(record.released.last?.record.position == 511 && record.heldBackCount == 255)
        #expect(record.records.allSatisfy { $0.position <= 511 } && record.moreHeldBack == 0)
    }

    @Test func `1,024 that were held back are listed, and the rest counted`() throws {
        let (record, draft) = decided(1...1_500) { $0 > 10 }
        #expect(!draft.hasMore && record.released.count == 10)
        #expect(record.heldBack.count == 1_024 && record.moreHeldBack == 466 && record.heldBackCount == 1_490 && record.isFull)
        #expect(try DecisionRecord(canonical: record.canonicalBytes) == record)
    }

    @Test func `what was held back behind a full answer is left for the next one, counted or listed`() {
        let (record, draft) = decided(1...1_700) { $0 > 256 && $0 < 1_700 }
        #expect(draft.hasMore && record.released.count == 256 && record.heldBackCount == 0)
        #expect(record.rulings.count == 1)
    }
}
