internal import CryptoPrimitives

/// Batchable proofs of linear relations that are checked in one product, as draft-irtf-cfrg-sigma-protocols has it.
///
/// Each equation gets a weight of 128 bits from a sponge that has absorbed every relation and every byte of every proof, responses
/// too: weights that a prover can foresee let him balance one false equation with another.
package struct RelationBatch<G: Group> {
    private static var tag: [UInt8] { Array("irtf-cfrg-sigma-protocols/batch-verify".utf8) }

    private struct Member {
        let tag: [UInt8]
        let relation: LinearRelation<G>
        let proof: [UInt8]
        /// `nil` if the bytes are no proof for this relation.
        let conversation: LinearRelation<G>.Conversation?
    }

    private var members: [Member] = []
    private var transcript: Transcript

    package init() {
        transcript = Transcript(sessionID: Transcript.sessionID(tag: Self.tag))
    }

    package mutating func add(_ proof: [UInt8], of relation: LinearRelation<G>, tag: [UInt8]) {
        let sessionID = Transcript.sessionID(tag: tag)
        transcript.absorb(sessionID.bytes)
        transcript.absorb(relation.serialized)
        transcript.absorb(proof)
        let conversation = try? relation.batchable(proof, sessionID: sessionID)
        members.append(Member(tag: tag, relation: relation, proof: proof, conversation: conversation))
    }

    /// The places of those that do not verify, found one by one if the product over all is not the identity.
    package func refused() -> [Int] {
        guard !isValid else { return [] }
        return members.indices.filter { index in
            let member = members[index]
            do throws(ProofError) {
                try member.relation.verifyBatchable(member.proof, tag: member.tag)
                return false
            } catch {
                return true
            }
        }
    }

    private var isValid: Bool {
        var transcript = transcript
        var scalars: [G.Scalar] = [.zero]
        var elements = [G.generator]
        for member in members {
            guard let conversation = member.conversation else { return false }
            let weights = member.relation.equations.map { _ in G.Scalar(squeezed: transcript.squeeze(16)) }
            var own = [G.Scalar](repeating: .zero, count: member.relation.elements.count)
            for (equation, weight) in zip(member.relation.equations, weights) {
                for term in equation.terms {
                    own[term.element] = own[term.element] + weight * term.coefficient * conversation.responses[term.scalar]
                }
                for term in equation.image {
                    own[term.element] = own[term.element] - weight * conversation.challenge * term.coefficient
                }
            }
            scalars[0] = scalars[0] + own[0]
            scalars += own.dropFirst() + weights.map { .zero - $0 }
            elements += member.relation.elements.dropFirst() + conversation.commitment
        }
        return G.multiScalarMultiplication(scalars, elements) == G.Element.identity
    }
}
