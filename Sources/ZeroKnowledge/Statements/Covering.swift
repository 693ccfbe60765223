package import CryptoPrimitives

/// A grant that is proven beside the records: one of the candidates, re-randomised so that nobody sees which. docs/proofs.md, sections 5
/// and 9.
package struct Covering: Committed, Hashable, Sendable {
    package static let attributes: UInt8 = 8
    package static let candidateCounts = 1...64
    /// Attribute 0, which is always shown.
    package static let schema = SG3072.Scalar(reducing: Hash.labelled(.grantCommitment).bytes)

    /// C'.
    package let commitment: SG3072.Element
    /// Ascending.
    package let shown: [ShownRecord.Attribute]
    /// In the order of the ledger, and each of them in the group of order q: that is for the ledger's rules to see to.
    package let candidates: [SG3072.Element]

    var attributeCount: UInt8 { Self.attributes }

    /// `fields` are the attributes shown besides the first.
    package init(commitment: SG3072.Element, fields: [ShownRecord.Attribute], candidates: [SG3072.Element]) {
        self.commitment = commitment
        shown = [ShownRecord.Attribute(index: ShownRecord.schemaAttribute, scalar: Self.schema)] + fields
        self.candidates = candidates
    }

    func validate() throws(StatementError) {
        guard Self.candidateCounts.contains(candidates.count) else { throw .tooLarge }
        try validateShown()
        guard scalar(of: ShownRecord.schemaAttribute) == Self.schema else { throw .wrongScalar }
    }

    init(from reader: inout CanonicalReader) throws(FormatError) {
        commitment = try reader.element()
        shown = try reader.shownAttributes()
        candidates = try reader.list(length: UInt8.self, atMost: Self.candidateCounts.upperBound) { reader throws(FormatError) in
            try reader.element()
        }
    }

    func encode(to writer: inout CanonicalWriter) {
        writer.fixed(commitment.encoded)
        writer.shownAttributes(shown)
        writer.list(candidates, length: UInt8.self) { $0.fixed($1.encoded) }
    }
}

/// What a statement holds openings of: attributes, of which some are shown.
protocol Committed {
    var commitment: SG3072.Element { get }
    var attributeCount: UInt8 { get }
    /// Ascending.
    var shown: [ShownRecord.Attribute] { get }
}

extension Committed {
    /// Of an attribute that is shown.
    func scalar(of attribute: UInt8) -> SG3072.Scalar? {
        shown.first { $0.index == attribute }?.scalar
    }

    func validateShown() throws(StatementError) {
        guard shown.allSatisfy({ $0.index < attributeCount }), shown.isAscending(by: \.index),
            scalar(of: ShownRecord.holderAttribute) == nil
        else { throw .wrongAttribute }
    }
}

/// The candidates as places of two digits in base eight, as Groth and Kohlweiss (2015) write them. The last stands at all places behind it.
struct CoveringDigits: Sendable {
    static let digits = 2
    static let base = 8

    /// For each digit, forms of which one is 1 and the others 0.
    let forms: [[LinearForm]]

    /// Digits of a place, the lower first.
    static func place(of candidate: Int) -> [UInt64] { [UInt64(candidate % base), UInt64(candidate / base)] }

    /// The products of the digits for each candidate, one polynomial for all its places: the sums of p_j.
    func products<Value: Number>(_ low: [Value], _ high: [Value], candidates: Int) -> [Value] {
        var sums = [Value](repeating: Value(.zero), count: candidates)
        for place in 0..<Self.base * Self.base {
            let candidate = min(place, candidates - 1)
            sums[candidate] = sums[candidate] + low[place % Self.base] * high[place / Self.base]
        }
        return sums
    }

    func values<Value: Number>(_ responses: Responses<Value>) -> (low: [Value], high: [Value]) {
        (forms[0].map { $0.evaluated(responses) }, forms[1].map { $0.evaluated(responses) })
    }
}
