import CryptoPrimitives
import TestSupport

@testable import ZeroKnowledge

/// A record whose commitment a test can open: numbers that are all known here, and what to show of them.
struct Credential: Sendable {
    var attributes: [SG3072.Scalar]
    let blinding: SG3072.Scalar
    let schema: Hash
    let last: Day

    /// Attributes 3 and on are `fields`; 1 is the holder's.
    init(_ name: String, fields: [UInt64], holder: String = "holder", last: Day = Day(20_500)) {
        func scalar(_ text: String) -> SG3072.Scalar {
            SG3072.Scalar(reducing: SHAKE.hash(.bits256, Array(text.utf8), count: 48))
        }
        schema = SHA256.hash(Array("schema of \(fields.count)".utf8))
        self.last = last
        attributes = [ShownRecord.schemaScalar(schema), scalar(holder), SG3072.Scalar(UInt64(last.number))]
        attributes += fields.map { SG3072.Scalar($0) }
        blinding = scalar("blinding of \(name)")
    }

    var commitment: SG3072.Element {
        SG3072.product(
            [SG3072.Power(SG3072.blinding, blinding)] + zip(SG3072.attributes, attributes).map { SG3072.Power($0, $1) })
    }

    func shown(_ fields: [UInt8] = []) -> ShownRecord {
        let key = Ed25519.PublicKey(SHA256.hash(Array("issuer".utf8)).value)
        guard let signature = Ed25519.Signature([UInt8](repeating: 7, count: 64)) else { preconditionFailure("64 bytes") }
        return ShownRecord(
            issuer: key, schema: schema, attributeCount: UInt8(attributes.count), from: Day(20_000), last: last,
            credential: signature, commitment: commitment,
            fields: fields.map { ShownRecord.Attribute(index: $0, scalar: attributes[Int($0)]) })
    }

    static func witness(_ credentials: [Credential], _ grant: GrantExample? = nil) -> Witness {
        var witness = Witness()
        for credential in credentials {
            witness.append(
                blinding: SG3072.SecretScalar(credential.blinding),
                attributes: SG3072.SecretScalars(count: credential.attributes.count) {
                    SG3072.SecretScalar(credential.attributes[$0])
                })
        }
        grant?.append(to: &witness)
        return witness
    }
}

extension Statement.Occasion {
    static func test(_ nonce: UInt8 = 1, origin: String = "ledger.example", until: UInt32 = 30_000_000) -> Self {
        guard let origin = TextLine(origin), let nonce = Bytes32([UInt8](repeating: nonce, count: 32)) else {
            preconditionFailure("a line and 32 bytes")
        }
        return Self(
            origin: origin, verifier: Ed25519.PublicKey(SHA256.hash(Array("verifier".utf8)).value), nonce: nonce,
            request: SHA256.hash(Array("request".utf8)), until: Minute(until))
    }
}

/// A statement, and what makes it true.
struct Example: Sendable {
    let name: String
    let credentials: [Credential]
    let grant: GrantExample?
    let statement: Statement

    init(
        _ name: String, _ credentials: [Credential], shown: [[UInt8]]? = nil, _ predicates: [Predicate], grant: GrantExample? = nil,
        occasion: Statement.Occasion = .test()
    ) throws {
        self.name = name
        self.credentials = credentials
        self.grant = grant
        let shown = shown ?? credentials.map { _ in [] }
        statement = try Statement(
            occasion: occasion, records: zip(credentials, shown).map { $0.shown($1) }, predicates: predicates,
            covering: grant?.covering)
    }

    var witness: Witness { Credential.witness(credentials, grant) }

    func proof(_ form: RecordProof.Form = .compact) throws -> [UInt8] {
        try RecordProof.prove(statement, witness, form: form)
    }

    /// With given randomness.
    func proof(_ form: RecordProof.Form, seed: UInt8) throws -> [UInt8] {
        let seed = [UInt8](repeating: seed, count: 32)
        return try RecordProof.prove(
            statement, witness, form, randomness: SecretBytes(copying: seed.span))
    }
}

func accepts(_ proof: [UInt8], _ statement: Statement, _ form: RecordProof.Form = .compact) -> Bool {
    (try? RecordProof.verify(proof, of: statement, form: form)) != nil
}
