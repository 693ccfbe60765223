import CryptoPrimitives
import GatewayAPI
import HTTPTypes
import Hummingbird
import MerkleLedger
import NIOCore
import RecordStorage
import SharingContract

/// What anybody may read, unsigned: C2SP `tlog-tiles`, the published policies, anchors of claims, and health.
struct PublicRoutes: Sendable {
    let gateway: Gateway
    let perAddress: RateLimiter
    private let trees = ShownTrees()

    init(gateway: Gateway, perAddress: RateLimiter) {
        (self.gateway, self.perAddress) = (gateway, perAddress)
    }

    func add(to router: Router<GatewayContext>) {
        router.get(RouterPath(PublicPath.health)) { _, _ in
            return Self.answer(
                try Health(status: "ok", origin: gateway.store.origin, size: gateway.store.head.size).json,
                type: "application/json", cache: "no-store")
        }
        router.get(RouterPath(PublicPath.checkpoint)) { _, context in
            try limit(context)
            return counted(
                PublicPath.checkpoint,
                Self.answer(gateway.store.head.checkpoint.bytes, type: "text/plain; charset=utf-8", cache: "no-cache"))
        }
        router.get(RouterPath(PublicPath.tiles + "/**")) { request, context in
            try limit(context)
            return counted(PublicPath.tiles, try await tile(request.uri.path))
        }
        router.get(RouterPath(PublicPath.policies + "/*")) { request, context in
            try limit(context)
            guard let leaf = PublicPath.policiesLeaf(of: request.uri.path),
                let files = try await gateway.store.read({ try $0.policyFiles(publishedAt: leaf) })
            else { throw HTTPError(.notFound) }
            return counted(PublicPath.policies, Self.policies(files))
        }
        router.get(RouterPath(PublicPath.anchors + "/*")) { request, context in
            try limit(context)
            return counted(PublicPath.anchors, try await anchors(request.uri.path))
        }
    }

    private func anchors(_ path: String) async throws -> Response {
        guard let leaf = PublicPath.anchorsLeaf(of: path),
            let publication = try await trees.publication(
                at: leaf, { try await gateway.store.read { try $0.anchors(publishedAt: leaf) } })
        else { throw HTTPError(.notFound) }
        return Self.anchors(publication) { [gateway] piece in
            try await gateway.store.read { try $0.anchorPiece(piece, publishedAt: leaf) }
        }
    }

    /// A tree of anchors, piece by piece: who asks for many at once does not fill the memory.
    static func anchors(
        _ publication: AnchorPublication, piece: @escaping @Sendable (Int) async throws -> [UInt8]
    ) -> Response {
        let size = 4 + Int(publication.count) * Bytes32.count
        let body = ResponseBody(contentLength: size) { writer in
            var head = CanonicalWriter()
            head.integer(publication.count)
            try await writer.write(ByteBuffer(bytes: head.bytes))
            var (rest, number) = (size - head.bytes.count, 0)
            while rest > 0 {
                let bytes = try await piece(number)
                try await writer.write(ByteBuffer(bytes: bytes))
                (rest, number) = (rest - bytes.count, number + 1)
            }
            try await writer.finish(nil)
        }
        return Response(
            status: .ok, headers: [.contentType: "application/octet-stream", .cacheControl: forEver], body: body)
    }

    private func counted(_ path: String, _ response: Response) -> Response {
        gateway.meter.shown(path, bytes: response.body.contentLength ?? 0)
        return response
    }

    private func limit(_ context: GatewayContext) throws {
        guard perAddress.allows(context.peer, at: gateway.clock()) else { throw HTTPError(.tooManyRequests) }
    }

    /// Tiles never change, so whoever has one may keep it.
    private func tile(_ path: String) async throws -> Response {
        let path = String(path.dropFirst())
        if let coordinate = try? Tile.Coordinate(entriesPath: path) {
            guard let entries = try await gateway.store.entries(coordinate) else { throw HTTPError(.notFound) }
            return Self.answer(entries.bytes, type: "application/octet-stream", cache: Self.forEver)
        }
        guard let coordinate = try? Tile.Coordinate(path: path), let tile = try await gateway.store.tile(coordinate) else {
            throw HTTPError(.notFound)
        }
        return Self.answer(tile.bytes, type: "application/octet-stream", cache: Self.forEver)
    }

    /// A set stays what it is at its leaf.
    static func policies(_ files: PolicyFiles) -> Response {
        answer(files.canonicalBytes, type: "application/octet-stream", cache: forEver)
    }

    static let forEver = "public, max-age=31536000, immutable"

    static func answer(_ bytes: [UInt8], type: String, cache: String) -> Response {
        Response(
            status: .ok, headers: [.contentType: type, .cacheControl: cache],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}
