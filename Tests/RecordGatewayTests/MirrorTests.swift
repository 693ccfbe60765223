import CryptoPrimitives
import DurableFiles
import Foundation
import GRDB
import GatewayAPI
import LedgerMirror
import MerkleLedger
import RecordStorage
import SharingContract
import Synchronization
import SystemPackage
import TestSupport
import Testing

/// A ledger in memory that is shown as a gateway shows it, and that a test may falsify.
struct ShownLedger: Sendable {
    var leaves: [[UInt8]] = []
    /// Answers by their path, instead of the true ones.
    var lies: [String: [UInt8]] = [:]
    var signer = "ledger"
    /// What checkpoints claim, if not the truth.
    var claimedRoot: Hash?
    var claimedSize: UInt64?

    private static let origin = line("north.example/ledger")

    init(_ world: World) {
        leaves = world.steps.enumerated().map { index, step in Leaf(time: world.now, entry: step.entry).canonicalBytes }
    }

    /// A world with so many clinics.
    static func clinics(_ count: Int) throws -> ShownLedger {
        var world = try World.begun()
        for number in 0..<count { _ = try world.admit("clinic \(number)", by: "north") }
        return ShownLedger(world)
    }

    private var hashes: [Hash] { leaves.map { Hash.leaf($0) } }

    var edge: TreeEdge {
        var edge = TreeEdge()
        for hash in hashes { _ = edge.append(hash) }
        return edge
    }

    func checkpoint() throws -> [UInt8] {
        guard let name = KeyName(Self.origin.text) else { return [] }
        let checkpoint = try Checkpoint(
            origin: Self.origin, size: claimedSize ?? UInt64(leaves.count), rootHash: claimedRoot ?? edge.root)
        return try NoteSigner(name: name, key: key(signer)).sign(checkpoint).bytes
    }

    /// What is under a path; `nil` where there is nothing.
    func answer(_ path: String) throws -> [UInt8]? {
        if let lie = lies[path] { return lie }
        if path == PublicPath.checkpoint { return try checkpoint() }
        let tile = String(path.dropFirst())
        if let place = try? Tile.Coordinate(entriesPath: tile) {
            let first = Int(place.index) << Tile.height
            guard first + place.width <= leaves.count else { return nil }
            return try EntryBundle(entries: Array(leaves[first..<first + place.width])).bytes
        }
        let place = try Tile.Coordinate(path: tile)
        var row = hashes
        for _ in 0..<place.level {
            row = stride(from: 0, to: row.count - row.count % Tile.fullWidth, by: Tile.fullWidth).map { start in
                var tree = TreeAccumulator()
                for hash in row[start..<start + Tile.fullWidth] { tree.append(hash) }
                return tree.root
            }
        }
        let first = Int(place.index) << Tile.height
        guard first + place.width <= row.count else { return nil }
        return row[first..<first + place.width].flatMap(\.bytes)
    }
}

/// A mirror in a folder of its own.
struct MirrorSite {
    let folder: TemporaryFolder
    var path: FilePath { FilePath(folder.url.path) }

    init() throws {
        folder = try TemporaryFolder()
    }

    /// Opens the mirror, follows the ledger once, and closes it, as a process that ends does. Gives the fault, if there is one.
    @discardableResult
    func follow(_ ledger: ShownLedger, cutAfter limit: Int = .max) async throws -> FollowError? {
        let store = try MirrorStore(path)
        defer { try? store.close() }
        let count = Mutex(0)
        let follower = LedgerFollower(store) { path, maximum throws(FollowError) in
            let number = count.withLock { count in
                count += 1
                return count
            }
            guard number <= limit, let bytes = try? ledger.answer(path) else { throw .unreachable }
            guard bytes.count <= maximum else { throw .fault(.malformed) }
            return bytes
        }
        do throws(FollowError) {
            try await follower.sync()
            return nil
        } catch {
            return error
        }
    }

    func head() throws -> (size: UInt64, note: [UInt8])? {
        let store = try MirrorStore(path)
        defer { try? store.close() }
        return store.head.map { ($0.size, $0.checkpoint.note.bytes) }
    }

    func meddle(_ sql: String) throws {
        let queue = try DatabaseQueue(path: path.appending("mirror.sqlite").string)
        defer { try? queue.close() }
        try queue.write { try $0.execute(sql: sql) }
    }
}

@Suite struct Mirrors {
    @Test(arguments: [0, 1, 254, 255, 256, 700])
    func `a mirror shows what its leader shows, byte for byte`(count: Int) async throws {
        let (ledger, site) = (try ShownLedger.clinics(count), try MirrorSite())
        #expect(try await site.follow(ledger) == nil)
        let store = try MirrorStore(site.path)
        defer { try? store.close() }
        #expect(store.head?.checkpoint.note.bytes == (try ledger.checkpoint()))
        for tile in 0...(count / 256) {
            let width = min(256, ledger.leaves.count - tile * 256)
            for width in Set([1, width]) where width > 0 {
                let place = try #require(Tile.Coordinate(level: 0, index: UInt64(tile), width: width))
                #expect(try await store.entries(place)?.bytes == ledger.answer("/" + place.entriesPath))
                #expect(try await store.tile(place)?.bytes == ledger.answer("/" + place.path))
            }
        }
        let beyond = try #require(
            Tile.Coordinate(level: 0, index: UInt64(ledger.leaves.count / 256), width: ledger.leaves.count % 256 + 1))
        #expect(try await store.entries(beyond) == nil)
        #expect(try await store.tile(beyond) == nil)
        let high = try #require(Tile.Coordinate(level: 63, index: 0, width: 1))
        #expect(try await store.tile(high) == nil)
    }

    @Test func `it goes on where it was after each restart, and what is not covered yet is not shown`() async throws {
        // Two steps and a bit; every step takes sixteen bundles.
        var ledger = try ShownLedger.clinics(9_000)
        let site = try MirrorSite()
        #expect(try await site.follow(ledger, cutAfter: 20) == .unreachable)
        #expect(try site.head() == nil)
        var size: UInt64 = 0
        for _ in 0..<3 {
            _ = try await site.follow(ledger, cutAfter: 30)
            let store = try MirrorStore(site.path)
            #expect(store.edge.size >= size)
            size = store.edge.size
            try store.close()
        }
        #expect(try await site.follow(ledger) == nil)
        #expect(try site.head()?.size == 9_001)
        // Away for a while, then back with more.
        #expect(try await site.follow(ledger, cutAfter: 0) == .unreachable)
        ledger = try ShownLedger.clinics(9_003)
        #expect(try await site.follow(ledger) == nil)
        #expect(try site.head()?.size == 9_004)
    }

    // MARK: Leaders that lie

    private func fault(_ change: (inout ShownLedger) throws -> Void) async throws -> LeaderFault? {
        let site = try MirrorSite()
        let before = try ShownLedger.clinics(300)
        #expect(try await site.follow(before) == nil)
        let head = try site.head()
        var ledger = try ShownLedger.clinics(600)
        try change(&ledger)
        guard case .fault(let fault) = try await site.follow(ledger) else { return nil }
        // Whatever was shown before is what is still there.
        #expect(try site.head()?.note == head?.note)
        return fault
    }

    @Test func `a checkpoint of another key, another ledger, or none is refused`() async throws {
        #expect(try await fault { $0.signer = "another" } == .notSigned)
        #expect(try await fault { $0.lies[PublicPath.checkpoint] = [] } == .notSigned)
        #expect(try await fault { $0.lies[PublicPath.checkpoint] = Array("nonsense\n".utf8) } == .notSigned)
        #expect(
            try await fault {
                var bytes = try $0.checkpoint()
                bytes[30] ^= 1
                $0.lies[PublicPath.checkpoint] = bytes
            } == .notSigned)
        #expect(try await fault { $0.lies[PublicPath.checkpoint] = [UInt8](repeating: 10, count: 2_000_000) } == .malformed)
    }

    @Test func `an older state is a rollback`() async throws {
        #expect(try await fault { $0 = try .clinics(299) } == .rolledBack)
        #expect(try await fault { $0 = try .clinics(1) } == .rolledBack)
    }

    @Test func `another history under the same key is a fork, shorter, as long, and longer`() async throws {
        func forked(_ count: Int) throws -> ShownLedger {
            var world = try World.begun()
            for number in 0..<count { _ = try world.admit("other \(number)", by: "north") }
            return ShownLedger(world)
        }
        for count in [1, 299, 300, 301, 600, 5_000] { #expect(try await fault { $0 = try forked(count) } == .forked, "\(count)") }
        // Or a root that is nobody's.
        #expect(try await fault { $0.claimedRoot = SHA256.hash([1]) } == .forked)
        #expect(try await fault { ledger in (ledger.claimedSize, ledger.claimedRoot) = (301, SHA256.hash([1])) } == .forked)
    }

    @Test func `what the leader signed against itself is kept`() async throws {
        let site = try MirrorSite()
        #expect(try await site.follow(try .clinics(300)) == nil)
        let contradiction = site.path.appending("contradiction.checkpoint")
        let older = try ShownLedger.clinics(200)
        #expect(try await site.follow(older) == .fault(.rolledBack))
        #expect(try DurableFile.read(contradiction, atMost: 10_000) == older.checkpoint())
        // Nothing that comes later takes its place.
        #expect(try await site.follow(try .clinics(100)) == .fault(.rolledBack))
        #expect(try DurableFile.read(contradiction, atMost: 10_000) == older.checkpoint())
        // What anybody could have made is none.
        try DurableFile.remove(contradiction)
        var unsigned = older
        unsigned.signer = "another"
        #expect(try await site.follow(unsigned) == .fault(.notSigned))
        var garbled = try ShownLedger.clinics(600)
        garbled.lies["/" + (try #require(Tile.Coordinate(level: 0, index: 1, width: 256))).entriesPath] = [0]
        #expect(try await site.follow(garbled) == .fault(.malformed))
        #expect(!DurableFile.exists(contradiction))
    }

    @Test func `entries that are left out, changed, added or cut are noticed`() async throws {
        func bundle(_ ledger: ShownLedger) throws -> (path: String, entries: [[UInt8]]) {
            let place = try #require(Tile.Coordinate(level: 0, index: 1, width: 256))
            return ("/" + place.entriesPath, Array(ledger.leaves[256..<512]))
        }
        func lying(_ change: (inout [[UInt8]]) -> Void) async throws -> LeaderFault? {
            try await fault { ledger in
                var (path, entries) = try bundle(ledger)
                change(&entries)
                ledger.lies[path] = try EntryBundle(entries: entries).bytes
            }
        }
        #expect(try await lying { $0.removeLast() } == .malformed)
        #expect(try await lying { $0[100] = $0[101] } == .forked)
        #expect(try await lying { $0.swapAt(200, 201) } == .forked)
        #expect(try await lying { $0[255] = [] } == .forked)
        // What was there before cannot be made otherwise either.
        #expect(try await lying { $0[10][5] ^= 1 } == nil)
        #expect(try await fault { $0.lies[try bundle($0).path] = [0] } == .malformed)
        #expect(try await fault { $0.lies[try bundle($0).path] = [] } == .malformed)
    }

    @Test func `entries that break the rules are refused though they are signed into the tree`() async throws {
        let rogue = try { () throws -> [UInt8] in
            let world = try World.begun()
            let evidence = world.evidence(ActorBody(identifiers: line("")))
            return Leaf(time: world.now, entry: world.entry(.actor(world.actor("rogue")), by: ["nobody"], evidence: evidence))
                .canonicalBytes
        }()
        #expect(try await fault { $0.leaves.insert(rogue, at: 400) } == .ruleBroken(entry: 400))
        #expect(try await fault { $0.leaves.append($0.leaves[5]) } == .ruleBroken(entry: 601))
        #expect(try await fault { $0.leaves.append([1, 2, 3]) } == .malformed)
    }

    @Test func `tiles that do not prove the way to the checkpoint are refused`() async throws {
        let site = try MirrorSite()
        var ledger = try ShownLedger.clinics(9_000)
        let place = try #require(Tile.Coordinate(level: 1, index: 0, width: 35))
        var tile = try #require(try ledger.answer("/" + place.path))
        tile[33 * 32] ^= 1
        ledger.lies["/" + place.path] = tile
        #expect(try await site.follow(ledger) == .fault(.forked))
        ledger.lies["/" + place.path] = Array(tile.dropLast())
        #expect(try await site.follow(ledger) == .fault(.malformed))
        #expect(try site.head() == nil)
    }

    @Test func `at first contact a ledger has to be its own genesis'`() async throws {
        for (change, fault) in [
            ({ $0.signer = "another" }, .notSigned), ({ $0.leaves = [] }, .malformed), ({ $0.leaves.removeFirst() }, .malformed),
            ({ $0.leaves[0] = $0.leaves[1] }, .malformed),
        ] as [((inout ShownLedger) -> Void, LeaderFault)] {
            let site = try MirrorSite()
            var ledger = try ShownLedger.clinics(3)
            change(&ledger)
            #expect(try await site.follow(ledger) == .fault(fault))
            #expect(try site.head() == nil)
        }
    }

    // MARK: Copies that were meddled with

    @Test func `a mirror that somebody meddled with does not open`() async throws {
        for (sql, difference) in [
            ("DELETE FROM leaf WHERE number = 7", .leafMissing(7)),
            ("UPDATE leaf SET bytes = x'00' WHERE number = 7", .leafUnreadable(7)),
            ("UPDATE leaf SET bytes = (SELECT bytes FROM leaf WHERE number = 8) WHERE number = 7", .tile(level: 0, index: 0)),
            ("UPDATE leaf SET bytes = (SELECT bytes FROM leaf WHERE number = 8) WHERE number = 299", .root),
            ("UPDATE tile SET hashes = zeroblob(8192)", .tile(level: 0, index: 0)), ("DELETE FROM tile", .tile(level: 0, index: 0)),
            ("DELETE FROM leaf WHERE number > 290", .leafMissing(291)), ("UPDATE shown SET note = x'00'", .checkpoint),
            ("DELETE FROM state WHERE key = x'00'", .checkpoint),
        ] as [(String, StoreError.Difference)] {
            let site = try MirrorSite()
            #expect(try await site.follow(try .clinics(300)) == nil)
            try site.meddle(sql)
            #expect(throws: StoreError.differs(difference), "\(sql)") { _ = try MirrorStore(site.path) }
        }
    }

    @Test func `one process has it`() async throws {
        let site = try MirrorSite()
        let store = try MirrorStore(site.path)
        #expect(throws: StoreError.inUse) { _ = try MirrorStore(site.path) }
        try store.close()
    }
}
