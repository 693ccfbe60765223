import CryptoPrimitives
import Foundation
import TestSupport
import ZeroKnowledge

/// Three fields of ten shown, and a bound of another proven, beside what others have for it: AnonCreds, which alone does all of it, and two
/// that show fields and prove nothing. What they have and we do not stands in RESULTS.md.
enum DisclosureContests {
    private static let batchSize = 64

    static func all() throws -> [Contest] {
        let statements: [(title: String, peer: String, predicates: [ZeroKnowledge.Predicate])] = [
            ("no predicate", "0", []),
            ("32-bit range", "1", [wide]),
            ("16-bit range", "1", [.range(birth, low: 0, high: 65_535)]),
            ("two-sided range", "2", [.range(birth, low: 30_000, high: 39_407)]),
        ]
        var contests: [Contest] = []
        for (title, number, predicates) in statements {
            let example = try Disclosure(predicates)
            let proof = try example.proof(.compact)
            contests.append(
                contest("prove, \(title)", "create-\(number)") { _ = try example.proof(.compact) })
            contests.append(
                contest("verify, \(title)", "verify-\(number)") { try RecordProof.verify(proof, of: example.statement) })
        }
        let example = try Disclosure(statements[1].predicates)
        let proofs = try (0..<batchSize).map { _ in try example.proof(.batchable) }
        contests.append(
            contest("verify, 32-bit range, one of a batch of \(batchSize)", "verify-1", batch: batchSize) {
                var batch = BatchVerifier()
                for proof in proofs { batch.add(proof, of: example.statement) }
                guard batch.refused().isEmpty else { throw DisclosureError.refused }
            })
        for (peer, works) in [("bbs", ["create", "verify"]), ("sdjwt", ["create", "verify"])] {
            let shown = try Disclosure([])
            let proof = try shown.proof(.compact)
            contests.append(contest("prove, no predicate", works[0], peer) { _ = try shown.proof(.compact) })
            contests.append(contest("verify, no predicate", works[1], peer) { try RecordProof.verify(proof, of: shown.statement) })
        }
        return try contests + ConsentContests.all()
    }

    /// A proof of the 32-bit range about a value that lies this far above its low end.
    static func proving(_ value: UInt32) throws -> () -> Void {
        let example = try Disclosure([wide], birth: 30_000 + UInt64(value))
        return { _ = try? example.proof(.compact) }
    }

    /// Of the 32-bit range, in words.
    static func sizes() throws -> String {
        let example = try Disclosure([wide])
        let proof = try example.proof(.compact).count
        let theirs = try peer("anoncreds", "create-1")?.round().result ?? "not installed"
        return """
            Bytes of a presentation with a 32-bit range, the commitment and its proof: \(SG3072.Element.size + proof); AnonCreds' in JSON: \(theirs).
            Bytes of a proof of consent, both commitments and the proof: \(try ConsentContests.size()).
            """
    }

    private static let wide = ZeroKnowledge.Predicate.range(birth, low: 30_000, high: 4_294_997_295)
    private static let birth = ZeroKnowledge.Predicate.Attribute(6)

    static func contest(
        _ title: String, _ work: String, _ package: String = "anoncreds", batch: Int = 1, ours: @escaping () throws -> Void
    ) -> Contest {
        let peer = Self.peer(package, work)
        return Contest(
            title: title, peer: peer?.greeting ?? package,
            ours: {
                var failure: (any Error)?
                let time = ThreadClock.measure(batch == 1 ? 10 : 1) {
                    do { try ours() } catch { failure = error }
                }
                if let failure { throw failure }
                return time / batch
            },
            theirs: peer.map { peer in { try peer.round().time } })
    }

    private static func peer(_ package: String, _ work: String) -> PeerProgram? {
        guard PeerProgram.installed("python3") != nil else { return nil }
        let environment = Fixtures.repository.appending(path: ".build/disclosure")
        return try? PeerProgram(PeerProgram.source("disclosure.sh"), [environment.path, package, work])
    }
}

private enum DisclosureError: Error {
    case refused
}

/// Ten fields, of which three are shown.
private struct Disclosure {
    let statement: Statement
    private let attributes: [SG3072.Scalar]
    private let blinding = SG3072.Scalar(reducing: Random.bytes(48))

    /// - Parameter birth: the field that predicates are about.
    init(_ predicates: [ZeroKnowledge.Predicate], birth: UInt64 = 39_003) throws {
        let schema = SHA256.hash(Array("ten fields".utf8))
        let last = Day(21_000)
        attributes =
            [ShownRecord.schemaScalar(schema), SG3072.Scalar(reducing: Random.bytes(48)), SG3072.Scalar(UInt64(last.number))]
            + (0..<10).map { $0 == 3 ? SG3072.Scalar(birth) : SG3072.Scalar(UInt64(39_000 + $0)) }
        let commitment = SG3072.product(
            [SG3072.Power(SG3072.blinding, blinding)] + zip(SG3072.attributes, attributes).map { SG3072.Power($0, $1) })
        let issuer = Ed25519.PrivateKey.random()
        let attributes = attributes
        let record = ShownRecord(
            issuer: issuer.publicKey, schema: schema, attributeCount: 13, from: Day(20_000), last: last,
            credential: issuer.sign(schema.bytes), commitment: commitment,
            fields: [3, 4, 5].map { .init(index: $0, scalar: attributes[Int($0)]) })
        guard let origin = TextLine("ledger.example") else { preconditionFailure("a line") }
        let occasion = Statement.Occasion(
            origin: origin, verifier: issuer.publicKey, nonce: .random(), request: schema, until: Minute(0))
        statement = try Statement(occasion: occasion, records: [record], predicates: predicates)
    }

    func proof(_ form: RecordProof.Form) throws -> [UInt8] {
        var witness = Witness()
        let attributes = attributes
        witness.append(
            blinding: SG3072.SecretScalar(blinding),
            attributes: SG3072.SecretScalars(count: attributes.count) { SG3072.SecretScalar(attributes[$0]) })
        return try RecordProof.prove(statement, witness, form: form)
    }
}
