package import CryptoPrimitives
import MedicalRecords
import SharingContract

/// What a patient's profile remembers beside its seed. It can be restored from the backup.
package struct PatientState: Codable, Sendable {
    package let pin: Pin
    /// How the patient is called on cards and slips.
    package let name: TextLine
    /// For every category and the spares, what its compartment commits to.
    let commitments: [RecoveryCommitments]
    /// To whom the backup is sealed, and whose key fetches it. Both follow from the 24 words.
    let backupRecipient: Stored<KeyBytes>
    let fetchKey: Ed25519.PublicKey
    /// A minor's own records: on cards it says so, and no guardian is made.
    package let isConfidential: Bool
    /// The number of the next grant. It is written down before it is used, so that no control key is used twice.
    var nextGrant: UInt64 = 0
    package var grants: [GivenGrant] = []
    /// Delegations that others gave, and what was granted under them.
    package var held: [HeldDelegation] = []
    package var granted: [GrantedFor] = []
    /// The newest recipient list signed for each category.
    var lists: [UInt16: Stored<RecipientList>] = [:]
    /// Wishes for access that were neither approved nor declined.
    package var wishes: [ReceivedWish] = []
    var nextWish = 1
    package var notices: [ReceivedNotice] = []
    package var emergencyNotices: [ReceivedEmergencyNotice] = []
    /// Leaves of emergencies that the patient was shown in the log.
    var emergenciesSeen: Set<UInt64> = []
    var inboxRead: UInt64?
    /// `nil` as long as there were no claims.
    var wallet: Wallet?
}

/// A grant the patient has signed.
package struct GivenGrant: Codable, Sendable {
    package let number: UInt64
    package let control: Ed25519.PublicKey
    package let category: UInt16
    package let grantee: Ed25519.PublicKey
    package internal(set) var granteeName: TextLine
    package let purposes: [UInt8]
    package let from: Day
    package let until: Day
    let salt: Hash
    let body: Stored<GrantBody>
    /// Where it stands; `nil` until the gateway has taken it.
    package var leaf: UInt64?
    /// Whether every record had a header for it once, and the slip was sent.
    package internal(set) var isDelivered = false
    package var revoked: UInt64?
    /// Where the person is reached whom a delegation is for.
    var person: Stored<PersonAddress>?
    /// Who made it in the patient's place; `nil` if the patient did.
    package internal(set) var madeBy: TextLine?
}

/// A delegation that somebody gave this person.
package struct HeldDelegation: Codable, Sendable {
    package let number: Int
    package let received: UInt32
    /// The first day on which it does not hold any more.
    package let until: Day
    let slip: Stored<GrantSlip>

    package var content: GrantSlip { slip.value }
}

/// A grant that this person made in somebody's place.
package struct GrantedFor: Codable, Sendable {
    /// The delegation, by its control key.
    package let delegation: Ed25519.PublicKey
    package internal(set) var grant: GivenGrant
}

package struct ReceivedWish: Codable, Sendable {
    package let number: Int
    package let received: UInt32
    let wish: Stored<AccessWish>

    package var content: AccessWish { wish.value }
}

package struct ReceivedNotice: Codable, Sendable {
    package let received: UInt32
    let notice: Stored<DepositNotice>

    package var content: DepositNotice { notice.value }
}

package struct ReceivedEmergencyNotice: Codable, Sendable {
    package let received: UInt32
    let notice: Stored<EmergencyNotice>
    package internal(set) var isRead = false

    package var content: EmergencyNotice { notice.value }
}

/// A recipient's key as canonical bytes.
struct KeyBytes: CanonicalCodable {
    static let maximumSize = RecipientKey.count
    let key: RecipientKey

    init(_ key: RecipientKey) {
        self.key = key
    }

    init(from reader: inout CanonicalReader) throws(FormatError) {
        key = try reader.recipient()
    }

    func encode(to writer: inout CanonicalWriter) {
        writer.recipient(key)
    }
}
