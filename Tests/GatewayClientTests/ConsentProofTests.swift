import AccessPolicy
import CryptoPrimitives
import GatewayAPI
import MedicalRecords
import SharingContract
import TestSupport
import Testing

@testable import GatewayClient

/// Proofs that a live grant covers something, from the grant to what a verifier may believe.
@Suite struct ConsentProofTests {
    private static let day = World().now.day

    private static func asked(
        by verifier: ClinicClient, purpose: PurposeOfUse = .treatment, category: MedicalRecords.Category = .laboratory,
        actor: Ed25519.PublicKey? = nil, day: Day = day, size: UInt64? = nil
    ) -> AskedConsent {
        AskedConsent(
            actor: actor ?? verifier.key, purpose: purpose, category: category.code, day: day,
            size: size ?? verifier.session.ledger.size)
    }

    /// With a grant of Ana's to Lakeside, and what else there is; Hillside asks.
    private static func granting(_ body: (Town) async throws -> Void) async throws {
        try await Town.claiming { town in
            try await town.grant()
            for client in [try town.hillside, try town.lakeside] { try await client.session.sync() }
            try await body(town)
        }
    }

    @Test func `a verifier learns that a grant covers what it asked, and not which`() async throws {
        try await Self.granting { town in
            let lakeside = try town.lakeside.key
            let asked = Self.asked(by: try town.hillside, actor: lakeside)
            let request = try town.request(consent: asked, prove: ["patient: 18 or older on 2026-11-21"], by: town.hillside)
            let presentation = try await town.present(request)
            let proven = try town.hillside.verify(presentation)
            let consent = try #require(proven.consent)
            #expect(consent.actor.actor.key == lakeside)
            let ledger = try town.ana.session.ledger
            #expect(consent.candidateCount == ledger.liveGrants(at: consent.size, on: asked.day).grants.count)
            // The same grant looks like another one the next time.
            let again = try await town.present(try town.request(consent: asked, by: town.hillside))
            #expect(again.covered?.commitment != presentation.covered?.commitment)
            let commitments = try ledger.commitments(of: ledger.liveGrants(at: consent.size, on: asked.day).grants[...])
            #expect(!commitments.contains(try #require(presentation.covered).commitment))
        }
    }

    @Test func `what no grant covers is not proven`() async throws {
        try await Self.granting { town in
            let hillside = try town.hillside
            let (lakeside, today) = (try town.lakeside.key, Self.day)
            let uncovered = [
                Self.asked(by: hillside, actor: hillside.key), Self.asked(by: hillside, purpose: .research, actor: lakeside),
                Self.asked(by: hillside, category: .genetic, actor: lakeside),
                Self.asked(by: hillside, actor: lakeside, day: Day(today.number - 1)),
                Self.asked(by: hillside, actor: lakeside, day: today.adding(days: 4_000)),
            ]
            for asked in uncovered {
                let request = try town.request(consent: asked, by: hillside)
                #expect(await reason { _ = try await town.present(request) } == "notFound(consent)")
            }
            let ahead = Self.asked(by: hillside, actor: lakeside, size: hillside.session.ledger.size + 1_000)
            let request = try town.request(consent: ahead, by: hillside)
            #expect(await reason { _ = try await town.present(request) } == "notPossible(requestAhead)")
        }
    }

    @Test func `a revoked grant proves nothing from then on`() async throws {
        try await Self.granting { town in
            let hillside = try town.hillside
            let before = Self.asked(by: hillside, actor: try town.lakeside.key)
            let request = try town.request(consent: before, by: hillside)
            let presentation = try await town.present(request)
            let given = try #require(town.ana.state.grants.last)
            try await town.ana.revoke(given.control, reason: line("no more"))
            #expect(
                await reason { _ = try await town.present(try town.request(consent: before, by: hillside)) } == "notFound(consent)")
            // What was proven of the ledger as it stood is so still; a request that has seen the revocation takes no older ledger.
            #expect(try hillside.verify(presentation).consent?.revokedSince == 0)
            try await hillside.session.sync()
            #expect(try hillside.verify(presentation).consent?.revokedSince == 1)
            let later = try town.request(consent: Self.asked(by: hillside, actor: before.actor), by: hillside)
            let moved = Presentation(
                request: later.hash, answers: presentation.answers, covered: presentation.covered, proof: presentation.proof)
            #expect(await discrepancy { _ = try hillside.verify(moved) } == .proofNotGood)
        }
    }

    @Test func `what is shown of the grant, and of the block, cannot be another`() async throws {
        try await Self.granting { town in
            let hillside = try town.hillside
            let asked = Self.asked(by: hillside, actor: try town.lakeside.key)
            let request = try town.request(consent: asked, by: hillside)
            let good = try await town.present(request)
            let covered = try #require(good.covered)
            let others: [CoveredBlock?] = [
                nil, .init(commitment: SG3072.blinding, size: covered.size, block: covered.block),
                .init(commitment: covered.commitment, size: covered.size, block: covered.block + 1),
                .init(commitment: covered.commitment, size: covered.size, block: .max),
                .init(commitment: covered.commitment, size: asked.size - 1, block: covered.block),
                .init(commitment: covered.commitment, size: 0, block: covered.block),
            ]
            for other in others {
                let forged = Presentation(request: good.request, answers: good.answers, covered: other, proof: good.proof)
                #expect(await discrepancy { _ = try hillside.verify(forged) } == .proofNotGood)
            }
            let ahead = CoveredBlock(commitment: covered.commitment, size: hillside.session.ledger.size + 1, block: 0)
            let newer = Presentation(request: good.request, answers: good.answers, covered: ahead, proof: good.proof)
            #expect(await reason { _ = try hillside.verify(newer) } == "notPossible(ledgerBehind)")
            // Of a request for something else, and of one for no consent at all.
            let research = AskedConsent(
                actor: asked.actor, purpose: .payment, category: asked.category, day: asked.day, size: asked.size)
            for request in [
                try town.request(consent: research, by: hillside), try town.request(show: ["patient:"], by: hillside),
            ] {
                let moved = Presentation(request: request.hash, answers: good.answers, covered: covered, proof: good.proof)
                #expect(await discrepancy { _ = try hillside.verify(moved) } == .proofNotGood)
            }
            _ = try hillside.verify(good)
        }
    }

    @Test func `a grant that says it began earlier proves nothing of the days before it was signed`() async throws {
        try await Town.claiming { town in
            try await town.ana.session.sync()
            let (hillside, lakeside) = (try town.hillside, try town.lakeside)
            let today = try town.ana.session.today
            let plain = try #require(PlainConsent(actions: [.read], purposes: [.treatment], extras: []))
            let proposed = PatientClient.ProposedGrant(
                grantee: try town.ana.session.actor(named: "Lakeside Hospital"), category: Town.laboratory,
                consent: Consent(plain, category: Town.laboratory), from: Day(today.number - 100), until: today.adding(days: 30),
                recordCount: 0)
            _ = try await town.ana.grant(proposed)
            try await hillside.session.sync()
            for (day, isProven) in [(Day(today.number - 50), false), (Day(today.number - 1), false), (today, true)] {
                let asked = Self.asked(by: hillside, actor: lakeside.key, day: day)
                let request = try town.request(consent: asked, by: hillside)
                #expect(await reason { _ = try await town.present(request) } == (isProven ? nil : "notFound(consent)"), "\(day)")
            }
        }
    }

    @Test func `who asks again about the same grant is noticed`() async throws {
        try await Self.granting { town in
            let (hillside, lakeside) = (try town.hillside, try town.lakeside.key)
            for (days, before) in [(0, 0), (1, 1), (2, 2)] as [(UInt32, Int)] {
                let asked = Self.asked(by: hillside, actor: lakeside, day: Self.day.adding(days: days))
                let request = try town.request(consent: asked, by: hillside)
                let draft = try await town.ana.draft(request, using: [])
                #expect(draft.earlier.count == before)
                _ = try await town.ana.present(draft, conditions: request.conditions.map { request.words($0) })
            }
        }
    }

    @Test func `a request asks for one consent at most`() async throws {
        try await Self.granting { town in
            let asked = Self.asked(by: try town.hillside)
            var words = ProofWords()
            try words.show("patient:")
            let asks = words.asked
            let failure = await reason {
                _ = try town.hillside.requestProof(
                    purpose: line("twice"), minutes: 60, asked: asks, conditions: [.covered(asked), .covered(asked)])
            }
            #expect(failure == "notPossible(requestMeaningless)")
        }
    }

    @Test func `words name category, purpose, actor and day, or nothing`() throws {
        let words = try #require(ConsentWords("Laboratory for treatment by Clinic on the Hill on 2026-11-22"))
        #expect(words.category == .laboratory && words.purpose == .treatment)
        #expect(words.name == "Clinic on the Hill" && words.day == Day("2026-11-22"))
        #expect(ConsentWords("mental-health for break-glass by Clinic on the Hill")?.name == "Clinic on the Hill")
        for text in [
            "", "laboratory", "laboratory for treatment", "laboratory for treatment by", "laboratory for fun by X",
            "x for treatment by Y", "laboratory for treatment by X on 2026-13-01",
            "laboratory by X for treatment", "for treatment by X", "laboratory for treatment by on 2026-11-22 ",
        ] {
            #expect(ConsentWords(text) == nil || ConsentWords(text)?.name == "on 2026-11-22", "\(text)")
        }
    }
}

/// How live grants are cut: docs/proofs.md, section 9.
@Suite struct GrantBlockTests {
    /// `fixtures/vectors/zk/blocks.json`, by a program that knows the document alone.
    private struct Vectors: Decodable {
        struct Division: Decodable {
            let live: Int
            let starts: [Int]
        }

        struct Logged: Decodable {
            let grant, revokes: Int?
            let from, until: UInt32?
            let committed: Bool?
        }

        struct Asked: Decodable {
            let size: UInt64
            let day: UInt32
            let blocks: [[UInt64]]
        }

        let divisions: [Division]
        let leaves: [Logged]
        let asked: [Asked]
    }

    private let vectors: Vectors

    init() throws {
        vectors = try Fixtures.json("vectors/zk/blocks.json")
    }

    private func key(_ number: Int) -> Ed25519.PublicKey {
        Ed25519.PublicKey(SHA256.hash(Array("grant \(number)".utf8)).value)
    }

    @Test func `each grant is in one block, and blocks are as even as can be`() {
        for division in vectors.divisions {
            let grants = (0..<division.live).map { LoggedGrant(leaf: UInt64($0), control: key(0), from: Day(0), until: Day(1)) }
            let blocks = GrantBlocks(of: grants, at: .max, on: Day(0)) { _ in nil }
            #expect(
                zip(division.starts, division.starts.dropFirst()).map { $0..<$1 } == (0..<blocks.count).map { blocks[$0].indices })
            #expect((0..<division.live).allSatisfy { blocks[blocks.block(of: $0)].indices.contains($0) })
            #expect(blocks[blocks.count].isEmpty && blocks[-1].isEmpty && blocks[.max].isEmpty)
        }
        #expect(vectors.divisions.count > 10)
    }

    @Test func `what has no commitment, is revoked or does not hold on the day is in no block`() {
        var (grants, revocations) = ([LoggedGrant](), [Ed25519.PublicKey: UInt64]())
        for (leaf, logged) in vectors.leaves.enumerated() {
            if let revoked = logged.revokes { revocations[key(revoked)] = UInt64(leaf) }
            guard let grant = logged.grant, let from = logged.from, let until = logged.until, logged.committed == true else {
                continue
            }
            grants.append(LoggedGrant(leaf: UInt64(leaf), control: key(grant), from: Day(from), until: Day(until)))
        }
        for asked in vectors.asked {
            let blocks = GrantBlocks(of: grants, at: asked.size, on: Day(asked.day)) { revocations[$0] }
            #expect((0..<blocks.count).map { blocks[$0].map(\.leaf) } == asked.blocks, "\(asked.size), \(asked.day)")
        }
        #expect(vectors.asked.count > 50)
    }
}
