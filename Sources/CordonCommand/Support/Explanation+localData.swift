import GatewayClient

extension Explanation {
    /// What is wrong with a profile's files, or with one that was named.
    init(_ problem: LocalDataProblem) {
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
}
