package import CryptoPrimitives
package import HTTPTypes

/// A request as it was signed, for whoever sends it: what is believed afterwards is the answer to this one and no other.
package struct SignedRequest: Sendable {
    package let target: RequestSignature.Target
    /// Everything that is sent before the body.
    package let fields: HTTPFields

    /// - Parameters:
    ///   - address: scheme and authority of the gateway, as it knows them itself.
    ///   - digest: of the body that goes with it.
    ///   - seconds: since 1970.
    package init(
        _ path: String, at address: String, contentType: String, digest: ContentDigest, with key: borrowing Ed25519.PrivateKey,
        at seconds: Int64
    ) {
        target = RequestSignature.Target(method: .post, uri: address + path, contentType: contentType)
        var fields = HTTPFields()
        fields[.contentType] = contentType
        _ = RequestSignature.sign(target, digest: digest, with: key, at: seconds, fields: &fields)
        self.fields = fields
    }

    /// The digest of the body that `key` signed as the answer to this.
    package func answerDigest(
        _ answer: HTTPFields, status: HTTPResponse.Status, by key: Ed25519.PublicKey
    ) throws(MessageSignatureError) -> ContentDigest {
        try ResponseSignature.verify(answer, status: status, answering: target, signature: fields[.signature] ?? "", by: key)
    }
}
