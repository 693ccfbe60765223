import CryptoPrimitives
import GatewayAPI
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Synchronization

/// Turns signed POSTs into calls, and answers into signed responses.
struct CallRouter: Sendable {
    let gateway: Gateway
    let perKey: RateLimiter
    let perAddress: RateLimiter
    private let actorBodies: BodyBudget
    private let otherBodies: BodyBudget

    init(_ gateway: Gateway) {
        self.gateway = gateway
        perKey = RateLimiter(gateway.limits.callsPerKey)
        perAddress = RateLimiter(gateway.limits.callsPerAddress)
        actorBodies = BodyBudget(bytes: gateway.limits.actorBodies)
        otherBodies = BodyBudget(bytes: gateway.limits.otherBodies)
    }

    /// A call with a message and a message for an answer.
    func add<Message: Call>(
        _: Message.Type, to router: Router<GatewayContext>,
        _ answer: @escaping @Sendable (Gateway, Message, Caller) async throws -> Message.Answer
    ) {
        addRaw(Message.path, taking: Message.self, to: router) { gateway, message, caller in
            PlainAnswer(try await answer(gateway, message, caller))
        }
    }

    /// A call with a message and some other answer.
    func addRaw<Message: CanonicalCodable & Sendable>(
        _ path: String, taking _: Message.Type, to router: Router<GatewayContext>,
        _ answer: @escaping @Sendable (Gateway, Message, Caller) async throws -> PlainAnswer
    ) {
        add(path, contentType: ContentType.message, to: router) { request, caller in
            let length = try Self.length(of: request, atMost: UInt64(Message.maximumSize))
            @Sendable func answered() async throws -> PlainAnswer {
                let bytes = try await collect(request, atMost: length, caller.signature.digest)
                return try await answer(gateway, try Message(canonical: bytes), caller)
            }
            // Small ones are as many as connections at the most. Most are, and need not wait for a look at who sends them.
            guard length > Self.smallBody else { return try await answered() }
            let isActor = try await gateway.isLiveActor(caller.key)
            return try await (isActor ? actorBodies : otherBodies).with(Int(length)) { try await answered() }
        }
    }

    /// A body up to this many bytes is read whoever sends it.
    private static let smallBody: UInt64 = 16_384

    /// Anything signed. The route reads the body.
    func add(
        _ path: String, contentType: String, to router: Router<GatewayContext>,
        _ answer: @escaping @Sendable (Request, Caller) async throws -> PlainAnswer
    ) {
        router.post(RouterPath(path)) { request, context in
            let target = RequestSignature.Target(method: .post, uri: gateway.address + path, contentType: contentType)
            let start = ContinuousClock.now
            let plain = await self.answer(request, context, target, answer)
            let duration = ContinuousClock.now - start
            gateway.meter.ended(
                path, GatewayMeter.Outcome(status: plain.status.code), after: duration, sent: plain.body.contentLength ?? 0)
            context.logger.info(
                "answered",
                metadata: [
                    "route": "\(path)", "status": "\(plain.status.code)", "milliseconds": "\(duration / .milliseconds(1))",
                ])
            return gateway.response(plain, to: target, signature: request.headers.onlySignature)
        }
    }

    private func answer(
        _ request: Request, _ context: GatewayContext, _ target: RequestSignature.Target,
        _ answer: @Sendable (Request, Caller) async throws -> PlainAnswer
    ) async -> PlainAnswer {
        do {
            return try await answer(request, try authenticate(request, context, target))
        } catch {
            let refusal = APIError(translating: error)
            gateway.meter.refused(refusal.code)
            var plain = PlainAnswer(refusal)
            plain.closesConnection = true
            return plain
        }
    }

    /// Bounds first, then the signature. Whose key it is and what it may do is for the call to say.
    private func authenticate(
        _ request: Request, _ context: GatewayContext, _ target: RequestSignature.Target
    ) throws -> Caller {
        let now = gateway.clock()
        guard perAddress.allows(context.peer, at: now) else { throw APIError(.tooMany, "too many calls from this address: wait") }
        guard request.uri.string == target.uri.dropFirst(gateway.address.count),
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

    private func collect(_ request: Request, atMost maximum: UInt64, _ digest: ContentDigest) async throws -> [UInt8] {
        let bytes = Mutex<[UInt8]>([])
        let reader = BodyReader(limits: gateway.limits, meter: gateway.meter)
        try await reader.read(request.body, atMost: maximum) { piece in bytes.withLock { $0 += piece } }
        let body = bytes.withLock { $0 }
        guard ContentDigest(of: body) == digest else { throw APIError(.unauthenticated, "the body is not the one that was signed") }
        return body
    }
}

extension HTTPFields {
    /// The `Signature` field as it was sent, if it stands once and is short enough to be one.
    fileprivate var onlySignature: String? {
        let values = self[values: .signature]
        return values.count == 1 && values[0].utf8.count <= 1_024 ? values[0] : nil
    }
}
