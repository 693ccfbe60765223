import AccessPolicy
import CryptoPrimitives
import DurableFiles
import Foundation
import GatewayAPI
import GatewayClient
import MedicalRecords
import SharingContract

/// What went wrong, in words that say what to do next, and the exit code that programs go by.
struct Explanation {
    let code: Int32
    let message: String
    var advice: String?

    /// What a file's name, an argument or a gateway put into the words is shown in one line, and moves no cursor.
    init(code: Int32, message: String, advice: String? = nil) {
        self.code = code
        self.message = Terminal.visible(message)
        self.advice = advice.map { Terminal.visible($0) }
    }

    /// Wrong usage, as the parser of arguments explains it: in lines of its own.
    init(usage: String) {
        code = 2
        message = usage.split(separator: "\n", omittingEmptySubsequences: false).map { Terminal.visible(String($0)) }
            .joined(separator: "\n")
        advice = nil
    }
}

extension Explanation: Encodable {
    private enum Key: String, CodingKey {
        case error, code, message, next
    }

    /// `{"error":{"code":1,"message":"…","next":"…"}}`. `code` is the exit code, `next` is null where there is nothing to do.
    func encode(to encoder: any Encoder) throws {
        var root = encoder.container(keyedBy: Key.self)
        var error = root.nestedContainer(keyedBy: Key.self, forKey: .error)
        try error.encode(code, forKey: .code)
        try error.encode(message, forKey: .message)
        try error.encode(advice, forKey: .next)
    }

    /// One line.
    var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let bytes = try? encoder.encode(self) else { preconditionFailure("numbers and text have a JSON form") }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// Ends a command with an explanation of its own.
struct Stop: Error {
    let explanation: Explanation

    /// Nothing there, or refused.
    static func refused(_ message: String, _ advice: String? = nil) -> Stop { Stop(1, message, advice) }
    static func usage(_ message: String, _ advice: String? = nil) -> Stop { Stop(2, message, advice) }
    static func localData(_ message: String, _ advice: String? = nil) -> Stop { Stop(4, message, advice) }
    static func notVerified(_ message: String, _ advice: String? = nil) -> Stop { Stop(5, message, advice) }

    init(_ explanation: Explanation) {
        self.explanation = explanation
    }

    private init(_ code: Int32, _ message: String, _ advice: String?) {
        explanation = Explanation(code: code, message: message, advice: advice)
    }
}

extension Explanation {
    init(_ error: ClientError) {
        switch error {
        case .refused(let error): self.init(error)
        case .notFound(let missing): self.init(missing)
        case .notPossible(let obstacle): self.init(obstacle)
        case .unreachable(let address, let reason): self.init(address, reason)
        case .localData(let problem): self.init(problem)
        case .notVerified(let discrepancy): self.init(discrepancy)
        case .incomplete(let kept, let missing, let reason):
            let inner = Explanation(reason)
            self.init(
                code: inner.code,
                message: "\(Names.counted(missing, "record")) did not come: \(inner.message)",
                advice:
                    "\(kept == 1 ? "1 other is" : "\(kept) others are") here, checked, and can be opened. Request again for the rest."
            )
        }
    }

    private init(_ error: APIError) {
        self.init(code: 1, message: "the gateway refused: \(error.explanation)", advice: Self.advice(error.code))
    }

    private static func advice(_ code: APIError.Code) -> String? {
        switch code {
        case .unauthenticated: "Is this computer's clock right? Calls are good for two minutes."
        case .forbidden: "Has this profile been admitted? See `cordon status`."
        case .listNotNewest, .alreadyAnswered, .tooMany, .unavailable, .tooSlow: "Try again."
        case .readOnly: "Who runs the gateway knows when it takes something again."
        case .compilationDiffers, .commitmentNotProven:
            "Nothing was signed into force. One of the two programs is older: bring both to the same version."
        case .malformed, .refused, .notFound, .tooLarge: nil
        }
    }

    private init(_ missing: Missing) {
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
                advice: "`cordon patient status` lists them. Only a plain grant to read counts: no FHIR consent, no delegation, none for "
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

    private init(_ obstacle: Obstacle) {
        switch obstacle {
        case .profileExists: self.init(code: 1, message: "this profile exists already", advice: "Choose another name with --as.")
        case .wrongRole(let expected):
            self.init(
                code: 2, message: "this profile is not \(expected.article) \(expected.words)", advice: "Choose another with --as.")
        case .patientEnrolled:
            self.init(
                code: 1, message: "another patient is enrolled under this record number",
                advice: "A record number belongs to one patient; see `cordon clinic patients`.")
        case .patientHasNumber(let number):
            self.init(code: 1, message: "this patient is enrolled under \(number) already", advice: "Use that number.")
        case .notAdmitted:
            self.init(
                code: 1, message: "this profile is not admitted, or its admission is over",
                advice: "Give the application to a member, who admits with `cordon member admit`.")
        case .cardForAnotherClinic:
            self.init(code: 1, message: "this card was made for another clinic", advice: "Every clinic needs a card of its own.")
        case .otherLedger: self.init(code: 1, message: "this is of another ledger", advice: "Compare origins with `cordon status`.")
        case .permissionOver:
            self.init(code: 1, message: "the patient's leave to deposit is over", advice: "Ask the patient for a new card.")
        case .tooManyGrants:
            self.init(code: 1, message: "256 grants of this category are live", advice: "End some with `cordon revoke`.")
        case .listChangesTooFast:
            self.init(code: 1, message: "others changed the patient's grants at the same time", advice: "Try again.")
        case .dateInThePast:
            self.init(code: 2, message: "this day is over", advice: "Give a later one with --until, such as 2027-01-01.")
        case .dateTooLate(let last):
            self.init(code: 2, message: "that is too long", advice: "\(last) is the last day that --until may name.")
        case .notAMember:
            self.init(
                code: 1, message: "this profile is no member of the ledger",
                advice: "Members are listed by `cordon directory`; one becomes a member by `cordon member propose --add`.")
        case .concernsItself:
            self.init(code: 1, message: "a member has no say in its own removal", advice: "Others propose and approve it.")
        case .signedAlready:
            self.init(
                code: 1, message: "this member has signed this already", advice: "Hand the file to another member, who approves it."
            )
        case .severalMembersNeeded:
            self.init(
                code: 1, message: "this ledger has several members, and two of them admit",
                advice: "Use `cordon member propose --admit FILE --out FILE`, and let another member approve it.")
        case .refusedByRules(let refusal): self.init(refusal)
        case .recordRetracted:
            self.init(
                code: 1, message: "this record was retracted; it has no later versions",
                advice: "Deposit what is right as another record.")
        case .notOneRecord(let count):
            self.init(
                code: 1, message: "a correction is one record, and this file makes \(count); nothing was deposited",
                advice: "Put only what corrects the record into the file; --dry-run shows what becomes of it.")
        case .otherCategory(let category):
            self.init(
                code: 1,
                message: "the record is of the category \(Names.category(category)), and this file is not; nothing was deposited",
                advice: "Retract the record and deposit the file anew.")
        case .ownAddress: self.init(code: 1, message: "this address is your own: you decide for yourself already")
        case .confidential:
            self.init(
                code: 1, message: "this profile is for care of which no guardian shall learn, so it has none; nothing was signed",
                advice: "A guardian is made in the patient's other profile.")
        case .beyondDelegation(let what):
            self.init(
                code: 1, message: "what lets you decide does not cover this: \(what)",
                advice: "See `cordon delegate list`. Nothing was signed.")
        case .nothingChanged: self.init(code: 1, message: "the record has just this content already")
        case .policiesUnusable(let error):
            self.init(
                code: 1, message: "these policies are not understood in full, and nothing would be released under them: \(error)",
                advice: "See `cordon policy check`.")
        case .widerThanTemplate(let template, let other):
            self.init(
                code: 2, message: "the template \(template) does not hold \(other), and options only narrow it",
                advice: "Give what is beyond it by a grant of its own.")
        case .restrictedAlready:
            self.init(code: 1, message: "that is hidden already", advice: "See `cordon restrict list`.")
        case .notComputable(let reviews):
            let reasons = reviews.map { $0.place.isEmpty ? $0.reason : "at \($0.place): \($0.reason)" }
            self.init(
                code: 1,
                message: "it cannot be told for sure what this consent says, so nothing was signed"
                    + (reasons.isEmpty ? "" : ": \(reasons.joined(separator: "; "))"),
                advice: "Whoever wrote it has to say that plainly; docs/consent.md lists what is understood.")
        case .saysNothing:
            self.init(
                code: 1, message: "this consent allows and forbids nothing about these records, so nothing was signed",
                advice: "Is its status active, and its scope patient-privacy? Is --category right?")
        case .isRestriction:
            self.init(
                code: 2, message: "that is a restriction: it lets nobody read anything", advice: "See `cordon patient grants`.")
        case .otherContent:
            self.init(
                code: 1, message: "this file does not hold the record as it was deposited; nothing was deposited",
                advice: "Name the file it came from. If its content is to change too, use `cordon clinic deposit --corrects`.")
        case .labels(let error): self.init(error)
        case .requestMeaningless:
            self.init(
                code: 2, message: "nobody could answer this request",
                advice: "What is shown is not proven beside it, and a condition leaves more than one value.")
        case .tooManyRequests:
            self.init(
                code: 1, message: "too many requests of this profile wait for an answer",
                advice: "They are forgotten 90 days after their end.")
        case .requestOver:
            self.init(
                code: 1, message: "the time in which this request can be answered is over", advice: "Ask again, with a new request."
            )
        case .answeredAlready:
            self.init(code: 1, message: "another presentation has answered this request", advice: "Ask again, with a new request.")
        case .cannotBeProven:
            self.init(
                code: 1, message: "none of your claims, with a copy left, are as the request has them",
                advice: "Nothing was shown. With --use only the resources you name are tried.")
        case .proofFaulty:
            self.init(
                code: 5, message: "NOT VERIFIED: this computer made a wrong proof, and did not hand it out",
                advice: "Try again. If it comes to the same, this computer may be broken: use another.")
        case .copiesUsedUp:
            self.init(
                code: 1, message: "each copy of the claims that would do was shown once, and to show one again would link the two",
                advice: "Run `cordon patient sync`: it asks who issued them for new ones. Once they have come, and the gateway has "
                    + "published what stands for them, which it does once a day, run `cordon patient sync` and try again.")
        case .claimsNotPublished:
            self.init(
                code: 1, message: "what stands for these claims is not on the ledger yet",
                advice: "The gateway publishes them once a day. Try again tomorrow.")
        case .claimsOver:
            self.init(code: 1, message: "the claims that are shown do not hold today", advice: "Ask for newer ones.")
        case .ledgerBehind:
            self.init(
                code: 1, message: "the presentation relies on a newer entry than this profile has seen",
                advice: "Run it again with --sync.")
        case .unknownObligation(let number):
            self.init(
                code: 1,
                message: "a record was released on a condition that this program does not know (\(number)); nothing was opened",
                advice: "Update cordon, and open it then.")
        case .notAnEmergencyDesk(let name):
            self.init(
                code: 1, message: "\(name) is no emergency desk, and this opens in emergencies alone; nothing was signed",
                advice: "See `cordon directory` for emergency desks, or give an ordinary grant with --category and --purpose.")
        case .summaryFirst:
            self.init(
                code: 1, message: "the emergency summary comes first; nothing was declared",
                advice: "Ask without --also. For as long as that emergency lasts, other records can be asked for after it.")
        case .emergencyUnexplained:
            self.init(code: 2, message: "an emergency has an explanation, and lasts 1 to 240 minutes")
        case .reviewUnsigned: self.init(code: 2, message: "a review names who made it", advice: "Give --by NAME.")
        case .reviewedAlready:
            self.init(code: 1, message: "this emergency was reviewed before", advice: "A review is made once, and stays as it is.")
        case .notForAuditors:
            self.init(
                code: 1, message: "an auditor neither deposits nor reads records", advice: "See `cordon directory` for clinics.")
        }
    }

    private init(_ error: RelabelError) {
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

    private init(_ address: String, _ reason: Unreachable) {
        switch reason {
        case .noConnection:
            self.init(
                code: 3, message: "the gateway at \(address) cannot be reached",
                advice:
                    "Is it running, and is the address right? If something was sent before, the next command finds it on the ledger."
            )
        case .timedOut:
            self.init(code: 3, message: "the gateway at \(address) did not answer in time", advice: "Try again.")
        case .notSigned(let status):
            self.init(
                code: 3, message: "something at \(address) answered \(status), and it was not the gateway",
                advice: "Is a proxy in between? Is the address right?")
        }
    }

    private init(_ problem: LocalDataProblem) {
        switch problem {
        case .noProfile(let name):
            self.init(
                code: 4, message: "there is no profile \"\(name)\"",
                advice: "Make one with `cordon --as \(name) patient new`, `clinic new` or `init`; profiles lie in $CORDON_HOME.")
        case .passphraseWrong:
            self.init(
                code: 4, message: "the passphrase does not open this profile",
                advice: "Try again. If it is lost, a patient comes back with the 24 words: `cordon patient new --restore`.")
        case .passphraseMissing:
            self.init(
                code: 4, message: "a passphrase is needed and there is no terminal to ask on",
                advice: "Name a file that holds it in CORDON_PASSPHRASE_FILE.")
        case .damaged(let file):
            self.init(
                code: 4, message: "\(file) is damaged",
                advice: """
                    A profile's folders ledger and claims may be deleted: the next command brings the ledger back, `cordon patient sync` \
                    both. For the rest, move the profile's folder away: a patient comes back with `cordon patient new --restore`, anybody \
                    else with a backup of that folder.
                    """
            )
        case .pendingDepositDamaged(let file):
            self.init(
                code: 4, message: "\(file) is damaged, which holds a deposit whose answer did not come; nothing was deposited",
                advice: """
                    Whether it arrived the patient sees in `cordon patient records`. Delete the file, and deposit again what did not: what did \
                    would be there twice.
                    """
            )
        case .file(let error, let path): self.init(code: 4, message: "\(path): \(error.words)", advice: error.advice)
        case .inUse: self.init(code: 4, message: "another cordon works with this profile", advice: "Wait until it is done.")
        case .notA(let kind):
            self.init(
                code: 4, message: "this is no \(kind) of Cordon, or it was cut or changed on its way",
                advice: "Is it the right file? Ask whoever made it to send it again.")
        case .wordsWrong:
            self.init(
                code: 4, message: "these are not 24 recovery words",
                advice: "Check each word and their order; one wrong word is enough.")
        case .outOfMemory:
            self.init(code: 4, message: "not enough memory to try the passphrase", advice: "Close other programs and try again.")
        }
    }

    private init(_ discrepancy: Discrepancy) {
        self.init(
            code: 5, message: "NOT VERIFIED: \(discrepancy.words).",
            advice: "Nothing of it was believed or kept. Tell the consortium, and keep this message.")
    }
}

extension ProfileRole {
    fileprivate var article: String {
        switch self {
        case .patient, .clinic, .member: "a"
        case .auditor, .emergencyDesk: "an"
        }
    }

    var words: String {
        switch self {
        case .patient: "patient"
        case .clinic: "clinic"
        case .auditor: "auditor"
        case .emergencyDesk: "emergency desk"
        case .member: "member"
        }
    }
}
