import CryptoPrimitives
import GatewayAPI
import HTTPTypes
import SharingContract
import TestSupport
import Testing

/// The examples that docs/formats.md names in section 7.
@Suite struct CallFormats {
    @Test func `signed messages are as the document says`() throws {
        let exchange = try SignedExchange()
        #expect(try exchange.isVerified())
        let difference = try FormatFile("http.json").difference(from: [
            ("request", exchange.requestExample), ("answer", try exchange.answerExample()),
        ])
        #expect(difference == nil)
    }

    @Test func `messages and answers are as the document says`() throws {
        let examples = try CallExamples()
        let all =
            try examples.entries() + examples.deposits() + examples.requests() + examples.own() + examples.mail()
            + examples.mirrors() + examples.emergencies() + examples.anchors()
        let names = Set(all.map(\.name))
        let expected = Set(
            examples.paths.flatMap { [$0, "\($0) answer"] } + ["APIError", "StoredRecord", "requests answer, refused"])
        #expect(names == expected)
        #expect(try FormatFile("calls.json").difference(from: all) == nil)
    }
}

/// A request of a clinic and the gateway's answer to it. The request's nonce is drawn, so it was signed once; whatever follows from it
/// is made anew.
struct SignedExchange {
    private let now: Int64 = 1_795_255_259
    private let target = RequestSignature.Target(
        method: .post, uri: "https://north.example/v1/requests", contentType: ContentType.message)
    private let body: [UInt8]
    private let answer = APIError(.tooMany, "too many calls with this key: wait").canonicalBytes
    private let input: String

    init() throws {
        let request = try FormatFile("requests.json").bytes("request", "bytes")
        let hash = RequestHash(of: request)
        let signature = key("grant/release").sign(
            .release, origin: World().origin, hash.releaseBytes(grant: publicKey("grant")))
        body = RequestRecords(request: request, releaseSignature: signature).canonicalBytes
        var fields = HTTPFields()
        _ = RequestSignature.sign(target, digest: ContentDigest(of: body), with: key("lakeside"), at: now, fields: &fields)
        if let committed = try? FormatFile("http.json").text("request", "Signature-Input") {
            input = committed
        } else {
            input = try #require(fields[.signatureInput])
        }
    }

    private var digest: ContentDigest { ContentDigest(of: body) }

    private var base: SignatureBase {
        SignatureBase(
            components: [
                .init("\"@method\"", "POST"), .init("\"@target-uri\"", target.uri), .init("\"content-digest\"", digest.fieldValue),
                .init("\"content-type\"", target.contentType),
            ],
            parameters: String(input.drop { $0 != ";" }))
    }

    private var signature: Ed25519.Signature { key("lakeside").sign(base.bytes) }
    private var signatureField: String { "sig=:\(Base64.encode(signature.bytes)):" }

    func isVerified() throws -> Bool {
        let fields: HTTPFields = [.contentDigest: digest.fieldValue, .signatureInput: input, .signature: signatureField]
        let verified = try RequestSignature(verifying: fields, of: target, at: now)
        return verified.key == publicKey("lakeside") && verified.base.bytes == base.bytes
    }

    var requestExample: Shown {
        fields([
            "target": target.uri, "content type": target.contentType, "body": body, "Content-Digest": digest.fieldValue,
            "Signature-Input": input, "Signature": signatureField, "base": String(decoding: base.bytes, as: UTF8.self),
            "key": publicKey("lakeside"), "signature": signature,
        ])
    }

    func answerExample() throws -> Shown {
        var header = HTTPFields()
        ResponseSignature.sign(
            status: .tooManyRequests, digest: ContentDigest(of: answer), answering: target, signature: signatureField,
            with: key("north"), at: now, fields: &header)
        _ = try ResponseSignature.verify(
            header, status: .tooManyRequests, answering: target, signature: signatureField, by: publicKey("north"))
        return fields([
            "status": 429, "body": answer, "Content-Digest": header[.contentDigest], "Signature-Input": header[.signatureInput],
            "Signature": header[.signature], "key": publicKey("north"),
        ])
    }
}
