package import CryptoPrimitives

/// Descriptors, salts, headers and payloads that were destroyed. The commitments stay, and confirm nothing without their salts.
package struct Erasure: CanonicalCodable, Hashable, Sendable {
    package static let maximumCommitments = 256
    package static let maximumSize = 1 + 2 + maximumCommitments * 32

    package enum Basis: UInt8, CaseIterable, Sendable {
        case patientsWish = 1
        case law = 2
    }

    package let basis: Basis
    /// Ascending.
    package let commitments: [Hash]

    package init(basis: Basis, commitments: Set<Hash>) {
        precondition((1...Self.maximumCommitments).contains(commitments.count), "an erasure names 1 to 256 descriptors")
        self.basis = basis
        self.commitments = commitments.sorted { $0 < $1 }
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        guard let basis = Basis(rawValue: try reader.integer(UInt8.self)) else { throw .unknownTag }
        self.basis = basis
        commitments = try reader.list(length: UInt16.self, atMost: Self.maximumCommitments) { reader throws(FormatError) in
            try reader.value()
        }
        guard !commitments.isEmpty, commitments.isAscending(by: { $0 }) else { throw .notCanonical }
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.integer(basis.rawValue)
        writer.list(commitments, length: UInt16.self) { $0.value($1) }
    }
}

/// Whose records these were, and that the patient wanted it.
package struct ErasureBody: Body, Hashable {
    package static let kind = Event.Kind.erasure
    package static let maximumSize = 32 + 64

    package let compartment: Ed25519.PublicKey
    package let signature: Ed25519.Signature

    package init(of erasure: Erasure, signingWith key: borrowing Ed25519.PrivateKey, origin: TextLine) {
        compartment = key.publicKey
        signature = key.sign(.erasure, origin: origin, key.publicKey.bytes + erasure.canonicalBytes)
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        compartment = try reader.value()
        signature = try reader.signature()
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.value(compartment)
        writer.signature(signature)
    }

    package func verifySignature(of erasure: Erasure, origin: TextLine) throws(Ed25519.SignatureError) {
        try compartment.verify(signature, .erasure, origin: origin, compartment.bytes + erasure.canonicalBytes)
    }
}
