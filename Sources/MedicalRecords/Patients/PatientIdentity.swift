/// A patient as a source knows one: by numbers, and by the forms in which its resources refer to the patient.
package struct PatientIdentity: Hashable, Sendable {
    package let identifiers: [Identifier]
    /// The identifiers that are medical record numbers: type MR of HL7's table 0203.
    package let recordNumbers: [Identifier]
    /// `Patient/` and the id, and the entry's `fullUrl`.
    package let references: Set<String>
    /// For a line that people read; nothing is matched by it.
    package let name: String?
    package let birthDate: String?

    /// A patient of whom no more is known than the number under which an organisation keeps the records, and perhaps how earlier sources
    /// referred to the patient.
    package init(recordNumber: Identifier, references: Set<String> = []) {
        identifiers = [recordNumber]
        recordNumbers = [recordNumber]
        self.references = references
        name = nil
        birthDate = nil
    }

    /// What a Patient resource of `source` says. An element that is not as FHIR has it counts as absent.
    init(_ resource: Resource, in source: RecordSource) {
        let patient = Self.tree(of: resource, in: source)
        let numbered = patient?["identifier"]?.elements.compactMap(Self.identifier) ?? []
        identifiers = numbered.map(\.identifier)
        recordNumbers = numbered.filter(\.isRecordNumber).map(\.identifier)
        references = Set([resource.id.map { "Patient/\($0)" }, resource.fullURL?.text(in: source.bytes)].compactMap { $0 })
        name = patient?["name"].flatMap(Self.name)
        birthDate = patient?["birthDate"]?.text
    }

    private static func tree(of resource: Resource, in source: RecordSource) -> JSONTree? {
        guard var json = try? JSONCursor(source.bytes, in: resource.range) else { return nil }
        return try? JSONTree(&json)
    }

    private static func identifier(_ tree: JSONTree) -> (identifier: Identifier, isRecordNumber: Bool)? {
        guard let value = tree["value"]?.text else { return nil }
        let isRecordNumber = tree["type"]?["coding"]?.elements.contains { coding in
            coding["code"]?.text == "MR" && coding["system"]?.text.map(recordNumberSystems.contains) == true
        }
        return (Identifier(system: tree["system"]?.text, value: value), isRecordNumber ?? false)
    }

    /// Table 0203, by its URI in R4 and by that of the releases before.
    private static let recordNumberSystems = ["http://terminology.hl7.org/CodeSystem/v2-0203", "http://hl7.org/fhir/v2/0203"]

    private static func name(_ names: JSONTree) -> String? {
        guard let name = names.elements.first(where: { $0["use"]?.text == "official" }) ?? names.elements.first else { return nil }
        if let text = name["text"]?.text { return text }
        let parts = (name["given"]?.elements.compactMap(\.text) ?? []) + [name["family"]?.text].compactMap { $0 }
        return parts.isEmpty ? nil : parts.joined(separator: " ")
    }
}
