import AccessPolicy
import GatewayClient
import MedicalRecords

extension Explanation {
    /// Why a record's labels stay as they are.
    init(_ error: RelabelError) {
        switch error {
        case .notThere(let label):
            self.init(
                code: 1, message: "the record has no label \(label.code); nothing was deposited",
                advice: "See `cordon --json clinic records`.")
        case .askedByCard(let label):
            self.init(
                code: 1, message: "\(label.code) stays: the patient's card is confidential and asks for it; nothing was deposited",
                advice: "Ask the patient for another card.")
        case .addedAndRemoved(let label):
            self.init(code: 2, message: "\(label.code) cannot be added and removed at once, or follows from a label that is added")
        case .nothingChanged: self.init(code: 1, message: "the record has just these labels already")
        case .reasonMissing:
            self.init(
                code: 1, message: "the record would be protected less than now; nothing was deposited",
                advice: "Say why with --reason. The patient and the auditor will see it.")
        case .tooLarge: self.init(code: 1, message: "a record has at most 255 labels, each a line of up to 255 bytes")
        }
    }
}
