import CryptoPrimitives
import ZeroKnowledge

/// What a verifier is handed: statements, relations and the bytes of proofs.
enum ProofTargets {
    static let all = [
        FuzzTarget.canonical("statement", [Statement.self]),
        FuzzTarget(name: "proof", check: checkProof),
    ]

    private static func checkProof(_ bytes: [UInt8]) {
        if let relation = try? LinearRelation<SG3072>(serialized: bytes) {
            require(relation.serialized == bytes, "a relation has one form")
        }
        // A statement, and a proof of it behind.
        var reader = CanonicalReader(bytes)
        guard let statement = try? reader.value(Statement.self), let proof = try? reader.fixed(reader.remaining) else { return }
        for form in RecordProof.Form.allCases {
            let isValid = (try? RecordProof.verify(proof, of: statement, form: form)) != nil
            require(!isValid || proof.count == RecordProof.size(form, of: statement), "a proof has one length")
            var batch = BatchVerifier()
            batch.add(proof, of: statement)
            if form == .batchable { require(batch.refused().isEmpty == isValid, "a batch of one is that one") }
        }
    }
}
