import CryptoPrimitives
import GatewayAPI
import Hummingbird
import NIOCore
import RecordStorage

/// Payloads in and out. They are streamed: a gateway's memory does not grow with them.
extension CallRouter {
    func addPayloads(to router: Router<GatewayContext>) {
        add(PayloadPath.upload, contentType: ContentType.payload, to: router) { request, caller in
            _ = try CallGate.length(of: request, atMost: PayloadPath.maximumSize)
            return PlainAnswer(try await gateway.takeIn(request.body, announced: caller.signature.digest.hash, from: caller))
        }
        addRaw(FetchPayload.path, taking: FetchPayload.self, to: router) { gateway, call, caller in
            try await gateway.reading(for: caller) { _ in }
            guard let payload = gateway.tickets.payload(for: call.ticket, presentedBy: caller.key, at: gateway.clock()) else {
                throw APIError(.notFound, "this ticket is over: request the records again")
            }
            return try await gateway.giveOut(payload)
        }
        addRaw(FetchOwnPayload.path, taking: FetchOwnPayload.self, to: router) { gateway, call, caller in
            try await gateway.giveOut(try await gateway.ownPayload(call, from: caller))
        }
        addRaw(FetchNamedPayload.path, taking: FetchNamedPayload.self, to: router) { gateway, call, caller in
            try await gateway.giveOut(try await gateway.depositedPayload(call, from: caller))
        }
    }
}

extension Gateway {
    /// Only who deposits uploads, and only what was announced by its digest.
    fileprivate func takeIn(_ body: RequestBody, announced: Hash, from caller: Caller) async throws -> StoredPayload {
        let today = today
        try requireWritable()
        try await reading(for: caller) { try $0.requireDepositor(caller.key, on: today) }
        try requireRoom()
        let intake = PayloadIntake(store.beginUpload())
        try await BodyReader(limits: limits, meter: meter).read(body, atMost: PayloadPath.maximumSize) {
            try await intake.write($0)
        }
        let (payload, size) = try await intake.finish(announced: announced, in: store)
        return StoredPayload(payload: payload, size: size)
    }

    fileprivate func giveOut(_ payload: PayloadID) async throws -> PlainAnswer {
        guard let content = try await store.payload(payload) else { throw APIError(.notFound, "this payload is not here any more") }
        return PlainAnswer(streaming: content)
    }
}

extension PlainAnswer {
    /// A payload, piece by piece, each compared before it goes out.
    ///
    /// - Parameter onDamage: told when a piece is not the one that was deposited, and the answer ends.
    init(streaming content: consuming PayloadContent, onDamage: @escaping @Sendable () -> Void = {}) {
        let (digest, size) = (content.digest, content.size)
        let source = PayloadSource(content)
        let body = ResponseBody(contentLength: Int(size)) { writer in
            for index in 0..<source.pieceCount {
                let piece: [UInt8]
                do {
                    piece = try source.piece(index)
                } catch {
                    onDamage()
                    throw error
                }
                try await writer.write(ByteBuffer(bytes: piece))
            }
            try await writer.finish(nil)
        }
        self.init(payload: digest, body)
    }
}

/// Lets the pieces of a body reach an upload one after another.
private actor PayloadIntake {
    private var upload: PayloadUpload?

    init(_ upload: consuming PayloadUpload) {
        self.upload = consume upload
    }

    func write(_ bytes: [UInt8]) throws {
        try upload?.write(bytes)
    }

    func finish(announced: Hash, in store: LedgerStore) async throws -> (PayloadID, UInt64) {
        guard let upload = upload.take() else { throw APIError(.unavailable, "the upload is over") }
        return try await store.finishUpload(upload, announced: announced)
    }
}

/// Owns a payload's content for as long as it is being sent.
private final class PayloadSource: Sendable {
    private let content: PayloadContent

    init(_ content: consuming PayloadContent) {
        self.content = content
    }

    var pieceCount: Int { content.pieceCount }

    func piece(_ index: Int) throws -> [UInt8] { try content.piece(index) }
}
