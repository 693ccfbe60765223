/// What an HTTP message signature covers (RFC 9421, section 2.5): a line per component, then the parameters.
///
///     "@method": POST
///     "@target-uri": https://gateway.example/v1/requests
///     "content-digest": sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:
///     "content-type": application/vnd.cordon.v1
///     "@signature-params": ("@method" "@target-uri" "content-digest" "content-type");created=…;expires=…;nonce="…";keyid="…";tag="…"
package struct SignatureBase: Sendable {
    /// A component as it stands in the list, with its parameters, and its value.
    package struct Component: Sendable {
        package let identifier: String
        package let value: String

        package init(_ identifier: String, _ value: String) {
            self.identifier = identifier
            self.value = value
        }
    }

    package let components: [Component]
    /// Everything behind the component list, from the first semicolon on.
    package let parameters: String

    package init(components: [Component], parameters: String) {
        self.components = components
        self.parameters = parameters
    }

    /// The value of `@signature-params`, and of the member in `Signature-Input`.
    package var signatureParameters: String {
        "(" + components.map(\.identifier).joined(separator: " ") + ")" + parameters
    }

    package var bytes: [UInt8] {
        let lines = components.map { "\($0.identifier): \($0.value)\n" }
        return Array((lines.joined() + "\"@signature-params\": " + signatureParameters).utf8)
    }
}
