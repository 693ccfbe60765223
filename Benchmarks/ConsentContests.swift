import AccessPolicy
import CryptoPrimitives
import MedicalRecords
import ZeroKnowledge

/// That one of 64 live grants covers an actor, a purpose and a category, tied to a record of which nothing is shown. Nobody else has this; beside
/// it stands what AnonCreds takes to show three fields and prove nothing.
enum ConsentContests {
    static func all() throws -> [Contest] {
        let example = try CoveredConsent(at: 41)
        let proof = try example.proof()
        return [
            DisclosureContests.contest("prove a consent, one of 64", "create-0") { _ = try example.proof() },
            DisclosureContests.contest("verify it", "verify-0") { try RecordProof.verify(proof, of: example.statement) },
        ]
    }

    static func size() throws -> Int { 2 * SG3072.Element.size + (try CoveredConsent(at: 41).proof().count) }

    /// A proof about the grant at this place among 64.
    static func proving(at place: Int) throws -> () -> Void {
        let example = try CoveredConsent(at: place)
        return { _ = try? example.proof() }
    }
}

private struct CoveredConsent {
    let statement: Statement
    private let record, grant: [SG3072.Scalar]
    private let blinding = SG3072.Scalar(reducing: Random.bytes(48))
    private let difference = SG3072.Scalar(reducing: Random.bytes(48))
    private let place: Int

    init(at place: Int) throws {
        self.place = place
        let (schema, last, holder) = (
            SHA256.hash(Array("five fields".utf8)), Day(21_000), SG3072.Scalar(reducing: Random.bytes(48))
        )
        let issuer = Ed25519.PrivateKey.random()
        let actor = Ed25519.PrivateKey.random().publicKey
        record = [ShownRecord.schemaScalar(schema), holder, SG3072.Scalar(UInt64(last.number))] + (0..<5).map { SG3072.Scalar($0) }
        grant =
            [Covering.schema, holder, SG3072.Scalar(20_900), .one, GrantAttributes.granteeScalar(actor)]
            + [6, 3, 20_700].map { SG3072.Scalar($0) }
        let shown = ShownRecord(
            issuer: issuer.publicKey, schema: schema, attributeCount: UInt8(record.count), from: Day(20_000), last: last,
            credential: issuer.sign(schema.bytes), commitment: Self.commitment(blinding, record), fields: [])
        var candidates = (0..<64).map { Self.commitment(SG3072.Scalar(reducing: Random.bytes(48)), [SG3072.Scalar($0)]) }
        candidates[place] = Self.commitment(blinding, grant)
        let (grant, purpose) = (grant, UInt64(PurposeOfUse.treatment.rawValue))
        let covering = Covering(
            commitment: Self.commitment(blinding + difference, grant),
            fields: [GrantAttributes.permit, GrantAttributes.grantee, GrantAttributes.category].map {
                .init(index: $0, scalar: grant[Int($0)])
            }, candidates: candidates)
        guard let origin = TextLine("ledger.example") else { preconditionFailure("a line") }
        let occasion = Statement.Occasion(
            origin: origin, verifier: issuer.publicKey, nonce: .random(), request: schema, until: Minute(0))
        let purposes = (0..<1_024).map { $0 << 1 as UInt64 }.filter { $0 >> purpose & 1 == 1 }.map { SG3072.Scalar($0) }
        statement = try Statement(
            occasion: occasion, records: [shown],
            predicates: [
                .member(.init(record: 1, GrantAttributes.purposes), of: purposes),
                .same(.init(record: 1, ShownRecord.holderAttribute), .init(ShownRecord.holderAttribute)),
            ], covering: covering)
    }

    private static func commitment(_ blinding: SG3072.Scalar, _ attributes: [SG3072.Scalar]) -> SG3072.Element {
        SG3072.product(
            [SG3072.Power(SG3072.blinding, blinding)] + zip(SG3072.attributes, attributes).map { SG3072.Power($0, $1) })
    }

    func proof() throws -> [UInt8] {
        var witness = Witness()
        let (record, grant) = (record, grant)
        witness.append(
            blinding: SG3072.SecretScalar(blinding),
            attributes: SG3072.SecretScalars(count: record.count) { SG3072.SecretScalar(record[$0]) })
        witness.append(
            candidate: place, blinding: SG3072.SecretScalar(blinding), difference: SG3072.SecretScalar(difference),
            attributes: SG3072.SecretScalars(count: grant.count) { SG3072.SecretScalar(grant[$0]) })
        return try RecordProof.prove(statement, witness)
    }
}
