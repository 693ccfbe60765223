package import AccessPolicy
package import CryptoPrimitives
package import DurableFiles
package import GatewayAPI
package import SharingContract

/// Why a client could not do what it was asked. Which of these it is decides the program's exit code.
package enum ClientError: Error {
    /// The gateway said no, and signed it.
    case refused(APIError)
    /// What was named is not there, or not once.
    case notFound(Missing)
    /// What was asked for cannot be done as things stand.
    case notPossible(Obstacle)
    /// No answer that the gateway signed came back.
    case unreachable(address: String, reason: Unreachable)
    /// A file of this profile, or one that was handed over, cannot be used.
    case localData(LocalDataProblem)
    /// Somebody lied, or something was tampered with.
    case notVerified(Discrepancy)
    /// Some of what was asked for came, is checked and kept; for the rest there is a reason.
    indirect case incomplete(kept: Int, missing: Int, reason: ClientError)
}

extension ClientError {
    /// Whether somebody lied. Whatever else went wrong beside it, this is what has to be told.
    var isLie: Bool {
        switch self {
        case .notVerified: true
        case .incomplete(_, _, let reason): reason.isLie
        case .refused, .notFound, .notPossible, .unreachable, .localData: false
        }
    }
}

extension ClientError {
    /// Whether the gateway says that calls come too fast. What anybody may read it refuses unsigned.
    var isTooFast: Bool {
        switch self {
        case .refused(let error): error.code == .tooMany
        case .unreachable(_, .notSigned(status: 429)): true
        case .unreachable, .notFound, .notPossible, .localData, .notVerified, .incomplete: false
        }
    }
}

package enum Missing: Error {
    case actor(name: String)
    case ambiguousActor(name: String, matches: [TextLine])
    case patient(recordNumber: String)
    case member(name: String)
    /// Several patients have this name here.
    case ambiguousPatient(name: String)
    case emergency
    case grant
    case restriction
    /// No entry of this number decides about this patient.
    case decision
    case record
    case ambiguousRecord(String)
    /// No record that this clinic deposited for the patient.
    case ownRecord(String)
    case message
    /// Nobody of this name lets this person decide.
    case delegation(name: String)
    case backup
    /// No claims under this schema.
    case claims(kind: String)
    /// No live grant of the patient's covers what a request for a proof names.
    case consent
    /// No request of this profile is what a presentation answers.
    case proofRequest
    case category(String)
    case purpose(String)
    case template(String)
    case label(String)
    /// The patient's card does not have this category.
    case compartment(categories: [String])
}

package enum Obstacle: Error {
    case profileExists
    case wrongRole(expected: ProfileRole)
    case patientEnrolled
    /// The same patient has another record number here.
    case patientHasNumber(String)
    case notAdmitted
    case cardForAnotherClinic
    case otherLedger
    case permissionOver
    case tooManyGrants
    case listChangesTooFast
    case dateInThePast
    /// Later than the ledger's rules let anything hold.
    case dateTooLate(last: Day)
    case notForAuditors
    /// What opens in an emergency is for emergency desks alone.
    case notAnEmergencyDesk(name: TextLine)
    /// The emergency summary is asked for before anything else.
    case summaryFirst
    /// A declaration without an explanation, or for longer than one holds.
    case emergencyUnexplained
    /// A review without its reviewer's name.
    case reviewUnsigned
    case reviewedAlready
    /// Only members propose and approve.
    case notAMember
    /// A member has no say in its own removal.
    case concernsItself
    case signedAlready
    /// One member's signature is not enough on this ledger.
    case severalMembersNeeded
    /// No signature could make this good.
    case refusedByRules(Refusal)
    /// These policies are not understood in full, and nothing would be released under them.
    case policiesUnusable(LibraryError)
    /// The record was entered in error by its author's own word.
    case recordRetracted
    /// A correction is one record, and the file makes another number of them.
    case notOneRecord(count: Int)
    /// The record is of this category, and stays there.
    case otherCategory(UInt16)
    /// The record is just so already.
    case nothingChanged
    /// The address of the profile itself.
    case ownAddress
    /// A delegation does not cover what was to be granted under it; in words, what it says.
    case beyondDelegation(String)
    /// A profile for care to which a minor consented alone has no guardian.
    case confidential
    /// A template of this name does not hold this category or purpose.
    case widerThanTemplate(String, String)
    case restrictedAlready
    /// A restriction lets nobody read anything, so it is no model for a grant.
    case isRestriction
    /// A consent that cannot be decided by: nothing of it is signed. Empty if it is empty or too large.
    case notComputable([CompiledConsent.Review])
    /// A consent that is not in force, not about privacy, or about none of these records.
    case saysNothing
    /// None of what the file makes is the record as it was deposited.
    case otherContent
    case labels(RelabelError)
    /// A request for a proof that nobody could answer, or that asks nothing.
    case requestMeaningless
    case tooManyRequests
    /// The time in which a request can be answered is over.
    case requestOver
    /// The request knows more of the ledger than the gateway shows here.
    case requestAhead
    /// Another presentation answered this request.
    case answeredAlready
    /// No claims that the patient holds, or none with a copy left, are as the request has them.
    case cannotBeProven
    /// A proof that was made here does not verify.
    case proofFaulty
    /// Claims would do of which each copy was shown.
    case copiesUsedUp
    /// What stands for the claims is not on the ledger yet.
    case claimsNotPublished
    /// The claims are not valid today.
    case claimsOver
    /// The presentation relies on a later entry than this profile has seen.
    case ledgerBehind
    /// A record was released on a condition that this program does not know how to meet.
    case unknownObligation(UInt8)
}

package enum Unreachable: Error {
    case noConnection
    case timedOut
    /// Something in between answered: what came is not signed.
    case notSigned(status: UInt)
}

package enum LocalDataProblem: Error {
    case noProfile(name: String)
    case passphraseWrong
    case passphraseMissing
    case damaged(file: String)
    /// A deposit whose answer did not come cannot be asked about again.
    case pendingDepositDamaged(file: String)
    case file(FileError, path: String)
    case inUse
    case notA(kind: String)
    case wordsWrong
    case outOfMemory
}

/// What was found to be otherwise than it was said to be. A program that meets one of these ends with exit code 5.
package enum Discrepancy: Error, Equatable {
    /// Not signed by the key of the ledger we pinned.
    case checkpointNotSigned
    /// The ledger is shorter than it was.
    case ledgerRolledBack
    /// The ledger is not the one we saw, continued.
    case ledgerForked
    /// The ledger that answers is not the one we pinned.
    case otherLedger
    /// A member of our ledger serves another one, which it began in the place of ours.
    case ledgerSucceeded(by: TextLine)
    /// A leaf breaks the rules of the ledger.
    case ruleBroken(leaf: UInt64)
    /// A tile is not what it should be.
    case tileMalformed
    /// An answer is not what the gateway signed, or cannot be read.
    case answerNotAuthentic
    case answerMalformed
    /// A receipt does not prove its leaf.
    case receiptNotGood
    /// The leaf is not the entry that was sent.
    case leafNotOurs
    /// A recipient list is not signed by its compartment, goes back, or forks.
    case listNotAuthentic
    case listRolledBack
    /// The decision is about another request or grant, or is missing.
    case decisionNotOurs
    case refusalNotLogged
    /// What was released is not what the decision committed to.
    case releasedOtherRecords
    /// An earlier version of a record came than the one we hold.
    case recordRolledBack
    /// A record is not in the deposit it is said to be from.
    case descriptorNotDeposited
    case depositorNotAdmitted
    case descriptorNotSigned
    /// A presentation does not prove what was asked.
    case proofNotGood
    /// Claims do not stand in the tree of anchors that a presentation names.
    case anchorNotPublished
    /// Whoever signed claims was no admitted clinic when they came onto the ledger.
    case issuerNotAdmitted
    /// A claims set is not signed by whom it names.
    case claimsNotSigned
    /// The claims of a record are not those that its depositor described.
    case claimsOther
    /// Claims of some records are kept back, or of records that are none.
    case claimsIncomplete
    /// The payload is not the one the depositor described.
    case payloadOther
    /// The content is not the one the depositor committed to.
    case contentOther
    /// The record cannot be opened with the key it was sealed to.
    case recordNotForUs
    /// A grant is not what its leaf and its compartment say.
    case grantNotAuthentic
    /// The evidence of a leaf is not what the leaf committed to.
    case evidenceOther(leaf: UInt64)
    /// A paper that was handed over is not signed by whom it names.
    case paperNotAuthentic
    /// The gateway keeps back part of what is on the ledger.
    case historyIncomplete(leaf: UInt64)
}
