import AccessPolicy
import CryptoPrimitives
import GatewayAPI
import RecordStorage
import SharingContract
import TestSupport
import Testing

/// On a disk that does not answer, a gateway does not let callers pile up: it says that it is busy, and signs that it said so.
@Suite(.timeLimit(.minutes(5))) struct BusyGateways {
    /// As many as the store lets wait.
    private static let bound = 4_096

    /// Whether there was no room left to wait for the writer's turn.
    private func isTurnedAway(_ store: LedgerStore) async throws -> Bool {
        do {
            _ = try await store.commit { _ in }
            return false
        } catch StoreError.busy {
            return true
        }
    }

    /// Expects that whoever calls is told that too many write, and gives the message that was not taken.
    private func expectBusy(_ town: Town) async throws -> SignedMessage {
        let gateway = town.gateway
        let message = gateway.sign(town.requesting("grant", by: "lakeside"), by: "lakeside")
        let answer = try await gateway.send(message)
        #expect(answer.status == 503)
        let error = try APIError(canonical: try gateway.verified(answer, to: message))
        #expect(error.code == .unavailable && error.explanation.text == "too many are writing at once: try again")
        // What nobody has to write down is still there for everybody.
        #expect(try await gateway.get(PublicPath.checkpoint).status == 200)
        return message
    }

    @Test func `while too many wait for the disk a call is refused in words, and taken when it comes again`() async throws {
        try await GatewaySite.town { town in
            try await town.grant("grant", to: "lakeside")
            try await town.deposit(["lab 1"])
            let (settled, gateway, store) = (town, town.gateway, town.gateway.store)
            let before = store.head.size
            let writer = Standstill()
            let leader = Task { try await store.commit { _ in writer.stand() } }
            await writer.begun()
            let refused = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0...Self.bound { group.addTask { try await isTurnedAway(store) } }
                var refused: SignedMessage?
                // The first that comes back was turned away, so all others wait, and nobody is done before the writer goes on.
                for try await isAway in group where isAway && refused == nil {
                    defer { writer.end() }
                    refused = try await expectBusy(settled)
                }
                return refused
            }
            _ = try await leader.value
            let message = try #require(refused, "more waited than may")
            #expect(store.head.size == before)
            // Not even the message was used up.
            let answer = try await gateway.send(message)
            #expect(answer.status == 200)
            _ = try gateway.verified(answer, to: message)
            #expect(store.head.size == before + 1)
        }
    }
}
