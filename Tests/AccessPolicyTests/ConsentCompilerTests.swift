import AccessPolicy
import Cedar
import CryptoPrimitives
import MedicalRecords
import TestSupport
import Testing

/// From what a patient signed to policies.
@Suite struct ConsentCompilerTests {
    private let scope = DecisionCase().scope

    private func plain(
        _ purposes: Set<PurposeOfUse>, _ extras: PlainConsent.Extras = [], category: UInt16 = 3
    ) throws -> Consent {
        Consent(try #require(PlainConsent(actions: [.read], purposes: purposes, extras: extras)), category: category)
    }

    @Test func `a plain consent permits its grantee what it names`() throws {
        let compiled = ConsentCompiler.compile(try plain([.treatment, .payment], [.unlabelled, .counsellingNotes]), scope)
        let policy = try #require(compiled.permit)
        let expected = try PolicyBody(
            parsing: """
                @covers("counselling-notes, unlabelled")
                permit (
                    principal == Organization::"\(publicKey("lakeside"))", action == Action::"read",
                    resource in Patient::"\(publicKey("ana/laboratory"))"
                ) when {
                    resource.category == "laboratory" && [Purpose::"HPAYMT", Purpose::"TREAT"].contains(context.purpose)
                };
                """)
        #expect(policy.body == expected && policy.id.text == "\(publicKey("grant"))/permit")
        #expect(compiled.forbid == nil && compiled.review.isEmpty && !compiled.isLasting)
        #expect(compiled.consented.counsellingNotes && compiled.consented.unlabelled && compiled.consented.separately.isEmpty)
    }

    @Test func `a restriction forbids, and permits nothing`() throws {
        let patient = "resource in Patient::\"\(publicKey("ana/laboratory"))\""
        let clinic = "principal == Organization::\"\(publicKey("lakeside"))\""
        let record = DecisionCase.record(1).record
        for (restriction, text) in [
            (Restriction(.everything), "forbid (principal, action, \(patient));"),
            (Restriction(.everything, from: publicKey("lakeside")), "forbid (\(clinic), action, \(patient));"),
            (
                Restriction(.label(line("SUD"))),
                "forbid (principal, action, \(patient)) when { !resource.labelled || resource in Label::\"SUD\" };"
            ),
            (
                Restriction(.record(record), from: publicKey("lakeside")),
                "forbid (\(clinic), action, \(patient)) when { resource == Record::\"\(record)\" };"
            ),
        ] {
            let compiled = ConsentCompiler.compile(Consent(restriction, category: 3), scope)
            #expect(compiled.forbid?.body == (try PolicyBody(parsing: text)) && compiled.permit == nil, "\(text)")
            #expect(compiled.forbid?.id.text == "\(publicKey("grant"))/forbid" && compiled.isLasting)
        }
    }

    /// Whoever changes one of these after the patient signed is found out by the hash.
    @Test func `the hash is of what the policies say, and of nothing else`() throws {
        func scope(_ grant: String, _ compartment: String, _ grantee: String, _ until: UInt32 = 9) -> ConsentScope {
            ConsentScope(
                control: publicKey(grant), compartment: publicKey(compartment), grantee: publicKey(grantee), from: Day(1),
                until: Day(until))
        }
        let consent = try plain([.treatment])
        let one = ConsentCompiler.compile(consent, scope("g", "c", "o")).hash
        #expect(ConsentCompiler.compile(consent.canonicalBytes, scope("g", "c", "o", 10)).hash == one)
        let others = try [
            ConsentCompiler.compile(consent, scope("h", "c", "o")), ConsentCompiler.compile(consent, scope("g", "d", "o")),
            ConsentCompiler.compile(consent, scope("g", "c", "p")),
            ConsentCompiler.compile(plain([.payment]), scope("g", "c", "o")),
            ConsentCompiler.compile(plain([.treatment], .unlabelled), scope("g", "c", "o")),
            ConsentCompiler.compile(plain([.treatment], .counsellingNotes), scope("g", "c", "o")),
            ConsentCompiler.compile(plain([.treatment], category: 4), scope("g", "c", "o")),
            ConsentCompiler.compile(Consent(Restriction(.everything), category: 3), scope("g", "c", "o")),
        ].map(\.hash)
        #expect(Set(others + [one]).count == 9)
    }

    @Test func `what cannot be computed permits and forbids nothing, and says so`() throws {
        let document = try #require(Consent(fhir: Array("nonsense".utf8), category: 3)).canonicalBytes
        let compiled = ConsentCompiler.compile(document, scope)
        #expect(compiled.permit == nil && compiled.forbid == nil && compiled.review.count == 1)
    }

    /// It may be a restriction that a later program wrote.
    @Test func `what cannot be read at all permits nothing and forbids everything in its compartment, until it is revoked`()
        throws
    {
        let everything = ConsentCompiler.compile(Consent(Restriction(.everything), category: 3), scope)
        let ofNothing = try plain([.treatment], category: 99).canonicalBytes
        for compiled in [[], [0, 3, 9], ofNothing].map({ ConsentCompiler.compile($0, scope) }) {
            #expect(compiled.permit == nil && compiled.review.count == 1 && compiled.isLasting)
            #expect(compiled.forbid == everything.forbid && compiled.hash == everything.hash)
        }
    }

    @Test func `a condition too deep to be evaluated is none, whole or in part`() throws {
        var deep = Expression(.literal(.bool(true)))
        for _ in 0..<200 { deep = Expression(.not(deep)) }
        let permit = PolicyBody(effect: .permit, conditions: [.init(.when, deep)])
        let forbid = PolicyBody(effect: .forbid)
        let compiled = CompiledConsent(scope, permit: (nil, permit), forbid: (nil, forbid))
        #expect(compiled.permit == nil && compiled.forbid != nil && !compiled.review.isEmpty)
        let half = CompiledConsent(
            scope, permit: (nil, PolicyBody(effect: .permit)),
            forbid: (nil, PolicyBody(effect: .forbid, conditions: [.init(.when, deep)])))
        #expect(half.permit == nil && half.forbid == nil && !half.review.isEmpty)
        // An effect in the wrong place, and a name that is no line.
        #expect(CompiledConsent(scope, permit: (nil, forbid)).permit == nil)
        #expect(CompiledConsent(scope, permit: ("\u{202E}", PolicyBody(effect: .permit))).permit == nil)
    }

    @Test func `documents have a bound`() {
        #expect(Consent(fhir: [], category: 3) == nil)
        #expect(Consent(fhir: [UInt8](repeating: 32, count: 32_769), category: 3) == nil)
        let largest = Consent(fhir: [UInt8](repeating: 32, count: 32_768), category: 3)
        #expect(largest?.canonicalBytes.count == Consent.maximumSize)
        #expect(PlainConsent(actions: [], purposes: [.treatment]) == nil && PlainConsent(actions: [.read], purposes: []) == nil)
        #expect(PlainConsent(actions: [.read], purposes: [.treatment], extras: .init(rawValue: 8)) == nil)
    }
}

/// HL7's hierarchies of sensitivity and purpose.
@Suite struct CodeTreeTests {
    @Test func `labels and purposes lie below others as in R4`() {
        #expect(SensitivityCodes.tree.ancestors(of: "OPIOIDUD").prefix(2) == ["SUD", "SPI"])
        #expect(
            SensitivityCodes.tree.ancestors(of: "ETH") == ["_ActInformationSensitivityPolicy", "_InformationSensitivityPolicy"])
        #expect(SensitivityCodes.tree.family(of: "SUD") == ["ETHUD", "OPIOIDUD", "SUD"])
        #expect(SensitivityCodes.tree.family(of: "none") == ["none"] && !SensitivityCodes.tree.contains("none"))
        #expect(PurposeCodes.tree.ancestors(of: "BTG") == ["ETREAT", "TREAT", "PurposeOfUse"])
        #expect(PurposeCodes.tree.family(of: "PurposeOfUse").count == 60)
        for purpose in PurposeOfUse.allCases { #expect(PurposeCodes.tree.contains(purpose.hl7Code)) }
    }

    @Test func `a label that nobody knows counts as sensitive, one that says how to handle a record does not`() {
        func isSensitive(_ code: String, _ system: String = SensitivityCodes.system) -> Bool {
            SensitivityCodes.isSensitive(Coding(system: system, code: code))
        }
        #expect(isSensitive("HIV") && isSensitive("NEW") && isSensitive("x", "https://example.org"))
        #expect(isSensitive("PSY", Confidentiality.system) && !isSensitive("R", Confidentiality.system))
        #expect(!isSensitive("NORDSCLCD") && !isSensitive("MASK") && !isSensitive("TREAT", PurposeOfUse.system))
        #expect(SensitivityCodes.name(Coding(system: SensitivityCodes.system, code: "HIV")) == "HIV")
        #expect(SensitivityCodes.name(Coding(system: "s", code: "HIV")) == "s|HIV")
    }
}
