package import AccessPolicy
package import CryptoPrimitives
package import MedicalRecords
import SharingContract

/// What an organisation's profile remembers beside its seed.
package struct ClinicState: Codable, Sendable {
    package let pin: Pin
    package let name: TextLine
    package internal(set) var patients: [EnrolledPatient] = []
    package internal(set) var grants: [ReceivedGrant] = []
    var inboxRead: UInt64?
    /// Patients whose emergency summary was asked for.
    var emergencies: [EmergencyVisit] = []
    /// Proofs that were asked for. `nil` as long as there were none.
    var proofRequests: [AskedProof]?
    /// Claims sets of which new copies were issued within a day. `nil` as long as nobody asked.
    var copiesIssued: [IssuedAgain]?
}

/// A claims set of which new copies were issued, and when.
struct IssuedAgain: Codable, Sendable {
    let inbox: Ed25519.PublicKey
    let set: Hash
    let time: UInt32
}

/// A patient by the clinic's own record number.
package struct EnrolledPatient: Codable, Sendable {
    package let recordNumber: String
    let card: Stored<Card>
    /// The newest recipient list seen for each compartment. One that lies behind it is a lie.
    var lists: [String: SeenList] = [:]
    /// SHA-256 of every content that was deposited, so that depositing twice does it once.
    var deposited: Set<String> = []

    /// The newest version of every record that was deposited, by its id.
    package internal(set) var records: [String: KnownRecord] = [:]

    /// The forms in which files have referred to this patient so far: `Patient/…`, `urn:uuid:…`.
    var references: Set<String> = []

    package var content: Card { card.value }

    /// What a file must be about to be filed here.
    package var identity: PatientIdentity {
        PatientIdentity(recordNumber: Identifier(system: nil, value: recordNumber), references: references)
    }
}

/// A record as its author remembers it.
package struct KnownRecord: Codable, Sendable {
    package let category: UInt16
    package let version: UInt32
    package let isRetracted: Bool
    package let deposited: UInt64
    let facts: Stored<StoredFacts>
    /// SHA-256 of the content.
    let content: String

    package var details: StoredFacts { facts.value }
}

struct SeenList: Codable, Sendable {
    let serial: UInt64
    let hash: Hash
}

/// A grant that somebody gave this organisation.
package struct ReceivedGrant: Codable, Sendable {
    package let number: Int
    let slip: Stored<GrantSlip>

    package var content: GrantSlip { slip.value }
}

/// A patient whose emergency summary was asked for, and until when that counts.
struct EmergencyVisit: Codable, Sendable {
    let inbox: Ed25519.PublicKey
    let until: UInt32
}
