extension PatientIdentity {
    /// Throws unless every resource of the source that is about a person is about this patient.
    ///
    /// A source with a Patient must state one of this patient's record numbers; its resources are then compared with that Patient. In
    /// a source without, they must refer to this patient by number or by a form that is known.
    package func verify(_ source: RecordSource) throws(PatientRefusal) {
        let patients = source.patients
        guard patients.count <= 1 else { throw .severalPatients }
        if let patient = patients.first {
            guard !patient.recordNumbers.isEmpty else { throw .noRecordNumber }
            guard patient.recordNumbers.contains(where: { number in recordNumbers.contains { $0.agrees(with: number) } }) else {
                throw .otherRecordNumber
            }
        }
        let resolver = SubjectResolver(patients.first ?? self, in: source)
        let subjects = source.resources.map { resolver.subject(of: $0) }
        let others = subjects.indices.filter { subjects[$0] == .otherPatient }
        guard others.isEmpty else { throw .otherPatient(positions: others) }
        guard !patients.isEmpty || subjects.contains(.patient) else { throw .noPatient }
    }
}
