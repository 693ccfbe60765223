import CryptoPrimitives
import GatewayClient

extension Explanation {
    /// What was looked for and is not there.
    init(_ missing: Missing) {
        switch missing {
        case .actor(let name):
            self.init(code: 1, message: "nobody of the name \"\(name)\" is admitted", advice: "See `cordon directory` for who is.")
        case .ambiguousActor(let name, let matches):
            let names = matches.map(\.text).joined(separator: ", ")
            self.init(code: 1, message: "\"\(name)\" could be \(names)", advice: "Write more of the name, or the start of the key.")
        case .patient(let number):
            self.init(
                code: 1, message: "no patient is enrolled under record number \(number)",
                advice: "Enrol one with `cordon clinic enrol CARD --mrn NUMBER`; see `cordon clinic patients`.")
        case .member(let name):
            self.init(
                code: 1, message: "there is no member of the name \"\(name)\"",
                advice: "See `cordon directory`; write the whole name.")
        case .ambiguousPatient(let name):
            self.init(
                code: 1, message: "more than one patient goes by \"\(name)\" here",
                advice: "Give the grant's number in `cordon clinic inbox`, or the patient's card.")
        case .emergency:
            self.init(code: 1, message: "no emergency was declared there", advice: "See `cordon member emergencies`.")
        case .grant:
            self.init(
                code: 1, message: "there is no such live grant", advice: "See `cordon patient grants` or `cordon clinic inbox`.")
        case .restriction:
            self.init(code: 1, message: "there is no such restriction", advice: "See `cordon restrict list`.")
        case .decision:
            self.init(
                code: 1, message: "no request for your records was decided there",
                advice: "See the numbers in `cordon patient log`.")
        case .record: self.init(code: 1, message: "there is no such record", advice: "See `cordon patient records`.")
        case .ownRecord(let start):
            self.init(
                code: 1, message: "no record that was deposited here for this patient begins with \(start)",
                advice: "See `cordon clinic records --patient NUMBER`. Only who deposited a record corrects or retracts it.")
        case .ambiguousRecord(let start):
            self.init(
                code: 1, message: "more than one record's id begins with \(start)",
                advice: "Write more of the id; `cordon --json patient records` shows all of it.")
        case .delegation(let name):
            self.init(
                code: 1, message: name.isEmpty ? "nobody lets you decide" : "nobody called \"\(name)\" lets you decide",
                advice: "See `cordon delegate list`. What has come lies in `cordon patient inbox`.")
        case .message: self.init(code: 1, message: "there is no such message", advice: "See `cordon patient inbox`.")
        case .backup:
            self.init(code: 1, message: "the gateway keeps no backup under these words", advice: "Is it the right gateway?")
        case .claims(let kind):
            self.init(
                code: 1, message: "you hold no claims of this kind: \(kind)",
                advice: "A clinic makes them when it deposits records, for patients whose card it got: see `cordon patient card`.")
        case .consent:
            self.init(
                code: 1, message: "none of your grants covers what is asked, on the day that is asked",
                advice: "See `cordon patient grants`. Only a plain grant to read counts: no FHIR consent, no delegation, none for "
                    + "emergencies alone.")
        case .proofRequest:
            self.init(
                code: 1, message: "this presentation answers no request of this profile",
                advice: "Verify it with the profile that asked, within 90 days.")
        case .category(let name):
            self.init(code: 2, message: "\"\(name)\" is no category", advice: "Categories: \(Names.categories).")
        case .purpose(let name):
            self.init(code: 2, message: "\"\(name)\" is no purpose", advice: "Purposes: \(Names.purposes).")
        case .template(let name):
            self.init(
                code: 2, message: "\"\(name)\" is no template",
                advice: "Templates: \(GrantTemplate.all.map(\.name).joined(separator: ", ")). See `cordon grant --help`.")
        case .label(let name):
            self.init(
                code: 2, message: "\"\(name)\" is no label that records are marked with",
                advice: "A code of HL7's list, such as HIV, SUD, MH, SEX, GDIS or SDV. See the labels in `cordon patient records`.")
        case .compartment(let categories):
            self.init(
                code: 1, message: "the patient's card does not open \(categories.joined(separator: ", ")); nothing was deposited",
                advice: "Ask the patient for a card with these categories: `cordon patient card --for … --category …`.")
        }
    }
}
