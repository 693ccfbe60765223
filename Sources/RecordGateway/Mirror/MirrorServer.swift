import CryptoPrimitives
import GatewayAPI
import Hummingbird
package import Logging
import MerkleLedger
import NIOCore
package import RecordStorage
package import ServiceLifecycle

/// Shows a mirrored ledger to anybody, as its own gateway shows it, and payloads to members if it has a desk for that. Takes nothing.
package struct MirrorServer: Sendable {
    private let store: MirrorStore
    private let configuration: GatewayServer.Configuration
    private let limits: GatewayLimits
    private let gate: CallGate
    private let desk: PayloadDesk?
    private let clock: @Sendable () -> Int64
    private let logger: Logger

    package init(
        _ store: MirrorStore, _ configuration: GatewayServer.Configuration, desk: PayloadDesk? = nil,
        limits: GatewayLimits = GatewayLimits(), clock: @escaping @Sendable () -> Int64, logger: Logger
    ) {
        self.store = store
        self.configuration = configuration
        self.limits = limits
        self.desk = desk
        gate = CallGate(address: desk?.address ?? "", limits: limits, meter: GatewayMeter(), clock: clock)
        self.clock = clock
        self.logger = logger
    }

    /// - Parameter onListening: told the port once connections are taken.
    package func service(onListening: @escaping @Sendable (Int) async -> Void = { _ in }) throws -> any Service {
        Application(
            router: router(), server: try GatewayServer.builder(limits, configuration.tls, GatewayMeter()),
            configuration: ApplicationConfiguration(
                address: .hostname(configuration.host, port: configuration.port), serverName: nil,
                availableConnectionsDelegate: .maximum(limits.connections, logger: logger)),
            onServerRunning: { await onListening($0.localAddress?.port ?? 0) },
            logger: logger)
    }

    private func router() -> Router<GatewayContext> {
        let router = Router(context: GatewayContext.self)
        router.get(RouterPath(PublicPath.health)) { _, _ in
            let head = try head()
            return PublicRoutes.answer(
                try Health(status: "mirror", origin: head.origin, size: head.size).json, type: "application/json", cache: "no-store"
            )
        }
        router.get(RouterPath(PublicPath.checkpoint)) { _, context in
            try limit(context)
            return PublicRoutes.answer(
                try head().checkpoint.note.bytes, type: "text/plain; charset=utf-8", cache: "no-cache")
        }
        router.get(RouterPath(PublicPath.tiles + "/**")) { request, context in
            try limit(context)
            return try await tile(String(request.uri.path.dropFirst()))
        }
        router.get(RouterPath(PublicPath.policies + "/*")) { request, context in
            try limit(context)
            guard let leaf = PublicPath.policiesLeaf(of: request.uri.path),
                let files = try await store.policyFiles(publishedAt: leaf)
            else { throw HTTPError(.notFound) }
            return PublicRoutes.policies(files)
        }
        let trees = ShownTrees()
        router.get(RouterPath(PublicPath.anchors + "/*")) { [store] request, context in
            try limit(context)
            guard let leaf = PublicPath.anchorsLeaf(of: request.uri.path),
                let publication = try await trees.publication(at: leaf, { try await store.anchors(publishedAt: leaf) })
            else { throw HTTPError(.notFound) }
            return PublicRoutes.anchors(publication) { try await store.anchorPiece($0, publishedAt: leaf) }
        }
        // Not signed: only a member signs answers, and this one may be nobody's. Whoever sent something knows that it was not taken.
        router.post("/**") { request, context in
            if let answer = await desk?.answer(request, context, gate) { return answer }
            try limit(context)
            let error = APIError(.readOnly, "this is a mirror, which shows the ledger and takes nothing: ask its gateway")
            var answer = PublicRoutes.answer(error.canonicalBytes, type: ContentType.message, cache: "no-store")
            answer.status = error.code.status
            answer.headers[.connection] = "close"
            return answer
        }
        return router
    }

    private func limit(_ context: GatewayContext) throws {
        guard gate.perAddress.allows(context.peer, at: clock()) else { throw HTTPError(.tooManyRequests) }
    }

    private func head() throws -> MirrorHead {
        guard let head = store.head else { throw HTTPError(.serviceUnavailable) }
        return head
    }

    private func tile(_ path: String) async throws -> Response {
        if let coordinate = try? Tile.Coordinate(entriesPath: path) {
            guard let entries = try await store.entries(coordinate) else { throw HTTPError(.notFound) }
            return PublicRoutes.answer(entries.bytes, type: "application/octet-stream", cache: PublicRoutes.forEver)
        }
        guard let coordinate = try? Tile.Coordinate(path: path), let tile = try await store.tile(coordinate) else {
            throw HTTPError(.notFound)
        }
        return PublicRoutes.answer(tile.bytes, type: "application/octet-stream", cache: PublicRoutes.forEver)
    }
}
