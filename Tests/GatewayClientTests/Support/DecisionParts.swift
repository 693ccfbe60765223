import AccessPolicy
import CryptoPrimitives

/// The fields of a decision record, to be written otherwise than they were decided. docs/formats.md, section 4.6.
struct DecisionParts {
    var engine: TextLine
    var now: Minute
    var policies: Hash?
    var requestHash: Hash
    /// As bytes, since its fields are hashes, days and flags.
    var grant: [UInt8]?
    var authorities: [[UInt8]]
    var others: [ConsentName]
    var rulings: [[UInt8]]
    var records: [RuledRecord]
    var moreHeldBack: UInt32
    var verdict: Verdict

    init(_ record: DecisionRecord) {
        engine = record.engine
        now = record.now
        policies = record.policies
        requestHash = record.requestHash
        grant = record.grant?.canonicalBytes
        authorities = record.authorities.map(\.canonicalBytes)
        others = record.others
        rulings = record.rulings.map(\.canonicalBytes)
        records = record.records
        moreHeldBack = record.moreHeldBack
        verdict = record.verdict
    }

    var bytes: [UInt8] {
        var writer = CanonicalWriter()
        writer.integer(2 as UInt8)
        writer.text(engine)
        writer.minute(now)
        writer.optional(policies) { $0.value($1) }
        writer.value(requestHash)
        writer.optional(grant) { $0.fixed($1) }
        writer.list(authorities, length: UInt8.self) { $0.fixed($1) }
        writer.list(others, length: UInt16.self) { $0.value($1) }
        writer.list(rulings, length: UInt16.self) { $0.fixed($1) }
        writer.list(records, length: UInt16.self) { $0.value($1) }
        writer.integer(moreHeldBack)
        switch verdict {
        case .allowed: writer.flag(true)
        case .denied(let reason):
            writer.flag(false)
            writer.integer(reason.rawValue)
        }
        return writer.bytes
    }
}

/// A ruling, to be written otherwise.
struct RulingParts {
    var allows = false
    var reasons: [String] = []
    var erring: [String] = []
    var obliging: [String] = []
    var obligations: [UInt8] = []

    var bytes: [UInt8] {
        var writer = CanonicalWriter()
        writer.flag(allows)
        for ids in [reasons, erring, obliging] {
            writer.list(ids, length: UInt16.self) { $0.text(TextLine($1) ?? .none) }
        }
        writer.list(obligations, length: UInt8.self) { $0.integer($1) }
        return writer.bytes
    }
}
