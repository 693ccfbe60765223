import AsyncHTTPClient
import GatewayAPI
import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOSSL

/// A gateway whose public ledger is read, or whose payloads are. Nothing is sent but paths and what a member signed, and nothing that
/// comes is believed here.
package final class LeaderConnection: Sendable {
    package let address: String
    private let client: HTTPClient

    private static let connectTimeout: Int64 = 10
    private static let answerTimeout: Int64 = 60

    /// - Parameter trustRoots: a file of certificates in PEM, instead of the system's.
    package init(address: String, trustRoots: String?) {
        self.address = address
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(Self.connectTimeout), read: .seconds(Self.answerTimeout)))
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv13
        if let trustRoots { tls.trustRoots = .file(trustRoots) }
        configuration.tlsConfiguration = tls
        configuration.connectionPool.retryConnectionEstablishment = false
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    deinit {
        client.shutdown { _ in }
    }

    package func close() async {
        try? await client.shutdown()
    }

    /// For a `LedgerFollower`.
    package func get(_ path: String, atMost maximum: Int) async throws(FollowError) -> [UInt8] {
        do {
            let answer = try await client.execute(HTTPClientRequest(url: address + path), timeout: .seconds(Self.answerTimeout))
            guard answer.status == .ok else { throw FollowError.unreachable }
            return Array(try await answer.body.collect(upTo: maximum).readableBytesView)
        } catch is NIOTooManyBytesError {
            throw .fault(.malformed)
        } catch {
            throw .unreachable
        }
    }

    /// Sends what a member signed. The answer has to come within so many seconds, with its body.
    func post(_ signed: SignedRequest, _ body: [UInt8], within seconds: Int64) async throws -> HTTPClientResponse {
        var request = HTTPClientRequest(url: signed.target.uri)
        request.method = .POST
        for field in signed.fields { request.headers.add(name: field.name.rawName, value: field.value) }
        request.body = .bytes(ByteBuffer(bytes: body))
        return try await client.execute(request, timeout: .seconds(seconds))
    }
}
