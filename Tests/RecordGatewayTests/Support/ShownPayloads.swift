import CryptoPrimitives
import DurableFiles
import GatewayAPI
import LedgerMirror
import RecordStorage
import SystemPackage
import TestSupport

/// Payloads as a leader hands them to members, which a test may falsify.
struct ShownPayloads: Sendable {
    /// What is under each name.
    var payloads: [PayloadID: [UInt8]] = [:]
    /// Pages instead of the true ones, one after another; `nil` in place of one that does not come.
    var pages: [ListPayloads.Answer?]?
    /// What is sent instead, in pieces; the digest is that of what is sent.
    var lies: [PayloadID: [[UInt8]]] = [:]
    /// Of these the bytes are not those that were signed.
    var unsigned: Set<PayloadID> = []
    /// These end before their last byte.
    var cut: Set<PayloadID> = []
    /// These are refused.
    var refused: [PayloadID: APIError.Code] = [:]
    /// Whether the list has no end.
    var isEndless = false

    /// Of these sizes.
    static func made(_ sizes: [Int]) -> ShownPayloads {
        var generator = SeededGenerator(seed: 7)
        var shown = ShownPayloads()
        for size in sizes {
            let bytes = generator.bytes(size)
            if let name = PayloadID(of: bytes) { shown.payloads[name] = bytes }
        }
        return shown
    }

    var names: [PayloadID] { payloads.keys.sorted() }
    var listed: [StoredPayload] { names.map { StoredPayload(payload: $0, size: UInt64(payloads[$0]?.count ?? 0)) } }

    var leader: PayloadLeader {
        PayloadLeader(
            list: { (after) async throws(PayloadError) in try page(after: after) },
            fetch: { payload, sink in try send(payload, sink) })
    }

    private func page(after payload: PayloadID?) throws(PayloadError) -> ListPayloads.Answer {
        if isEndless { return Self.endlessPage(after: payload) }
        guard let pages else {
            let rest = listed.filter { item in payload.map { $0 < item.payload } ?? true }
            return ListPayloads.Answer(payloads: rest, hasMore: false)
        }
        let index = pages.firstIndex { $0?.payloads.last?.payload == payload && payload != nil }.map { $0 + 1 } ?? 0
        guard index < pages.count, let page = pages[index] else { throw .unreachable }
        return page
    }

    /// Names that ascend for longer than any ledger.
    private static func endlessPage(after payload: PayloadID?) -> ListPayloads.Answer {
        let start = payload.map { $0.bytes.prefix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) } + 1 } ?? 0
        let payloads = (start..<start + 4_096).compactMap { number in
            Bytes32((0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * UInt32($0))) } + [UInt8](repeating: 0, count: 28))
        }.map { StoredPayload(payload: PayloadID($0), size: 100) }
        return ListPayloads.Answer(payloads: payloads, hasMore: true)
    }

    private func send(_ payload: PayloadID, _ sink: PayloadLeader.Sink) throws -> Hash {
        if let code = refused[payload] { throw PayloadError.refused(code) }
        guard let bytes = payloads[payload] else { throw PayloadError.refused(.notFound) }
        var digest = SHA256()
        let pieces = stride(from: 0, to: bytes.count, by: 1_000).map { Array(bytes.dropFirst($0).prefix(1_000)) }
        for piece in lies[payload] ?? pieces {
            digest.update(piece)
            try sink(piece)
            if cut.contains(payload) { throw PayloadError.cutShort }
        }
        return unsigned.contains(payload) ? SHA256.hash([1]) : digest.finalize()
    }
}

extension MirrorSite {
    var payloadFolder: FilePath { path.appending("payloads") }

    /// Files in the mirror's folder of payloads.
    func files() throws -> Set<String> { Set(try DurableFile.names(in: payloadFolder)) }

    /// Opens the mirror with a ledger and its payloads, runs `body`, and closes it.
    func opened<Result>(_ body: (MirrorStore) async throws -> Result) async throws -> Result {
        let store = try MirrorStore(path)
        defer { try? store.close() }
        _ = try store.openPayloads(comparingAll: false)
        return try await body(store)
    }

    /// One round: a list, and everything that is missing.
    @discardableResult
    func follow(_ shown: ShownPayloads) async throws -> PayloadFollower.Outcome {
        try await opened { store in
            let follower = PayloadFollower(store, shown.leader, reserving: 0)
            try await follower.list()
            return try await follower.fetch()
        }
    }

    /// Which of these payloads are here, whole.
    func holds(_ names: [PayloadID]) async throws -> Set<PayloadID> {
        try await opened { store in
            var held: Set<PayloadID> = []
            for name in names {
                guard let content = try await store.payload(name) else { continue }
                var bytes: [UInt8] = []
                for index in 0..<content.pieceCount { bytes += try content.piece(index) }
                if PayloadID(of: bytes) == name { held.insert(name) }
            }
            return held
        }
    }
}
