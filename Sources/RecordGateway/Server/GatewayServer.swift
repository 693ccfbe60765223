import GatewayAPI
package import Hummingbird
import HummingbirdCore
import HummingbirdTLS
package import Logging
import NIOCore
import NIOSSL
package import ServiceLifecycle

/// A gateway as a server.
package struct GatewayServer: Sendable {
    /// Where it listens and how it is protected.
    package struct Configuration: Sendable {
        package let host: String
        package let port: Int
        package let tls: TLSFiles?

        /// Throws if the address is reachable from outside this machine and there is no certificate.
        package init(host: String, port: Int, tls: TLSFiles?) throws(ConfigurationError) {
            guard tls != nil || Self.isLoopback(host) else { throw .tlsRequired }
            self.host = host
            self.port = port
            self.tls = tls
        }

        private static func isLoopback(_ host: String) -> Bool {
            host == "localhost" || host == "::1"
                || (host.hasPrefix("127.") && (try? SocketAddress(ipAddress: host, port: 0)) != nil)
        }
    }

    package struct TLSFiles: Sendable {
        package let certificateChain: String
        package let privateKey: String

        package init(certificateChain: String, privateKey: String) {
            self.certificateChain = certificateChain
            self.privateKey = privateKey
        }
    }

    package enum ConfigurationError: Error {
        /// Off this machine, a gateway speaks TLS or not at all.
        case tlsRequired
        /// The certificate or its key cannot be read.
        case certificateUnreadable
    }

    let gateway: Gateway
    let configuration: Configuration
    let logger: Logger

    package init(_ gateway: Gateway, _ configuration: Configuration, logger: Logger) {
        self.gateway = gateway
        self.configuration = configuration
        self.logger = logger
    }

    /// The server as a service, with the housekeeping beside it.
    ///
    /// - Parameter onListening: told the port once connections are taken.
    package func service(onListening: @escaping @Sendable (Int) async -> Void = { _ in }) throws -> any Service {
        Application(
            router: router(), server: try Self.builder(gateway.limits, configuration.tls, gateway.meter),
            configuration: ApplicationConfiguration(
                address: .hostname(configuration.host, port: configuration.port), serverName: nil,
                availableConnectionsDelegate: .maximum(gateway.limits.connections, logger: logger)),
            services: [Housekeeping(gateway: gateway, logger: logger), StoreCheck(store: gateway.store, logger: logger)],
            onServerRunning: { await onListening($0.localAddress?.port ?? 0) },
            logger: logger)
    }

    /// All routes. A test may put something between them and the signature.
    package func router() -> Router<GatewayContext> {
        let router = Router(context: GatewayContext.self)
        let calls = CallRouter(gateway)
        PublicRoutes(gateway: gateway, perAddress: calls.gate.perAddress).add(to: router)
        calls.addPayloads(to: router)
        calls.add(ListPayloads.self, to: router) { try await $0.answer($1, from: $2) }
        calls.add(PostEntry.self, to: router) { try await $0.answer($1, from: $2) }
        calls.add(FetchRecipientList.self, to: router) { try await $0.answer($1, from: $2) }
        calls.add(DepositRecords.self, to: router) { try await $0.answer($1, from: $2) }
        calls.add(RequestRecords.self, to: router, in: .hiding) { try await $0.answer($1, from: $2) }
        calls.add(DeclareEmergency.self, to: router) { try await $0.answer($1, from: $2) }
        calls.add(FetchEmergencies.self, to: router) { try await $0.answer($1, from: $2) }
        calls.add(ListRecords.self, to: router) { try await $0.answer($1, from: $2) }
        calls.add(ListVersions.self, to: router) { try await $0.answer($1, from: $2) }
        calls.add(ListClaims.self, to: router) { try await $0.answer($1, from: $2) }
        calls.add(PostAnchors.self, to: router) { try await $0.answer($1, from: $2) }
        calls.add(PublishAnchors.self, to: router) { try await $0.answer($1, from: $2) }
        calls.add(AddHeaders.self, to: router, in: .hiding) { try await $0.answer($1, from: $2) }
        calls.add(FetchHistory.self, to: router, in: .hiding) { try await $0.answer($1, from: $2) }
        calls.add(EraseRecords.self, to: router) { try await $0.answer($1, from: $2) }
        calls.add(ExportEvidence.self, to: router) { try await $0.answer($1, from: $2) }
        calls.add(SendMessage.self, to: router) { try await $0.answer($1, from: $2) }
        calls.add(FetchMessages.self, to: router) { try await $0.answer($1, from: $2) }
        calls.add(DeleteMessages.self, to: router) { try await $0.answer($1, from: $2) }
        calls.add(StoreBackup.self, to: router) { try await $0.answer($1, from: $2) }
        calls.add(FetchBackup.self, to: router) { try await $0.answer($1, from: $2) }
        return router
    }

    static func builder(_ limits: GatewayLimits, _ tls: TLSFiles?, _ meter: GatewayMeter) throws -> HTTPServerBuilder {
        let http = HTTPServerBuilder.http1(
            configuration: .init(
                additionalChannelHandlers: [ConnectionCounter(meter)],
                idleTimeout: .seconds(limits.idleTimeout),
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: limits.headerSize, maxHeaderListSize: limits.headerSize, maxHeaderFieldCount: 64)))
        guard let tls else { return http }
        return try .tls(http, tlsConfiguration: try tlsConfiguration(tls))
    }

    private static func tlsConfiguration(_ files: TLSFiles) throws -> TLSConfiguration {
        do {
            let chain = try NIOSSLCertificate.fromPEMFile(files.certificateChain).map { NIOSSLCertificateSource.certificate($0) }
            let key = try NIOSSLPrivateKey(file: files.privateKey, format: .pem)
            var configuration = TLSConfiguration.makeServerConfiguration(certificateChain: chain, privateKey: .privateKey(key))
            configuration.minimumTLSVersion = .tlsv13
            return configuration
        } catch {
            throw ConfigurationError.certificateUnreadable
        }
    }
}
