package import CryptoPrimitives
package import MedicalRecords

extension RecordRules {
    /// By which rules a record was labelled, so that somebody else can see whether he has the same. docs/formats.md, section 4.6.
    package var labelHash: Hash {
        var writer = CanonicalWriter()
        for source in labelSources { writer.string(source, length: UInt32.self) }
        return .labelled(.labelRules, writer.bytes)
    }

    package static let builtInLabelHash = builtIn.labelHash
}
