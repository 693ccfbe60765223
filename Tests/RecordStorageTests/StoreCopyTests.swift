import CryptoPrimitives
import DurableFiles
import Foundation
import GRDB
import MerkleLedger
import RecordStorage
import SharingContract
import Synchronization
import SystemPackage
import TestSupport
import Testing

@Suite struct StoreCopies {
    private static let key = StoreFixture.signer().verifierKey

    private func copy(of fixture: StoreFixture) throws -> (TemporaryFolder, FilePath) {
        let folder = try TemporaryFolder()
        let path = FilePath(folder.url.path)
        try StoreCopy.copy(of: fixture.path, into: path) { _ in }
        return (folder, path)
    }

    @Test func `a copy made while a writer goes on is of one moment and proves itself`() async throws {
        let fixture = try await StoreFixture.deposited(payload: [UInt8](repeating: 7, count: 100_000))
        let store = try fixture.open()
        defer { try? store.close() }
        var world = fixture.world
        let before = store.head.size
        async let writing: Void = {
            for number in 0..<40 {
                _ = try world.admit("clinic \(number)", by: "north")
                guard let step = world.steps.last else { return }
                try await store.commit { _ = try $0.append(step.entry, evidence: step.evidence) }
            }
        }()
        for _ in 0..<5 {
            let (folder, path) = try copy(of: fixture)
            let contents = try StoreCopy.verify(path, key: Self.key, checkpoint: nil) { _ in }
            #expect(contents.size >= before && contents.payloads == 1)
            withExtendedLifetime(folder) {}
        }
        try await writing
        let (folder, path) = try copy(of: fixture)
        #expect(try StoreCopy.verify(path, key: Self.key, checkpoint: store.head.checkpoint) { _ in }.size == before + 40)
        withExtendedLifetime(folder) {}
    }

    @Test func `a copy that does not come to its checkpoint, or is another ledger's, is refused`() async throws {
        let fixture = try await StoreFixture(try World.withCompartment())
        let (folder, path) = try copy(of: fixture)
        let contents = try StoreCopy.verify(path, key: Self.key, checkpoint: nil) { _ in }
        let signer = StoreFixture.signer()
        for (size, root) in [
            (contents.size + 1, contents.root), (contents.size, SHA256.hash([1])), (contents.size - 1, contents.root),
        ] {
            let note = try signer.sign(Checkpoint(origin: contents.origin, size: size, rootHash: root))
            #expect(throws: StoreError.differs(.checkpoint)) {
                try StoreCopy.verify(path, key: Self.key, checkpoint: note) { _ in }
            }
        }
        let name = try #require(KeyName(contents.origin.text))
        let other = NoteSigner(name: name, key: TestSupport.key("another")).verifierKey
        #expect(throws: StoreError.differs(.otherLedger)) { try StoreCopy.verify(path, key: other, checkpoint: nil) { _ in } }
        withExtendedLifetime(folder) {}
    }

    /// As a gateway does that erases while the copy is made: the row goes, then the file.
    @Test func `what is erased while a copy is made is not in it`() async throws {
        let fixture = try await StoreFixture.deposited(
            payload: Array("planted payload".utf8) + [UInt8](repeating: 7, count: 100_000))
        let folder = try TemporaryFolder()
        let erased = Mutex(false)
        try StoreCopy.copy(of: fixture.path, into: FilePath(folder.url.path)) { progress in
            guard case .payloads = progress, !erased.withLock({ $0 }) else { return }
            erased.withLock { $0 = true }
            try? fixture.meddle("DELETE FROM payload")
            try? FileManager.default.removeItem(atPath: fixture.folder.path("payloads"))
        }
        #expect(erased.withLock { $0 })
        #expect(try DurableFile.names(in: FilePath(folder.path("payloads"))).isEmpty)
        let queue = try DatabaseQueue(path: folder.path("store.sqlite"))
        #expect(try await queue.read { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM payload") } == 0)
    }

    @Test func `a payload that is missing for good ends the copy`() async throws {
        let fixture = try await StoreFixture.deposited(payload: [UInt8](repeating: 7, count: 100_000))
        try FileManager.default.removeItem(atPath: fixture.folder.path("payloads"))
        let folder = try TemporaryFolder()
        #expect(throws: StoreError.self) { try StoreCopy.copy(of: fixture.path, into: FilePath(folder.url.path)) { _ in } }
    }

    @Test func `there is no copy of no store`() throws {
        let folder = try TemporaryFolder()
        #expect(throws: StoreError.absent) {
            try StoreCopy.copy(of: FilePath(folder.url.path), into: FilePath(folder.url.path)) { _ in }
        }
    }

    @Test func `erasures that were lost with the ledger are done again, and the store still proves itself`() async throws {
        let payload = Array("planted payload ".utf8) + [UInt8](repeating: 7, count: 100_000)
        let fixture = try await StoreFixture.deposited(payload: payload)
        let store = try fixture.open()
        let commitment = try #require(fixture.world.steps.last?.evidence.tree?.slots.values.first?.commitment)
        #expect(try await store.hasLostErasures() == false)
        try store.close()
        #expect(try fixture.contains(Array("planted payload".utf8)))
        #expect(try LostErasures.replay([commitment, SHA256.hash([1])], in: fixture.path) == 1)
        #expect(try !fixture.contains(Array("planted payload".utf8)))
        let again = try fixture.open()
        #expect(try await again.hasLostErasures())
        try again.close()
        // Without the note of it, what is gone is missed.
        try fixture.meddle("DELETE FROM lostErasure")
        #expect(throws: (any Error).self) { try fixture.open() }
    }
}
