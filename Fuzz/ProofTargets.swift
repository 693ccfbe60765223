import CryptoPrimitives
import MedicalRecords
import SharingContract
import ZeroKnowledge

@testable import GatewayClient

/// What a verifier is handed: statements, relations and the bytes of proofs.
enum ProofTargets {
    static let all = [
        FuzzTarget.canonical("statement", [Statement.self]),
        FuzzTarget(name: "proof", check: checkProof),
        FuzzTarget(name: "claims-file", check: checkClaims),
        FuzzTarget(name: "presentation", check: checkPresentation),
        FuzzTarget(name: "proof-words", check: checkWords),
    ]

    /// What a clinic seals to a patient, and what is on a card.
    private static func checkClaims(_ bytes: [UInt8]) {
        requireCanonical(HolderCommitment.self, bytes)
        requireCanonical(ClaimSet.self, bytes)
        requireCanonical(ClaimsFile.self, bytes)
        guard let file = try? ClaimsFile(canonical: bytes) else { return }
        for set in file.sets {
            let attributes = ClaimAttributes(schema: set.schema, values: set.values, validity: set.validity)
            require(attributes.scalars.count == 2 + set.schema.fields.count, "a set has all its attributes but the holder's")
            for (field, value) in zip(set.schema.fields, set.values) { _ = field.words(of: value) }
        }
    }

    /// A request, and what answers it behind.
    private static func checkPresentation(_ bytes: [UInt8]) {
        requireCanonical(Presentation.self, bytes)
        requireCanonical(ProofRequest.self, bytes)
        var reader = CanonicalReader(bytes)
        guard let request = try? reader.value(ProofRequest.self) else { return }
        read(request)
        guard let presentation = try? reader.value(Presentation.self) else { return }
        let shown = presentation.answers.map { ProofRequest.Shown(credential: $0.credential, values: $0.values) }
        // As if the grant stood alone in its block.
        let covering = request.consent.flatMap { asked in
            presentation.covered.map { covered in
                Covering(commitment: covered.commitment, fields: asked.shown, candidates: [covered.commitment])
            }
        }
        if let statement = try? request.statement(shown, covering) {
            require((try? Statement(canonical: statement.canonicalBytes)) == statement, "what is proven can be written down")
            _ = try? RecordProof.verify(presentation.proof, of: statement)
        }
    }

    /// As the patient's program does before anything is shown.
    private static func read(_ request: ProofRequest) {
        for record in request.asked.indices { _ = request.kind(record) }
        for condition in request.conditions { require(!request.words(condition).isEmpty, "a condition can be read") }
        try? request.requireProvable()
    }

    /// Lines, of which those with a `-` before them are to be proven.
    private static func checkWords(_ bytes: [UInt8]) {
        guard let text = text(bytes) else { return }
        for line in text.split(separator: "\n") { _ = ConsentWords(String(line)) }
        var words = ProofWords()
        do throws(ProofWordsError) {
            for line in text.split(separator: "\n") {
                if line.hasPrefix("-") { try words.prove(String(line.dropFirst())) } else { try words.show(String(line)) }
            }
        } catch {
            return
        }
        let request = ProofRequest(
            pin: pin, name: .none, purpose: .none, made: Minute(1), until: Minute(2), asked: words.asked,
            conditions: words.conditions, signingWith: key)
        // Words may ask for what is refused, such as a field that is shown and proven.
        if let read = try? ProofRequest(canonical: request.canonicalBytes) {
            require(read == request, "what was typed is what is asked")
            self.read(read)
        }
    }

    private static var key: Ed25519.PrivateKey {
        Ed25519.PrivateKey(seed: SecretBytes(copying: SHA256.hash(Array("verifier".utf8)).bytes.span))
    }

    private static var pin: Pin { Pin(origin: .none, genesis: SHA256.hash([]), ledgerKey: key.publicKey, address: .none) }

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
