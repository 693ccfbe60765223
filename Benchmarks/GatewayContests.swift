import CryptoPrimitives
import Foundation
import NIOCore
import SystemPackage
import TestSupport

/// One authorized release of a record of 1 KiB over HTTP, its decision durable, against servers that say hello: Hummingbird, on which the
/// gateway stands, and FastAPI, which many would take.
///
/// Requests are signed before the clock starts, but for those that name a ticket, which the client cannot know before.
enum GatewayContests {
    static func all(in folder: ScratchFolder) async throws -> [Contest] {
        let store = try await BenchmarkStore(in: FilePath(folder.url.appending(path: "gateway").path), leaves: 1_000)
        let gateway = try ServerProcess(["serve-gateway", store.folder.string])
        let hello = try ServerProcess(["serve-hello"])
        let fastAPI = try? await Peers.fastAPI()
        return [
            processorTime("decide on 1 record, server's processor", gateway, .decision, hello, clients: 8),
            processorTime("decide and fetch its 1 KiB, the same", gateway, .release, hello, clients: 8),
            wallTime("decide on 1 record, 64 clients", gateway, .decision, fastAPI),
            wallTime("decide and fetch its 1 KiB, 64 clients", gateway, .release, fastAPI),
        ]
    }

    private static func processorTime(
        _ title: String, _ gateway: ServerProcess, _ work: ReleaseWork, _ hello: ServerProcess, clients: Int
    ) -> Contest {
        Contest(
            title: title, peer: "Hummingbird hello of 1 KiB, the same",
            ours: {
                let count = clients * 64
                let scripts = ReleaseScripts(work, clients: clients, each: 64)
                return try await gateway.processorTime(of: count) {
                    _ = try await LoadClient.run(port: gateway.port, clients: clients, scripts.script)
                }
            },
            theirs: {
                try await hello.processorTime(of: clients * 256) { _ = try await sayHello(hello, clients: clients, each: 256) }
            })
    }

    private static func wallTime(_ title: String, _ gateway: ServerProcess, _ work: ReleaseWork, _ peer: ServerProcess?) -> Contest
    {
        Contest(
            title: title, peer: "FastAPI hello of 1 KiB, 2 workers",
            ours: {
                let scripts = ReleaseScripts(work, clients: 64, each: 16)
                return try await LoadClient.run(port: gateway.port, clients: 64, scripts.script) / (64 * 16)
            },
            theirs: peer.map { peer in
                { try await sayHello(peer, clients: 64, each: 32) / (64 * 32) }
            })
    }

    fileprivate static func sayHello(_ server: ServerProcess, clients: Int, each: Int) async throws -> Duration {
        let hello = SignedCall.hello("/hello")
        return try await LoadClient.run(port: server.port, clients: clients) { _ in
            var left = each
            return { _ in
                defer { left -= 1 }
                return left > 0 ? hello : nil
            }
        }
    }
}

/// What a client does for one release.
enum ReleaseWork {
    /// Asks, and gets headers, descriptors and tickets.
    case decision
    /// And then the payload.
    case release
}

/// The requests of all clients, signed.
struct ReleaseScripts: Sendable {
    private let requests: [[ByteBuffer]]
    private let work: ReleaseWork

    init(_ work: ReleaseWork, clients: Int, each: Int) {
        self.work = work
        let clinic = key(BenchmarkStore.clinic)
        let releaseKey = key(BenchmarkStore.grant + "/release")
        requests = (0..<clients).map { _ in
            (0..<each).map { _ in SignedCall.release(by: clinic, releaseKey: releaseKey) }
        }
    }

    @Sendable func script(_ client: Int) -> LoadClient.Script {
        var left = requests[client][...]
        var isFetching = false
        let work = work
        return { answer in
            if let answer, work == .release, !isFetching {
                isFetching = true
                return SignedCall.payload(behind: try SignedCall.ticket(in: answer), by: key(BenchmarkStore.clinic))
            }
            if isFetching, answer?.readableBytes != BenchmarkStore.payloadSize { throw LoadError.notReleased }
            isFetching = false
            return left.popFirst()
        }
    }
}

enum Peers {
    /// Two workers of uvicorn, installed into a folder of the build at the first run. Throws where Python or the network is missing.
    static func fastAPI() async throws -> ServerProcess {
        let environment = Fixtures.repository.appending(path: ".build/fastapi").path
        let port = try freePort()
        let server = try ServerProcess(
            URL(filePath: "/bin/sh"), [PeerProgram.source("hello_fastapi.sh").path, environment, "\(port)"], port: port)
        let deadline = ContinuousClock.now + .seconds(180)
        while ContinuousClock.now < deadline {
            if (try? await GatewayContests.sayHello(server, clients: 1, each: 1)) != nil { return server }
            try await Task.sleep(for: .milliseconds(200))
        }
        throw ServerProcess.ServerError.notListening
    }

    /// One that the system has just given to a server that is gone again.
    private static func freePort() throws -> Int {
        try ServerProcess(["serve-hello"]).port
    }
}
