package import CryptoPrimitives

extension SG3072.Scalar {
    /// `hash(t; v)` of docs/proofs.md, section 3: a value that is no number, as one.
    ///
    /// - Parameter type: 2 an open code, 3 a text, 4 whom a grant is for.
    package init(hashing type: UInt8, _ encode: (inout CanonicalWriter) -> Void) {
        var writer = CanonicalWriter()
        writer.fixed(Array("cordon/claim/v1".utf8))
        writer.integer(0 as UInt8)
        writer.integer(type)
        encode(&writer)
        self.init(reducing: SHAKE.hash(.bits256, writer.bytes, count: 48))
    }
}
