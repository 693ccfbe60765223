/// Why a proof is not believed. Which equation failed is nobody's business.
package enum ProofError: Error, Equatable {
    /// The bytes are no proof for this statement: a wrong length, or an encoding that is not the one of its value.
    case malformed
    /// A proof, but not of this statement.
    case notValid
}

/// Why no proof is made.
package enum ProverError: Error, Equatable {
    /// The witness does not satisfy the statement.
    case notTrue
}
