import CryptoPrimitives
import DurableFiles
import Foundation
import RecordStorage
import SharingContract
import SystemPackage
import TestSupport
import Testing

private struct Contents {
    let bytes: [UInt8]
    let digest: Hash
}

private func contents(of payload: PayloadID, in store: LedgerStore) async throws -> Contents? {
    guard let content = try await store.payload(payload) else { return nil }
    return Contents(bytes: try (0..<content.pieceCount).flatMap { try content.piece($0) }, digest: content.digest)
}

@Suite struct Payloads {
    @Test(arguments: [32, 1_000, 65_535, 65_536, 65_568, 65_569, 1_000_000]) func `a payload comes back`(size: Int) async throws {
        let fixture = try await StoreFixture(try World.begun())
        let store = try fixture.open()
        let payload = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7 / 5) }
        let name = try await fixture.upload(payload, to: store)
        #expect(name == PayloadID(of: payload))
        let stored = try await contents(of: name, in: store)
        #expect(stored?.bytes == payload)
        #expect(stored?.digest == SHA256.hash(payload))
        // Small ones are rows, large ones files.
        #expect(DurableFile.exists(fixture.path.appending("payloads").appending(name.description)) == (size >= 65_536))
    }

    @Test func `bytes that are not those announced, or too few, are not kept`() async throws {
        let fixture = try await StoreFixture(try World.begun())
        let store = try fixture.open()
        for (payload, announced) in [
            ([UInt8](repeating: 1, count: 31), SHA256.hash([UInt8](repeating: 1, count: 31))), ([], .emptyTree),
            ([UInt8](repeating: 1, count: 1_000), .emptyTree), ([UInt8](repeating: 1, count: 100_000), .emptyTree),
        ] {
            await #expect(throws: PayloadUpload.UploadError.self) {
                var upload = store.beginUpload()
                try upload.write(payload)
                _ = try await store.finishUpload(upload, announced: announced)
            }
        }
        #expect(try DurableFile.names(in: fixture.path.appending("payloads")).isEmpty)
    }

    @Test func `an upload that no deposit names is forgotten after a day`() async throws {
        var fixture = try await StoreFixture(try World.begun())
        let store = try fixture.open()
        let large = try await fixture.upload([UInt8](repeating: 1, count: 100_000), to: store)
        try await store.removeForgottenUploads()
        #expect(try await contents(of: large, in: store) != nil)
        try store.close()
        fixture.world.now = Minute(fixture.world.now.number + 24 * 60 + 1)
        let later = try fixture.open()
        try await later.removeForgottenUploads()
        #expect(try await contents(of: large, in: later) == nil)
        #expect(try DurableFile.names(in: fixture.path.appending("payloads")).isEmpty)
    }

    @Test func `a payload that a deposit names stays`() async throws {
        var fixture = try await StoreFixture.deposited(payload: [UInt8](repeating: 1, count: 100_000))
        fixture.world.now = Minute(fixture.world.now.number + 24 * 60 + 1)
        let store = try fixture.open()
        try await store.removeForgottenUploads()
        #expect(try DurableFile.names(in: fixture.path.appending("payloads")).count == 1)
        try store.close()
        _ = try fixture.open()
    }
}

@Suite struct Erasing {
    @Test(arguments: [1_000, 100_000]) func `nothing of an erased record is left in the folder`(size: Int) async throws {
        var generator = SeededGenerator(seed: 7)
        let payload = generator.bytes(size)
        let fixture = try await StoreFixture.deposited(payload: payload)
        let store = try fixture.open()
        let step = try #require(fixture.world.steps.last)
        let slot = try #require(step.evidence.tree?.slots.values.first)
        guard case .descriptor(let descriptor, let salt) = slot else { return }
        let planted = [payload.prefix(32), salt.bytes[...], descriptor.record.bytes[...], descriptor.signature.bytes[...]]
        #expect(try planted.allSatisfy { try fixture.contains(Array($0)) })

        let erasure = Erasure(basis: .patientsWish, commitments: [slot.commitment])
        let body = ErasureBody(of: erasure, signingWith: key("ana/laboratory"), origin: fixture.world.origin)
        let evidence = fixture.world.evidence(body)
        let entry = fixture.world.entry(.erasure(erasure), by: ["north"], evidence: evidence)
        let payloads = try await store.commit { transaction in
            try transaction.append(entry, evidence: evidence)
            return try transaction.erase(erasure.commitments)
        }.result
        store.finishErasure(of: payloads)
        for (index, trace) in planted.enumerated() { #expect(try !fixture.contains(Array(trace)), "trace \(index)") }
        try store.close()
        let again = try fixture.open()
        #expect(try await contents(of: descriptor.payload, in: again) == nil)
    }
}

@Suite struct OnceOnly {
    @Test func `a nonce and a request are used once, also after a restart`() async throws {
        let fixture = try await StoreFixture(try World.begun())
        let nonce = Bytes32.random()
        var store = try fixture.open()
        func use(_ nonce: Bytes32, _ name: String) async throws -> Bool {
            try await store.commit { try $0.useNonce(nonce, of: publicKey(name), until: 1_000) }.result
        }
        #expect(try await use(nonce, "a"))
        #expect(try await !use(nonce, "a"))
        #expect(try await use(nonce, "b"))
        #expect(try await store.commit { try $0.useRequest(RequestHash(of: [1])) }.result)
        try store.close()
        store = try fixture.open()
        #expect(try await !use(nonce, "a"))
        #expect(try await !store.commit { try $0.useRequest(RequestHash(of: [1])) }.result)
        try await store.commit { try $0.deleteNonces(expiredBy: 1_000) }
        #expect(try await !use(nonce, "a"))
        try await store.commit { try $0.deleteNonces(expiredBy: 1_001) }
        #expect(try await use(nonce, "a"))
    }
}

@Suite struct Inboxes {
    @Test func `messages wait for their reader, in order, and are deleted by nobody else`() async throws {
        let store = try await StoreFixture(try World.begun()).open()
        for number in 1...3 as ClosedRange<UInt8> {
            #expect(
                try await store.commit {
                    try $0.storeMessage([number], for: publicKey("ana"), from: publicKey("x"), within: .actor)
                }.result)
        }
        let messages = try await store.read { try $0.messages(for: publicKey("ana"), after: nil, limit: 10) }
        #expect(messages.map(\.bytes) == [[1], [2], [3]])
        #expect(
            try await store.read { try $0.messages(for: publicKey("ana"), after: messages[0].number, limit: 1) }.map(\.bytes) == [
                [2]
            ])
        #expect(try await store.read { try $0.messages(for: publicKey("ben"), after: nil, limit: 10) }.isEmpty)
        try await store.commit { try $0.deleteMessages(messages.map(\.number) + [.max], of: publicKey("ben")) }
        #expect(try await store.read { try $0.messages(for: publicKey("ana"), after: nil, limit: 10) }.count == 3)
        try await store.commit { try $0.deleteMessages([messages[1].number], of: publicKey("ana")) }
        #expect(try await store.read { try $0.messages(for: publicKey("ana"), after: nil, limit: 10) }.map(\.bytes) == [[1], [3]])
    }

    @Test func `no sender fills an inbox, and the admitted ones together leave room for grants`() async throws {
        let store = try await StoreFixture(try World.begun()).open()
        let taken = try await store.commit { transaction in
            try ["x", "y", "z", "u", "v"].map { sender in
                try (0..<300).filter { _ in
                    try transaction.storeMessage([1], for: publicKey("ana"), from: publicKey(sender), within: .actor)
                }.count
            }
        }.result
        #expect(taken == [64, 64, 64, 64, 0])
        let slips = try await store.commit { transaction in
            try (0..<9).filter { _ in
                try transaction.storeMessage([1], for: publicKey("ana"), from: publicKey("grant"), within: .grant)
            }.count
        }.result
        #expect(slips == 4)
    }

    @Test func `after 90 days a message is gone`() async throws {
        var fixture = try await StoreFixture(try World.begun())
        var store = try fixture.open()
        _ = try await store.commit { try $0.storeMessage([1], for: publicKey("ana"), from: publicKey("x"), within: .actor) }
        try store.close()
        for (days, count) in [(90, 1), (1, 0)] as [(UInt32, Int)] {
            fixture.world.now = Minute(fixture.world.now.number + days * Minute.perDay)
            store = try fixture.open()
            try await store.commit { try $0.deleteOldMessages() }
            #expect(try await store.read { try $0.messages(for: publicKey("ana"), after: nil, limit: 10) }.count == count)
            try store.close()
        }
    }

    @Test func `a backup belongs to the key that made it`() async throws {
        let store = try await StoreFixture(try World.begun()).open()
        func put(_ bytes: [UInt8], by owner: String) async throws -> Bool {
            try await store.commit { try $0.storeBackup(bytes, fetchKey: publicKey("words"), owner: publicKey(owner)) }.result
        }
        #expect(try await put([1], by: "ana"))
        #expect(try await put([2], by: "ana"))
        #expect(try await !put([3], by: "thief"))
        #expect(try await store.read { try $0.backup(publicKey("words")) } == [2])
        #expect(try await store.read { try $0.backup(publicKey("other")) } == nil)
    }
}

@Suite struct OpenReviews {
    private static func story() throws -> (world: World, emergencies: [UInt64]) {
        var world = try World.withCompartment()
        try world.admit("desk", role: .emergencyDesk)
        try world.grant("grant", in: "ana/laboratory", to: "desk", list: world.list("ana/laboratory"))
        var emergencies: [UInt64] = []
        for (nonce, days) in [(0, 7), (1, 3), (2, 30), (3, 3)] as [(UInt8, UInt32)] {
            // The last of them about a patient whom nobody knows.
            let declaration = world.declaration(nonce == 3 ? "drawn" : "grant", nonce: nonce)
            let evidence = world.evidence(EmergencyBody(declaration, signingWith: key("desk"), origin: world.origin))
            let access = EmergencyAccess(grant: declaration.grant, due: world.now.day.adding(days: days))
            emergencies.append(try world.append(.emergencyAccess(access), by: "north", evidence: evidence))
        }
        return (world, emergencies)
    }

    @Test func `what waits for a review stands in the order of its days, and goes with its review`() async throws {
        var (world, emergencies) = try Self.story()
        var store = try await StoreFixture(world).open()
        let today = world.now.day
        let all = try await store.read { try $0.openReviews(limit: 10) }
        #expect(all.map(\.emergency) == [emergencies[1], emergencies[3], emergencies[0], emergencies[2]])
        #expect(all.map(\.due) == [3, 3, 7, 30].map { today.adding(days: $0) })
        #expect(try await store.read { try $0.openReviews(limit: 2) } == Array(all.prefix(2)))
        try store.close()
        try world.review(emergencies[3])
        try world.review(emergencies[0])
        // Opened twice, so that the store has proven itself with what it wrote.
        let fixture = try await StoreFixture(world)
        store = try fixture.open()
        #expect(try await store.read { try $0.openReviews(limit: 10) }.map(\.emergency) == [emergencies[1], emergencies[2]])
        try store.close()
    }

    @Test func `emergencies and reviews are in the history of the grant's compartment, and of no other`() async throws {
        var (world, emergencies) = try Self.story()
        let reviews = [try world.review(emergencies[0]), try world.review(emergencies[3])]
        let store = try await StoreFixture(world).open()
        let first = emergencies[0]
        let history = try await store.read { try $0.history(of: publicKey("ana/laboratory"), from: first, limit: 100) }
        #expect(history == [emergencies[0], emergencies[1], emergencies[2], reviews[0]])
        try store.close()
    }
}
