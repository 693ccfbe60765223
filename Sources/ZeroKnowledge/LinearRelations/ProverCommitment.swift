internal import CryptoPrimitives

/// Where a prover's nonces come from. One that repeats itself reveals the witness.
package protocol NonceSource<Secrets>: ~Copyable {
    associatedtype Secrets: SecretVector

    mutating func nonces(_ count: Int) -> Secrets
}

/// `ProverCommitment`: the first message of a sigma proof with the secrets behind it.
///
/// Answering a challenge uses it up, so that a second answer, which would reveal the witness, does not compile.
package struct ProverCommitment<G: Group>: ~Copyable {
    package let elements: [G.Element]
    private let nonces: G.Secrets
    private let witness: G.Secrets

    init(_ relation: LinearRelation<G>, witness: G.Secrets, nonces source: inout some (NonceSource<G.Secrets> & ~Copyable)) {
        precondition(witness.count == relation.scalarCount, "a witness has one number for each of the relation")
        self.witness = witness
        nonces = source.nonces(relation.scalarCount)
        elements = relation.map(nonces)
    }

    /// `ProverResponse`: nonce + challenge * witness, for each secret number.
    package consuming func responses(to challenge: G.Scalar) -> [G.Scalar] {
        nonces.responses(to: challenge, witness: witness)
    }
}

extension LinearRelation {
    package func proverCommitment(
        witness: G.Secrets, nonces: inout some (NonceSource<G.Secrets> & ~Copyable)
    ) -> ProverCommitment<G> {
        ProverCommitment(self, witness: witness, nonces: &nonces)
    }

    /// `Verifier`: whether commitment, challenge and responses are a valid conversation.
    package func accepts(commitment: [G.Element], challenge: G.Scalar, responses: [G.Scalar]) -> Bool {
        guard commitment.count == equations.count, responses.count == scalarCount else { return false }
        return simulatedCommitment(challenge: challenge, responses: responses) == commitment
    }

    /// `SimulateCommitment`: the one commitment that these responses answer this challenge to.
    package func simulatedCommitment(challenge: G.Scalar, responses: [G.Scalar]) -> [G.Element] {
        equations.map { equation in
            G.multiScalarMultiplication(
                equation.terms.map { $0.coefficient * responses[$0.scalar] }
                    + equation.image.map { .zero - challenge * $0.coefficient },
                (equation.terms.map(\.element) + equation.image.map(\.element)).map { elements[$0] })
        }
    }
}
