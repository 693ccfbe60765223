import CryptoPrimitives
import GatewayAPI
import HTTPTypes
import Hummingbird
import NIOCore

/// What a route answers with, before it is signed.
struct PlainAnswer: Sendable {
    var status: HTTPResponse.Status = .ok
    var contentType = ContentType.message
    let digest: ContentDigest
    let body: ResponseBody
    /// The request's body was not read to its end, so what follows on the connection cannot be trusted.
    var closesConnection = false
    /// What it waits for once it is signed.
    var hold: TimeBucket<ContinuousClock>.Hold?

    init(_ message: some CanonicalCodable) {
        self.init(bytes: message.canonicalBytes)
    }

    private init(bytes: [UInt8]) {
        digest = ContentDigest(of: bytes)
        body = ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
    }

    init(_ error: APIError) {
        self.init(bytes: error.canonicalBytes)
        status = error.code.status
    }

    init(payload digest: Hash, _ body: ResponseBody) {
        self.digest = ContentDigest(digest)
        self.body = body
        contentType = ContentType.payload
    }
}

extension PlainAnswer {
    /// A refusal of something whose body was perhaps not read to its end.
    init(closingAfter error: APIError) {
        self.init(error)
        closesConnection = true
    }

    /// Signs it as the answer to a request whose own signature is known, if only by its bytes.
    func response(
        to target: RequestSignature.Target, signature: String?, with key: borrowing Ed25519.PrivateKey, at seconds: Int64
    ) -> Response {
        var headers = HTTPFields()
        headers[.contentType] = contentType
        if let signature {
            ResponseSignature.sign(
                status: status, digest: digest, answering: target, signature: signature, with: key, at: seconds, fields: &headers)
        }
        guard closesConnection else { return Response(status: status, headers: headers, body: body) }
        headers[.connection] = "close"
        return Response(status: status, headers: headers, body: body.thenClosing())
    }
}

/// Thrown after an answer to end the connection.
private struct ConnectionEnd: Error {}

extension ResponseBody {
    /// Hummingbird would read the rest of a request's body before it takes the next request. An error behind the answer makes it close
    /// the connection instead.
    fileprivate consuming func thenClosing() -> ResponseBody {
        let body = self
        return ResponseBody(contentLength: body.contentLength) { writer in
            try await body.write(writer)
            throw ConnectionEnd()
        }
    }
}

extension APIError.Code {
    var status: HTTPResponse.Status {
        switch self {
        case .malformed: .badRequest
        case .unauthenticated: .unauthorized
        case .forbidden: .forbidden
        case .alreadyAnswered, .listNotNewest, .full: .conflict
        case .refused, .compilationDiffers, .commitmentNotProven: .unprocessableContent
        case .notFound: .notFound
        case .tooLarge: .contentTooLarge
        case .tooMany: .tooManyRequests
        case .tooSlow: .requestTimeout
        case .unavailable, .readOnly: .serviceUnavailable
        }
    }
}
