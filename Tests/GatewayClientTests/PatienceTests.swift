import CryptoPrimitives
import GatewayAPI
import HTTPTypes
import RecordGateway
import SharingContract
import Synchronization
import TestSupport
import Testing

@testable import GatewayClient

/// A gateway that lets few calls through at a time, and clients that wait for it.
@Suite struct PatienceTests {
    /// Every second call comes too fast: uploads, payloads and what anybody may read among them.
    @Test func `a road of many calls comes to its end where each has to wait`() async throws {
        var limits = GatewayLimits()
        limits.callsPerKey = RateLimit(perSecond: 1, burst: 1)
        limits.callsPerAddress = RateLimit(perSecond: 1, burst: 1)
        try await Town.standing(limits: limits) { town in
            try await town.deposit("glucose 5.1", "sodium 140")
            try await town.grant()
            let grant = try #require(town.lakeside.state.grants.first)
            let contents = try await town.request(grant).map { try town.content($0, grant) }
            #expect(Set(contents) == ["hemoglobin 13.2", "glucose 5.1", "sodium 140"])
        }
    }

    @Test func `who is always told to wait gives up, and says why`() async throws {
        try await Town.sharing { town, grant in
            town.gateway.lie(RequestRecords.path) { exchange in
                exchange.status = .tooManyRequests
                exchange.answer = APIError(.tooMany, "too many calls with this key: wait").canonicalBytes
            }
            let before = town.gateway.asked.count
            let refusal = await refusal { _ = try await town.request(grant) }
            #expect(refusal?.code == .tooMany)
            let calls = town.gateway.asked[before...].filter { $0 == RequestRecords.path }
            #expect(calls.count == GatewayConnection.patience + 1)
        }
    }

    /// Nothing but being too fast passes by itself.
    @Test func `who is refused for another reason does not ask again`() async throws {
        try await Town.sharing { town, grant in
            for code in APIError.Code.allCases where code != .tooMany {
                town.gateway.lie(RequestRecords.path) { exchange in
                    exchange.status = .conflict
                    exchange.answer = APIError(code, "no").canonicalBytes
                }
                let before = town.gateway.asked.count
                #expect(await refusal { _ = try await town.request(grant) }?.code == code)
                #expect(town.gateway.asked[before...].filter { $0 == RequestRecords.path }.count == 1, "\(code)")
            }
        }
    }

    @Test func `who is not waited for any more does not wait`() async throws {
        try await LyingGateway.serving { gateway, address in
            let pauses = Pauses()
            let connection = GatewayConnection(address: address, pause: { try pauses.begin() }, clock: gateway.clock)
            gateway.lie("/checkpoint") { $0.status = .tooManyRequests }
            let error = await failure { _ = try await connection.get("/checkpoint", atMost: 1_024) } as? ClientError
            #expect(error?.isTooFast == true && pauses.count == 1)
            try await connection.close()
        }
    }

    /// Pauses that are cut off at once.
    private final class Pauses: Sendable {
        private let begun = Mutex(0)

        var count: Int { begun.withLock { $0 } }

        func begin() throws {
            begun.withLock { $0 += 1 }
            throw CancellationError()
        }
    }

    private func refusal(_ body: () async throws -> Void) async -> APIError? {
        switch await failure(body) as? ClientError {
        case .refused(let error): error
        default: nil
        }
    }
}
