extension RecordSource {
    /// One for each Patient resource, in the order of the file.
    package var patients: [PatientIdentity] {
        resources.filter { $0.type == "Patient" }.map { PatientIdentity($0, in: self) }
    }

    /// The resources that are about this patient, for files that speak of many. What is about nobody is left out, and so is what
    /// is about this patient and others.
    package func selecting(_ patient: PatientIdentity) -> RecordSource {
        let resolver = SubjectResolver(patient, in: self)
        var selected = self
        selected.resources = resources.filter { resource in
            guard resource.type != "Patient" else {
                return !PatientIdentity(resource, in: self).references.isDisjoint(with: patient.references)
            }
            return resolver.subject(of: resource) == .patient
        }
        return selected
    }
}
