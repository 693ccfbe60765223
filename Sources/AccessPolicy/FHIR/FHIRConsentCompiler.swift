package import MedicalRecords

/// FHIR R4 Consents as policies.
package enum FHIRConsentCompiler {
    /// - Parameter document: as the patient signed it.
    package static func compile(
        _ document: [UInt8], _ category: MedicalRecords.Category, _ scope: ConsentScope
    ) -> CompiledConsent {
        CompiledConsent(scope, review: [.init(reason: "consents in FHIR are not read yet")])
    }
}
