import CryptoPrimitives

/// Elements and scalars of the group that proofs are made in: one encoding each, in the open and in secret alike.
enum GroupTargets {
    static let all = [FuzzTarget(name: "group", check: check)]

    private static func check(_ bytes: [UInt8]) {
        if let element = try? SG3072.Element(decoding: bytes) {
            require(element.encoded == bytes, "an element has one encoding")
            require(!element.isIdentity, "no message holds the identity")
        }
        let scalar = try? SG3072.Scalar(decoding: bytes)
        require(scalar == nil || scalar?.encoded == bytes, "a scalar has one encoding")
        let secret = try? SG3072.SecretScalar(decoding: SecretBytes(copying: bytes.span)).declassified()
        require(secret == scalar, "a secret scalar is decoded as one in the open")
    }
}
