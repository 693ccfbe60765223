package import MedicalRecords

/// FHIR R4 Consents as policies.
package enum FHIRConsentCompiler {
    /// - Parameter document: as the patient signed it. What is not computable permits nothing and says why.
    package static func compile(
        _ document: [UInt8], _ category: MedicalRecords.Category, _ scope: ConsentScope
    ) -> CompiledConsent {
        let consent: FHIRConsent
        do throws(FHIRConsentError) {
            consent = try FHIRConsent(signed: document)
        } catch {
            return CompiledConsent(scope, review: [error.review])
        }
        guard consent.isCandidate else {
            return CompiledConsent(scope, review: [.init(reason: "not an active consent about privacy")])
        }
        do throws(NotComputable) {
            let root = try consent.tree().get()
            let policies = try ConsentPolicies(root, ConsentAudience(scope, category: category.id))
            let part = "\(consent.versionName)/provision"
            return CompiledConsent(
                scope, permit: policies.permit.map { (part, $0) }, forbid: policies.forbid.map { (part, $0) },
                consented: root.consented)
        } catch {
            return CompiledConsent(scope, review: error.reviews)
        }
    }
}

extension FHIRConsent {
    /// Stands in the names of its policies: one word of at most 64 bytes.
    fileprivate var versionName: String {
        guard let version, version.utf8.count <= 64,
            version.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) })
        else { return "1" }
        return version
    }
}

extension ConsentRule {
    /// What it covers by name. Of exceptions that permit all must name it: one that does not would be taken for one that does.
    fileprivate var consented: Consented {
        let permits = kind == .permit ? [self] : rules.filter { $0.kind == .permit }
        var consented = Consented()
        guard let first = permits.first else { return consented }
        // What stands alone was consented to separately (42 CFR 2.31(d)).
        func named(_ rule: ConsentRule) -> Set<String> {
            rule.purposes.count == 1 ? Set(rule.purposes.flatMap { ConsentCodes.purposes($0, .permit) }) : []
        }
        consented.separately = permits.dropFirst().reduce(named(first)) { $0.intersection(named($1)) }
        consented.counsellingNotes = permits.allSatisfy { rule in
            rule.labels.contains { ConsentCodes.labels($0, .permit).contains("PSYTHPN") }
        }
        return consented
    }
}
