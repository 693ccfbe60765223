import Cedar
import MedicalRecords
import TestSupport
import Testing

@testable import AccessPolicy

/// What a grant's consent in FHIR becomes.
@Suite struct FHIRConsentCompilerTests {
    private static func compile(_ consent: FHIRConsent) throws -> CompiledConsent {
        FHIRConsentCompiler.compile(consent.canonicalJSON, .laboratory, try ConsentWorld.grant())
    }

    private static func rule(_ kind: ConsentRule.Kind, _ change: (inout ConsentRule) -> Void = { _ in }) -> ConsentRule {
        var rule = ConsentRule(kind)
        change(&rule)
        return rule
    }

    private static func label(_ code: String) -> Coding { Coding(system: RandomConsents.actCode, code: code) }
    private static func purpose(_ code: String) -> Coding { Coding(system: PurposeOfUse.system, code: code) }

    @Test func `treatment but for HIV is one permit and one forbid`() throws {
        let root = Self.rule(.permit) { root in
            root.purposes = [Self.purpose("TREAT")]
            root.rules = [Self.rule(.deny) { $0.labels = [Self.label("HIV")] }]
        }
        let compiled = try Self.compile(FHIRConsent(version: "3", provision: root))
        let scope = try ConsentWorld.grant()
        #expect(compiled.review.isEmpty && compiled.permit?.id == scope.id(.permit, "3/provision"))
        #expect(compiled.forbid?.id == scope.id(.forbid, "3/provision"))
        let (key, patient) = (RandomConsents.key, scope.patient)
        #expect(
            "\(try #require(compiled.permit).body)" == #"""
                @covers("separately TREAT")
                permit(principal == Organization::"\#(key)", action in Action::"disclose", resource in \#(patient))
                when { resource.category == "laboratory" && context.purpose in Purpose::"TREAT" && !(!resource.labelled || \#
                resource in Label::"HIV") };
                """#)
        #expect(
            "\(try #require(compiled.forbid).body)" == #"""
                forbid(principal == Organization::"\#(key)", action in Action::"disclose", resource in \#(patient))
                when { (context.purpose in Purpose::"TREAT" || context.purpose == Purpose::"unstated") && (!resource.labelled || \#
                resource in Label::"HIV") };
                """#)
    }

    @Test func `what names others reaches others`() throws {
        let named = Self.rule(.permit) { root in
            root.rules = [
                Self.rule(.deny) { $0.actors = [.init(reference: ConsentReference(address: "Organization/\(RandomConsents.key)"))] }
            ]
        }
        #expect(try Self.compile(FHIRConsent(provision: named)).forbid?.body.principal == .any)
        #expect(try Self.compile(FHIRConsent(provision: Self.rule(.deny))).forbid?.body.principal == .any)
        #expect(try Self.compile(FHIRConsent(provision: Self.rule(.deny))).permit == nil)
        #expect(try Self.compile(FHIRConsent(provision: Self.rule(.permit))).forbid == nil)
    }

    /// A gateway cannot tell a person from another: to forbid one is to forbid all, to permit one is to permit none.
    @Test func `whom a gateway does not know is permitted nothing, and whoever is forbidden may be he`() throws {
        let person = ConsentRule.Actor(reference: ConsentReference(address: "Practitioner/1"))
        let permit = try Self.compile(FHIRConsent(provision: Self.rule(.permit) { $0.actors = [person] }))
        #expect(permit.permit == nil)
        let denial = try Self.compile(FHIRConsent(provision: Self.rule(.deny) { $0.actors = [person] }))
        #expect(denial.forbid?.body.principal == .any && denial.forbid?.body.conditions == [])
    }

    @Test func `what law wants named is covered if it is named wherever something is permitted`() throws {
        let notes = Self.rule(.permit) { root in
            root.purposes = [Self.purpose("HLEGAL")]
            root.labels = [Self.label("PSYTHPN")]
        }
        let open = Self.rule(.permit) { $0.rules = [notes] }
        let only = Self.rule(.deny) { $0.rules = [notes] }
        let some = Self.rule(.deny) { $0.rules = [notes, Self.rule(.permit)] }
        for (root, isNamed) in [(notes, true), (open, false), (only, true), (some, false)] {
            let consented = try Self.compile(FHIRConsent(provision: root)).consented
            #expect(consented.counsellingNotes == isNamed && (consented.separately == ["HLEGAL"]) == isNamed)
            #expect(!consented.unlabelled)
        }
    }

    @Test func `the same bytes are always the same policies`() throws {
        var random = RandomConsents(seed: 0xDE7)
        for _ in 0..<100 {
            let consent = random.consent()
            let (first, second) = (try Self.compile(consent), try Self.compile(consent))
            #expect(first == second && first.hash == second.hash)
        }
    }

    @Test func `what is not understood permits nothing and says why`() throws {
        let scope = try ConsentWorld.grant()
        let draft = FHIRConsent(status: .draft, provision: ConsentRule(.permit))
        let untyped = FHIRConsent(provision: Self.rule(.permit) { $0.rules = [ConsentRule()] })
        let spaced = Array("{ ".utf8) + FHIRConsent(provision: ConsentRule(.permit)).canonicalJSON.dropFirst()
        for document in [draft.canonicalJSON, untyped.canonicalJSON, spaced, [], Array("{}".utf8)] {
            let compiled = FHIRConsentCompiler.compile(document, .general, scope)
            #expect(compiled.permit == nil && compiled.forbid == nil && !compiled.review.isEmpty)
        }
    }

    /// Each rule names all of a long list, and the rules lie in one another, so that the conditions double at each.
    @Test func `what would grow too large is left to people`() throws {
        let labels = (0..<95).map { Coding(system: "urn:x", code: "\($0)") }
        func nested(_ depth: Int) -> ConsentRule {
            Self.rule(depth.isMultiple(of: 2) ? .permit : .deny) { rule in
                rule.labels = labels
                rule.rules = depth == 1 ? [] : [nested(depth - 1)]
            }
        }
        let compiled = try Self.compile(FHIRConsent(provision: nested(FHIRConsent.maximumDepth)))
        #expect(compiled.permit == nil && compiled.forbid == nil && compiled.review.map(\.place) == ["provision"])
        let small = try Self.compile(FHIRConsent(provision: nested(3)))
        #expect(small.review.isEmpty && small.forbid != nil)
    }

    @Test func `it says which rule it was`() throws {
        let root = Self.rule(.permit) { root in
            root.rules = [
                Self.rule(.deny) { rule in
                    rule.labels = [Self.label("HIV")]
                    rule.rules = [Self.rule(.permit) { $0.purposes = [Self.purpose("ETREAT")] }]
                }
            ]
        }
        let consent = FHIRConsent(provision: root)
        var request = ConsentRequest(now: 0, requester: ["x"], purposes: ["TREAT"])
        var record = ConsentRecord()
        func verdict() -> ConsentVerdict { ConsentEvaluator(request, record, ConsentWorld.everyone).verdict(consent) }
        #expect(verdict() == .permit("provision"))
        (record.labels, record.sensitivities) = (["HIV"], ["HIV"])
        #expect(verdict() == .deny("provision.provision[0]"))
        request.purposes = ["BTG"]
        #expect(verdict() == .permit("provision.provision[0].provision[0]"))
    }
}
