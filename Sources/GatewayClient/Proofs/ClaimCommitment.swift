import CryptoPrimitives
import MedicalRecords

/// A claims set as exponents: what its commitments open to, apart from the holder's part and the blinding. docs/proofs.md, section 3.
struct ClaimAttributes: Sendable {
    /// Attributes 0 and 2 and the fields, by their place.
    let scalars: [(attribute: Int, scalar: SG3072.Scalar)]

    init(schema: ClaimsSchema, values: [ClaimValue], validity: Validity) {
        var scalars = [(ClaimAttribute.schema, schema.scalar), (ClaimAttribute.last, validity.scalar)]
        for (index, value) in values.enumerated() { scalars.append((ClaimAttribute.field(index), value.scalar)) }
        self.scalars = scalars
    }

    /// H^blinding times the generators of the attributes, each to its scalar.
    ///
    /// What a record says is its patient's secret, so this takes the same time whatever it says.
    func commitment(blinding: borrowing SG3072.SecretScalar) -> SG3072.Element {
        let exponents = SG3072.SecretScalars(count: 1 + scalars.count) { index in
            index == 0 ? blinding.duplicate() : SG3072.SecretScalar(scalars[index - 1].scalar)
        }
        return SG3072.commit(exponents, to: [SG3072.blinding] + scalars.map { SG3072.attributes[$0.attribute] })
    }
}

/// A claims set with what stands for its copies in a tree of anchors.
struct IssuedSet: Sendable {
    let set: ClaimSet
    let anchors: [Hash]

    /// Issues a set in copies, for a holder of whom the issuer knows a commitment and nothing else.
    init(
        _ claims: ResourceClaims, holder: SG3072.Element, validity: Validity, copies count: Int, origin: TextLine,
        signingWith issuer: borrowing Ed25519.PrivateKey
    ) {
        let reference = claims.reference.flatMap { TextLine($0) } ?? TextLine(claims.schema.name) ?? .none
        let set = ClaimSet(schema: claims.schema, reference: reference, values: claims.values, validity: validity, copies: [])
        self.init(again: set, holder: holder, copies: count, origin: origin, signingWith: issuer)
    }

    /// Issues the same claims in new copies.
    init(
        again claims: ClaimSet, holder: SG3072.Element, copies count: Int, origin: TextLine,
        signingWith issuer: borrowing Ed25519.PrivateKey
    ) {
        let (schema, validity) = (claims.schema, claims.validity)
        let attributes = ClaimAttributes(schema: schema, values: claims.values, validity: validity)
        var blinding = SG3072.SecretScalar.random()
        var commitment = attributes.commitment(blinding: blinding) * holder
        var (copies, anchors) = ([ClaimSet.Copy](), [Hash]())
        for number in 0..<count {
            if number > 0 {
                let more = SG3072.SecretScalar.random()
                commitment = commitment * SG3072.commit(more, to: SG3072.blinding)
                blinding = blinding + more
            }
            let credential = Credential(commitment, of: schema, validity: validity, origin: origin, signingWith: issuer)
            copies.append(.init(blinding: blinding.openingBytes(), signature: credential.signature))
            anchors.append(credential.anchor)
        }
        set = claims.with(copies)
        self.anchors = anchors
    }
}

extension ClaimSet {
    /// What each copy commits to, computed anew. The first is the slow one.
    ///
    /// - Parameter holder: the commitment on the card that the issuer has.
    func commitments(holder: SG3072.Element) throws(FormatError) -> [SG3072.Element] {
        let attributes = ClaimAttributes(schema: schema, values: values, validity: validity)
        let base = attributes.commitment(blinding: SG3072.SecretScalar(0)) * holder
        return try copies.map { copy throws(FormatError) in
            base * SG3072.commit(try copy.opening(), to: SG3072.blinding)
        }
    }
}

extension ClaimSet.Copy {
    /// The issuer's part of the blinding.
    func opening() throws(FormatError) -> SG3072.SecretScalar {
        try SG3072.SecretScalar(decoding: SecretBytes(copying: blinding.bytes.span))
    }
}

extension SG3072.SecretScalar {
    /// For the claims file, which is sealed to the patient: what opens the commitment is his.
    fileprivate borrowing func openingBytes() -> Bytes32 {
        encoded().withBytes { bytes in
            guard let value = Bytes32(bytes) else { preconditionFailure("a scalar has 32 bytes") }
            return value
        }
    }
}
