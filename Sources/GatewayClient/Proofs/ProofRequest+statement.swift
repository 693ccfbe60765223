import AccessPolicy
import CryptoPrimitives
import MedicalRecords
import ZeroKnowledge

// From a request and what is shown to the statement that is proven. docs/proofs.md, section 7.

extension ProofRequest {
    /// Who is shown what, an item for each of `asked`.
    struct Shown {
        let credential: Credential
        /// In the order of the fields that are shown.
        let values: [ClaimValue]
    }

    /// Throws if nobody could answer: conditions that contradict one another in form, or more than one proof holds.
    func requireProvable() throws(ClientError) {
        let validity = Validity(from: Day(0), last: Day(0))
        guard let nobody = Ed25519.Signature([UInt8](repeating: 0, count: Ed25519.Signature.count)) else { return }
        let credential = Credential(issuer: verifier, validity: validity, signature: nobody, commitment: SG3072.blinding)
        do {
            let records = try asked.map { asked throws(ClientError) in
                try Self.record(asked, Shown(credential: credential, values: asked.allShown.map { _ in .absent }))
            }
            let covering = consent.map {
                Covering(commitment: SG3072.blinding, fields: $0.shown, candidates: [SG3072.blinding])
            }
            _ = try statement(of: records, covering)
        } catch {
            throw .notPossible(.requestMeaningless)
        }
    }

    /// What prover and verifier agree on, each by himself. Throws if a presentation does not answer this request.
    ///
    /// - Parameter covering: the grants that it is about, as the reader's own copy of the ledger has them; there if one is asked for.
    func statement(_ shown: [Shown], _ covering: Covering? = nil) throws(ClientError) -> Statement {
        guard shown.count == asked.count, conditions.allSatisfy({ isShown($0, in: shown) }), (covering == nil) == (consent == nil)
        else { throw .notVerified(.proofNotGood) }
        var records: [ShownRecord] = []
        for (asked, shown) in zip(asked, shown) { records.append(try Self.record(asked, shown)) }
        do {
            return try statement(of: records, covering)
        } catch {
            throw .notVerified(.proofNotGood)
        }
    }

    private func statement(of records: [ShownRecord], _ covering: Covering?) throws(StatementError) -> Statement {
        let occasion = Statement.Occasion(origin: pin.origin, verifier: verifier, nonce: nonce, request: hash, until: until)
        // The grant is one more.
        let ties = (1..<records.count + (covering == nil ? 0 : 1)).map { record in
            Predicate.same(
                .init(record: UInt8(record), ShownRecord.holderAttribute), .init(record: 0, ShownRecord.holderAttribute))
        }
        return try Statement(
            occasion: occasion, records: records, predicates: conditions.flatMap(predicates) + ties, covering: covering)
    }

    private static func record(_ asked: Asked, _ shown: Shown) throws(ClientError) -> ShownRecord {
        let fields = asked.allShown
        guard shown.values.count == fields.count,
            zip(fields, shown.values).allSatisfy({ $1.fits(asked.schema.fields[Int($0)]) })
        else { throw .notVerified(.proofNotGood) }
        let credential = shown.credential
        return ShownRecord(
            issuer: credential.issuer, schema: asked.schema.hash, attributeCount: UInt8(asked.schema.attributeCount),
            from: credential.validity.from, last: credential.validity.last, credential: credential.signature,
            commitment: credential.commitment,
            fields: zip(fields, shown.values).map { .init(index: UInt8(ClaimAttribute.field(Int($0))), scalar: $1.scalar) })
    }

    /// What everybody sees has to be as it was asked for.
    private func isShown(_ condition: ProofCondition, in shown: [Shown]) -> Bool {
        guard case .isShown(let field, let value) = condition else { return true }
        let record = Int(field.record)
        guard let place = asked[record].allShown.firstIndex(of: field.field), place < shown[record].values.count else {
            return false
        }
        return shown[record].values[place] == value
    }

    private func predicates(_ condition: ProofCondition) -> [Predicate] {
        switch condition {
        case .range(let field, let low, let high):
            return [.range(field.attribute, low: shifted(low, field), high: shifted(high, field))]
        case .member(let field, let values):
            let scalars = values.map(\.scalar).sorted { $0.encoded.lexicographicallyPrecedes($1.encoded) }
            return [.member(field.attribute, of: scalars)]
        case .isNot(let field, let value): return [.isNot(field.attribute, value.scalar), isStated(field)]
        case .differ(let first, let second):
            return [.differ(first.attribute, second.attribute), isStated(first), isStated(second)]
        case .same(let first, let second): return [.same(first.attribute, second.attribute), isStated(first)]
        case .difference(let first, let second, let low, let high):
            let terms = [Predicate.Term(first.attribute, 1), Predicate.Term(second.attribute, -1)]
            return [.sum(terms, low: SG3072.Scalar(signed: low), width: UInt64(high - low)), isStated(first)]
        case .isShown: return []
        case .covered(let consent):
            return [.member(.init(record: UInt8(asked.count), GrantAttributes.purposes), of: consent.purposes)]
        }
    }

    /// What a resource does not say is no different from everything else.
    private func isStated(_ field: ProofCondition.Field) -> Predicate {
        .isNot(field.attribute, ClaimValue.absent.scalar)
    }

    func claimField(_ field: ProofCondition.Field) -> ClaimField {
        asked[Int(field.record)].schema.fields[Int(field.field)]
    }

    private func shifted(_ bound: Int64, _ field: ProofCondition.Field) -> UInt64 {
        claimField(field).kind == .date ? UInt64(bound) : ClaimValue.shifted(bound)
    }
}

extension ProofCondition.Field {
    var attribute: Predicate.Attribute { .init(record: record, UInt8(ClaimAttribute.field(Int(field)))) }
}

extension SG3072.Scalar {
    init(signed number: Int64) {
        self = number < 0 ? -SG3072.Scalar(number.magnitude) : SG3072.Scalar(UInt64(number))
    }
}
