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
    let gate: CallGate
    private let actorBodies: BodyBudget
    private let otherBodies: BodyBudget

    init(_ gateway: Gateway) {
        self.gateway = gateway
        gate = CallGate(address: gateway.address, limits: gateway.limits, meter: gateway.meter, clock: gateway.clock)
        actorBodies = BodyBudget(bytes: gateway.limits.actorBodies)
        otherBodies = BodyBudget(bytes: gateway.limits.otherBodies)
    }

    /// A call with a message and a message for an answer.
    ///
    /// - Parameter bucket: for calls whose answer must not tell by its time what it leaves out.
    func add<Message: Call>(
        _: Message.Type, to router: Router<GatewayContext>, in bucket: TimeBucket<ContinuousClock>? = nil,
        _ answer: @escaping @Sendable (Gateway, Message, Caller) async throws -> Message.Answer
    ) {
        addRaw(Message.path, taking: Message.self, to: router) { gateway, message, caller in
            guard let bucket else { return PlainAnswer(try await answer(gateway, message, caller)) }
            let hold = bucket.hold()
            var plain: PlainAnswer
            do {
                plain = PlainAnswer(try await answer(gateway, message, caller))
            } catch {
                plain = refusal(error)
            }
            plain.hold = hold
            return plain
        }
    }

    /// A call with a message and some other answer.
    func addRaw<Message: CanonicalCodable & Sendable>(
        _ path: String, taking _: Message.Type, to router: Router<GatewayContext>,
        _ answer: @escaping @Sendable (Gateway, Message, Caller) async throws -> PlainAnswer
    ) {
        add(path, contentType: ContentType.message, to: router) { request, caller in
            let length = try CallGate.length(of: request, atMost: UInt64(Message.maximumSize))
            @Sendable func answered() async throws -> PlainAnswer {
                let bytes = try await gate.collect(request, atMost: length, caller.signature.digest)
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
            let target = gate.target(path, contentType)
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
            let response = plain.response(
                to: target, signature: request.headers.onlySignature, with: gateway.member, at: gateway.clock())
            await plain.hold?.wait()
            return response
        }
    }

    private func answer(
        _ request: Request, _ context: GatewayContext, _ target: RequestSignature.Target,
        _ answer: @Sendable (Request, Caller) async throws -> PlainAnswer
    ) async -> PlainAnswer {
        do {
            return try await answer(request, try gate.authenticate(request, context, target))
        } catch {
            return refusal(error)
        }
    }

    private func refusal(_ error: any Error) -> PlainAnswer {
        let refusal = APIError(translating: error)
        gateway.meter.refused(refusal.code)
        return PlainAnswer(closingAfter: refusal)
    }
}

extension HTTPFields {
    /// The `Signature` field as it was sent, if it stands once and is short enough to be one.
    var onlySignature: String? {
        let values = self[values: .signature]
        return values.count == 1 && values[0].utf8.count <= 1_024 ? values[0] : nil
    }
}
