import SharingContract

extension Explanation {
    /// Why the ledger's rules do not let a proposal through.
    init(_ refusal: Refusal) {
        switch refusal {
        case .signatureNotAuthentic:
            self.init(code: 5, message: "NOT VERIFIED: a signature on this proposal is forged.", advice: "Tell the consortium.")
        case .membersOther:
            self.init(
                code: 1, message: "the members have changed since this was proposed, so it holds no longer",
                advice: "Propose it anew, if it is still wanted.")
        case .policiesOther:
            self.init(
                code: 1, message: "the policies or the members have changed since this was proposed, so it holds no longer",
                advice: "Propose it anew, if it is still wanted.")
        case .membersNotChanged:
            self.init(
                code: 1, message: "the rules do not allow this: of two members neither removes the other, and there are at most 64")
        case .signerNotAllowed:
            self.init(
                code: 1, message: "somebody signed this who has no say in it: no member, or the one whom it removes",
                advice: "Propose it anew.")
        case .deadKey: self.init(code: 1, message: "a member signed this that is none any more", advice: "Propose it anew.")
        case .keyInUse:
            self.init(code: 1, message: "this key has a use on the ledger already", advice: "Make a new profile, with a new key.")
        case .nameTaken: self.init(code: 1, message: "another has this name", advice: "Choose another name.")
        case .notLive: self.init(code: 1, message: "there is no such member any more", advice: "See `cordon directory`.")
        case .unchanged: self.init(code: 1, message: "this is on the ledger already")
        case .badWindow:
            self.init(
                code: 1, message: "the day until which this would admit is over, or more than two years away",
                advice: "Propose it anew, with another --until.")
        default: self.init(code: 1, message: "the rules of the ledger do not allow this")
        }
    }
}
