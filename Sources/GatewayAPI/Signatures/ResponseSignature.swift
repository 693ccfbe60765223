package import CryptoPrimitives
package import HTTPTypes
import RawStructuredFieldValues

/// The gateway's signature on an answer: status and digest, and the request that it answers, by method, target URI and signature.
package enum ResponseSignature {
    package static func sign(
        status: HTTPResponse.Status, digest: ContentDigest, answering request: RequestSignature.Target, signature: String,
        with key: borrowing Ed25519.PrivateKey, at seconds: Int64, fields: inout HTTPFields
    ) {
        let base = base(status, digest, request, signature, created: seconds, key.publicKey)
        fields[.contentDigest] = digest.fieldValue
        SignatureFields.write(base, key.sign(base.bytes), to: &fields)
    }

    /// The digest of the body that `key` signed as the answer to this request.
    ///
    /// - Parameter signature: the request's `Signature` field, as it was sent.
    package static func verify(
        _ fields: HTTPFields, status: HTTPResponse.Status, answering request: RequestSignature.Target, signature: String,
        by key: Ed25519.PublicKey
    ) throws(MessageSignatureError) -> ContentDigest {
        guard case .integer(let created)? = try SignatureFields.input(in: fields).rfc9651Parameters["created"],
            let digest = ContentDigest(fieldValue: try SignatureFields.onlyValue(of: .contentDigest, in: fields))
        else { throw .malformed }
        let base = base(status, digest, request, signature, created: created, key)
        guard
            try SignatureFields.onlyValue(of: .signatureInput, in: fields) == "\(SignatureFields.label)=\(base.signatureParameters)"
        else { throw .malformed }
        let answer = try SignatureFields.signature(in: fields)
        do { try key.verify(answer, of: base.bytes) } catch { throw .notAuthentic }
        return digest
    }

    private static func base(
        _ status: HTTPResponse.Status, _ digest: ContentDigest, _ request: RequestSignature.Target, _ signature: String,
        created: Int64,
        _ key: Ed25519.PublicKey
    ) -> SignatureBase {
        SignatureBase(
            components: [
                .init("\"@status\"", String(status.code)), .init("\"content-digest\"", digest.fieldValue),
                .init("\"@method\";req", request.method.rawValue), .init("\"@target-uri\";req", request.uri),
                .init("\"signature\";req", signature),
            ],
            parameters: ";created=\(created);keyid=\"\(key)\";tag=\"\(RequestSignature.tag)\"")
    }
}
