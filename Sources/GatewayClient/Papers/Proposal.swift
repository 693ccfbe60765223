package import CryptoPrimitives
package import SharingContract

/// An entry that several members have to sign, on its way from one to the next. Nothing but their signatures changes on the way.
/// docs/formats.md, section 5.
package struct Proposal: Paper, Hashable, Sendable {
    package static let kind = "PROPOSAL"
    package static let maximumSize = Pin.maximumSize + 2 + Entry.maximumSize + 32 + 4 + PolicyFiles.maximumSize

    package let pin: Pin
    package private(set) var entry: Entry
    private let salt: Bytes32
    /// Empty for a change of members, which has none.
    private let body: [UInt8]

    package var evidence: Evidence { Evidence(salt: salt, body: body) }

    package init(_ entry: Entry, evidence: Evidence, pin: Pin) {
        self.pin = pin
        self.entry = entry
        salt = evidence.salt
        body = evidence.body
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        pin = try reader.value()
        entry = try Entry(canonical: try reader.string(length: UInt16.self, atMost: Entry.maximumSize))
        salt = try reader.bytes32()
        if case .policySet(let publication) = entry.event {
            body = try reader.string(length: UInt32.self, atMost: PolicyFiles.maximumSize)
            guard try PolicyFiles(canonical: body).root == publication.root else { throw .notCanonical }
            return
        }
        body = try reader.string(length: UInt16.self, atMost: ActorBody.maximumSize)
        switch entry.event {
        case .member(.add(_, _?), _): throw .unknownTag
        case .member: guard body.isEmpty, salt == .zero else { throw .notCanonical }
        case .actor: _ = try ActorBody(canonical: body)
        default: throw .unknownTag
        }
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.value(pin)
        writer.string(entry.canonicalBytes, length: UInt16.self)
        writer.bytes32(salt)
        if case .policySet = entry.event {
            writer.string(body, length: UInt32.self)
        } else {
            writer.string(body, length: UInt16.self)
        }
    }

    /// What members know of an applicant and the public need not.
    package var identifiers: TextLine? { try? ActorBody(canonical: body).identifiers }

    /// The files, if it proposes to publish policies.
    package var policies: PolicyFiles? {
        guard case .policySet = entry.event else { return nil }
        return try? PolicyFiles(canonical: body)
    }

    /// Throws unless whoever signed signed just this, and the entry is of the ledger it is said to be for.
    package func verify() throws(ClientError) {
        let commitment = bodyCommitment(kind: entry.event.kind, salt: salt, body: body)
        guard entry.origin == pin.origin, entry.bodyCommitment == commitment, (try? entry.verifySignatures()) != nil else {
            throw .notVerified(.paperNotAuthentic)
        }
    }

    mutating func sign(with key: borrowing Ed25519.PrivateKey) {
        entry.sign(with: key)
    }
}
