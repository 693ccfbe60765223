import CryptoPrimitives
import GatewayAPI
import HTTPTypes
import MerkleLedger
import RecordStorage
import TestSupport
import Testing

/// A gateway that listens, and what a client does with it. Every message has a connection of its own.
struct RunningGateway: Sendable {
    let site: GatewaySite
    let store: LedgerStore
    let port: Int
    /// Begins a graceful shutdown.
    let stop: @Sendable () async -> Void

    var now: Int64 { site.clock.seconds }
}

extension RunningGateway {
    struct NoAnswer: Error {}

    func send(_ bytes: [UInt8], from source: String? = nil) async throws -> Answer {
        let wire = try await Wire.connect(to: port, from: source)
        // Who refuses by the head alone need not wait for the body, and hangs up.
        try? await wire.send(bytes)
        let answer = await wire.answer()
        await wire.close()
        guard let answer else { throw NoAnswer() }
        return answer
    }

    func send(_ message: SignedMessage, from source: String? = nil) async throws -> Answer {
        try await send(message.bytes, from: source)
    }

    func get(_ path: String, from source: String? = nil) async throws -> Answer {
        try await send(Array("GET \(path) HTTP/1.1\r\nHost: gateway.example\r\n\r\n".utf8), from: source)
    }

    func sign(_ message: some Call, by signer: String) -> SignedMessage {
        SignedMessage(message, by: signer, at: now)
    }

    /// Asks, and gives back what the member signed as the answer. A refusal is thrown.
    func call<Message: Call>(_ message: Message, by signer: String) async throws -> Message.Answer {
        let signed = sign(message, by: signer)
        return try Message.Answer(canonical: try await body(of: signed))
    }

    /// The body of the answer, which the member must have signed, to this message and no other.
    func body(of message: SignedMessage) async throws -> [UInt8] {
        let answer = try await send(message)
        let body = try verified(answer, to: message)
        guard answer.status == 200 else { throw try APIError(canonical: body) }
        return body
    }

    func verified(_ answer: Answer, to message: SignedMessage) throws -> [UInt8] {
        let digest = try ResponseSignature.verify(
            answer.fields, status: .init(code: answer.status), answering: message.target, signature: message.signature,
            by: publicKey("north"))
        #expect(answer.isWhole && ContentDigest(of: answer.body) == digest)
        return answer.body
    }

    /// Why a call is refused; `nil` if it is not.
    func refusal(of message: some Call, by signer: String) async throws -> APIError.Code? {
        do {
            _ = try await call(message, by: signer)
            return nil
        } catch let error as APIError {
            return error.code
        }
    }

    /// The leaf, once it is known to be on the ledger under the newest checkpoint or an older one.
    func verify(_ posted: PostedLeaf) throws {
        let receipt = try LedgerReceipt(posted.proof)
        let verified = try receipt.verified(
            leaf: posted.leaf.canonicalBytes, origin: store.origin, key: GatewaySite.signer().verifierKey)
        #expect(verified.index == posted.index)
    }
}

extension RunningGateway {
    /// Expects this refusal, and that nothing was written but that the message was used.
    func expect(
        _ code: APIError.Code, _ message: some Call, by signer: String, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        try await expectNothingWritten(sourceLocation: sourceLocation) {
            let refusal = try await refusal(of: message, by: signer)
            #expect(refusal == code, sourceLocation: sourceLocation)
        }
    }

    /// Expects that no row of any table changed.
    func expectNothingWritten(
        sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws -> Void
    ) async throws {
        let (rows, size) = (try site.rows(), store.head.size)
        try await body()
        #expect(try site.rows() == rows && store.head.size == size, "something was written", sourceLocation: sourceLocation)
    }
}
