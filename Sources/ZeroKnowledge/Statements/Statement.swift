package import CryptoPrimitives

/// What a presentation proves: whose credentials are shown, which attributes of them, and what holds of the others.
/// docs/proofs.md, section 5.
///
/// The verifier builds it, out of its own request and what is shown. A value of this type is valid: no proof of it is trivial, and none
/// of its numbers can wrap around the group's order.
package struct Statement: CanonicalCodable, Hashable, Sendable {
    package static let maximumSize = 1 << 20
    package static let maximumRecords = 8
    package static let maximumPredicates = 32
    package static let suite = SG3072.suite

    /// Who asks, for what and until when: everything that keeps a proof from serving twice.
    package struct Occasion: Hashable, Sendable {
        /// Of the ledger.
        package let origin: TextLine
        package let verifier: Ed25519.PublicKey
        package let nonce: Bytes32
        package let request: Hash
        package let until: Minute

        package init(origin: TextLine, verifier: Ed25519.PublicKey, nonce: Bytes32, request: Hash, until: Minute) {
            self.origin = origin
            self.verifier = verifier
            self.nonce = nonce
            self.request = request
            self.until = until
        }
    }

    package let occasion: Occasion
    package let records: [ShownRecord]
    package let predicates: [Predicate]
    /// A grant, in statements of version 2.
    package let covering: Covering?
    let plan: ProofPlan

    package init(
        occasion: Occasion, records: [ShownRecord], predicates: [Predicate], covering: Covering? = nil
    ) throws(StatementError) {
        self.occasion = occasion
        self.records = records
        self.predicates = predicates
        self.covering = covering
        plan = try ProofPlan(records, predicates, covering)
    }

    /// What a proof opens: the records, then the grant.
    var committed: [any Committed] { records + [covering].compactMap(\.self) }

    package static func == (left: Statement, right: Statement) -> Bool {
        left.occasion == right.occasion && left.records == right.records && left.predicates == right.predicates
            && left.covering == right.covering
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(occasion)
        hasher.combine(records)
        hasher.combine(predicates)
        hasher.combine(covering)
    }
}

/// Why nothing can be proven of a statement, by anybody.
package enum StatementError: Error, Equatable {
    /// More records, predicates or auxiliary values than the format has.
    case tooLarge
    /// An attribute that is not there, is compared with itself, or may not stand where it does.
    case wrongAttribute
    /// Records that no predicates tie to one holder.
    case severalHolders
    /// Of what is shown: out of order, or not what the schema, the last day or an equality say.
    case wrongScalar
    /// An interval without two values or wider than 2^63, a set that is not ascending or has not two members, a coefficient of zero.
    case degenerate
}

extension Statement {
    package init(from reader: inout CanonicalReader) throws(FormatError) {
        let version = try reader.integer(UInt8.self)
        guard (1...2).contains(version), try reader.text().text == Self.suite,
            try reader.value(Hash.self) == SG3072.parametersHash
        else { throw .unknownTag }
        let occasion = Occasion(
            origin: try reader.text(), verifier: try reader.value(), nonce: try reader.bytes32(), request: try reader.value(),
            until: try reader.minute())
        let records = try reader.list(length: UInt8.self, atMost: Self.maximumRecords) { reader throws(FormatError) in
            try ShownRecord(from: &reader)
        }
        let predicates = try reader.list(length: UInt8.self, atMost: Self.maximumPredicates) { reader throws(FormatError) in
            try Predicate(from: &reader)
        }
        let covering = version == 2 ? try Covering(from: &reader) : nil
        do throws(StatementError) {
            self = try Statement(occasion: occasion, records: records, predicates: predicates, covering: covering)
        } catch {
            throw error == .tooLarge ? .tooLarge : .notCanonical
        }
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.integer((covering == nil ? 1 : 2) as UInt8)
        writer.string(Array(Self.suite.utf8), length: UInt8.self)
        writer.value(SG3072.parametersHash)
        writer.text(occasion.origin)
        writer.value(occasion.verifier)
        writer.bytes32(occasion.nonce)
        writer.value(occasion.request)
        writer.minute(occasion.until)
        writer.list(records, length: UInt8.self) { $1.encode(to: &$0) }
        writer.list(predicates, length: UInt8.self) { $1.encode(to: &$0) }
        covering?.encode(to: &writer)
    }
}
