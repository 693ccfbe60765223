import CryptoPrimitives
import Foundation
import GRDB
import MerkleLedger
import RecordStorage
import SharingContract
import SystemPackage
import TestSupport
import Testing

/// Claims files and anchors, as they lie in the store.
@Suite struct StoredClaims {
    private static let claims = StoreFixture.claims

    private func deposited() async throws -> StoreFixture {
        try await StoreFixture.deposited(payload: [UInt8](repeating: 7, count: 1_000), claims: Self.claims)
    }

    private func position(_ store: LedgerStore) async throws -> UInt64 {
        let compartment = publicKey("ana/laboratory")
        let found = try await store.read {
            try $0.records(of: compartment, for: recipient("ana/laboratory"), after: nil, limit: 2)
        }
        return try #require(found.first).position
    }

    @Test func `a file is there again, and its anchors wait once`() async throws {
        let fixture = try await deposited()
        let store = try fixture.open()
        defer { try? store.close() }
        let page = try await store.read { try $0.claims(of: publicKey("ana/laboratory"), after: nil, atMost: 1, limit: 1) }
        #expect(page.files.map(\.bytes) == [Self.claims.file] && !page.hasMore)
        #expect(try await store.read { try $0.claims(of: publicKey("ben"), after: nil, atMost: 1, limit: 1) }.files.isEmpty)
        #expect(try await store.read { try $0.waitingAnchors() } == 3)
        try await store.commit { try $0.keepAnchors(Self.claims.anchors) }
        #expect(try await store.read { try $0.waitingAnchors() } == 3)
    }

    @Test func `a file that is missing, was changed or belongs to nothing is named, and not served`() async throws {
        let fixture = try await deposited()
        let position: UInt64
        do {
            let store = try fixture.open()
            position = try await self.position(store)
            try store.close()
        }
        for (sql, expected) in [
            ("UPDATE claims SET bytes = x'01'", .claims(position)), ("DELETE FROM claims", .claimsMissing(position)),
            ("UPDATE claims SET position = position + 1", .claimsMissing(position)),
            ("INSERT INTO claims (position, bytes) VALUES (1, x'01')", .claims(1)),
        ] as [(String, StoreError.Difference)] {
            let damaged = try fixture.copied()
            try damaged.meddle(sql)
            #expect(try damaged.namedDifference() == .differs(expected), "\(sql)")
        }
        // The same while it is being served.
        let store = try fixture.open()
        defer { try? store.close() }
        try fixture.meddle("UPDATE claims SET bytes = x'01'")
        await #expect(throws: StoreError.differs(.claims(position))) {
            try await store.read { try $0.claims(of: publicKey("ana/laboratory"), after: nil, atMost: 1, limit: 1) }
        }
        await #expect(throws: StoreError.differs(.claims(position))) { try await store.checkAll { _ in } }
    }

    @Test func `an erasure leaves nothing of the file`() async throws {
        let fixture = try await deposited()
        let store = try fixture.open()
        let commitment = try #require(fixture.world.steps.last?.evidence.tree?.slots.values.first?.commitment)
        #expect(try fixture.contains(Self.claims.file))
        let (world, erasure) = (fixture.world, Erasure(basis: .patientsWish, commitments: [commitment]))
        let body = ErasureBody(of: erasure, signingWith: key("ana/laboratory"), origin: world.origin)
        let evidence = world.evidence(body)
        let entry = world.entry(.erasure(erasure), by: ["north"], evidence: evidence)
        let payloads = try await store.commit { transaction in
            try transaction.append(entry, evidence: evidence)
            return try transaction.erase([commitment])
        }.result
        store.finishErasure(of: payloads)
        let page = try await store.read { try $0.claims(of: publicKey("ana/laboratory"), after: nil, atMost: 1, limit: 1) }
        #expect(page.files.isEmpty && !page.hasMore)
        try store.close()
        #expect(try !fixture.contains(Self.claims.file) && fixture.namedDifference() == nil)
    }

    @Test func `an erasure that was lost takes the file out of a backup`() async throws {
        let restored = try await deposited().withLostErasure()
        #expect(try !restored.contains(Self.claims.file) && restored.namedDifference() == nil)
    }

    @Test func `a copy of the store holds files, anchors and trees`() async throws {
        let fixture = try await StoreFixture.filled()
        let store = try fixture.open()
        let target = try TemporaryFolder()
        try StoreCopy.copy(of: fixture.path, into: FilePath(target.url.path)) { _ in }
        _ = try StoreCopy.verify(
            FilePath(target.url.path), key: StoreFixture.signer().verifierKey, checkpoint: nil
        ) { _ in }
        try store.close()
        let queue = try DatabaseQueue(path: target.path("store.sqlite"))
        let counts = try await queue.read { database in
            try ["claims", "anchor", "anchorTree"].map { try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM \($0)") }
        }
        #expect(counts == [1, 1, 1])
        try await queue.write { try $0.execute(sql: "UPDATE claims SET bytes = x'01'") }
        try queue.close()
        #expect(throws: StoreError.self) {
            _ = try StoreCopy.verify(
                FilePath(target.url.path), key: StoreFixture.signer().verifierKey, checkpoint: nil
            ) { _ in }
        }
    }
}

@Suite struct StoredAnchors {
    private func waiting(_ anchors: [Hash]) async throws -> StoreFixture {
        let fixture = try await StoreFixture(try World.withCompartment())
        let store = try fixture.open()
        try await store.commit { try $0.keepAnchors(anchors) }
        try store.close()
        return fixture
    }

    private func anchors(_ count: Int) -> [Hash] { (0..<count).map { SHA256.hash([UInt8($0 >> 8), UInt8($0 & 255)]) } }

    @Test(arguments: [1, 64, 65, 5_000]) func `what waits is published as one tree, and waits no more`(count: Int) async throws {
        let fixture = try await waiting(anchors(count))
        let store = try fixture.open()
        let leaf = try #require(try await fixture.publishAnchors(in: store))
        let publication = try #require(try await store.read { try $0.anchors(publishedAt: leaf) })
        var bytes: [UInt8] = []
        var piece = 0
        while bytes.count < Int(publication.count) * 32 {
            let number = piece
            bytes += try await store.read { try $0.anchorPiece(number, publishedAt: leaf) }
            piece += 1
        }
        let hashes = Set(stride(from: 0, to: bytes.count, by: 32).compactMap { Hash(Array(bytes[$0..<$0 + 32])) })
        #expect(hashes.isSuperset(of: anchors(count)) && hashes.count == Int(publication.count))
        #expect(try await store.read { try $0.waitingAnchors() } == 0)
        #expect(try await fixture.publishAnchors(in: store) == nil)
        #expect(try await store.read { try $0.anchors(publishedAt: leaf - 1) } == nil)
        try store.close()
        #expect(try fixture.namedDifference() == nil)
    }

    @Test func `nothing waits where it came: the file says nothing of the order`() async throws {
        let fixture = try await waiting(anchors(100).reversed())
        let queue = try DatabaseQueue(path: fixture.path.appending("store.sqlite").string)
        let stored = try await queue.read { try Data.fetchAll($0, sql: "SELECT hash FROM anchor") }
        #expect(stored.map { Array($0) } == anchors(100).sorted().map(\.bytes))
        try queue.close()
    }

    @Test func `more than a tree holds go into several`() async throws {
        let fixture = try await waiting(anchors(150))
        let store = try fixture.open()
        defer { try? store.close() }
        var sizes: [Int] = []
        while let waiting = try await store.read({ try $0.mixedAnchors(limit: 64) }) {
            let entry = fixture.world.entry(.claimsAnchors(waiting.tree.publication), by: ["north"])
            #expect(try await store.commit { try $0.publish(waiting, entry) }.result)
            sizes.append(waiting.hashes.count)
            #expect(waiting.hasMore == (sizes.count < 3))
        }
        #expect(sizes == [64, 64, 22])
    }

    @Test func `what was published meanwhile is not published twice`() async throws {
        let fixture = try await waiting(anchors(3))
        let store = try fixture.open()
        defer { try? store.close() }
        let stale = try #require(try await store.read { try $0.mixedAnchors() })
        #expect(try await fixture.publishAnchors(in: store) != nil)
        let (size, entry) = (store.head.size, fixture.world.entry(.claimsAnchors(stale.tree.publication), by: ["north"]))
        #expect(try await !store.commit { try $0.publish(stale, entry) }.result)
        #expect(store.head.size == size)
    }

    @Test func `they wait for the next day`() async throws {
        let fixture = try await waiting(anchors(1))
        let store = try fixture.open()
        defer { try? store.close() }
        let today = fixture.world.now.day
        #expect(try await store.read { try !$0.hasAnchors(before: today) })
        #expect(try await store.read { try $0.hasAnchors(before: today.adding(days: 1)) })
    }

    @Test(arguments: [
        "UPDATE anchorTree SET hashes = zeroblob(2048)", "UPDATE anchorTree SET hashes = substr(hashes, 1, 2016)",
        "UPDATE anchorTree SET hashes = CAST(hashes || zeroblob(32) AS BLOB)", "UPDATE anchorTree SET piece = 1",
        "DELETE FROM anchorTree",
        "INSERT INTO anchorTree (leaf, piece, hashes) SELECT leaf, 1, hashes FROM anchorTree",
    ])
    func `a tree that is another than the one of its entry is named, and not served`(sql: String) async throws {
        let fixture = try await waiting(anchors(3))
        let store = try fixture.open()
        let leaf = try #require(try await fixture.publishAnchors(in: store))
        try fixture.meddle(sql)
        await #expect(throws: StoreError.differs(.anchors(leaf))) {
            try await store.read { try $0.anchors(publishedAt: leaf) }
        }
        await #expect(throws: StoreError.differs(.anchors(leaf))) { try await store.checkAll { _ in } }
        try store.close()
        #expect(try fixture.namedDifference() == .differs(.anchors(leaf)))
    }

    @Test func `a tree of no entry is named, and so is an anchor that waits and was changed`() async throws {
        let fixture = try await waiting(anchors(3))
        let stray = try fixture.copied()
        try stray.meddle("INSERT INTO anchorTree (leaf, piece, hashes) VALUES (1, 0, zeroblob(2048))")
        #expect(try stray.namedDifference() == .differs(.anchors(1)))
        for sql in [
            "UPDATE anchor SET day = day - 1", "UPDATE anchor SET digest = zeroblob(32)",
            "UPDATE anchor SET hash = zeroblob(32) WHERE hash = (SELECT MIN(hash) FROM anchor)",
        ] {
            let changed = try fixture.copied()
            try changed.meddle(sql)
            #expect(try changed.namedDifference() == .differs(.anchorsWaiting), "\(sql)")
        }
    }
}
