import GatewayClient

// What somebody lied about or tampered with, for people.
extension Discrepancy {
    var words: String {
        switch self {
        case .checkpointNotSigned: "the gateway showed a ledger that is not signed with the ledger's key"
        case .ledgerRolledBack: "the gateway showed an older state of the ledger than it showed before"
        case .ledgerForked: "the ledger is not the one that was seen before, continued"
        case .otherLedger: "this is not the ledger that the profile was made for"
        case .ledgerSucceeded(let origin):
            "the gateway serves another ledger, \(origin), which its member began in the place of the one this profile was made for"
        case .ruleBroken(let leaf): "entry \(leaf) breaks the rules of the ledger"
        case .tileMalformed: "part of the ledger cannot be read"
        case .answerNotAuthentic: "an answer was not signed by the gateway's member, or is the answer to something else"
        case .answerMalformed: "a signed answer cannot be read"
        case .receiptNotGood: "a receipt does not prove what it should"
        case .leafNotOurs: "the gateway wrote something else on the ledger than it was given"
        case .listNotAuthentic: "a list of recipients was not signed by the patient"
        case .listRolledBack: "the gateway showed an older list of recipients than it showed before"
        case .decisionNotOurs: "the decision on the ledger is about another request"
        case .refusalNotLogged: "the refusal was not written on the ledger"
        case .recordRolledBack: "an earlier version of a record came than the one that came before"
        case .releasedOtherRecords: "a record came that the decision on the ledger does not release"
        case .descriptorNotDeposited: "a record is not in the deposit it is said to be from"
        case .proofNotGood: "the presentation does not prove what was asked"
        case .anchorNotPublished: "the claims that are shown never came onto the ledger"
        case .issuerNotAdmitted: "whoever signed the claims that are shown was no admitted clinic when they came onto the ledger"
        case .claimsNotSigned: "claims are not signed by whom they name"
        case .claimsOther: "the claims of a record are not those that its author signed"
        case .claimsIncomplete: "the gateway keeps claims of records back"
        case .depositorNotAdmitted: "a record comes from somebody who was never admitted"
        case .descriptorNotSigned: "a record's description was not signed by its author"
        case .payloadOther: "the sealed content is not the one its author described"
        case .contentOther: "the content is not the one its author committed to"
        case .recordNotForUs: "a record is not sealed to us as it is said to be"
        case .grantNotAuthentic: "a grant is not what it is said to be"
        case .evidenceOther(let leaf): "the evidence of entry \(leaf) is not what the entry committed to"
        case .paperNotAuthentic: "a file that was handed over is not signed by whom it names"
        case .historyIncomplete(let leaf): "the gateway keeps back part of the ledger, at entry \(leaf)"
        }
    }
}
