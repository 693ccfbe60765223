import AccessPolicy
import CryptoPrimitives
import Foundation
import MedicalRecords
import MerkleLedger
import RecordGateway
import RecordStorage
import SharingContract
import SystemPackage
import TestSupport

/// A gateway's folder with one patient, who has one record of 1 KiB and has let one clinic read it, on a ledger of any length.
struct BenchmarkStore {
    static let patient = "ana/laboratory"
    static let clinic = "lakeside"
    static let grant = "grant"
    static let payloadSize = 1_024
    static let withheldRecord = Descriptor.RecordID(SHA256.hash(Array("withheld".utf8)).value)
    private static let another = "another"

    /// What there is beside the record that the clinic may read. How many grants a patient gave is another question than what is kept
    /// from view, so wherever something could be, there is one grant more, as in `TwoWorlds`.
    enum Beside {
        case nothing
        /// Another grant.
        case grant
        /// The same, and a record for which the clinic's grant has no header.
        case withheld
        /// The same with a header, but the other grant is a restriction, which hides it.
        case restricted
    }

    let folder: FilePath

    static func signer() -> NoteSigner {
        guard let name = KeyName(World().origin.text) else { preconditionFailure("the origin is a key name") }
        return NoteSigner(name: name, key: key("ledger"))
    }

    static var minute: Minute { Minute(secondsSince1970: Int64(Date().timeIntervalSince1970)) }

    static func opened(_ folder: FilePath) throws -> LedgerStore {
        try LedgerStore.open(
            folder, signer: signer(), snapshots: SnapshotSigner(key("north")), check: .sinceSnapshot(ofAtLeast: 10_000),
            clock: { minute })
    }

    /// Makes it, with `leaves` leaves in all: what is missing is filled up with compartments.
    ///
    init(in folder: FilePath, leaves: UInt64, beside: Beside = .nothing) async throws {
        self.folder = folder
        var world = try World.begun()
        world.now = Self.minute
        // Under the policies that `cordon init` begins a ledger with.
        try world.publish(.builtIn)
        let (genesis, policies) = (world.steps[0].entry, (world.steps[1].entry, world.steps[1].evidence))
        try LedgerStore.create(in: folder, genesis: genesis, policies: policies, signer: Self.signer(), clock: { Self.minute })
        let store = try Self.opened(folder)
        var size = store.head.size
        while size < leaves {
            let batch = (size..<min(size + 1_000, leaves)).map { Self.filler($0, world.origin) }
            try await store.commit { transaction in
                for entry in batch { try transaction.append(entry, evidence: .none, trusting: .signatures) }
            }
            size = store.head.size
        }
        // Last, for what no checkpoint vouches for yet is verified at a start.
        try await Self.populate(&world, store, beside)
        try store.close()
    }

    private static func populate(_ world: inout World, _ store: LedgerStore, _ beside: Beside) async throws {
        for name in ["hillside", clinic] { try world.admit(name) }
        try world.open(patient)
        let grants = beside == .nothing ? [grant] : [grant, another]
        let list = world.list(patient, after: world.list(patient), grants: grants)
        try append(grant, to: clinic, reading, list, &world)
        if beside != .nothing {
            let restriction = Consent(Restriction(.record(withheldRecord.value)), category: 3).canonicalBytes
            try append(another, to: "hillside", beside == .restricted ? restriction : reading, list, &world)
        }
        var descriptors = [try await descriptor(of: [UInt8](repeating: 7, count: payloadSize), store, world, .random())]
        if beside == .withheld || beside == .restricted {
            let payload = [UInt8](repeating: 8, count: payloadSize)
            descriptors.append(try await descriptor(of: payload, store, world, withheldRecord))
        }
        try world.deposit(descriptors, in: patient, by: "hillside", list: list)
        let steps = world.steps.dropFirst(2)
        try await store.commit { transaction in
            for step in steps {
                let index = try transaction.append(step.entry, evidence: step.evidence)
                for case (let slot, .descriptor(let descriptor, _)) in step.evidence.tree?.slots ?? [:] {
                    let isWithheld = beside == .withheld && descriptor.record == withheldRecord
                    for reader in isWithheld ? [patient] : [patient, grant] {
                        let position = EvidenceRules.position(leaf: index, slot: slot)
                        try transaction.storeHeader([UInt8](repeating: 3, count: 1_700), for: recipient(reader), at: position)
                    }
                }
            }
            try transaction.storeList(list)
        }
    }

    /// Laboratory records, for treatment.
    private static let reading: [UInt8] = [0, 3, 1, 1, 0, 2, 0]

    private static func append(
        _ name: String, to clinic: String, _ consent: [UInt8], _ list: RecipientList, _ world: inout World
    ) throws {
        let terms = world.grant(name)
        let scope = ConsentScope(
            control: terms.control, compartment: publicKey(patient), grantee: publicKey(clinic), from: terms.from,
            until: terms.until)
        let fields = GrantBody.Fields(
            grantee: publicKey(clinic), consent: consent, compilation: ConsentCompiler.compile(consent, scope).hash,
            sealedSeed: Array("age".utf8), recipient: recipient(name), recipientList: list.hash)
        let body = GrantBody(fields, of: terms, signingWith: key(patient), origin: world.origin)
        try world.append(.grant(terms), by: name, evidence: world.evidence(body))
    }

    private static func descriptor(
        of payload: [UInt8], _ store: LedgerStore, _ world: World, _ record: Descriptor.RecordID
    ) async throws -> Descriptor {
        var upload = store.beginUpload()
        try upload.write(payload)
        _ = try await store.finishUpload(upload, announced: SHA256.hash(payload))
        guard let name = PayloadID(of: payload),
            let facts = RecordFacts(
                category: .laboratory, mediaType: .text, types: [], labels: [], isLabelled: true, days: nil, codes: []),
            let stored = StoredFacts(facts)
        else { preconditionFailure("a payload has 32 bytes and its facts are few") }
        let fields = Descriptor.Fields(
            record: record, version: 1, state: .current, payload: name, payloadSize: UInt64(payload.count),
            contentCommitment: .random(), facts: stored.canonicalBytes)
        return Descriptor(fields, signingWith: key("hillside"), origin: world.origin, compartment: publicKey(patient))
    }

    /// A compartment under a key that nobody has, with a signature that is none: only what stands behind counts here, and a store does
    /// not verify again what it took in.
    private static func filler(_ number: UInt64, _ origin: TextLine) -> Entry {
        let name = SHA256.hash(Array("filler \(number)".utf8))
        let compartment = Compartment(key: .init(name.value), next: name, recovery: name)
        let unsigned = Entry(origin: origin, bodiless: .compartment(compartment)).canonicalBytes
        let signature = [1] + name.bytes + [UInt8](repeating: 0, count: Ed25519.Signature.count)
        guard let entry = try? Entry(canonical: unsigned.dropLast() + signature) else {
            preconditionFailure("an entry ends in its signatures")
        }
        return entry
    }
}
