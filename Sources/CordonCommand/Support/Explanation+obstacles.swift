import AccessPolicy
import CryptoPrimitives
import GatewayClient

extension Explanation {
    /// Why what was asked for is not done.
    init(_ obstacle: Obstacle) {
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
        case .requestAhead:
            self.init(
                code: 5, message: "NOT VERIFIED: the request knows more of the ledger than your gateway shows you",
                advice:
                    "Either the request is made up, or the two of you are shown different ledgers: compare what `cordon status` says."
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
}
