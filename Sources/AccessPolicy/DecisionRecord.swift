package import CryptoPrimitives

/// A decision with everything it was made from, as it lies in a decision's body. docs/formats.md, section 4.6.
package struct DecisionRecord: CanonicalCodable, Hashable, Sendable {
    package static let maximumRecords = 4_096
    package static let maximumSize = 1 << 20

    /// The engine that decided.
    package let engine: TextLine
    package let now: Minute
    package let requestHash: Hash
    package let grant: GrantFacts?
    package let records: [CandidateFacts]
    package let verdict: Verdict

    package init(_ inputs: DecisionInputs, verdict: Verdict) {
        engine = TextLine(PlainEngine.name) ?? .none
        now = inputs.now
        requestHash = inputs.requestHash
        grant = inputs.grant
        records = inputs.records
        self.verdict = verdict
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        engine = try reader.text()
        now = try reader.minute()
        requestHash = try reader.value()
        grant = try reader.optional { reader throws(FormatError) in try reader.value() }
        records = try reader.list(length: UInt16.self, atMost: Self.maximumRecords) { reader throws(FormatError) in
            try reader.value()
        }
        verdict = try Verdict(from: &reader, recordCount: records.count)
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.text(engine)
        writer.minute(now)
        writer.value(requestHash)
        writer.optional(grant) { $0.value($1) }
        writer.list(records, length: UInt16.self) { $0.value($1) }
        verdict.encode(to: &writer)
    }

    /// The released records.
    package var released: [CandidateFacts] {
        guard case .allowed(let indices) = verdict else { return [] }
        return indices.map { records[$0] }
    }

    /// The inputs of this record, with the request that it was about. `nil` if that is another request.
    package func inputs(_ request: Request) -> DecisionInputs? {
        guard Hash.labelled(.request, request.canonicalBytes) == requestHash else { return nil }
        return DecisionInputs(now: now, requestHash: requestHash, request: request, grant: grant, records: records)
    }
}

extension Verdict {
    fileprivate init(from reader: inout CanonicalReader, recordCount: Int) throws(FormatError) {
        guard try reader.flag() else {
            guard let reason = Reason(rawValue: try reader.integer(UInt8.self)) else { throw .unknownTag }
            self = .denied(reason)
            return
        }
        let indices = try reader.list(length: UInt16.self, atMost: recordCount) { reader throws(FormatError) in
            Int(try reader.integer(UInt16.self))
        }
        guard !indices.isEmpty, indices.isAscending(by: { $0 }), indices.allSatisfy({ $0 < recordCount }) else {
            throw .notCanonical
        }
        self = .allowed(indices)
    }

    fileprivate func encode(to writer: inout CanonicalWriter) {
        switch self {
        case .denied(let reason):
            writer.flag(false)
            writer.integer(reason.rawValue)
        case .allowed(let indices):
            writer.flag(true)
            writer.list(indices, length: UInt16.self) { $0.integer(UInt16($1)) }
        }
    }
}
