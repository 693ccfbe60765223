import CryptoPrimitives
package import HTTPTypes
import RawStructuredFieldValues

extension HTTPField.Name {
    package static let contentDigest = HTTPField.Name("Content-Digest")!
    package static let signature = HTTPField.Name("Signature")!
    package static let signatureInput = HTTPField.Name("Signature-Input")!
}

/// Why a signed message is not taken for what it claims to be. The cases say nothing that a forger could use.
package enum MessageSignatureError: Error, Equatable {
    /// A field is missing, repeated, or not in the one form we write.
    case malformed
    /// Not yet, or not any more.
    case expired
    case notAuthentic
}

/// The two fields of RFC 9421, holding exactly one signature, which is called `sig`.
enum SignatureFields {
    static let label = "sig"

    static func write(_ base: SignatureBase, _ signature: Ed25519.Signature, to fields: inout HTTPFields) {
        fields[.signatureInput] = "\(label)=\(base.signatureParameters)"
        fields[.signature] = "\(label)=:\(Base64.encode(signature.bytes)):"
    }

    static func signature(in fields: HTTPFields) throws(MessageSignatureError) -> Ed25519.Signature {
        let item = try onlyMember(of: .signature, in: fields)
        guard case .item(let item) = item, item.rfc9651Parameters.isEmpty,
            case .undecodedByteSequence(let text) = item.rfc9651BareItem,
            let bytes = Base64.decode(text), let signature = Ed25519.Signature(bytes),
            try onlyValue(of: .signature, in: fields) == "\(label)=:\(text):"
        else { throw .malformed }
        return signature
    }

    static func input(in fields: HTTPFields) throws(MessageSignatureError) -> InnerList {
        guard case .innerList(let list) = try onlyMember(of: .signatureInput, in: fields) else { throw .malformed }
        return list
    }

    /// The field's value, if the field stands once.
    static func onlyValue(of name: HTTPField.Name, in fields: HTTPFields) throws(MessageSignatureError) -> String {
        let values = fields[values: name]
        guard values.count == 1, values[0].utf8.count <= 1_024 else { throw .malformed }
        return values[0]
    }

    private static func onlyMember(of name: HTTPField.Name, in fields: HTTPFields) throws(MessageSignatureError) -> ItemOrInnerList
    {
        let value = try onlyValue(of: name, in: fields)
        var parser = StructuredFieldValueParser(Array(value.utf8))
        guard let dictionary = try? parser.parseDictionaryFieldValue(), dictionary.count == 1, let member = dictionary[label]
        else { throw .malformed }
        return member
    }
}
