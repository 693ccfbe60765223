import CryptoPrimitives
import Foundation
import GRDB
import MerkleLedger
import RecordStorage
import SharingContract
import SystemPackage
import TestSupport

/// A store in a folder of its own, with the ledger of a `World` in it.
struct StoreFixture {
    let folder: TemporaryFolder
    var world: World

    var path: FilePath { FilePath(folder.url.path) }

    static func signer() -> NoteSigner {
        guard let name = KeyName("north.example/ledger") else { preconditionFailure("the origin is a key name") }
        return NoteSigner(name: name, key: key("ledger"))
    }

    /// Everything that `world` holds is appended, one commit a leaf.
    init(_ world: World) async throws {
        folder = try TemporaryFolder()
        self.world = world
        let now = world.now
        try LedgerStore.create(in: FilePath(folder.url.path), genesis: world.steps[0].entry, signer: Self.signer(), clock: { now })
        let store = try open()
        for step in world.steps.dropFirst() { try await store.commit { _ = try $0.append(step.entry, evidence: step.evidence) } }
        for compartment in ["ana/laboratory", "ana/general"] {
            try await store.commit { [world] in try $0.storeList(world.list(compartment)) }
        }
        try store.close()
    }

    func open() throws -> LedgerStore {
        let now = world.now
        return try LedgerStore.open(path, signer: Self.signer(), clock: { now })
    }

    /// The same closed store in another folder.
    func copied() throws -> StoreFixture {
        let copy = try TemporaryFolder()
        try FileManager.default.removeItem(at: copy.url)
        try FileManager.default.copyItem(at: folder.url, to: copy.url)
        return StoreFixture(folder: copy, world: world)
    }

    private init(folder: TemporaryFolder, world: World) {
        self.folder = folder
        self.world = world
    }

    /// Brings everything from the log into the database file, which otherwise is read under what the log says.
    func emptyLog() throws {
        let queue = try DatabaseQueue(path: path.appending("store.sqlite").string)
        try queue.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
        try queue.close()
    }

    /// Runs SQL on the closed store, as a meddler would.
    func meddle(_ sql: String, _ arguments: StatementArguments = []) throws {
        let queue = try DatabaseQueue(path: path.appending("store.sqlite").string)
        try queue.write { try $0.execute(sql: sql, arguments: arguments) }
        try queue.close()
    }

    /// The same where a transaction is in the way, as with ATTACH.
    func meddleOutsideTransaction(_ sql: String) throws {
        let queue = try DatabaseQueue(path: path.appending("store.sqlite").string)
        try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
        try queue.close()
    }

    /// Whether these bytes lie anywhere in the store's folder: database, log, payloads.
    func contains(_ bytes: [UInt8]) throws -> Bool {
        let files = FileManager.default.enumerator(at: folder.url, includingPropertiesForKeys: nil)
        while let url = files?.nextObject() as? URL {
            if let data = try? Data(contentsOf: url), data.range(of: Data(bytes)) != nil { return true }
        }
        return false
    }

    /// A deposited record with its payload and the patient's header.
    static func deposited(payload: [UInt8], claims: Claims? = nil) async throws -> StoreFixture {
        var fixture = try await StoreFixture(try World.withCompartment())
        let store = try fixture.open()
        let name = try await fixture.upload(payload, to: store)
        let list = fixture.world.list("ana/laboratory")
        let fields = Descriptor.Fields(
            record: .random(), version: 1, state: .current, payload: name, payloadSize: UInt64(payload.count),
            contentCommitment: .emptyTree, facts: [], claims: claims?.anchor)
        let descriptor = Descriptor(
            fields, signingWith: key("hillside"), origin: fixture.world.origin, compartment: publicKey("ana/laboratory"))
        try fixture.world.deposit([descriptor], in: "ana/laboratory", by: "hillside", list: list)
        let step = fixture.world.steps.last
        try await store.commit { transaction in
            guard let step else { return }
            let index = try transaction.append(step.entry, evidence: step.evidence)
            for slot in step.evidence.tree?.slots.keys.sorted() ?? [] {
                let position = EvidenceRules.position(leaf: index, slot: slot)
                try transaction.storeHeader(Array("own".utf8), for: recipient("ana/laboratory"), at: position)
                if let claims {
                    try transaction.storeClaims(claims.file, at: position)
                    try transaction.keepAnchors(claims.anchors)
                }
            }
        }
        try store.close()
        return fixture
    }

    static let claims: Claims = {
        let anchors = (0..<3).map { SHA256.hash([$0]) }
        guard let claims = Claims(anchors: anchors, file: Array("sealed claims".utf8)) else { preconditionFailure("three anchors") }
        return claims
    }()

    /// Puts what waits on the ledger.
    @discardableResult
    func publishAnchors(in store: LedgerStore) async throws -> UInt64? {
        guard let waiting = try await store.read({ try $0.mixedAnchors() }) else { return nil }
        let entry = world.entry(.claimsAnchors(waiting.tree.publication), by: ["north"])
        let committed = try await store.commit { try $0.publish(waiting, entry) }
        return committed.result ? committed.leaves.first?.index : nil
    }

    func upload(_ payload: [UInt8], to store: LedgerStore) async throws -> PayloadID {
        var upload = store.beginUpload()
        for start in stride(from: 0, to: payload.count, by: 10_000) {
            try upload.write(Array(payload[start..<min(start + 10_000, payload.count)]))
        }
        return try await store.finishUpload(upload, announced: SHA256.hash(payload)).0
    }
}
