import Cedar
package import CryptoPrimitives

/// A decision with everything it was made from, as it lies in a decision's body. What the grants and the depositors said stands in other
/// bodies, and here by its hash, so that nothing of it outlives an erasure. docs/formats.md, section 4.6.
package struct DecisionRecord: CanonicalCodable, Hashable, Sendable {
    package static let maximumConsents = 1_024
    /// An answer's, and those that were held back.
    package static let maximumRecords = Filter.maximumRecords + maximumHeldBack
    package static let maximumHeldBack = 1_024
    /// How many delegations a grant hangs on at the most.
    package static let maximumAuthorities = 2
    package static let maximumSize = 1 << 20
    private static let version: UInt8 = 2

    /// The engine that decided.
    package let engine: TextLine
    package let now: Minute
    /// Root of the published policies in force. `nil` if grants alone decided.
    package let policies: Hash?
    package let requestHash: Hash
    package let grant: GrantFacts?
    /// The delegations that made it possible, the nearest first.
    package let authorities: [GrantFacts]
    /// The other consents that forbid something, by control key.
    package let others: [ConsentName]
    /// What was said of records, each once, in the order of the records.
    package let rulings: [Ruling]
    /// Those that the grant is about, by position: what is released, and what was held back up to there.
    package let records: [RuledRecord]
    /// How many more were held back.
    package let moreHeldBack: UInt32
    package let verdict: Verdict

    init(_ inputs: DecisionInputs, rulings: [Ruling], records: [RuledRecord], moreHeldBack: UInt32, refusal: Verdict.Reason?) {
        engine = TextLine(DecisionEngine.name) ?? .none
        now = inputs.now
        policies = inputs.policies?.root
        requestHash = inputs.requestHash
        grant = inputs.grant
        authorities = inputs.authorities.map(\.grant)
        others = inputs.others.map(\.name)
        self.rulings = rulings
        self.records = records
        self.moreHeldBack = moreHeldBack
        verdict = Self.verdict(refusal, rulings, records, moreHeldBack)
    }

    /// What follows from rulings.
    package static func verdict(
        _ refusal: Verdict.Reason?, _ rulings: [Ruling], _ records: [RuledRecord], _ moreHeldBack: UInt32
    ) -> Verdict {
        if let refusal { return .denied(refusal) }
        if records.contains(where: { rulings[$0.ruling].decision == .allow }) { return .allowed }
        return .denied(records.isEmpty && moreHeldBack == 0 ? .nothingToRelease : .heldBack)
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        guard try reader.integer(UInt8.self) == Self.version else { throw .unknownTag }
        engine = try reader.text()
        now = try reader.minute()
        policies = try reader.optional { reader throws(FormatError) in try reader.value() }
        requestHash = try reader.value()
        grant = try reader.optional { reader throws(FormatError) in try reader.value() }
        authorities = try reader.list(length: UInt8.self, atMost: Self.maximumAuthorities) { reader throws(FormatError) in
            try reader.value()
        }
        others = try reader.list(length: UInt16.self, atMost: Self.maximumConsents) { reader throws(FormatError) in
            try reader.value()
        }
        rulings = try reader.list(length: UInt16.self, atMost: Self.maximumRecords) { reader throws(FormatError) in
            try reader.value()
        }
        records = try reader.list(length: UInt16.self, atMost: Self.maximumRecords) { reader throws(FormatError) in
            try reader.value()
        }
        moreHeldBack = try reader.integer(UInt32.self)
        verdict = try Verdict(from: &reader)
        guard others.isAscending(by: \.control), records.isAscending(by: \.position), areRulingsCanonical else {
            throw .notCanonical
        }
    }

    /// Each is another, and is first used behind the one before.
    private var areRulingsCanonical: Bool {
        var next = 0
        for record in records where record.ruling >= next {
            guard record.ruling == next, next < rulings.count else { return false }
            next += 1
        }
        return next == rulings.count && Set(rulings).count == rulings.count
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.integer(Self.version)
        writer.text(engine)
        writer.minute(now)
        writer.optional(policies) { $0.value($1) }
        writer.value(requestHash)
        writer.optional(grant) { $0.value($1) }
        writer.list(authorities, length: UInt8.self) { $0.value($1) }
        writer.list(others, length: UInt16.self) { $0.value($1) }
        writer.list(rulings, length: UInt16.self) { $0.value($1) }
        writer.list(records, length: UInt16.self) { $0.value($1) }
        writer.integer(moreHeldBack)
        verdict.encode(to: &writer)
    }

    /// The released records, each with what follows from its release.
    package var released: [(record: RuledRecord, obligations: [Obligation])] {
        guard verdict == .allowed else { return [] }
        return records.compactMap { record in
            let ruling = rulings[record.ruling]
            return ruling.decision == .allow ? (record, ruling.obligations) : nil
        }
    }

    /// Records that the grant is about and that were not released, each with why.
    package var heldBack: [(record: RuledRecord, ruling: Ruling)] {
        records.map { ($0, rulings[$0.ruling]) }.filter { $0.1.decision == .deny }
    }

    /// Whether there was no room for more of what was held back. A ruling that fits nowhere below is larger than any can be.
    package var isFull: Bool {
        heldBack.count == Self.maximumHeldBack || rulings.reduce(0) { $0 + $1.canonicalBytes.count } > 128 << 10
    }

    /// How many were held back, those that are not listed counted too.
    package var heldBackCount: Int { heldBack.count + Int(moreHeldBack) }
}

/// Another consent as a decision names it.
package struct ConsentName: CanonicalCodable, Hashable, Sendable {
    package static let maximumSize = 3 * 32

    package let control: Ed25519.PublicKey
    /// SHA-256 of its bytes.
    package let consent: Hash
    package let compilation: Hash

    package init(control: Ed25519.PublicKey, consent: Hash, compilation: Hash) {
        self.control = control
        self.consent = consent
        self.compilation = compilation
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        control = try reader.value()
        consent = try reader.value()
        compilation = try reader.value()
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.value(control)
        writer.value(consent)
        writer.value(compilation)
    }
}

/// A record by its place, and which ruling is about it. What was said of it stands in its descriptor.
package struct RuledRecord: CanonicalCodable, Hashable, Sendable {
    package static let maximumSize = 32 + 8 + 2

    package let commitment: Hash
    package let position: UInt64
    package let ruling: Int

    package init(commitment: Hash, position: UInt64, ruling: Int) {
        self.commitment = commitment
        self.position = position
        self.ruling = ruling
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        commitment = try reader.value()
        position = try reader.integer(UInt64.self)
        ruling = Int(try reader.integer(UInt16.self))
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.value(commitment)
        writer.integer(position)
        writer.integer(UInt16(ruling))
    }
}

extension Verdict {
    fileprivate init(from reader: inout CanonicalReader) throws(FormatError) {
        guard try !reader.flag() else {
            self = .allowed
            return
        }
        guard let reason = Reason(rawValue: try reader.integer(UInt8.self)) else { throw .unknownTag }
        self = .denied(reason)
    }

    fileprivate func encode(to writer: inout CanonicalWriter) {
        switch self {
        case .allowed: writer.flag(true)
        case .denied(let reason):
            writer.flag(false)
            writer.integer(reason.rawValue)
        }
    }
}
