package import CryptoPrimitives
package import SharingContract

/// What a patient's profile remembers of claims and proofs. The claims files lie sealed beside it.
struct Wallet: Codable, Sendable {
    /// Copies that were shown, by their anchors: to show one again would link the two.
    var shown: Set<String> = []
    /// What was proven to whom, so that a verifier who asks on and on is noticed.
    var given: [GivenProof] = []
    /// Claims sets of which a copy was shown, as `HeldClaims.subject` names them: only these can run out.
    var used: Set<String>?
    /// When new copies were asked for, by the set's `claimsHash`. What nobody asked for is not taken.
    var asked: [String: UInt32]?

    /// What is proven again is remembered once.
    mutating func remember(_ proof: GivenProof) {
        given.removeAll { $0.verifier == proof.verifier && $0.subject == proof.subject && $0.condition == proof.condition }
        given.append(proof)
    }

    /// Forgets what was proven by claims that do not hold any more.
    mutating func forgetGiven(before today: Day) {
        given.removeAll { $0.lastDay < today }
    }
}

/// A condition that was proven of one claims set.
struct GivenProof: Codable, Sendable {
    let verifier: Ed25519.PublicKey
    let time: UInt32
    /// The record, the resource in it and the field.
    let subject: String
    /// In the words of the request.
    let condition: String
    /// The last day of the claims that it was proven by.
    var last: UInt32?

    /// What was remembered without one was proven by claims that held a year.
    fileprivate var lastDay: Day { last.map { Day($0) } ?? Minute(time).day.adding(days: 365) }
}

/// A request that was made here, and what answered it.
struct AskedProof: Codable, Sendable {
    let request: Stored<ProofRequest>
    /// SHA-256 of the presentation that was taken.
    var answer: Hash?
}

/// A claims set that a patient holds, with where it came from.
package struct HeldClaims: Sendable {
    package let set: ClaimSet
    package let category: UInt16
    package let issuer: Ed25519.PublicKey
    package let record: Descriptor.RecordID
    let version: UInt32
    let position: UInt64

    /// The deposit's entry.
    var deposit: UInt64 { position >> 8 }

    /// By what it is told apart from others: the record and the resource in it.
    var subject: String { "\(record)/\(set.reference.text)" }
}
