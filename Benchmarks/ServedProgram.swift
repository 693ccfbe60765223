import Foundation
import Hummingbird
import Logging
import NIOCore
import RecordGateway
import RecordStorage
import ServiceLifecycle
import SystemPackage
import TestSupport
import UnixSignals

/// What this program is when it is started as a server by itself: so that a server's processor time is its own and not the client's.
enum ServedProgram {
    case hello
    case gateway(FilePath)

    init?(_ arguments: [String]) {
        switch arguments.dropFirst().first {
        case "serve-hello": self = .hello
        case "serve-gateway" where arguments.count == 3: self = .gateway(FilePath(arguments[2]))
        default: return nil
        }
    }

    static let greeting = [UInt8](repeating: UInt8(ascii: "."), count: BenchmarkStore.payloadSize)

    func run() async throws {
        var logger = Logger(label: "benchmark")
        logger.logLevel = .error
        switch self {
        case .hello: try await Self.serve([Self.helloService(logger)], logger)
        case .gateway(let folder):
            let store = try BenchmarkStore.opened(folder)
            let gateway = Gateway(
                store: store, member: key("north"), address: SignedCall.address, limits: Self.limits,
                clock: { Int64(Date().timeIntervalSince1970) })
            let configuration = try GatewayServer.Configuration(host: "127.0.0.1", port: 0, tls: nil)
            let service = try GatewayServer(gateway, configuration, logger: logger).service { Self.announce($0) }
            try await Self.serve([service], logger)
            try store.close()
        }
    }

    /// All calls come from one address and one key.
    private static var limits: GatewayLimits {
        var limits = GatewayLimits()
        limits.callsPerKey = RateLimit(perSecond: 1e9, burst: 1e9)
        limits.callsPerAddress = limits.callsPerKey
        return limits
    }

    /// The least that a server of this kind does: one route, 1 KiB.
    private static func helloService(_ logger: Logger) -> any Service {
        let router = Router()
        router.get("/hello") { _, _ in Response(status: .ok, body: ResponseBody(byteBuffer: ByteBuffer(bytes: greeting))) }
        return Application(
            router: router, configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0), serverName: nil),
            onServerRunning: { announce($0.localAddress?.port ?? 0) }, logger: logger)
    }

    private static func serve(_ services: [any Service], _ logger: Logger) async throws {
        try await ServiceGroup(
            configuration: .init(services: services, gracefulShutdownSignals: [.sigterm], logger: logger)
        ).run()
    }

    /// Not `print`, which waits for more when it writes into a pipe.
    private static func announce(_ port: Int) {
        FileHandle.standardOutput.write(Data("\(port)\n".utf8))
    }
}
