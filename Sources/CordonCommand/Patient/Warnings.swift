import GatewayClient
import SharingContract

/// What a patient has to know beside the answer. To standard error, so that programs read the answer alone.
enum Warnings {
    static func show(of patient: PatientClient) {
        for record in patient.unusable.values {
            let line = RecordLine(record, patient.session)
            Terminal.note(
                "Record \(line.record.prefix(12)) from \(line.depositor) cannot be opened or shared: it is not sealed to you.")
        }
        for leaf in patient.unannouncedEmergencies() {
            Terminal.note(
                "An emergency was declared for your records, entry \(leaf), and you have read no message of it yet. See `cordon patient log`."
            )
        }
        for grant in patient.liveGrants where !grant.isDelivered {
            Terminal.note(
                "\(grant.granteeName) cannot use the grant of \(Names.category(grant.category)) yet. Run `cordon --as \(patient.session.folder.name) patient sync`."
            )
        }
        if !patient.isBackedUp {
            Terminal.note("The backup does not hold this yet. Run `cordon --as \(patient.session.folder.name) patient sync`.")
        }
    }
}
