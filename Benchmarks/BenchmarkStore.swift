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
    /// - Parameter withheld: whether the patient has a second record, for which the grant has no header.
    init(in folder: FilePath, leaves: UInt64, withheld: Bool = false) async throws {
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
        try await Self.populate(&world, store, withheld: withheld)
        try store.close()
    }

    private static func populate(_ world: inout World, _ store: LedgerStore, withheld: Bool) async throws {
        for name in ["hillside", clinic] { try world.admit(name) }
        try world.open(patient)
        let lists = [world.list(patient), world.list(patient, after: world.list(patient), grants: [grant])]
        let terms = world.grant(grant)
        let scope = ConsentScope(
            control: terms.control, compartment: publicKey(patient), grantee: publicKey(clinic), from: terms.from,
            until: terms.until)
        let consent = world.grantBody(grant, in: patient, to: clinic, list: lists[1]).consent
        try world.grant(
            grant, in: patient, to: clinic, list: lists[1], compilation: ConsentCompiler.compile(consent, scope).hash)
        var descriptors = [try await descriptor(of: [UInt8](repeating: 7, count: payloadSize), store, world, .random())]
        if withheld {
            let payload = [UInt8](repeating: 8, count: payloadSize)
            descriptors.append(try await descriptor(of: payload, store, world, withheldRecord))
        }
        try world.deposit(descriptors, in: patient, by: "hillside", list: lists[1])
        let steps = world.steps.dropFirst(2)
        try await store.commit { transaction in
            for step in steps {
                let index = try transaction.append(step.entry, evidence: step.evidence)
                for case (let slot, .descriptor(let descriptor, _)) in step.evidence.tree?.slots ?? [:] {
                    for reader in descriptor.record == withheldRecord ? [patient] : [patient, grant] {
                        let position = EvidenceRules.position(leaf: index, slot: slot)
                        try transaction.storeHeader([UInt8](repeating: 3, count: 1_700), for: recipient(reader), at: position)
                    }
                }
            }
            try transaction.storeList(lists[1])
        }
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
