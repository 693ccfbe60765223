import CryptoPrimitives
import GatewayAPI
import RecordStorage
import SharingContract
import TestSupport
import Testing
import HTTPTypes
import MerkleLedger

/// Bytes that two readers of HTTP could read in two ways. A gateway reads them in one way, and that is to hang up.
@Suite struct HTTPFraming {
    /// Behind each of these stands a request that must never be answered: it would be somebody's body to another reader.
    private static let hidden = "GET /checkpoint HTTP/1.1\r\nHost: a\r\n\r\n"

    static let ambiguous = [
        "two lengths": "Content-Length: 0\r\nContent-Length: \(hidden.utf8.count)\r\n\r\n",
        "two lengths in one": "Content-Length: 0, \(hidden.utf8.count)\r\n\r\n",
        "length and chunks": "Content-Length: \(hidden.utf8.count + 5)\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "chunks and length": "Transfer-Encoding: chunked\r\nContent-Length: \(hidden.utf8.count + 5)\r\n\r\n0\r\n\r\n",
        "chunked twice": "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
        "unknown encoding": "Transfer-Encoding: xchunked\r\n\r\n",
        "chunked and then another": "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        "a vertical tab": "Transfer-Encoding: \u{0B}chunked\r\n\r\n0\r\n\r\n",
        "a space before the colon": "Content-Length : \(hidden.utf8.count)\r\n\r\n",
        "a folded line": "X-Fold: a\r\n Content-Length: \(hidden.utf8.count)\r\n\r\n",
        "a folded value": "Content-Length:\r\n \(hidden.utf8.count)\r\n\r\n",
        "a bare line feed": "X-Line: a\nContent-Length: \(hidden.utf8.count)\r\n\r\n",
        "a bare carriage return": "X-Line: a\rContent-Length: \(hidden.utf8.count)\r\n\r\n",
        "a NUL": "X-Null: a\0Content-Length: \(hidden.utf8.count)\r\n\r\n",
        "a signed length": "Content-Length: +\(hidden.utf8.count)\r\n\r\n",
        "a negative length": "Content-Length: -1\r\n\r\n",
        "a hexadecimal length": "Content-Length: 0x20\r\n\r\n",
        "a length beyond all numbers": "Content-Length: 99999999999999999999999999\r\n\r\n",
        "a chunk length beyond all numbers": "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
        "a chunk length with a prefix": "Transfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n",
        "a negative chunk length": "Transfer-Encoding: chunked\r\n\r\n-1\r\n",
        "a chunk without its end": "Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n",
    ]

    @Test(arguments: ambiguous.keys.sorted(), ["GET /health", "POST \(RequestRecords.path)"])
    func `what can be read in two ways is not read at all`(name: String, line: String) async throws {
        let headers = try #require(Self.ambiguous[name])
        try await GatewaySite().serving { gateway in
            let wire = try await Wire.connect(to: gateway.port)
            try? await wire.send("\(line) HTTP/1.1\r\nHost: a\r\n\(headers)\(Self.hidden)")
            let text = String(decoding: await wire.remainder(), as: UTF8.self)
            #expect(!text.contains("north.example/ledger\n"), "the hidden request was answered")
            // A readable head may be answered before what follows it is found to be unreadable.
            #expect(text.ranges(of: "HTTP/1.1 200").count <= 1, "more than one answer")
        }
    }

    /// The same bytes with one clear length: both are answered, so the test above would see a hidden one.
    @Test func `two requests behind one another get two answers`() async throws {
        try await GatewaySite().serving { gateway in
            let wire = try await Wire.connect(to: gateway.port)
            try await wire.send("GET /health HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n\(Self.hidden)")
            let first = try #require(await wire.answer())
            let second = try #require(await wire.answer())
            #expect(first.status == 200 && second.status == 200)
            #expect(String(decoding: second.body, as: UTF8.self).hasPrefix("north.example/ledger\n"))
            await wire.close()
        }
    }

    /// An answer to a call whose body was not read: neither the body nor what stands behind it is a request.
    @Test func `what follows a refused call on its connection is not answered`() async throws {
        try await GatewaySite().serving { gateway in
            let wire = try await Wire.connect(to: gateway.port)
            let message = gateway.sign(FetchMessages(after: nil), by: "stranger").changed { $0.fields[.signature] = nil }
            try? await wire.send(message.head(length: Self.hidden.utf8.count) + Array((Self.hidden + Self.hidden).utf8))
            #expect(await wire.answer()?.status == 401)
            #expect(await wire.remainder().isEmpty)
        }
    }
}

@Suite struct Routes {
    @Test(arguments: [
        "/", "/v1", "/v1/", "/v1/nothing", "/v1/requests/", "//v1/requests", "/V1/requests", "/v1/%72equests", "/v1/../v1/requests",
        "/v1/requests/..", "/v1/requests?x=1", "/v1/requests%00",
    ]) func `a call has one path, to the byte`(path: String) async throws {
        try await GatewaySite.town { town in
            try await town.grant("grant", to: "lakeside")
            let message = town.gateway.sign(town.requesting("grant", by: "lakeside"), by: "lakeside")
            try await town.gateway.expectNothingWritten {
                let answer = try? await town.gateway.send(message.changed { $0.path = path })
                #expect(answer.map { [400, 404].contains($0.status) } ?? true, "\(answer?.status ?? 0)")
            }
        }
    }

    @Test(arguments: ["GET", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "CONNECT", "post", "BREW"])
    func `a call is a POST`(method: String) async throws {
        try await GatewaySite.town { town in
            let message = town.gateway.sign(town.requesting("grant", by: "lakeside"), by: "lakeside")
            let bytes = Array(method.utf8) + message.bytes.dropFirst(4)
            try await town.gateway.expectNothingWritten {
                let wire = try await Wire.connect(to: town.gateway.port)
                try? await wire.send(bytes)
                let answer = await wire.answer()
                #expect(answer.map { (400..<500).contains($0.status) } ?? true, "\(answer?.status ?? 0)")
                await wire.close()
            }
        }
    }

    /// Signed as it should be, and yet not what the path takes.
    @Test(arguments: [
        PostEntry.path, FetchRecipientList.path, DepositRecords.path, RequestRecords.path, ListRecords.path, AddHeaders.path,
        FetchHistory.path, EraseRecords.path, ExportEvidence.path, SendMessage.path, FetchMessages.path, DeleteMessages.path,
        StoreBackup.path, FetchPayload.path, FetchOwnPayload.path, ListPayloads.path, FetchNamedPayload.path, PostAnchors.path,
    ]) func `bytes that are no message of their call are malformed`(path: String) async throws {
        try await GatewaySite.town { town in
            for body in [[], [2], [0xff, 0xff]] as [[UInt8]] {
                let message = SignedMessage(path, body, by: "lakeside", at: town.gateway.now)
                try await town.gateway.expectNothingWritten {
                    let answer = try await town.gateway.send(message)
                    #expect(answer.status == 400)
                    #expect(try APIError(canonical: town.gateway.verified(answer, to: message)).code == .malformed)
                }
            }
        }
    }

    @Test(arguments: [
        "/tile/0/001", "/tile/0/000.p/0", "/tile/0/000.p/6", "/tile/0/000.p/256", "/tile/0/0", "/tile/1/000.p/1", "/tile/64/000",
        "/tile/-1/000", "/tile/0/x999/999", "/tile/entries/000.p/6", "/tile/entries/000", "/tile/entries/../../checkpoint",
        "/tile/",
        "/tile/entries/x999999999/999", "/tile/0/%2e%2e", "/tile/data/000.p/5", "/store.sqlite", "/tile/../gateway.keys",
    ]) func `a tile that is not there, or not whole, is not found`(path: String) async throws {
        try await GatewaySite.town { town in
            let answer = try await town.gateway.get(path)
            #expect(answer.status == 404)
            #expect(answer.body.count < 200)
        }
    }

    /// Indices at which multiplying by 256, or counting in a database's integers, would overflow.
    @Test func `a tile far beyond the ledger is not found, and the gateway goes on`() async throws {
        try await GatewaySite.town { town in
            let far = [
                "x018/x446/x744/x073/x709/x551/615", "x009/x223/x372/x036/x854/x775/808", "x009/x223/x372/x036/x854/x775/807",
                "x072/x057/x594/x037/x927/936", "x072/x057/x594/x037/x927/935", "x036/x028/x797/x018/x963/968", "x016/x777/216",
                "001",
            ]
            let levels = ["entries", "0", "1", "7", "8", "63"]
            for path in levels.flatMap({ level in far.flatMap { ["/tile/\(level)/\($0)", "/tile/\(level)/\($0).p/1"] } }) {
                #expect(try await town.gateway.get(path).status == 404, "\(path)")
            }
            // One above what 64 bits hold, and levels that no tile has.
            for path in ["/tile/entries/x018/x446/x744/x073/x709/x551/616", "/tile/64/000", "/tile/-1/000", "/tile/0/000.p/257"] {
                #expect(try await town.gateway.get(path).status == 404, "\(path)")
            }
            _ = try await town.gateway.call(FetchMessages(after: nil), by: "lakeside")
            #expect(try await town.gateway.get("/tile/entries/000.p/1").status == 200)
        }
    }

    @Test func `checkpoint, tiles and health are for everybody`() async throws {
        try await GatewaySite.town { town in
            let gateway = town.gateway
            #expect(try await gateway.get("/checkpoint").body == gateway.store.head.checkpoint.bytes)
            #expect(try await gateway.get("/tile/0/000.p/5").body.count == 160)
            #expect(try await gateway.get("/tile/entries/000.p/5").status == 200)
            let health = try await gateway.get("/health")
            #expect(
                String(decoding: health.body, as: UTF8.self)
                    == "{\"origin\":\"north.example/ledger\",\"size\":5,\"status\":\"ok\"}\n")
        }
    }
}
