import CryptoPrimitives
import DurableFiles
import RecordStorage
import SystemPackage
import TestSupport
import Testing

/// Files go after the commit that took their rows. In between the same payload may come again, and then it must not lose its file.
@Suite struct PayloadArrivals {
    private let payload = [UInt8](repeating: 1, count: 100_000)

    /// A store in which the payload was uploaded two days ago.
    private func begun() async throws -> (StoreFixture, LedgerStore, PayloadID) {
        var fixture = try await StoreFixture(try World.begun())
        let store = try fixture.open()
        let name = try await fixture.upload(payload, to: store)
        try store.close()
        fixture.world.now = Minute(fixture.world.now.number + 48 * 60)
        return (fixture, try fixture.open(), name)
    }

    private func place(in store: LedgerStore) throws -> PayloadArrival {
        var upload = store.beginUpload()
        try upload.write(payload)
        return try store.place(upload, announced: SHA256.hash(payload))
    }

    private func isWhole(_ name: PayloadID, in store: LedgerStore) async throws -> Bool {
        guard let content = try await store.payload(name) else { return false }
        return try (0..<content.pieceCount).flatMap { try content.piece($0) } == payload
    }

    private func files(_ fixture: StoreFixture) throws -> [String] {
        try DurableFile.names(in: fixture.path.appending("payloads"))
    }

    @Test func `a payload that is forgotten while it arrives again keeps its file`() async throws {
        let (fixture, store, name) = try await begun()
        let arrival = try place(in: store)
        try await store.removeForgottenUploads()
        #expect(try await store.payload(name) == nil)
        _ = try await store.keep(arrival)
        #expect(try await isWhole(name, in: store))
        #expect(try files(fixture) == [name.description])
    }

    @Test func `a payload that came back after its erasure keeps its file`() async throws {
        let (fixture, store, name) = try await begun()
        try await store.removeForgottenUploads()
        #expect(try files(fixture).isEmpty)
        _ = try await fixture.upload(payload, to: store)
        // The erasure that began before the upload ends after it.
        store.finishErasure(of: [name])
        #expect(try await isWhole(name, in: store))
    }

    @Test func `of two that arrive at once the second still has its file when the first has arrived`() async throws {
        let (fixture, store, name) = try await begun()
        let second = try place(in: store)
        _ = try await store.keep(try place(in: store))
        try fixture.meddleOutsideTransaction("DELETE FROM payload")
        store.finishErasure(of: [name])
        _ = try await store.keep(second)
        #expect(try await isWhole(name, in: store))
    }

    @Test func `an arrival that comes to nothing holds no file back`() async throws {
        let (fixture, store, name) = try await begun()
        _ = try place(in: store)
        try await store.removeForgottenUploads()
        #expect(try files(fixture).isEmpty)
        // Given up after the removal, its file stays for the next start.
        do {
            let arrival = try place(in: store)
            store.finishErasure(of: [name])
            #expect(try files(fixture) == [name.description])
            withExtendedLifetime(arrival) {}
        }
        try store.close()
        try fixture.open().close()
        #expect(try files(fixture).isEmpty)
    }
}
