/// Says of the resources of one source whether they are about one patient.
struct SubjectResolver {
    enum Subject {
        case patient
        case otherPatient
        /// It names nobody in care, or only groups, places and things.
        case nobody
    }

    private let patient: PatientIdentity
    private let isKnownByURL: Bool
    /// The types of the entries by `fullUrl`, to follow references by `urn:uuid`.
    private let types: [String: String]

    init(_ patient: PatientIdentity, in source: RecordSource) {
        self.patient = patient
        isKnownByURL = patient.references.contains { $0.contains(":") }
        let urls = source.resources.compactMap { resource in
            resource.fullURL.map { ($0.text(in: source.bytes), resource.type) }
        }
        types = Dictionary(urls, uniquingKeysWith: { first, _ in first })
    }

    func subject(of resource: Resource) -> Subject {
        let subjects = resource.subjects.map { subject(of: $0) }
        if subjects.contains(.otherPatient) { return .otherPatient }
        return subjects.contains(.patient) ? .patient : .nobody
    }

    private func subject(of subject: Resource.Subject) -> Subject {
        switch subject.reference {
        case .literal(let reference): literal(reference) ?? (subject.isExclusive ? .otherPatient : .nobody)
        case .logical(let identifier): isPatient(identifier) ? .patient : subject.isExclusive ? .otherPatient : .nobody
        }
    }

    private func isPatient(_ identifier: Identifier) -> Bool {
        patient.identifiers.contains { $0.agrees(with: identifier) }
    }

    /// `nil` for a reference that cannot be followed: to a contained resource, or to an entry that is not there.
    private func literal(_ reference: String) -> Subject? {
        if patient.references.contains(reference) { return .patient }
        if let type = types[reference] { return type == "Patient" ? .otherPatient : .nobody }
        if reference.hasPrefix("#") || reference.hasPrefix("urn:") { return nil }
        let parts = reference.split(separator: "?", maxSplits: 1)
        var path = (parts.first ?? "").split(separator: "/")
        if parts.count == 2 {
            guard path.last == "Patient" else { return .nobody }
            return ConditionalReference.identifiers(in: parts[1]).contains(where: isPatient) ? .patient : .otherPatient
        }
        // A reference to one version is a reference to the resource. R4, section 2.1.3.1.
        if path.count > 3, path[path.count - 2] == "_history" { path.removeLast(2) }
        guard path.count >= 2 else { return nil }
        guard path[path.count - 2] == "Patient" else { return .nobody }
        let isRelative = path.count == 2
        let base = reference.prefix(upTo: path[path.count - 1].endIndex)
        if patient.references.contains(String(base)) { return .patient }
        // Without a `fullUrl` nobody knows on which server the source's resources stood.
        let relative = path.suffix(2).joined(separator: "/")
        return (isRelative || !isKnownByURL) && patient.references.contains(relative) ? .patient : .otherPatient
    }
}
