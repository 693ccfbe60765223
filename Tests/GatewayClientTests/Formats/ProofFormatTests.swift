import CryptoPrimitives
import MedicalRecords
import SharingContract
import TestSupport
import Testing
import ZeroKnowledge

@testable import GatewayClient

/// The examples that docs/proofs.md names in section 7: one road from a claims file to a presentation. Blindings, nonce and proof are drawn,
/// so they were written once.
@Suite struct ProofFormats {
    private let file = FormatFile("proofs.json")
    private static let record = Descriptor.RecordID(SHA256.hash([1]).value)
    private static let conditions = [
        "patient: 18 or older on 2026-11-21", "patient: gender is one of male, female", "patient: gender is not male",
        "immunization: date given is not the same as immunization#2: date given",
        "immunization: vaccine is the same as immunization#2: vaccine",
        "immunization: date given minus immunization#2: date given between -42 and -21",
        "result: measured value below 7.0", "result: test is loinc|4548-4",
    ]

    @Test func `claims, requests and presentations are as the document says`() throws {
        let holder = try #require(PaperFormats.card().holder)
        let claims = try ClaimsFile(canonical: try file.once("claims file", "bytes") { try issued(holder).canonicalBytes })
        let request = try ProofRequest(canonical: try file.once("request", "bytes") { try asked().canonicalBytes })
        let presentation = try Presentation(
            canonical: try file.once("presentation", "bytes") { try presented(claims, request).canonicalBytes })
        let statement = try request.statement(presentation.answers.map { .init(credential: $0.credential, values: $0.values) })
        try request.verify()
        try RecordProof.verify(presentation.proof, of: statement)
        let difference = try file.difference(from: [
            ("claims file", try example(claims, holder)), ("request", try example(request)),
            ("presentation", try example(presentation, statement)),
        ])
        #expect(difference == nil)
    }

    private func issued(_ holder: HolderCommitment) throws -> ClaimsFile {
        let validity = Validity(from: Day(20_778), last: Day(21_143))
        var sets: [ClaimSet] = []
        for resource in Town.resources {
            let claims = try #require(try ResourceClaims(resource: Array(resource.utf8)))
            sets.append(
                IssuedSet(
                    claims, holder: holder.commitment, validity: validity, copies: 2, origin: PaperFormats.pin.origin,
                    signingWith: key("hillside")
                ).set)
        }
        return ClaimsFile(record: Self.record, version: 1, sets: sets)
    }

    private func asked() throws -> ProofRequest {
        var words = ProofWords()
        try words.show("immunization: status")
        for condition in Self.conditions { try words.prove(condition) }
        return ProofRequest(
            pin: PaperFormats.pin, name: line("Lakeside School"), purpose: line("school admission"), made: Minute(29_920_920),
            until: Minute(29_920_980), asked: words.asked, conditions: words.conditions, signingWith: key("lakeside"))
    }

    private func presented(_ claims: ClaimsFile, _ request: ProofRequest) throws -> Presentation {
        // The order in which the words ask for them.
        let chosen = [claims.sets[1], claims.sets[0], claims.sets[2], claims.sets[3]]
        let credentials = try chosen.map { try #require(try Self.credentials($0).first) }
        let tree = credentials.map { Hash.leaf($0.anchor.bytes) }
        let nodes = [Hash.node(tree[0], tree[1]), Hash.node(tree[2], tree[3])]
        let answers = zip(request.asked, zip(chosen, credentials)).enumerated().map { index, item in
            let (asked, (set, credential)) = item
            return Presentation.Answer(
                credential: credential, values: asked.allShown.map { set.values[Int($0)] },
                anchored: .init(leaf: 17, index: UInt32(index), path: [tree[index ^ 1], nodes[1 - index / 2]]))
        }
        var witness = Witness()
        for set in chosen { try append(set, to: &witness) }
        let statement = try request.statement(answers.map { .init(credential: $0.credential, values: $0.values) })
        return Presentation(request: request.hash, answers: answers, proof: try RecordProof.prove(statement, witness))
    }

    private func append(_ set: ClaimSet, to witness: inout Witness) throws {
        let holder = Self.holder()
        let scalars = ClaimAttributes(schema: set.schema, values: set.values, validity: set.validity).scalars
        let attributes = SG3072.SecretScalars(count: set.schema.attributeCount) { index in
            guard let scalar = scalars.first(where: { $0.attribute == index })?.scalar else { return holder.secret() }
            return SG3072.SecretScalar(scalar)
        }
        witness.append(
            blinding: holder.blinding(for: publicKey("hillside")) + (try set.copies[0].opening()), attributes: attributes)
    }

    private static func holder() -> HolderSecret { HolderSecret(key: KeyFormats.secret("ana's holder key")) }

    private static func credentials(_ set: ClaimSet) throws -> [Credential] {
        let commitments = try set.commitments(holder: holder().commitment(for: publicKey("hillside")))
        return zip(set.copies, commitments).map {
            Credential(issuer: publicKey("hillside"), validity: set.validity, signature: $0.signature, commitment: $1)
        }
    }
}

// As they are shown
extension ProofFormats {
    private func example(_ claims: ClaimsFile, _ holder: HolderCommitment) throws -> Shown {
        let credentials = try claims.sets.flatMap { try Self.credentials($0) }
        for (set, credential) in zip(claims.sets.flatMap { set in set.copies.map { _ in set } }, credentials) {
            try credential.verify(set.schema, origin: PaperFormats.pin.origin)
        }
        return try TestSupport.example(
            claims,
            [
                "record": claims.record, "version": claims.version,
                "sets": claims.sets.map { set in
                    fields([
                        "schema": line(set.schema.name), "schema version": set.schema.version, "reference": set.reference,
                        "values": set.values.map(\.canonicalBytes), "from": set.validity.from, "last": set.validity.last,
                        "copies": set.copies.map { fields(["blinding": $0.blinding, "signature": $0.signature]) },
                    ])
                },
            ],
            more: ["issuer": publicKey("hillside"), "anchors": credentials.map(\.anchor)])
    }

    private func example(_ request: ProofRequest) throws -> Shown {
        try TestSupport.example(
            request,
            [
                "pin": fields([
                    "origin": request.pin.origin, "genesis": request.pin.genesis, "ledger key": request.pin.ledgerKey,
                    "address": request.pin.address,
                ]),
                "name": request.name, "verifier": request.verifier, "nonce": request.nonce, "purpose": request.purpose,
                "made": request.made, "until": request.until,
                "asked": request.asked.map {
                    fields(["schema": line($0.schema.name), "schema version": $0.schema.version, "shown": $0.shown])
                },
                "conditions": request.conditions.map(\.canonicalBytes), "signature": Array(request.canonicalBytes.suffix(64)),
            ], more: ["text": request.text, "code": request.code, "hash": request.hash])
    }

    private func example(_ presentation: Presentation, _ statement: Statement) throws -> Shown {
        let leaves = presentation.answers.map { Hash.leaf($0.credential.anchor.bytes) }
        let root = Hash.node(Hash.node(leaves[0], leaves[1]), Hash.node(leaves[2], leaves[3]))
        return try TestSupport.example(
            presentation,
            [
                "request": presentation.request,
                "answers": presentation.answers.map { answer in
                    fields([
                        "issuer": answer.credential.issuer, "from": answer.credential.validity.from,
                        "last": answer.credential.validity.last, "signature": answer.credential.signature,
                        "commitment": answer.credential.commitment.encoded, "values": answer.values.map(\.canonicalBytes),
                        "leaf": answer.anchored.leaf, "index": answer.anchored.index, "path": answer.anchored.path,
                    ])
                },
                "covered": presentation.covered.map {
                    fields(["commitment": $0.commitment.encoded, "size": $0.size, "block": $0.block])
                },
                "proof": presentation.proof,
            ], more: ["text": presentation.text, "statement": statement.canonicalBytes, "root": root])
    }
}

extension ProofCondition {
    fileprivate var canonicalBytes: [UInt8] {
        var writer = CanonicalWriter()
        encode(to: &writer)
        return writer.bytes
    }
}
