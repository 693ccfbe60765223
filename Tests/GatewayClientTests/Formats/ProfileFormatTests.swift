import AccessPolicy
import CryptoPrimitives
import DurableFiles
import EnvelopeEncryption
import Foundation
import GatewayAPI
import SharingContract
import SystemPackage
import TestSupport
import Testing

@testable import GatewayClient

/// The examples that docs/formats.md names in section 8.
@Suite struct ProfileFormats {
    private let file = FormatFile("profiles.json")

    @Test func `states, backup and index are as the document says`() async throws {
        let difference = try file.difference(from: [
            ("patient's state", try state(try Self.patient(), "patient's state")),
            ("clinic's state", try state(try Self.clinic(), "clinic's state")),
            ("backup", try backup()), ("index", try await index()),
        ])
        #expect(difference == nil)
    }

    static func patient() throws -> PatientState {
        let recovery = RecoveryKey(KeyFormats.words())
        var state = PatientState(
            pin: PaperFormats.pin, name: line("Ana Díaz"), commitments: [recovery.commitments(3)],
            backupRecipient: Stored(KeyBytes(recovery.backupIdentity().recipient().key)), fetchKey: recovery.fetchKey().publicKey,
            isConfidential: false)
        let slip = try MessageFormats.slip()
        state.nextGrant = 1
        state.grants = [
            GivenGrant(
                number: 0, control: slip.grant, category: 3, grantee: slip.body.grantee, granteeName: line("Lakeside Hospital"),
                purposes: [1, 8], from: Day(20_778), until: Day(20_808), salt: Hash(slip.salt), body: Stored(slip.body), leaf: 7,
                isDelivered: true, revoked: 11)
        ]
        state.lists = [3: Stored(World().list("ana/laboratory"))]
        state.wishes = [ReceivedWish(number: 1, received: 29_920_920, wish: Stored(MessageFormats.wish()))]
        state.nextWish = 2
        state.notices = [ReceivedNotice(received: 29_920_921, notice: Stored(MessageFormats.notice()))]
        state.emergencyNotices = [ReceivedEmergencyNotice(received: 29_920_922, notice: Stored(MessageFormats.emergency()))]
        state.emergenciesSeen = [12]
        state.inboxRead = 12
        return state
    }

    static func clinic() throws -> ClinicState {
        var state = ClinicState(pin: PaperFormats.pin, name: line("Hillside Clinic"))
        let list = World().list("ana/laboratory")
        state.patients = [
            EnrolledPatient(
                recordNumber: "12345", card: Stored(PaperFormats.card()),
                lists: [list.compartment.description: SeenList(serial: list.serial, hash: list.hash)],
                deposited: [SHA256.hash([1]).description],
                records: [
                    SHA256.hash([2]).description: KnownRecord(
                        category: 3, version: 2, isRetracted: false, deposited: 9,
                        facts: Stored(try StoredFacts(canonical: try FormatFile("facts.json").bytes("laboratory", "bytes"))),
                        content: SHA256.hash([1]).description)
                ], references: ["Patient/ana"])
        ]
        state.grants = [ReceivedGrant(number: 1, slip: Stored(try MessageFormats.slip()))]
        state.inboxRead = 3
        state.emergencies = [EmergencyVisit(inbox: publicKey("ana/inbox"), until: 29_920_980)]
        return state
    }

    /// JSON whose members stand in any order; so it was written once.
    private func state<State: Codable>(_ state: State, _ name: String) throws -> Shown {
        let fresh = ProfileState.encoded(state)
        let text = try FormatFile.isWriting ? String(decoding: fresh, as: UTF8.self) : file.text(name, "JSON")
        let read = try #require(ProfileState.decoded(State.self, from: Array(text.utf8)))
        let objects = try [fresh, ProfileState.encoded(read)].map {
            try JSONSerialization.jsonObject(with: Data($0)) as? NSDictionary
        }
        #expect(objects[0] == objects[1])
        return fields(["JSON": text])
    }

    private func backup() throws -> Shown {
        let recovery = RecoveryKey(KeyFormats.words())
        let bytes = try file.once("backup", "bytes") {
            let recipient = recovery.backupIdentity().recipient()
            var writer = CanonicalWriter()
            writer.string(try Envelope.seal(SHA256.hash(Array("ana".utf8)).bytes.span, to: recipient), length: UInt32.self)
            writer.string(try Envelope.seal(ProfileState.encoded(try Self.patient()).span, to: recipient), length: UInt32.self)
            return writer.bytes
        }
        let restored = try PatientBackup(opening: bytes, with: recovery.backupIdentity())
        let isSame = restored.seed.isEqual(to: KeyFormats.secret("ana"))
        #expect(isSame)
        #expect(restored.state.grants.map(\.control) == [publicKey("grant")])
        return fields(["words": try FormatFile("keys.json").text("recovery", "words"), "bytes": bytes])
    }

    /// Opened by a profile in whose folder it lies.
    private func index() async throws -> Shown {
        let record = try StoredRecord(canonical: try FormatFile("calls.json").bytes("StoredRecord", "bytes"))
        let received = ReceivedRecord(record, obligations: [1, 3])
        let keyring = KeyFormats.keyring("hillside", .clinic)
        let bytes = try file.once("index", "file") {
            let list: [UInt8] = [0, 1] + received.canonicalBytes
            return try Envelope.seal(list.span, to: keyring.stateIdentity().recipient())
        }
        let home = try TemporaryFolder()
        let folder = ProfileFolder(name: "hillside", in: FilePath(home.url.path))
        let grant = try #require(try Self.clinic().grants.first)
        let path = folder.receivedFolder.appending(grant.content.grant.description)
        try DurableFile.makeFolder(path)
        try DurableFile.write(bytes, to: path.appending("index.age"))
        let client = try opened(folder, keyring)
        let records = Result { try client.fetched(grant) }
        try await client.session.close()
        #expect(try records.get() == [received])
        return fields(["reader's seed": SHA256.hash(Array("hillside".utf8)), "records": [received.canonicalBytes], "file": bytes])
    }

    private func opened(_ folder: ProfileFolder, _ keyring: consuming Keyring) throws -> ClinicClient {
        let lock = try folder.lock()
        let session = try Session(
            folder, keyring: keyring, pin: PaperFormats.pin, lock: lock,
            environment: Session.Environment(trustRoots: nil, workFactor: 4) { 0 })
        return ClinicClient(session, try Self.clinic())
    }
}
