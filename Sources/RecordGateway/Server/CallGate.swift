import CryptoPrimitives
import GatewayAPI
import HTTPTypes
import Hummingbird
import Synchronization

/// Where signed calls come in: who knocks too often is sent away, and who did not sign is told so.
struct CallGate: Sendable {
    /// Scheme and authority under which callers reach this; what they sign begins with it.
    let address: String
    let perKey: RateLimiter
    let perAddress: RateLimiter
    private let reader: BodyReader
    private let clock: @Sendable () -> Int64

    init(address: String, limits: GatewayLimits, meter: GatewayMeter, clock: @escaping @Sendable () -> Int64) {
        self.address = address
        self.clock = clock
        perKey = RateLimiter(limits.callsPerKey)
        perAddress = RateLimiter(limits.callsPerAddress)
        reader = BodyReader(limits: limits, meter: meter)
    }

    func target(_ path: String, _ contentType: String) -> RequestSignature.Target {
        RequestSignature.Target(method: .post, uri: address + path, contentType: contentType)
    }

    /// Bounds first, then the signature. Whose key it is and what it may do is for the call to say.
    func authenticate(
        _ request: Request, _ context: GatewayContext, _ target: RequestSignature.Target
    ) throws -> Caller {
        let now = clock()
        guard perAddress.allows(context.peer, at: now) else { throw APIError(.tooMany, "too many calls from this address: wait") }
        guard request.uri.string == target.uri.dropFirst(address.count),
            request.headers[values: .contentType] == [target.contentType]
        else { throw APIError(.malformed, "not a call of this gateway") }
        let signature: RequestSignature
        do {
            signature = try RequestSignature(verifying: request.headers, of: target, at: now)
        } catch {
            throw APIError(.unauthenticated, "no valid signature, or the clocks differ by more than a minute")
        }
        guard perKey.allows(signature.key.description, at: now) else {
            throw APIError(.tooMany, "too many calls with this key: wait")
        }
        return Caller(key: signature.key, signature: signature)
    }

    /// The announced length of the body, or the most that it may be. What is announced as too large is not read.
    static func length(of request: Request, atMost maximum: UInt64) throws(APIError) -> UInt64 {
        guard let length = request.headers[.contentLength].flatMap({ UInt64($0) }) else { return maximum }
        guard length <= maximum else { throw APIError(.tooLarge, "the message is larger than this call allows") }
        return length
    }

    func collect(_ request: Request, atMost maximum: UInt64, _ digest: ContentDigest) async throws -> [UInt8] {
        let bytes = Mutex<[UInt8]>([])
        try await reader.read(request.body, atMost: maximum) { piece in bytes.withLock { $0 += piece } }
        let body = bytes.withLock { $0 }
        guard ContentDigest(of: body) == digest else { throw APIError(.unauthenticated, "the body is not the one that was signed") }
        return body
    }
}
