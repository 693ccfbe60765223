import CryptoPrimitives
import GatewayAPI
import RecordStorage
import SharingContract

extension APIError {
    /// What a caller learns of an error. Of one that nobody foresaw he learns nothing.
    init(translating error: any Error) {
        switch error {
        case let error as APIError: self = error
        case let refusal as Refusal: self.init(refusal)
        case is FormatError: self.init(.malformed, "not a message of this call")
        case is PayloadUpload.UploadError: self.init(.malformed, "not a payload, or not the one whose digest was sent")
        case StoreError.busy: self.init(.unavailable, "too many are writing at once: try again")
        case StoreError.cannotWrite: self.init(.unavailable, "the gateway cannot write to its disk")
        case StoreError.differs: self.init(.unavailable, "a stored record is damaged and is not served")
        default: self.init(.unavailable, "the gateway could not do this")
        }
    }

    private init(_ refusal: Refusal) {
        switch refusal {
        case .listNotNewest: self.init(.listNotNewest, "another list came first: fetch the newest and try again")
        case .requestAnswered: self.init(.alreadyAnswered, "this request was answered before: make a new one")
        default: self.init(.refused, words: "the rules of the ledger refuse this: \(refusal.words)")
        }
    }
}

extension Refusal {
    fileprivate var words: String {
        switch self {
        case .notGenesis: "the ledger has begun"
        case .wrongOrigin: "made for another ledger"
        case .timeWentBack: "time went back"
        case .signatureMissing: "a signature is missing"
        case .signerNotAllowed: "signed by somebody who has no say in this"
        case .signatureNotAuthentic: "a signature is not good"
        case .deadKey: "the key was revoked"
        case .keyInUse: "the key has a use already"
        case .nameTaken: "the name is taken"
        case .notLive: "what it refers to is not there, or has ended"
        case .badWindow: "the time span is empty, too long, or over"
        case .unchanged: "nothing would change"
        case .requestAnswered: "answered before"
        case .commitmentNotInGroup: "a commitment that is no element of the group"
        case .commitmentNotProven: "a commitment without a proof, or a proof of none"
        case .notCommitted: "not the successor that was announced"
        case .membersNotChanged: "the members cannot be changed so"
        case .membersOther: "the members have changed since it was signed"
        case .emergencyNotInForce: "the emergency is none, of another grant, used, or over"
        case .policiesOther: "the policies or the members have changed since it was signed"
        case .bodyNotCommitted: "not the body that was committed to"
        case .bodyMalformed: "the body cannot be read"
        case .listNotNewest: "a newer list exists"
        case .tooManyGrants: "more grants than are kept: end one first"
        case .beyondAuthority: "more than the delegation gives"
        case .bodyContradicts: "body and entry contradict each other"
        }
    }
}
