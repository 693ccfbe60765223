package import CryptoPrimitives
package import MedicalRecords

/// What a patient answers a request for a proof with. docs/proofs.md, section 7.
package struct Presentation: Paper, Hashable, Sendable {
    package static let kind = "PRESENTATION"
    package static let maximumSize = 1 << 16
    package static let maximumProofSize = 1 << 15

    /// One claims set: who claims it, what is shown of it, and where its anchor stands.
    package struct Answer: Hashable, Sendable {
        package let credential: Credential
        /// In the order of the fields that are shown.
        package let values: [ClaimValue]
        package let anchored: Anchored

        package init(credential: Credential, values: [ClaimValue], anchored: Anchored) {
            (self.credential, self.values, self.anchored) = (credential, values, anchored)
        }
    }

    /// Where an anchor stands in a tree of anchors.
    package struct Anchored: Hashable, Sendable {
        package static let maximumDepth = 20
        /// Of the claims-anchors entry.
        package let leaf: UInt64
        package let index: UInt32
        /// RFC 6962, the sibling of the anchor first.
        package let path: [Hash]

        package init(leaf: UInt64, index: UInt32, path: [Hash]) {
            (self.leaf, self.index, self.path) = (leaf, index, path)
        }
    }

    package let request: Hash
    package let answers: [Answer]
    package let covered: CoveredBlock?
    package let proof: [UInt8]

    package init(request: Hash, answers: [Answer], covered: CoveredBlock? = nil, proof: [UInt8]) {
        (self.request, self.answers, self.covered, self.proof) = (request, answers, covered, proof)
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        request = try reader.value()
        answers = try reader.list(length: UInt8.self, atMost: ProofRequest.maximumRecords) { reader throws(FormatError) in
            Answer(
                credential: try Credential(from: &reader),
                values: try reader.list(length: UInt8.self, atMost: ClaimsSchema.maximumFieldCount) { reader throws(FormatError) in
                    try reader.claimValue()
                },
                anchored: Anchored(
                    leaf: try reader.integer(UInt64.self), index: try reader.integer(UInt32.self),
                    path: try reader.list(length: UInt8.self, atMost: Anchored.maximumDepth) { reader throws(FormatError) in
                        try reader.value()
                    }))
        }
        guard !answers.isEmpty else { throw .notCanonical }
        covered = try reader.optional { reader throws(FormatError) in try CoveredBlock(from: &reader) }
        proof = try reader.string(length: UInt32.self, atMost: Self.maximumProofSize)
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.value(request)
        writer.list(answers, length: UInt8.self) { writer, answer in
            answer.credential.encode(to: &writer)
            writer.list(answer.values, length: UInt8.self) { $0.claimValue($1) }
            writer.integer(answer.anchored.leaf)
            writer.integer(answer.anchored.index)
            writer.list(answer.anchored.path, length: UInt8.self) { $0.value($1) }
        }
        writer.optional(covered) { writer, covered in covered.encode(to: &writer) }
        writer.string(proof, length: UInt32.self)
    }

    package var hash: Hash { SHA256.hash(canonicalBytes) }
}
