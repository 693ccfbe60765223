import AsyncHTTPClient
package import CryptoPrimitives
import GatewayAPI
import HTTPTypes
import NIOCore
import NIOHTTP1

/// A leader that is asked in a member's name. Its answers count if a key signed them that the ledger holds as a member's: its gateway's, or
/// that of a member that mirrors it.
package final class SignedLeader: Sendable {
    package typealias Members = @Sendable () -> [Ed25519.PublicKey]

    private let connection: LeaderConnection
    private let key: Ed25519.PrivateKey
    private let members: Members
    private let clock: @Sendable () -> Int64

    /// For an answer that is small, in seconds.
    private static let answerTimeout: Int64 = 60
    /// A payload that comes more slowly is given up, in bytes per second. Gateways ask the same of those who upload.
    private static let minimumRate: UInt64 = 16_384

    /// - Parameters:
    ///   - members: keys of members, by the ledger as it stands when this is called.
    ///   - clock: seconds since 1970.
    package init(
        _ connection: LeaderConnection, key: consuming Ed25519.PrivateKey, members: @escaping Members,
        clock: @escaping @Sendable () -> Int64
    ) {
        self.connection = connection
        self.key = key
        self.members = members
        self.clock = clock
    }

    package var payloads: PayloadLeader {
        PayloadLeader(
            list: { (after) async throws(PayloadError) in try await self.list(after: after) },
            fetch: { try await self.fetch($0, into: $1) })
    }
}

extension SignedLeader {
    private func list(after payload: PayloadID?) async throws(PayloadError) -> ListPayloads.Answer {
        let (answer, digest) = try await ask(ListPayloads(after: payload), to: ListPayloads.path, within: Self.answerTimeout)
        let bytes = try await collect(answer, digest, atMost: ListPayloads.Answer.maximumSize)
        guard let page = try? ListPayloads.Answer(canonical: bytes) else { throw .fault(.malformed) }
        return page
    }

    private func fetch(_ payload: PayloadID, into sink: PayloadLeader.Sink) async throws -> Hash {
        let longest = Int64(PayloadPath.maximumSize / Self.minimumRate)
        let (answer, digest) = try await ask(FetchNamedPayload(payload: payload), to: FetchNamedPayload.path, within: longest)
        let start = ContinuousClock.now
        var size: UInt64 = 0
        var pieces = answer.body.makeAsyncIterator()
        while let piece = try await next(&pieces) {
            size += UInt64(piece.count)
            try sink(piece)
            let least = Duration.seconds(Self.answerTimeout + Int64(size / Self.minimumRate))
            guard ContinuousClock.now - start < least else { throw PayloadError.cutShort }
        }
        return digest.hash
    }

    private func next(_ pieces: inout HTTPClientResponse.Body.AsyncIterator) async throws(PayloadError) -> [UInt8]? {
        do {
            return try await pieces.next().map { Array($0.readableBytesView) }
        } catch {
            throw .cutShort
        }
    }
}

extension SignedLeader {
    /// Asks, and gives an answer that is no refusal together with the digest that a member signed of its body.
    private func ask(
        _ message: some CanonicalCodable, to path: String, within seconds: Int64
    ) async throws(PayloadError) -> (HTTPClientResponse, ContentDigest) {
        let bytes = message.canonicalBytes
        let signed = SignedRequest(
            path, at: connection.address, contentType: ContentType.message, digest: ContentDigest(of: bytes), with: key, at: clock()
        )
        let answer: HTTPClientResponse
        do {
            answer = try await connection.post(signed, bytes, within: seconds)
        } catch {
            throw .unreachable
        }
        let digest = try signedDigest(of: answer, to: signed)
        guard answer.status == .ok else {
            let body = try await collect(answer, digest, atMost: APIError.maximumSize)
            guard let refusal = try? APIError(canonical: body) else { throw .fault(.malformed) }
            throw .refused(refusal.code)
        }
        return (answer, digest)
    }

    private func collect(
        _ answer: HTTPClientResponse, _ digest: ContentDigest, atMost maximum: Int
    ) async throws(PayloadError) -> [UInt8] {
        let bytes: [UInt8]
        do {
            bytes = Array(try await answer.body.collect(upTo: maximum).readableBytesView)
        } catch is NIOTooManyBytesError {
            throw .fault(.malformed)
        } catch {
            throw .unreachable
        }
        guard ContentDigest(of: bytes) == digest else { throw .fault(.notSigned) }
        return bytes
    }

    private func signedDigest(of answer: HTTPClientResponse, to signed: SignedRequest) throws(PayloadError) -> ContentDigest {
        var fields = HTTPFields()
        for (name, value) in answer.headers {
            if let name = HTTPField.Name(name) { fields.append(HTTPField(name: name, value: value)) }
        }
        let status = HTTPResponse.Status(code: Int(answer.status.code))
        for member in members() {
            if let digest = try? signed.answerDigest(fields, status: status, by: member) { return digest }
        }
        // What is not signed at all and claims no success may come from something in between, or from a mirror that mirrors no payloads.
        guard answer.status.code < 400 || fields[.signature] != nil else { throw .unreachable }
        throw .fault(.notSigned)
    }
}
