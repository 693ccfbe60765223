internal import CryptoPrimitives

/// The two non-interactive forms of draft-irtf-cfrg-sigma-protocols, as a NARG string. `tag` names application, form and suite.
///
///     batchable (DSFS): commitment (one element for each equation) || responses (one scalar for each secret)
///     compact (CMPT):   challenge (one scalar) || responses
///
/// The challenge comes from a sponge whose session id is the tag's, after the serialized relation and the commitment.
extension LinearRelation {
    package func proveBatchable(
        tag: [UInt8], witness: G.Secrets, nonces: inout some (NonceSource<G.Secrets> & ~Copyable)
    ) throws(ProverError) -> [UInt8] {
        let proof = try prove(tag: tag, witness: witness, nonces: &nonces)
        return Self.serialize(proof.commitment) + Self.serialize(proof.responses)
    }

    package func proveCompact(
        tag: [UInt8], witness: G.Secrets, nonces: inout some (NonceSource<G.Secrets> & ~Copyable)
    ) throws(ProverError) -> [UInt8] {
        let proof = try prove(tag: tag, witness: witness, nonces: &nonces)
        return Self.serialize([proof.challenge] + proof.responses)
    }

    package func verifyBatchable(_ proof: [UInt8], tag: [UInt8]) throws(ProofError) {
        let proof = try batchable(proof, sessionID: Transcript.sessionID(tag: tag))
        guard accepts(commitment: proof.commitment, challenge: proof.challenge, responses: proof.responses) else {
            throw .notValid
        }
    }

    package func verifyCompact(_ proof: [UInt8], tag: [UInt8]) throws(ProofError) {
        guard proof.count == (1 + scalarCount) * G.Scalar.size else { throw .malformed }
        let scalars = try Self.scalars(proof)
        let commitment = simulatedCommitment(challenge: scalars[0], responses: Array(scalars.dropFirst()))
        // An identity has no encoding to absorb, and no honest prover sends it but with probability 1/q.
        guard !commitment.contains(G.Element.identity),
            challenge(sessionID: Transcript.sessionID(tag: tag), commitment: Self.serialize(commitment)) == scalars[0]
        else { throw .notValid }
    }
}

extension LinearRelation {
    /// A conversation: what both forms are made of.
    struct Conversation {
        let commitment: [G.Element]
        let challenge: G.Scalar
        let responses: [G.Scalar]
    }

    /// Checks what it made: neither a false witness nor a fault of the machine goes out as a proof.
    private func prove(
        tag: [UInt8], witness: G.Secrets, nonces: inout some (NonceSource<G.Secrets> & ~Copyable)
    ) throws(ProverError) -> Conversation {
        guard witness.count == scalarCount else { throw .notTrue }
        let prover = proverCommitment(witness: witness, nonces: &nonces)
        let commitment = prover.elements
        guard !commitment.contains(G.Element.identity) else { throw .notTrue }
        let challenge = challenge(sessionID: Transcript.sessionID(tag: tag), commitment: Self.serialize(commitment))
        let responses = prover.responses(to: challenge)
        guard accepts(commitment: commitment, challenge: challenge, responses: responses) else { throw .notTrue }
        return Conversation(commitment: commitment, challenge: challenge, responses: responses)
    }

    /// Parses a batchable NARG string and derives its challenge.
    func batchable(_ proof: [UInt8], sessionID: Bytes32) throws(ProofError) -> Conversation {
        let commitmentSize = equations.count * G.Element.size
        guard proof.count == commitmentSize + scalarCount * G.Scalar.size else { throw .malformed }
        let commitmentBytes = Array(proof.prefix(commitmentSize))
        return Conversation(
            commitment: try Self.elements(commitmentBytes),
            challenge: challenge(sessionID: sessionID, commitment: commitmentBytes),
            responses: try Self.scalars(Array(proof.dropFirst(commitmentSize))))
    }

    private func challenge(sessionID: Bytes32, commitment: [UInt8]) -> G.Scalar {
        var transcript = Transcript(sessionID: sessionID)
        transcript.absorb(serialized)
        transcript.absorb(commitment)
        return transcript.challenge()
    }

    private static func serialize(_ elements: [G.Element]) -> [UInt8] { elements.flatMap(\.encoded) }
    private static func serialize(_ scalars: [G.Scalar]) -> [UInt8] { scalars.flatMap(\.encoded) }

    private static func elements(_ bytes: [UInt8]) throws(ProofError) -> [G.Element] {
        try values(bytes, size: G.Element.size) { (bytes) throws(FormatError) in try G.Element(decoding: bytes) }
    }

    private static func scalars(_ bytes: [UInt8]) throws(ProofError) -> [G.Scalar] {
        try values(bytes, size: G.Scalar.size) { (bytes) throws(FormatError) in try G.Scalar(decoding: bytes) }
    }

    private static func values<Value>(
        _ bytes: [UInt8], size: Int, _ decode: ([UInt8]) throws(FormatError) -> Value
    ) throws(ProofError) -> [Value] {
        do throws(FormatError) {
            var reader = CanonicalReader(bytes)
            var values: [Value] = []
            while reader.remaining > 0 { values.append(try decode(try reader.fixed(size))) }
            return values
        } catch {
            throw .malformed
        }
    }
}
