import CryptoPrimitives
import GatewayAPI
import HTTPTypes
import SharingContract
import TestSupport
import Testing

@testable import GatewayClient

/// A synchronisation finishes what it can, and names the rest.
@Suite struct SyncTests {
    /// One reader's inbox is full.
    private static func full(_ address: Ed25519.PublicKey) -> LyingGateway.Lie {
        { exchange in
            guard try SendMessage(canonical: exchange.question).address == address else { return }
            exchange.status = .conflict
            exchange.answer = APIError(.full, "this inbox is full").canonicalBytes
        }
    }

    private static func granting(_ body: (Town, GivenGrant, GivenGrant) async throws -> Void) async throws {
        try await Town.standing { town in
            town.gateway.lie(SendMessage.path) { exchange in
                exchange.status = .badGateway
                exchange.signer = nil
            }
            let first = try await town.grant(to: "Lakeside Hospital")
            let second = try await town.grant(to: "Hillside Clinic")
            #expect(!first.isDelivered && !second.isDelivered)
            town.gateway.beHonest()
            try await body(town, first, second)
        }
    }

    @Test func `one reader's full inbox keeps nothing from the others, nor the backup`() async throws {
        try await Self.granting { town, first, second in
            town.gateway.lie(SendMessage.path, Self.full(try town.lakeside.key))
            let report = try await town.ana.synchronise { _ in }
            #expect(report.unfinished.map(\.grant.control) == [first.control])
            #expect(report.backupFailure == nil)
            #expect(town.gateway.asked.last == StoreBackup.path)
            #expect(try town.ana.state.grants.map(\.isDelivered) == [false, true])
            try await town.hillside.readInbox()
            #expect(try town.hillside.state.grants.map(\.content.grant) == [second.control])
            // Nothing is lost: when there is room, the first one comes too.
            town.gateway.beHonest()
            #expect(try await town.ana.synchronise { _ in }.unfinished.isEmpty)
            try await town.lakeside.readInbox()
            #expect(try town.lakeside.state.grants.map(\.content.grant) == [first.control])
        }
    }

    @Test func `a lie that was found is told, whatever ends the synchronisation behind it`() async throws {
        try await Town.sharing { town, _ in
            let grant = try #require(try town.ana.liveGrants.first)
            for end in [ClientError.unreachable(address: "there", reason: .noConnection), .localData(.notA(kind: "profile"))] {
                var report = SyncReport()
                try report.add(.notVerified(.listNotAuthentic), of: grant)
                var thrown: ClientError?
                do throws(ClientError) { try report.add(end, of: grant) } catch { thrown = error }
                guard case .notVerified(.listNotAuthentic) = thrown else {
                    Issue.record("\(String(describing: thrown))")
                    continue
                }
            }
        }
    }

    @Test func `a lie that is met on the way is told, after the other grants are complete`() async throws {
        try await Self.granting { town, first, _ in
            let lakeside = try town.lakeside.key
            town.gateway.lie(SendMessage.path) { exchange in
                if try SendMessage(canonical: exchange.question).address == lakeside { exchange.signer = "mallory" }
            }
            #expect(await discrepancy { try await town.ana.synchronise { _ in } } == .answerNotAuthentic)
            #expect(try town.ana.state.grants.map(\.isDelivered) == [false, true])
            #expect(try town.ana.isBackedUp)
        }
    }

    @Test func `a backup that fails is reported, and the grants are complete all the same`() async throws {
        try await Self.granting { town, _, _ in
            town.gateway.lie(StoreBackup.path) { exchange in
                exchange.status = .serviceUnavailable
                exchange.answer = APIError(.unavailable, "no room").canonicalBytes
            }
            let report = try await town.ana.synchronise { _ in }
            #expect(report.unfinished.isEmpty && report.backupFailure != nil)
            #expect(try town.ana.state.grants.map(\.isDelivered) == [true, true])
        }
    }

    @Test func `who restores a profile gets it, whoever's inbox is full`() async throws {
        try await Self.granting { town, first, _ in
            try await town.leave("ana")
            town.gateway.lie(SendMessage.path, Self.full(try town.lakeside.key))
            let restored = try await town.restore("ana on another computer")
            #expect(restored.liveGrants.count == 2)
            #expect(restored.liveGrants.filter { !$0.isDelivered }.map(\.control) == [first.control])
        }
    }
}

/// Grants that ran out stay on the list of those to whom new records are sealed, until the patient signs the next list.
@Suite struct GrantsThatRanOut {
    private func recipients(_ town: Town) async throws -> Int {
        try await town.ana.newestList(Town.laboratory).recipients.count
    }

    @Test func `a synchronisation takes their readers off the list`() async throws {
        try await Town.sharing { town, _ in
            try await town.grant(to: "Hillside Clinic", days: 90)
            #expect(try await town.ana.synchronise { _ in }.ranOut.isEmpty)
            #expect(try await recipients(town) == 2)
            town.gateway.advance(minutes: 31 * 24 * 60)
            let report = try await town.ana.synchronise { _ in }
            #expect(report.ranOut.map(\.granteeName.text) == ["Lakeside Hospital"])
            #expect(try await recipients(town) == 1)
            let size = try town.ana.session.ledger.size
            #expect(try await town.ana.synchronise { _ in }.ranOut.isEmpty)
            #expect(try town.ana.session.ledger.size == size, "nothing is written twice")
            let log = try await town.ana.log().map { "\($0.what)" }
            #expect(log.contains { $0.hasPrefix("ranOut") } && !log.contains { $0.hasPrefix("revoked") })
        }
    }

    @Test func `several of one category go with one entry, and other grants stay as they are`() async throws {
        try await Town.sharing { town, _ in
            try await town.grant(to: "Hillside Clinic", days: 20)
            town.gateway.advance(minutes: 31 * 24 * 60)
            try await town.ana.sync()
            let size = try town.ana.session.ledger.size
            #expect(try await town.ana.synchronise { _ in }.ranOut.count == 2)
            #expect(try town.ana.session.ledger.size == size + 1)
            #expect(try await recipients(town) == 0)
        }
    }
}
