import CryptoPrimitives
import GatewayAPI
import HTTPTypes
import TestSupport

/// A signed call before it is sent. A test changes of it what it wants.
struct SignedMessage: Sendable {
    var path: String
    var fields: HTTPFields
    var body: [UInt8]
    /// What was signed, whatever is sent.
    let target: RequestSignature.Target

    init(
        _ path: String, _ body: [UInt8], contentType: String = ContentType.message, by signer: String, at seconds: Int64
    ) {
        self.path = path
        self.body = body
        target = RequestSignature.Target(method: .post, uri: GatewaySite.address + path, contentType: contentType)
        fields = [.contentType: contentType]
        _ = RequestSignature.sign(target, digest: ContentDigest(of: body), with: key(signer), at: seconds, fields: &fields)
    }

    init(_ message: some Call, by signer: String, at seconds: Int64) {
        self.init(type(of: message).path, message.canonicalBytes, by: signer, at: seconds)
    }

    var signature: String { fields[.signature] ?? "" }

    func changed(_ change: (inout SignedMessage) -> Void) -> SignedMessage {
        var copy = self
        change(&copy)
        return copy
    }

    /// The same with one signature's field changed.
    func changing(_ name: HTTPField.Name, _ change: (String) -> String) -> SignedMessage {
        changed { $0.fields[name] = change($0.fields[name] ?? "") }
    }

    /// Everything before the body.
    func head(length: Int? = nil) -> [UInt8] {
        var lines = ["POST \(path) HTTP/1.1", "Host: gateway.example", "Content-Length: \(length ?? body.count)"]
        lines += fields.map { "\($0.name.rawName): \($0.value)" }
        return Array((lines + ["", ""]).joined(separator: "\r\n").utf8)
    }

    /// The head of a message whose length is not told.
    var chunkedHead: [UInt8] {
        let head = String(decoding: head(), as: UTF8.self)
        return Array(head.replacing("Content-Length: \(body.count)", with: "Transfer-Encoding: chunked").utf8)
    }

    var bytes: [UInt8] { head() + body }
}
