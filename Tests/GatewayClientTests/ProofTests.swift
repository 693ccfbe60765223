import CryptoPrimitives
import GatewayAPI
import MedicalRecords
import SharingContract
import TestSupport
import Testing
import ZeroKnowledge

@testable import GatewayClient

/// From claims that come with a deposit to what a verifier may believe.
@Suite struct ProofTests {
    private let adult = "patient: 18 or older on 2026-11-21"

    @Test func `a verifier learns what was asked and nothing else`() async throws {
        try await Town.claiming { town in
            let request = try town.request(
                show: ["immunization: vaccine, date given"],
                prove: [adult, "result: test is loinc|4548-4", "result: measured value below 7.0"])
            let presentation = try await town.present(request)
            let proven = try town.lakeside.verify(presentation)
            let shown = proven.answers.map { answer in answer.shown.map { "\($0.field.name)=\($0.field.text(of: $0.value))" } }
            #expect(shown[0].contains("vaccine=208") && shown[0].contains("status=completed"), "\(shown)")
            #expect(shown[1].allSatisfy { !$0.contains("2001") && !$0.contains("female") }, "\(shown)")
            #expect(shown[2].contains("code=http://loinc.org|4548-4") && !shown[2].joined().contains("6.4"), "\(shown)")
            #expect(proven.answers.allSatisfy { $0.issuer.name.text == "Hillside Clinic" && !$0.isIssuerRevokedSince })
            // The values that are not shown are nowhere in it.
            #expect(!presentation.text.contains("Díaz") && presentation.answers[1].values.allSatisfy { $0 == .absent })
            // Once more is the same presentation.
            #expect(try town.lakeside.verify(presentation).answers.count == 3)
        }
    }

    @Test func `every form of a condition is proven of what is so, and of nothing else`() async throws {
        let cases: [(condition: String, isSo: Bool)] = [
            (adult, true), ("patient: 30 or older on 2026-11-21", false), ("patient: under 30 on 2026-11-21", true),
            ("patient: date of birth between 2001-02-03 and 2001-02-04", true),
            ("patient: date of birth between 2001-02-04 and 2001-02-05", false),
            ("patient: gender is one of male, other", false), ("patient: gender is one of male, female", true),
            ("patient: gender is not male", true), ("patient: gender is not female", false),
            // What is not stated is not anything.
            ("patient: postal code is not 12345", false),
            ("immunization: vaccine is the same as immunization#2: vaccine", true),
            ("immunization: vaccine is not the same as immunization#2: vaccine", false),
            ("immunization: date given minus immunization#2: date given between 21 and 42", true),
            ("immunization: date given minus immunization#2: date given between 29 and 42", false),
            ("result: measured value below 6.43", true), ("result: measured value below 6.42", false),
            ("result: value as stated between 6.42 and 6.43", true),
            ("result: HbA1c below 7.0", true), ("result: hba1c between 6.4 and 6.5", true), ("result: HbA1c below 6.42", false),
            ("result: body weight below 7.0", false), ("result: total cholesterol below 7.0", false),
        ]
        try await Town.claiming { town in
            for (condition, isSo) in cases {
                let request = try town.request(prove: [condition])
                let failure = await reason {
                    let proven = try town.lakeside.verify(try await town.present(request))
                    #expect(proven.request == request)
                }
                #expect(failure == (isSo ? nil : "notPossible(cannotBeProven)"), "\(condition)")
            }
        }
    }

    @Test func `a presentation is good for one request of one verifier`() async throws {
        try await Town.claiming { town in
            let request = try town.request(prove: [adult])
            let presentation = try await town.present(request)
            // Another one, who asked for the same.
            try await town.hillside.session.sync()
            let other = try town.request(prove: [adult], by: town.hillside)
            #expect(await reason { _ = try town.hillside.verify(presentation) } == "notFound(proofRequest)")
            for claimed in [other, try town.request(prove: [adult])] {
                let moved = Presentation(request: claimed.hash, answers: presentation.answers, proof: presentation.proof)
                let verifier = claimed == other ? try town.hillside : try town.lakeside
                #expect(await discrepancy { _ = try verifier.verify(moved) } == .proofNotGood)
            }
            _ = try town.lakeside.verify(presentation)
            let second = try await town.present(request)
            #expect(await reason { _ = try town.lakeside.verify(second) } == "notPossible(answeredAlready)")
            town.gateway.advance(minutes: 61)
            #expect(await reason { _ = try town.lakeside.verify(presentation) } == "notPossible(requestOver)")
            #expect(await reason { _ = try await town.present(request) } == "notPossible(requestOver)")
        }
    }

    @Test func `no byte of a presentation can be another`() async throws {
        try await Town.claiming { town in
            let request = try town.request(show: ["immunization: vaccine"], prove: ["immunization: date given after 2026-01-01"])
            let bytes = try await town.present(request).canonicalBytes
            var accepted = 0
            for place in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 120)) {
                var changed = bytes
                changed[place] ^= 1 << UInt8(place % 8)
                guard let presentation = try? Presentation(canonical: changed) else { continue }
                if (try? town.lakeside.verify(presentation)) != nil { accepted += 1 }
            }
            #expect(accepted == 0)
            _ = try town.lakeside.verify(try Presentation(canonical: bytes))
        }
    }

    @Test func `answers cannot be swapped, and what is shown cannot be another's`() async throws {
        try await Town.claiming { town in
            let request = try town.request(show: ["immunization: date given", "immunization#2: date given"])
            let good = try await town.present(request)
            let (first, second) = (good.answers[0], good.answers[1])
            let forged = [
                [second, first],
                [first, first],
                [
                    .init(credential: first.credential, values: second.values, anchored: first.anchored), second,
                ],
                [.init(credential: first.credential, values: first.values, anchored: second.anchored), second],
                [first],
            ]
            for answers in forged {
                let presentation = Presentation(request: good.request, answers: answers, proof: good.proof)
                let found = await discrepancy { _ = try town.lakeside.verify(presentation) }
                #expect(found == .proofNotGood || found == .anchorNotPublished)
            }
        }
    }

    @Test func `a proof that does not verify is not handed out`() async throws {
        let schema = try #require(ClaimsSchema.named("Patient"))
        let asked = ProofRequest.Asked(schema: schema, shown: [])
        let request = ProofRequest(
            pin: PaperFormats.pin, name: line("School"), purpose: line("admission"), made: Minute(1), until: Minute(2),
            asked: [asked], conditions: [], signingWith: key("lakeside"))
        let validity = Validity(from: Day(1), last: Day(2))
        let holder = HolderSecret(key: KeyFormats.secret("holder"))
        let attributes = ClaimAttributes(
            schema: schema, values: [ClaimValue](repeating: .absent, count: schema.fields.count), validity: validity)
        let commitment =
            attributes.commitment(blinding: SG3072.SecretScalar(3))
            * SG3072.commit(holder.secret(), to: SG3072.attributes[ClaimAttribute.holder])
        let credential = Credential(
            commitment, of: schema, validity: validity, origin: PaperFormats.pin.origin, signingWith: key("hillside"))
        let statement = try request.statement([.init(credential: credential, values: asked.allShown.map { _ in .absent })])
        func proof(blinding: UInt64) throws -> [UInt8] {
            var witness = Witness()
            let secrets = SG3072.SecretScalars(count: schema.attributeCount) { index in
                guard let scalar = attributes.scalars.first(where: { $0.attribute == index })?.scalar else {
                    return holder.secret()
                }
                return SG3072.SecretScalar(scalar)
            }
            witness.append(blinding: SG3072.SecretScalar(blinding), attributes: secrets)
            return try statement.verifiedProof(witness)
        }
        try RecordProof.verify(try proof(blinding: 3), of: statement)
        #expect(await reason { _ = try proof(blinding: 4) } == "notPossible(proofFaulty)")
    }

    @Test func `each presentation shows another copy, until none is left`() async throws {
        try await Town.claiming { town in
            let request = try town.request(prove: [adult])
            var commitments: Set<[UInt8]> = []
            for left in (0..<8).reversed() {
                let draft = try await town.ana.draft(request, using: [])
                #expect(draft.copiesLeft == left)
                commitments.insert(try await town.ana.present(draft, conditions: [""]).answers[0].credential.commitment.encoded)
            }
            #expect(commitments.count == 8)
            #expect(await reason { _ = try await town.present(request) } == "notPossible(copiesUsedUp)")
            let other = try town.request(prove: ["patient: under 18 on 2026-11-21"])
            #expect(await reason { _ = try await town.present(other) } == "notPossible(cannotBeProven)")
        }
    }

    @Test func `who asks again about the same value is noticed`() async throws {
        try await Town.claiming { town in
            for (bound, before) in [("7.0", 0), ("6.5", 1), ("6.45", 2)] {
                let request = try town.request(prove: ["result: measured value below \(bound)"])
                let draft = try await town.ana.draft(request, using: [])
                #expect(draft.earlier.count == before)
                _ = try await town.ana.present(draft, conditions: request.conditions.map { request.words($0) })
            }
            // Another verifier learns nothing from these, as far as anybody here can know.
            let other = try town.request(prove: ["result: measured value below 6.44"], by: town.hillside)
            #expect(try await town.ana.draft(other, using: []).earlier.isEmpty)
        }
    }

    @Test func `in which order conditions come makes no difference to what is shown`() throws {
        let conditions = ["result: measured value below 7.0", "result: test is one of loinc|4548-4, loinc|17856-6", adult]
        func asked(_ conditions: [String]) throws(ProofWordsError) -> [String: Set<UInt8>] {
            var words = ProofWords()
            for condition in conditions { try words.prove(condition) }
            return Dictionary(words.asked.map { ($0.schema.name, Set($0.shown)) }, uniquingKeysWith: { $0.union($1) })
        }
        let first = try asked(conditions)
        #expect(try first == asked(conditions.reversed()))
        let result = try #require(ClaimsSchema.named("result"))
        let (code, unit) = (try #require(result.field(named: "code")?.index), try #require(result.field(named: "unit")?.index))
        #expect(first[result.name] == [UInt8(unit)])
        #expect(try asked([conditions[0]])[result.name] == [UInt8(code), UInt8(unit)])
    }

    @Test func `a request asks for something that can be answered, and is its signer's`() async throws {
        try await Town.claiming { town in
            for (show, prove) in [
                (["patient: date of birth"], [adult]), (["immunization: status"], ["immunization: status is not completed"]),
                // More than one proof holds, and two that cannot both be.
                ([], [String](repeating: "immunization: vaccine is not the same as immunization#2: vaccine", count: 16)),
                (
                    [],
                    [
                        "immunization: vaccine is the same as immunization#2: vaccine",
                        "immunization: vaccine is not the same as immunization#2: vaccine",
                    ]
                ),
            ] {
                #expect(await reason { _ = try town.request(show: show, prove: prove) } == "notPossible(requestMeaningless)")
            }
            var bytes = try town.request(prove: [adult]).canonicalBytes
            bytes[bytes.count - 70] ^= 1
            let changed = try? ProofRequest(canonical: bytes)
            if let changed { #expect(await discrepancy { _ = try await town.present(changed) } == .paperNotAuthentic) }
            let allergies = try town.request(show: ["allergy: status"])
            #expect(await reason { _ = try await town.present(allergies) }?.hasPrefix("notFound(claims") == true)
        }
    }
}

/// Claims on their way: what issuers, gateways and the ledger can do wrong.
@Suite struct ClaimTests {
    private let adult = "patient: 18 or older on 2026-11-21"

    @Test func `claims are shown once they stand on the ledger, and not before`() async throws {
        try await Town.standing { town in
            try await town.depositClaims()
            try await town.ana.session.sync()
            _ = try await town.ana.syncClaims { _ in }
            let request = try town.request(prove: [adult])
            #expect(await reason { _ = try await town.present(request) } == "notPossible(claimsNotPublished)")
            try await town.publishAnchors()
            try await town.ana.session.sync()
            let presentation = try await town.present(request)
            // A verifier that has not seen the entry does not take the gateway's word for it.
            #expect(await reason { _ = try town.lakeside.verify(presentation) } == "notPossible(ledgerBehind)")
            try await town.lakeside.session.sync()
            _ = try town.lakeside.verify(presentation)
        }
    }

    @Test func `claims of a record that was corrected or retracted are not held`() async throws {
        try await Town.claiming { town in
            let all = try await town.ana.heldClaims()
            #expect(all.count == Town.resources.count)
            let patient = try #require(all.first { $0.set.schema.name == "Patient" })
            let corrected = Town.resources[0].replacing("2001-02-03", with: "2010-02-03")
            _ = try await town.hillside.correct("\(patient.record)", of: "12345", with: [town.claimable(corrected)])
            let value = try #require(all.first { $0.set.schema.name == "Observation" })
            _ = try await town.hillside.retract("\(value.record)", of: "12345", reason: line("another patient's"))
            try await town.publishAnchors()
            try await town.ana.session.sync()
            _ = try await town.ana.syncClaims { _ in }
            let left = try await town.ana.heldClaims()
            #expect(left.count == 3 && !left.contains { $0.set.schema.name == "Observation" })
            let request = try town.request(prove: [adult])
            #expect(await reason { _ = try await town.present(request) } == "notPossible(cannotBeProven)")
        }
    }

    @Test func `a patient that comes back from the words has the claims again, and shows no copy twice`() async throws {
        try await Town.claiming { town in
            let request = try town.request(prove: [adult])
            let before = try await town.present(request).answers[0].credential.anchor
            try await town.ana.backUp()
            let restored = try await town.restore("ana again")
            #expect(try await restored.syncClaims { _ in }.isEmpty)
            let draft = try await restored.draft(request, using: [])
            #expect(draft.copiesLeft == 6)
            #expect(try await restored.present(draft, conditions: [""]).answers[0].credential.anchor != before)
        }
    }

    @Test func `a gateway that keeps claims back, swaps them or shows another tree is found out`() async throws {
        try await Town.standing { town in
            try await town.depositClaims()
            try await town.publishAnchors()
            try await town.ana.session.sync()
            town.gateway.lie(about: ListClaims.self) { answer, _ in
                .init(
                    items: zip(answer.items, answer.items.reversed()).map { .init(position: $0.position, file: $1.file) },
                    hasMore: false)
            }
            let resources = Town.resources.count
            func missing(_ reason: Discrepancy) async throws -> Int {
                try await town.ana.syncClaims { _ in }.missing.count { missing in
                    if case .notVerified(let found) = missing.reason { found == reason } else { false }
                }
            }
            #expect(try await missing(.claimsOther) == resources)
            town.gateway.lie(about: ListClaims.self) { answer, _ in .init(items: Array(answer.items.dropLast()), hasMore: false) }
            #expect(try await missing(.claimsIncomplete) == 1)
            town.gateway.beHonest()
            _ = try await town.ana.syncClaims { _ in }
            town.gateway.lie("/anchors") { exchange in exchange.answer[10] ^= 1 }
            let request = try town.request(prove: [adult])
            let found = await discrepancy { _ = try await town.present(request) }
            guard case .evidenceOther = found else { return #expect(Bool(false), "\(String(describing: found))") }
        }
    }
}

/// Who may claim.
@Suite struct IssuerTests {
    private let adult = "patient: 18 or older on 2026-11-21"

    private func revoke(_ client: ClinicClient, in town: Town) async throws {
        let evidence = Evidence(salt: World.salt, body: KeyRevocationBody(note: line("lost")))
        let event = Event.keyRevocation(KeyRevocation(key: client.key, reason: .compromised))
        let post = PostEntry(entry: World().entry(event, by: ["north"], evidence: evidence), evidence: evidence)
        _ = try await client.session.connection.call(post, with: key("north"), member: publicKey("north"))
    }

    @Test func `whose key was revoked before its claims came onto the ledger has claimed nothing`() async throws {
        try await Town.standing { town in
            try await town.depositClaims()
            try await town.ana.session.sync()
            _ = try await town.ana.syncClaims { _ in }
            try await revoke(try town.hillside, in: town)
            try await town.publishAnchors()
            try await town.ana.session.sync()
            try await town.lakeside.session.sync()
            let presentation = try await town.present(try town.request(prove: [adult]))
            #expect(await discrepancy { _ = try town.lakeside.verify(presentation) } == .issuerNotAdmitted)
        }
    }

    @Test func `what was claimed before the key was revoked holds, and whoever reads it is told`() async throws {
        try await Town.claiming { town in
            try await revoke(try town.hillside, in: town)
            try await town.ana.session.sync()
            try await town.lakeside.session.sync()
            let proven = try town.lakeside.verify(try await town.present(try town.request(prove: [adult])))
            #expect(proven.answers.map(\.isIssuerRevokedSince) == [true])
        }
    }
}
