/// Why the records of a source are not to be filed for a patient. Positions only, no number and no name.
package enum PatientRefusal: Error, Hashable, Sendable {
    /// Nothing in the source says whose it is: it has no Patient and refers to none. Files that are not looked into are of this kind.
    case noPatient
    /// It has more than one Patient.
    case severalPatients
    /// Its Patient has no medical record number.
    case noRecordNumber
    /// Its Patient has record numbers, but not this patient's.
    case otherRecordNumber
    /// The resources at these positions, counted from 0, are about someone else, or about nobody who can be found.
    case otherPatient(positions: [Int])
}
