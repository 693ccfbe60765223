import CryptoPrimitives
import GatewayAPI
import HTTPTypes
import Hummingbird
import Logging
import MerkleLedger
import NIOCore
import RecordGateway
import RecordStorage
import ServiceLifecycle
import SharingContract
import Synchronization
import SystemPackage
import TestSupport

/// A real gateway behind somebody who holds its member's and its ledger's keys, and changes what it answers.
///
/// Without a lie for a path the gateway's own answer passes. With one, the changed answer is signed anew: what a client finds, it finds in
/// what was said and not in how.
final class LyingGateway: Sendable {
    /// What was asked, and what is answered.
    struct Exchange: Sendable {
        let path: String
        let question: [UInt8]
        var status: HTTPResponse.Status
        var answer: [UInt8]
        /// The request's own `Signature` field, which the answer's signature covers.
        var signature: String?
        /// By whom the answer is signed, if by anybody.
        var signer: String? = "north"
    }

    typealias Lie = @Sendable (inout Exchange) throws -> Void

    private struct State {
        var responder: (any HTTPResponder<GatewayContext>)?
        var lies: [String: Lie] = [:]
        var asked: [String] = []
    }

    private let state = Mutex(State())
    private let seconds: Mutex<Int64>
    let folder: TemporaryFolder

    private init(startingAt seconds: Int64) throws {
        self.seconds = Mutex(seconds)
        folder = try TemporaryFolder()
    }

    var clock: @Sendable () -> Int64 { { [self] in seconds.withLock { $0 } } }

    func advance(minutes: Int64 = 0, seconds: Int64 = 0) { self.seconds.withLock { $0 += minutes * 60 + seconds } }

    /// From now on answers under this path are changed; `nil` ends that.
    func lie(_ path: String, _ lie: Lie?) {
        state.withLock { $0.lies[path] = lie }
    }

    func beHonest() {
        state.withLock { $0.lies = [:] }
    }

    /// Paths in the order in which they were asked.
    var asked: [String] { state.withLock { $0.asked } }
}

/// What went wrong, for whoever must tidy up before it is thrown on.
func failure(_ body: () async throws -> Void) async -> (any Error)? {
    do {
        try await body()
        return nil
    } catch {
        return error
    }
}

// Serving.
extension LyingGateway {
    private struct NotListening: Error {}

    /// Serves on a port of the system's choice for the time of `body`, by a clock of its own.
    static func serving(
        limits: GatewayLimits = GatewayLimits(), startingAt seconds: Int64 = World().now.secondsSince1970,
        _ body: (LyingGateway, _ address: String) async throws -> Void
    ) async throws {
        let gateway = try LyingGateway(startingAt: seconds)
        let logger = Logger(label: "gateway") { _ in SwiftLogNoOpLogHandler() }
        let (ports, continuation) = AsyncStream<Int>.makeStream()
        let application = Application(
            responder: CallbackResponder { request, context in try await gateway.respond(request, context) },
            configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0), serverName: nil),
            onServerRunning: { continuation.yield($0.localAddress?.port ?? 0) }, logger: logger)
        let group = ServiceGroup(configuration: .init(services: [application], logger: logger))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                defer { continuation.finish() }
                try await group.run()
            }
            var iterator = ports.makeAsyncIterator()
            guard let port = await iterator.next() else { throw NotListening() }
            let address = "http://127.0.0.1:\(port)"
            let store = try gateway.open(address, limits)
            defer { try? store.close() }
            let failure = await failure { try await body(gateway, address) }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            if let failure { throw failure }
        }
    }

    /// Begins a ledger and the gateway to it.
    private func open(_ address: String, _ limits: GatewayLimits) throws -> LedgerStore {
        let (path, clock) = (FilePath(folder.path("gateway")), clock)
        let minute = { @Sendable in Minute(secondsSince1970: clock()) }
        let genesis = try World.begun().steps[0].entry
        try LedgerStore.create(in: path, genesis: genesis, signer: Self.signer(), clock: minute)
        let store = try LedgerStore.open(path, signer: Self.signer(), clock: minute)
        let gateway = Gateway(store: store, member: key("north"), address: address, limits: limits, clock: clock)
        let configuration = try GatewayServer.Configuration(host: "127.0.0.1", port: 0, tls: nil)
        let logger = Logger(label: "gateway") { _ in SwiftLogNoOpLogHandler() }
        let responder = GatewayServer(gateway, configuration, logger: logger).router().buildResponder()
        state.withLock { $0.responder = responder }
        return store
    }

    static func signer() -> NoteSigner {
        guard let name = KeyName(World().origin.text) else { preconditionFailure("the origin is a key name") }
        return NoteSigner(name: name, key: key("ledger"))
    }
}

// Answering.
extension LyingGateway {
    private func respond(_ request: Request, _ context: GatewayContext) async throws -> Response {
        var request = request
        let question = Array(try await request.collectBody(upTo: 16 << 20).readableBytesView)
        let path = request.uri.path
        let (responder, lie) = state.withLock { state in
            state.asked.append(path)
            return (state.responder, state.lies[path] ?? state.lies.first { path.hasPrefix($0.key + "/") }?.value)
        }
        guard let responder else { throw HTTPError(.serviceUnavailable) }
        let honest = try await responder.respond(to: request, context: context)
        guard let lie else { return honest }
        let collector = Collector()
        // After a refusal the gateway ends the connection by an error behind the body.
        try? await honest.body.write(collector)
        var exchange = Exchange(
            path: path, question: question, status: honest.status, answer: collector.bytes, signature: request.headers[.signature])
        try lie(&exchange)
        return signed(exchange, to: request, honest)
    }

    private func signed(_ exchange: Exchange, to request: Request, _ honest: Response) -> Response {
        var headers: HTTPFields = [.contentType: honest.headers[.contentType] ?? ContentType.message]
        if let signature = exchange.signature, let signer = exchange.signer, let authority = request.head.authority {
            let target = RequestSignature.Target(
                method: .post, uri: "http://\(authority)\(exchange.path)", contentType: request.headers[.contentType] ?? "")
            ResponseSignature.sign(
                status: exchange.status, digest: ContentDigest(of: exchange.answer), answering: target, signature: signature,
                with: key(signer), at: clock(), fields: &headers)
        }
        let body = ResponseBody(byteBuffer: ByteBuffer(bytes: exchange.answer))
        return Response(status: exchange.status, headers: headers, body: body)
    }
}

/// Keeps what a response writes.
private final class Collector: ResponseBodyWriter, Sendable {
    private let collected = Mutex<[UInt8]>([])

    var bytes: [UInt8] { collected.withLock { $0 } }

    func write(_ buffer: ByteBuffer) async throws {
        collected.withLock { $0 += Array(buffer.readableBytesView) }
    }

    func finish(_: HTTPFields?) async throws {}
}

extension LyingGateway {
    /// A lie about a call: the answer is read, changed and written again.
    func lie<Message: Call>(about _: Message.Type, _ change: @escaping @Sendable (Message.Answer, Message) throws -> Message.Answer)
    {
        lie(Message.path) { exchange in
            let answer = try Message.Answer(canonical: exchange.answer)
            exchange.answer = try change(answer, try Message(canonical: exchange.question)).canonicalBytes
        }
    }
}
