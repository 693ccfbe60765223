import CryptoPrimitives
import DurableFiles
import GatewayAPI
import HTTPTypes
import LedgerMirror
import Logging
import RecordGateway
import RecordStorage
import ServiceLifecycle
import SystemPackage
import TestSupport
import Testing

/// A mirror hands its payloads to members, in the name of the member that keeps it, and takes nothing from anybody.
@Suite struct PayloadDesks {
    private struct Served {
        let site: MirrorSite
        let store: MirrorStore
        let port: Int
        let now: Int64

        func send(_ message: SignedMessage) async throws -> Answer? {
            let wire = try await Wire.connect(to: port)
            try? await wire.send(message.bytes)
            let answer = await wire.answer()
            await wire.close()
            return answer
        }

        func list(by name: String, after payload: PayloadID? = nil) -> SignedMessage {
            SignedMessage(ListPayloads(after: payload), by: name, at: now)
        }

        func fetching(_ payload: PayloadID, by name: String) -> SignedMessage {
            SignedMessage(FetchNamedPayload.path, FetchNamedPayload(payload: payload).canonicalBytes, by: name, at: now)
        }

        /// Expects this refusal, or with `nil` none.
        func expect(
            _ code: APIError.Code?, _ message: SignedMessage, sourceLocation: SourceLocation = #_sourceLocation
        ) async throws {
            let answer = try #require(try await send(message), sourceLocation: sourceLocation)
            let refusal = answer.status == 200 ? nil : try APIError(canonical: answer.body).code
            #expect(refusal == code, sourceLocation: sourceLocation)
        }
    }

    /// A mirror of a ledger whose one member is North, served while `body` runs.
    private func serving(
        _ shown: ShownPayloads?, as member: String = "north", _ body: @Sendable (Served) async throws -> Void
    ) async throws {
        let site = try MirrorSite()
        _ = try await site.follow(try ShownLedger.clinics(3))
        let store = try MirrorStore(site.path)
        defer { try? store.close() }
        _ = try store.openPayloads(comparingAll: false)
        if let shown {
            let follower = PayloadFollower(store, shown.leader, reserving: 0)
            try await follower.list()
            _ = try await follower.fetch()
        }
        let now = World().now.secondsSince1970
        let logger = Logger(label: "mirror") { _ in SwiftLogNoOpLogHandler() }
        let desk = PayloadDesk(store, member: key(member), address: GatewaySite.address, clock: { now }, logger: logger)
        let (ports, continuation) = AsyncStream<Int>.makeStream()
        let server = MirrorServer(
            store, try GatewayServer.Configuration(host: "127.0.0.1", port: 0, tls: nil), desk: desk, clock: { now }, logger: logger
        )
        let group = ServiceGroup(
            configuration: .init(services: [try server.service { continuation.yield($0) }], logger: logger))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                defer { continuation.finish() }
                try await group.run()
            }
            var iterator = ports.makeAsyncIterator()
            let port = try #require(await iterator.next())
            try await body(Served(site: site, store: store, port: port, now: now))
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    @Test func `a member gets the list and each payload, signed by the member that mirrors them`() async throws {
        let shown = ShownPayloads.made([500, 70_000, 200_000])
        try await serving(shown) { served in
            let page = served.list(by: "north")
            let answer = try #require(try await served.send(page))
            #expect(try ListPayloads.Answer(canonical: answer.body).payloads == shown.listed)
            for (name, bytes) in shown.payloads {
                let message = served.fetching(name, by: "north")
                let answer = try #require(try await served.send(message))
                #expect(answer.status == 200 && answer.body == bytes)
                let digest = try ResponseSignature.verify(
                    answer.fields, status: .ok, answering: message.target, signature: message.signature, by: publicKey("north"))
                #expect(digest == ContentDigest(of: bytes))
            }
            try await served.expect(.notFound, served.fetching(PayloadID(.random()), by: "north"))
        }
    }

    @Test func `who is no member is told the same of what is there and of what is not`() async throws {
        let shown = ShownPayloads.made([500, 70_000])
        try await serving(shown) { served in
            var bodies: Set<[UInt8]> = []
            for name in ["stranger", "clinic 1", "ledger", "south"] {
                for payload in shown.names + [PayloadID(.zero)] {
                    let answers = [
                        try await served.send(served.fetching(payload, by: name)),
                        try await served.send(served.list(by: name, after: payload)),
                    ]
                    for answer in answers { bodies.insert(try #require(answer).body) }
                }
            }
            #expect(bodies.count == 1)
            #expect(try APIError(canonical: try #require(bodies.first)).code == .forbidden)
        }
    }

    @Test func `a message is taken once, signed for this mirror, and as it was signed`() async throws {
        try await serving(ShownPayloads.made([500])) { served in
            let message = served.list(by: "north")
            try await served.expect(nil, message)
            try await served.expect(.unauthenticated, message)
            try await served.expect(.unauthenticated, served.list(by: "north").changed { $0.fields[.signature] = nil })
            let changed = served.list(by: "north").changed { $0.body = ListPayloads(after: PayloadID(.zero)).canonicalBytes }
            try await served.expect(.unauthenticated, changed)
            let moved = served.fetching(PayloadID(.zero), by: "north").changed { $0.path = ListPayloads.path }
            try await served.expect(.unauthenticated, moved)
            let late = SignedMessage(ListPayloads(), by: "north", at: served.now - 200)
            try await served.expect(.unauthenticated, late)
            let long = SignedMessage(ListPayloads.path, [UInt8](repeating: 0, count: 34), by: "north", at: served.now)
            try await served.expect(.tooLarge, long)
            let other = SignedMessage(ListPayloads.path, [2], by: "north", at: served.now)
            try await served.expect(.malformed, other)
        }
    }

    /// Whoever follows this mirror would delete all it has over a list that is empty because nothing has come yet.
    @Test func `before its leader named everything once, a mirror lists nothing`() async throws {
        try await serving(nil) { served in
            try await served.expect(.unavailable, served.list(by: "north"))
        }
    }

    @Test func `a mirror that is kept by no member hands out nothing`() async throws {
        let shown = ShownPayloads.made([500])
        try await serving(shown, as: "south") { served in
            try await served.expect(.unavailable, served.list(by: "north"))
            try await served.expect(.unavailable, served.fetching(shown.names[0], by: "north"))
            try await served.expect(.forbidden, served.list(by: "south"))
        }
    }

    @Test func `everything else is refused as by any mirror`() async throws {
        try await serving(ShownPayloads.made([500])) { served in
            for path in [PayloadPath.upload, FetchPayload.path, FetchOwnPayload.path, PostEntry.path, ListPayloads.path + "/x"] {
                let answer = try #require(try await served.send(SignedMessage(path, [0], by: "north", at: served.now)))
                #expect(answer.status == 503 && answer.fields[.signature] == nil)
                #expect(try APIError(canonical: answer.body).code == .readOnly, "\(path)")
            }
        }
    }

    @Test func `a damaged payload is not handed out, and is fetched again`() async throws {
        let shown = ShownPayloads.made([200_000])
        try await serving(shown) { served in
            let path = served.site.payloadFolder.appending(shown.names[0].description)
            var bytes = try DurableFile.read(path, atMost: 1 << 20)
            bytes[199_999] ^= 1
            try DurableFile.write(bytes, to: path)
            let answer = try await served.send(served.fetching(shown.names[0], by: "north"))
            #expect(answer?.isWhole != true)
            try await served.expect(.notFound, served.fetching(shown.names[0], by: "north"))
            #expect(try await PayloadFollower(served.store, shown.leader, reserving: 0).fetch().fetched == 1)
            #expect(try await served.send(served.fetching(shown.names[0], by: "north"))?.body == shown.payloads[shown.names[0]])
        }
    }

    @Test func `a mirror follows a mirror, what is listed and not there yet too`() async throws {
        let shown = ShownPayloads.made([500, 70_000])
        var partly = shown
        partly.refused[shown.names[0]] = .unavailable
        try await serving(partly) { served in
            let second = try MirrorSite()
            let leader = PayloadLeader(
                list: { (after) async throws(PayloadError) in
                    guard let answer = try? await served.send(served.list(by: "north", after: after)),
                        let page = try? ListPayloads.Answer(canonical: answer.body)
                    else { throw .unreachable }
                    return page
                },
                fetch: { payload, sink in
                    let answer = try #require(try await served.send(served.fetching(payload, by: "north")))
                    guard answer.status == 200 else { throw PayloadError.refused(try APIError(canonical: answer.body).code) }
                    try sink(answer.body)
                    return SHA256.hash(answer.body)
                })
            try await second.opened { store in
                let follower = PayloadFollower(store, leader, reserving: 0)
                try await follower.list()
                let outcome = try await follower.fetch()
                #expect(outcome.fetched == 1 && outcome.withheld == [shown.names[0]])
            }
        }
    }
}
