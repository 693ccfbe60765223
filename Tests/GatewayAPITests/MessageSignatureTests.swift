import CryptoPrimitives
import GatewayAPI
import HTTPTypes
import Testing

private func key(_ fill: UInt8) -> Ed25519.PrivateKey {
    Ed25519.PrivateKey(seed: SecretBytes(copying: [UInt8](repeating: fill, count: 32).span))
}

@Suite struct SignatureBases {
    /// RFC 9421, appendix B.2.6, with the key of appendix B.1.4.
    @Test func `the base and the signature are as RFC 9421 says`() throws {
        let base = SignatureBase(
            components: [
                .init("\"date\"", "Tue, 20 Apr 2021 02:07:55 GMT"), .init("\"@method\"", "POST"), .init("\"@path\"", "/foo"),
                .init("\"@authority\"", "example.com"), .init("\"content-type\"", "application/json"),
                .init("\"content-length\"", "18"),
            ],
            parameters: ";created=1618884473;keyid=\"test-key-ed25519\"")
        let seed = try #require(Base64.decode("n4Ni+HpISpVObnQMW0wOhCKROaIKqKtW/2ZYb2p9KcU="))
        let key = Ed25519.PrivateKey(seed: SecretBytes(copying: seed.span))
        let signature = "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw=="
        #expect(Base64.encode(key.sign(base.bytes).bytes) == signature)
    }

    /// RFC 9421, appendix B.2.
    @Test func `the digest is as RFC 9530 writes it`() {
        let digest = ContentDigest(of: Array(#"{"hello": "world"}"#.utf8))
        #expect(digest.fieldValue == "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:")
        #expect(ContentDigest(fieldValue: digest.fieldValue) == digest)
    }

    @Test(arguments: [
        "", "sha-256=::", "sha-512=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:",
        "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE:",
        " sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:", "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPF=:",
        "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:, sha-512=:aaaa:",
    ]) func `another digest field is none`(value: String) {
        #expect(ContentDigest(fieldValue: value) == nil)
    }
}

@Suite struct RequestSignatures {
    private let target = RequestSignature.Target(
        method: .post, uri: "https://gateway.example/v1/requests", contentType: ContentType.message)
    private let now: Int64 = 1_795_255_259

    private func signed() -> HTTPFields {
        var fields = HTTPFields()
        _ = RequestSignature.sign(target, digest: ContentDigest(of: [1, 2, 3]), with: key(1), at: now, fields: &fields)
        return fields
    }

    private func expect(
        _ error: MessageSignatureError, _ fields: HTTPFields, target: RequestSignature.Target? = nil, at time: Int64? = nil
    ) {
        #expect(throws: error) { try RequestSignature(verifying: fields, of: target ?? self.target, at: time ?? now) }
    }

    private func changed(_ name: HTTPField.Name, _ change: (String) -> String) -> HTTPFields {
        var fields = signed()
        fields[name] = change(fields[name] ?? "")
        return fields
    }

    @Test func `a signed request is taken, with its key, nonce and digest`() throws {
        let signature = try RequestSignature(verifying: signed(), of: target, at: now + 30)
        #expect(signature.key == key(1).publicKey)
        #expect(signature.digest == ContentDigest(of: [1, 2, 3]))
        #expect(signature.created == now && signature.expires == now + 120)
    }

    @Test func `two signatures of the same request have two nonces`() throws {
        let nonces = try (0..<2).map { _ in try RequestSignature(verifying: signed(), of: target, at: now).nonce }
        #expect(nonces[0] != nonces[1])
    }

    @Test func `another method, address, content type, digest or key is not what was signed`() {
        for other in [
            RequestSignature.Target(method: .put, uri: target.uri, contentType: target.contentType),
            .init(method: .post, uri: "https://gateway.example/v1/requests?x", contentType: target.contentType),
            .init(method: .post, uri: "http://gateway.example/v1/requests", contentType: target.contentType),
            .init(method: .post, uri: "https://other.example/v1/requests", contentType: target.contentType),
            .init(method: .post, uri: target.uri, contentType: "text/plain"),
        ] { expect(.notAuthentic, signed(), target: other) }
        expect(.notAuthentic, changed(.contentDigest) { _ in ContentDigest(of: [4]).fieldValue })
        expect(
            .notAuthentic,
            changed(.signatureInput) { $0.replacing(key(1).publicKey.description, with: key(2).publicKey.description) })
        expect(.notAuthentic, changed(.signatureInput) { $0.replacing("created=1795255259", with: "created=1795255260") })
    }

    @Test func `it holds from a minute before to a minute after its two minutes`() throws {
        for time in [now - 60, now, now + 120, now + 179] { _ = try RequestSignature(verifying: signed(), of: target, at: time) }
        for time in [now - 61, now + 180, 0, Int64.max / 2] { expect(.expired, signed(), at: time) }
    }

    @Test func `a signature that lives longer than we allow is refused`() {
        expect(.expired, changed(.signatureInput) { $0.replacing("expires=1795255379", with: "expires=1795255380") })
        expect(.expired, changed(.signatureInput) { $0.replacing("expires=1795255379", with: "expires=1795255259") })
    }

    @Test func `a missing field, a repeated one and a second signature are refused`() {
        for name in [HTTPField.Name.signature, .signatureInput, .contentDigest] {
            var missing = signed()
            missing[name] = nil
            expect(.malformed, missing)
            var repeated = signed()
            repeated.append(HTTPField(name: name, value: repeated[name] ?? ""))
            expect(.malformed, repeated)
        }
        expect(.malformed, changed(.signature) { $0 + ", other=:AAAA:" })
        expect(.malformed, changed(.signatureInput) { "\($0), other=(\"@method\");created=1" })
    }

    @Test func `other components, another order, another tag and another spelling are refused`() {
        for (old, new) in [
            ("\"@method\" ", ""), ("\"@method\" \"@target-uri\"", "\"@target-uri\" \"@method\""),
            ("content-type\")", "content-type\" \"date\")"),
            ("cordon/v1", "cordon/v2"), ("sig=", "sig1="), ("sig=(", "sig= ("), (";created", "; created"),
            (";tag", ";alg=\"ed25519\";tag"),
            ("\"@method\"", "\"@method\";req"), ("created=1795255259", "created=01795255259"),
            ("created=1795255259", "created=1795255259.0"),
            (key(1).publicKey.description, key(1).publicKey.description.uppercased()),
        ] { expect(.malformed, changed(.signatureInput) { $0.replacing(old, with: new) }) }
        for (old, new) in [("sig=:", "sig=: "), ("sig=:", "other=:"), (":", "\""), ("==:", ":"), ("==:", "==:;a=1")] {
            expect(.malformed, changed(.signature) { $0.replacing(old, with: new) })
        }
        expect(.malformed, changed(.signatureInput) { _ in String(repeating: "a", count: 2_000) })
    }

    @Test func `every changed character of the signature is refused`() {
        let value = signed()[.signature] ?? ""
        for offset in 5..<value.utf8.count - 1 {
            var bytes = Array(value.utf8)
            bytes[offset] = bytes[offset] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            var fields = signed()
            fields[.signature] = String(decoding: bytes, as: UTF8.self)
            #expect(throws: MessageSignatureError.self) { try RequestSignature(verifying: fields, of: target, at: now) }
        }
    }
}

@Suite struct ResponseSignatures {
    private let target = RequestSignature.Target(
        method: .post, uri: "https://gateway.example/v1/requests", contentType: ContentType.message)
    private let digest = ContentDigest(of: [9])

    private func signed(status: HTTPResponse.Status = .ok) -> HTTPFields {
        var fields = HTTPFields()
        ResponseSignature.sign(
            status: status, digest: digest, answering: target, signature: "sig=:AAAA:", with: key(3), at: 1_795_255_259,
            fields: &fields)
        return fields
    }

    @Test func `an answer is bound to its status, body, request and gateway`() throws {
        let other = RequestSignature.Target(
            method: .post, uri: "https://gateway.example/v1/deposits", contentType: ContentType.message)
        let fields = signed()
        func verify(
            _ fields: HTTPFields, status: HTTPResponse.Status = .ok, target: RequestSignature.Target? = nil,
            signature: String = "sig=:AAAA:",
            key: Ed25519.PublicKey = key(3).publicKey
        ) throws -> ContentDigest {
            try ResponseSignature.verify(fields, status: status, answering: target ?? self.target, signature: signature, by: key)
        }
        #expect(try verify(fields) == digest)
        #expect(throws: MessageSignatureError.notAuthentic) { try verify(fields, status: .notFound) }
        #expect(throws: MessageSignatureError.notAuthentic) { try verify(fields, target: other) }
        #expect(throws: MessageSignatureError.notAuthentic) { try verify(fields, signature: "sig=:AAAB:") }
        #expect(throws: MessageSignatureError.malformed) { try verify(fields, key: key(4).publicKey) }
        var changed = fields
        changed[.contentDigest] = ContentDigest(of: [8]).fieldValue
        #expect(throws: MessageSignatureError.notAuthentic) { try verify(changed) }
        for name in [HTTPField.Name.signature, .signatureInput, .contentDigest] {
            var missing = fields
            missing[name] = nil
            #expect(throws: MessageSignatureError.malformed) { try verify(missing) }
        }
    }
}
