import Hummingbird
package import Logging
import NIOCore
package import ServiceLifecycle

/// Shows the gateway's figures to programs on this machine. Apart from the gateway's own port, so that no client reaches it.
package struct MetricsServer: Sendable {
    /// Programs that look at the figures at the same time, on this machine.
    private static let connections = 16
    private let gateway: Gateway
    private let configuration: GatewayServer.Configuration
    private let logger: Logger

    /// - Parameter configuration: an address of this machine, without TLS.
    package init(_ gateway: Gateway, _ configuration: GatewayServer.Configuration, logger: Logger) {
        self.gateway = gateway
        self.configuration = configuration
        self.logger = logger
    }

    /// - Parameter onListening: told the port once it listens.
    package func service(onListening: @escaping @Sendable (Int) async -> Void = { _ in }) throws -> any Service {
        let router = Router(context: GatewayContext.self)
        router.get("/metrics") { [gateway] _, _ in
            Response(
                status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8", .cacheControl: "no-store"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: gateway.metrics)))
        }
        return Application(
            router: router, server: try GatewayServer.builder(gateway.limits, nil, GatewayMeter()),
            configuration: ApplicationConfiguration(
                address: .hostname(configuration.host, port: configuration.port), serverName: nil,
                availableConnectionsDelegate: .maximum(Self.connections, logger: logger)),
            onServerRunning: { await onListening($0.localAddress?.port ?? 0) },
            logger: logger)
    }
}
