import AsyncHTTPClient
package import CryptoPrimitives
package import GatewayAPI
import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOSSL

/// A gateway at the other end of a network that nobody trusts: what is sent is signed, and nothing is believed that the gateway's
/// member did not sign as the answer to it.
package final class GatewayConnection: Sendable {
    package let address: String
    private let client: HTTPClient
    private let pause: Pause
    private let clock: @Sendable () -> Int64

    /// Throws when whoever waits is no longer waited for.
    package typealias Pause = @Sendable () async throws -> Void
    package static let second: Pause = { try await Task.sleep(for: .seconds(1)) }

    /// How often a call that came too fast is made again. A gateway lets a hundred through in the time of one pause; a signature is good for
    /// sixty of them.
    static let patience = 30
    /// How long a connection may take, and an answer after it, in seconds.
    private static let connectTimeout: Int64 = 10
    private static let answerTimeout: Int64 = 120
    /// How long a connection is kept for the next call, in seconds: less than a gateway keeps it, or a call could be sent into its end.
    private static let idleTimeout: Int64 = 15

    /// - Parameters:
    ///   - trustRoots: a file of certificates in PEM, instead of the system's.
    ///   - clock: seconds since 1970.
    package init(
        address: String, trustRoots: String? = nil, pause: @escaping Pause = second, clock: @escaping @Sendable () -> Int64
    ) {
        self.address = address
        self.pause = pause
        self.clock = clock
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(Self.connectTimeout), read: .seconds(Self.answerTimeout)))
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv13
        if let trustRoots { tls.trustRoots = .file(trustRoots) }
        configuration.tlsConfiguration = tls
        // Who is not there now is said not to be there now.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.connectionPool.idleTimeout = .seconds(Self.idleTimeout)
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// Whoever fails half way need not close what he leaves. Not waited for, and without effect after `close`.
    deinit {
        client.shutdown { _ in }
    }

    package func close() async throws {
        try await client.shutdown()
    }
}

extension GatewayConnection {
    /// Asks, and gives back what the member with this key signed as the answer.
    package func call<Message: Call>(
        _ message: Message, with key: borrowing Ed25519.PrivateKey, member: Ed25519.PublicKey
    ) async throws(ClientError) -> Message.Answer {
        try await patiently { () async throws(ClientError) in
            let exchange = sign(Message.path, ContentType.message, message.canonicalBytes, with: key)
            let answer = try await send(exchange, body: .bytes(ByteBuffer(bytes: message.canonicalBytes)))
            return try parse(try await verified(answer, to: exchange, by: member, atMost: Message.Answer.maximumSize))
        }
    }

    /// Signs an upload; `digest` is of the whole.
    func upload(
        size: Int64, digest: Hash, pieces: PayloadPieces, with key: borrowing Ed25519.PrivateKey, member: Ed25519.PublicKey
    ) -> PayloadTransfer {
        let exchange = sign(PayloadPath.upload, ContentType.payload, digest: ContentDigest(digest), with: key)
        return PayloadTransfer(connection: self, exchange: exchange, size: size, pieces: pieces, member: member)
    }

    /// A payload that is ready to be sent, by any task.
    struct PayloadTransfer: Sendable {
        fileprivate let connection: GatewayConnection
        fileprivate let exchange: SignedRequest
        fileprivate let size: Int64
        fileprivate let pieces: PayloadPieces
        fileprivate let member: Ed25519.PublicKey

        func send() async throws(ClientError) -> StoredPayload {
            try await connection.patiently { () async throws(ClientError) in
                let answer = try await connection.send(exchange, body: .stream(pieces, length: .known(size)))
                let bytes = try await connection.verified(answer, to: exchange, by: member, atMost: StoredPayload.maximumSize)
                return try connection.parse(bytes)
            }
        }
    }

    /// Fetches a payload. The pieces go to `sink` before it is known that all of them are what the member signed; it must throw away
    /// what it got when this throws.
    package func fetchPayload(
        _ path: String, _ message: some CanonicalCodable, with key: borrowing Ed25519.PrivateKey, member: Ed25519.PublicKey,
        into sink: (consuming [UInt8]) throws(ClientError) -> Void
    ) async throws(ClientError) {
        let (answer, digest) = try await patiently { () async throws(ClientError) in
            let exchange = sign(path, ContentType.message, message.canonicalBytes, with: key)
            let answer = try await send(exchange, body: .bytes(ByteBuffer(bytes: message.canonicalBytes)))
            guard answer.status == .ok else {
                _ = try await verified(answer, to: exchange, by: member, atMost: APIError.maximumSize)
                throw .notVerified(.answerMalformed)
            }
            return (answer, try signedDigest(answer, to: exchange, by: member))
        }
        var hasher = SHA256()
        var size: UInt64 = 0
        do {
            for try await piece in answer.body {
                let bytes = Array(piece.readableBytesView)
                size += UInt64(bytes.count)
                guard size <= PayloadPath.maximumSize else { throw ClientError.notVerified(.answerMalformed) }
                hasher.update(bytes)
                try sink(bytes)
            }
        } catch let error as ClientError {
            throw error
        } catch {
            throw unreachable(error)
        }
        guard hasher.finalize() == digest.hash else { throw .notVerified(.answerNotAuthentic) }
    }

    /// What anybody may read. Nothing vouches for it but what it says.
    package func get(_ path: String, atMost maximum: Int) async throws(ClientError) -> [UInt8] {
        try await patiently { () async throws(ClientError) in
            do {
                let answer = try await client.execute(HTTPClientRequest(url: address + path), timeout: .seconds(Self.answerTimeout))
                guard answer.status == .ok else {
                    throw ClientError.unreachable(address: address, reason: .notSigned(status: answer.status.code))
                }
                return Array(try await answer.body.collect(upTo: maximum).readableBytesView)
            } catch {
                throw unreachable(error)
            }
        }
    }
}

extension GatewayConnection {
    /// Again and again while the gateway says that calls come too fast; it has done nothing then. In the end that is thrown.
    private func patiently<Answer>(_ ask: () async throws(ClientError) -> Answer) async throws(ClientError) -> Answer {
        for _ in 0..<Self.patience {
            do throws(ClientError) {
                return try await ask()
            } catch {
                guard error.isTooFast, (try? await pause()) != nil else { throw error }
            }
        }
        return try await ask()
    }

    private func sign(
        _ path: String, _ contentType: String, _ body: [UInt8], with key: borrowing Ed25519.PrivateKey
    ) -> SignedRequest {
        sign(path, contentType, digest: ContentDigest(of: body), with: key)
    }

    private func sign(
        _ path: String, _ contentType: String, digest: ContentDigest, with key: borrowing Ed25519.PrivateKey
    ) -> SignedRequest {
        SignedRequest(path, at: address, contentType: contentType, digest: digest, with: key, at: clock())
    }

    private func send(_ exchange: SignedRequest, body: HTTPClientRequest.Body) async throws(ClientError) -> HTTPClientResponse {
        var request = HTTPClientRequest(url: exchange.target.uri)
        request.method = .POST
        for field in exchange.fields { request.headers.add(name: field.name.rawName, value: field.value) }
        request.body = body
        do {
            return try await client.execute(request, deadline: .distantFuture)
        } catch {
            throw unreachable(error)
        }
    }

    /// The body, once it is known that the member signed it. A refusal is thrown.
    private func verified(
        _ answer: HTTPClientResponse, to exchange: SignedRequest, by member: Ed25519.PublicKey, atMost maximum: Int
    ) async throws(ClientError) -> [UInt8] {
        let digest = try signedDigest(answer, to: exchange, by: member)
        let bytes: [UInt8]
        do {
            bytes = Array(try await answer.body.collect(upTo: max(maximum, APIError.maximumSize)).readableBytesView)
        } catch is NIOTooManyBytesError {
            throw .notVerified(.answerMalformed)
        } catch {
            throw unreachable(error)
        }
        guard ContentDigest(of: bytes) == digest else { throw .notVerified(.answerNotAuthentic) }
        guard answer.status == .ok else { throw .refused(try parse(bytes)) }
        return bytes
    }

    private func signedDigest(
        _ answer: HTTPClientResponse, to exchange: SignedRequest, by member: Ed25519.PublicKey
    ) throws(ClientError) -> ContentDigest {
        var fields = HTTPFields()
        for (name, value) in answer.headers {
            if let name = HTTPField.Name(name) { fields.append(HTTPField(name: name, value: value)) }
        }
        let status = HTTPResponse.Status(code: Int(answer.status.code))
        do {
            return try exchange.answerDigest(fields, status: status, by: member)
        } catch {
            // What is not signed at all and claims no success may come from something in between.
            if fields[.signature] == nil, answer.status.code >= 400 {
                throw .unreachable(address: address, reason: .notSigned(status: answer.status.code))
            }
            throw .notVerified(.answerNotAuthentic)
        }
    }

    private func parse<Message: CanonicalCodable>(_ bytes: [UInt8]) throws(ClientError) -> Message {
        do {
            return try Message(canonical: bytes)
        } catch {
            throw .notVerified(.answerMalformed)
        }
    }

    private func unreachable(_ error: any Error) -> ClientError {
        if let error = error as? ClientError { return error }
        guard let error = error as? HTTPClientError, [.deadlineExceeded, .readTimeout, .connectTimeout].contains(error) else {
            return .unreachable(address: address, reason: .noConnection)
        }
        return .unreachable(address: address, reason: .timedOut)
    }
}
