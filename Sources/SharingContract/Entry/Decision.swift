package import CryptoPrimitives

/// What the gateway decided on one request, written before anything is released.
package struct Decision: Hashable, Sendable {
    package enum Outcome: Hashable, Sendable {
        /// Denied, restricted and absent alike.
        case refused(RefusalCommitment)
        case released(Release)
    }

    /// H(cordon/refusal/v1; blind, request hash). The requester gets the blind.
    package struct RefusalCommitment: Value32 {
        package let value: Bytes32

        package init(_ value: Bytes32) {
            self.value = value
        }

        package init(blind: Bytes32, request: RequestHash) {
            value = Hash.labelled(.refusal, blind.bytes, request.bytes).value
        }
    }

    package struct Release: Hashable, Sendable {
        package let grant: Ed25519.PublicKey
        package let request: RequestHash
        package let signature: Ed25519.Signature
        /// The leaf of the emergency access that the request named.
        package let emergency: UInt64?

        package init(
            grant: Ed25519.PublicKey, request: RequestHash, signature: Ed25519.Signature, emergency: UInt64? = nil
        ) {
            self.grant = grant
            self.request = request
            self.signature = signature
            self.emergency = emergency
        }
    }

    /// Root of the slot tree of released descriptors; random on a refusal.
    package let root: Hash
    package let outcome: Outcome

    package init(root: Hash, outcome: Outcome) {
        self.root = root
        self.outcome = outcome
    }

    init(from reader: inout CanonicalReader) throws(FormatError) {
        root = try reader.value()
        guard try reader.flag() else {
            outcome = .refused(try reader.value())
            return
        }
        outcome = .released(
            Release(
                grant: try reader.value(), request: try reader.value(), signature: try reader.signature(),
                emergency: try reader.optional { reader throws(FormatError) in try reader.integer(UInt64.self) }))
    }

    func encode(to writer: inout CanonicalWriter) {
        writer.value(root)
        switch outcome {
        case .refused(let commitment):
            writer.flag(false)
            writer.value(commitment)
        case .released(let release):
            writer.flag(true)
            writer.value(release.grant)
            writer.value(release.request)
            writer.signature(release.signature)
            writer.optional(release.emergency) { $0.integer($1) }
        }
    }
}

/// H(cordon/request/v1; request).
package struct RequestHash: Value32 {
    package let value: Bytes32

    package init(_ value: Bytes32) {
        self.value = value
    }

    package init(of request: [UInt8]) {
        value = Hash.labelled(.request, request).value
    }

    /// What a release key signs: the grant, then the request hash.
    package func releaseBytes(grant: Ed25519.PublicKey) -> [UInt8] {
        grant.bytes + bytes
    }
}

/// For the patient and the auditor. Everything from which the decision can be made again.
package struct DecisionBody: Body, Hashable {
    package static let kind = Event.Kind.decision
    package static let maximumRequestSize = 16_384
    package static let maximumSignatureBaseSize = 4_096
    package static let maximumRecordSize = 1 << 20
    package static let maximumSize = maximumRequestSize + maximumSignatureBaseSize + maximumRecordSize + 20_000

    /// One released descriptor's place in the released tree.
    package struct Released: Hashable, Sendable {
        package let slot: UInt8
        package let salt: Bytes32
        package let descriptorCommitment: Hash

        package init(slot: UInt8, salt: Bytes32, descriptorCommitment: Hash) {
            self.slot = slot
            self.salt = salt
            self.descriptorCommitment = descriptorCommitment
        }

        package var commitment: Hash { .labelled(.released, salt.bytes, descriptorCommitment.bytes) }
    }

    /// Whose history this belongs to: the compartment of the grant that was named, if there is such a grant.
    package let compartment: Ed25519.PublicKey?
    package let request: [UInt8]
    package let releaseSignature: Ed25519.Signature
    /// RFC 9421 signature base of the HTTP message that carried the request, and the actor's signature of it.
    package let signatureBase: [UInt8]
    package let httpSignature: Ed25519.Signature
    package let blind: Bytes32
    package let record: [UInt8]
    package let seed: Bytes32
    package let released: [Released]
    /// The root of `tree`, computed once.
    package let root: Hash

    package init(
        compartment: Ed25519.PublicKey?, request: [UInt8], releaseSignature: Ed25519.Signature, signatureBase: [UInt8],
        httpSignature: Ed25519.Signature,
        blind: Bytes32, record: [UInt8], seed: Bytes32, released: [Released]
    ) {
        self.compartment = compartment
        self.request = request
        self.releaseSignature = releaseSignature
        self.signatureBase = signatureBase
        self.httpSignature = httpSignature
        self.blind = blind
        self.record = record
        self.seed = seed
        self.released = released.sorted { $0.slot < $1.slot }
        root = Self.tree(seed, released).root
    }

    package var tree: SlotTree { Self.tree(seed, released) }

    private static func tree(_ seed: Bytes32, _ released: [Released]) -> SlotTree {
        SlotTree(seed: seed, commitments: Dictionary(uniqueKeysWithValues: released.map { ($0.slot, $0.commitment) }))
    }

    /// Whose history a body belongs to that was parsed before: its first field, without the rest.
    package static func compartment(ofCanonical body: [UInt8]) throws(FormatError) -> Ed25519.PublicKey? {
        var reader = CanonicalReader(body)
        return try reader.optional { reader throws(FormatError) in try reader.value() }
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        compartment = try reader.optional { reader throws(FormatError) in try reader.value() }
        request = try reader.string(length: UInt16.self, atMost: Self.maximumRequestSize)
        releaseSignature = try reader.signature()
        signatureBase = try reader.string(length: UInt16.self, atMost: Self.maximumSignatureBaseSize)
        httpSignature = try reader.signature()
        blind = try reader.bytes32()
        record = try reader.string(length: UInt32.self, atMost: Self.maximumRecordSize)
        seed = try reader.bytes32()
        released = try reader.list(length: UInt16.self, atMost: SlotTree.slotCount) { reader throws(FormatError) in
            Released(
                slot: try reader.integer(UInt8.self), salt: try reader.bytes32(),
                descriptorCommitment: try reader.value())
        }
        guard zip(released, released.dropFirst()).allSatisfy({ $0.slot < $1.slot }) else { throw .notCanonical }
        // The root again, so that the body alone says what it opens.
        root = Self.tree(seed, released).root
        guard try reader.value(Hash.self) == root else { throw .notCanonical }
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.optional(compartment) { $0.value($1) }
        writer.string(request, length: UInt16.self)
        writer.signature(releaseSignature)
        writer.string(signatureBase, length: UInt16.self)
        writer.signature(httpSignature)
        writer.bytes32(blind)
        writer.string(record, length: UInt32.self)
        writer.bytes32(seed)
        writer.list(released, length: UInt16.self) { writer, released in
            writer.integer(released.slot)
            writer.bytes32(released.salt)
            writer.value(released.descriptorCommitment)
        }
        writer.value(root)
    }
}
