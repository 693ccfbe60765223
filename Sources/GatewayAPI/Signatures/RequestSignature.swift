package import CryptoPrimitives
package import HTTPTypes
import RawStructuredFieldValues

/// The signature on a request (RFC 9421): exactly one, over method, target URI, content digest and content type, in this order.
package struct RequestSignature: Sendable {
    package static let tag = "cordon/v1"
    /// How long a signature is good for, in seconds.
    package static let lifetime: Int64 = 120
    /// How far two clocks may be apart, in seconds.
    package static let clockSkew: Int64 = 60

    package let key: Ed25519.PublicKey
    /// Seconds since 1970.
    package let created: Int64
    package let expires: Int64
    /// Never used twice by one key.
    package let nonce: Bytes32
    package let digest: ContentDigest
    package let signature: Ed25519.Signature
    package let base: SignatureBase
}

extension RequestSignature {
    /// What is signed of a request beside its body.
    package struct Target: Sendable {
        package let method: HTTPRequest.Method
        /// Scheme, authority and path, as the client sees them.
        package let uri: String
        package let contentType: String

        package init(method: HTTPRequest.Method, uri: String, contentType: String) {
            self.method = method
            self.uri = uri
            self.contentType = contentType
        }
    }

    /// Signs, and writes the three fields.
    package static func sign(
        _ target: Target, digest: ContentDigest, with key: borrowing Ed25519.PrivateKey, at seconds: Int64, fields: inout HTTPFields
    ) -> RequestSignature {
        let nonce = Bytes32.random()
        let base = base(target, digest, created: seconds, expires: seconds + lifetime, nonce, key.publicKey)
        let signature = key.sign(base.bytes)
        fields[.contentDigest] = digest.fieldValue
        SignatureFields.write(base, signature, to: &fields)
        return RequestSignature(
            key: key.publicKey, created: seconds, expires: seconds + lifetime, nonce: nonce, digest: digest, signature: signature,
            base: base)
    }

    /// Checks the fields of a request that reached `target`. The digest is checked here against nothing: the caller compares it with
    /// the body it then reads.
    package init(verifying fields: HTTPFields, of target: Target, at seconds: Int64) throws(MessageSignatureError) {
        let parameters = try SignatureFields.input(in: fields).rfc9651Parameters
        guard case .integer(let created)? = parameters["created"], case .integer(let expires)? = parameters["expires"],
            case .string(let nonceText)? = parameters["nonce"], case .string(let keyText)? = parameters["keyid"],
            let nonce = Bytes32(hexadecimal: nonceText), let key = Ed25519.PublicKey(hexadecimal: keyText),
            let digest = ContentDigest(fieldValue: try SignatureFields.onlyValue(of: .contentDigest, in: fields))
        else { throw .malformed }
        let base = Self.base(target, digest, created: created, expires: expires, nonce, key)
        // One form: what stands there is what we would have written from what we read.
        guard
            try SignatureFields.onlyValue(of: .signatureInput, in: fields) == "\(SignatureFields.label)=\(base.signatureParameters)"
        else { throw .malformed }
        try self.init(key, created, expires, nonce, digest, base, try SignatureFields.signature(in: fields), seconds)
    }

    private init(
        _ key: Ed25519.PublicKey, _ created: Int64, _ expires: Int64, _ nonce: Bytes32, _ digest: ContentDigest,
        _ base: SignatureBase,
        _ signature: Ed25519.Signature, _ seconds: Int64
    ) throws(MessageSignatureError) {
        guard created <= seconds + Self.clockSkew, seconds < expires + Self.clockSkew, expires > created,
            expires - created <= Self.lifetime
        else { throw .expired }
        do { try key.verify(signature, of: base.bytes) } catch { throw .notAuthentic }
        self.init(
            key: key, created: created, expires: expires, nonce: nonce, digest: digest, signature: signature, base: base)
    }

    private static func base(
        _ target: Target, _ digest: ContentDigest, created: Int64, expires: Int64, _ nonce: Bytes32, _ key: Ed25519.PublicKey
    ) -> SignatureBase {
        SignatureBase(
            components: [
                .init("\"@method\"", target.method.rawValue), .init("\"@target-uri\"", target.uri),
                .init("\"content-digest\"", digest.fieldValue), .init("\"content-type\"", target.contentType),
            ],
            parameters: ";created=\(created);expires=\(expires);nonce=\"\(nonce)\";keyid=\"\(key)\";tag=\"\(tag)\"")
    }
}
