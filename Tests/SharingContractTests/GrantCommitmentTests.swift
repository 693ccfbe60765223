import CryptoPrimitives
import Foundation
import SharingContract
import TestSupport
import Testing

/// The commitment that a grant may carry, for proofs of consent.
@Suite struct GrantCommitments {
    private struct Vectors: Decodable {
        let modulus: String
        let largest: String
        let outside: [String]
    }

    private let vectors: Vectors

    init() throws {
        vectors = try JSONDecoder().decode(Vectors.self, from: Data(contentsOf: Fixtures.url("vectors/groups/sg3072.json")))
    }

    private func posted(
        _ commitment: SG3072.Element?, to world: inout World, trusting trust: Contract.Trust = .nothing
    ) throws -> [StateChange] {
        let body = world.grantBody("grant", in: "ana/laboratory", to: "lakeside", list: list(world), commitment: commitment)
        let entry = world.entry(
            .grant(world.grant("grant", commitment: commitment)), by: ["grant"], evidence: world.evidence(body))
        let leaf = Leaf(time: world.now, entry: entry)
        return try Contract.apply(leaf, at: UInt64(world.leaves.count), after: world.now, to: world.state, trusting: trust)
    }

    private func list(_ world: World) -> RecipientList {
        world.list("ana/laboratory", after: world.list("ana/laboratory"), grants: ["grant"])
    }

    /// A leaf with these bytes in the commitment's place.
    private func decoded(_ bytes: [UInt8]) throws -> Leaf {
        let world = World()
        let entry = world.entry(.grant(world.grant("grant", commitment: SG3072.blinding)), by: ["grant"])
        let leaf = Leaf(time: world.now, entry: entry).canonicalBytes
        let place = try #require(leaf.firstRange(of: SG3072.blinding.encoded))
        return try Leaf(canonical: leaf[..<place.lowerBound] + bytes + leaf[place.upperBound...])
    }

    @Test func `a grant may carry an element of the group, and has one encoding with it`() throws {
        let world = World()
        for commitment in [nil, SG3072.blinding, SG3072.attributes[3]] {
            let entry = world.entry(.grant(world.grant("grant", commitment: commitment)), by: ["grant"])
            let leaf = Leaf(time: world.now, entry: entry)
            #expect(canonicalFailures(leaf).isEmpty)
        }
        var standing = try World.withCompartment()
        #expect(try !posted(SG3072.attributes[3], to: &standing).isEmpty)
    }

    @Test func `the state keeps nothing of it`() throws {
        var world = try World.withCompartment()
        let (with, without) = (try posted(SG3072.blinding, to: &world), try posted(nil, to: &world))
        #expect(with.map(\.key) == without.map(\.key) && with.map(\.bytes) == without.map(\.bytes))
    }

    @Test func `numbers that are no element, the identity among them, are not read`() throws {
        let numbers = [UInt8](repeating: 0, count: 383)
        let modulus = try #require(Hexadecimal.decode(vectors.modulus))
        var above = try #require(Hexadecimal.decode(vectors.largest))
        above[383] += 1
        var below = modulus
        below[383] -= 1
        for bytes in [numbers + [0], numbers + [1], above, below, modulus, [UInt8](repeating: 0xff, count: 384)] {
            #expect(throws: FormatError.notCanonical) { try decoded(bytes) }
        }
        // p - y is y, and has no encoding of its own.
        var negative: [UInt8] = []
        var borrow = 0
        for (digit, own) in zip(modulus.reversed(), SG3072.blinding.encoded.reversed()) {
            let difference = Int(digit) - Int(own) - borrow
            borrow = difference < 0 ? 1 : 0
            negative.insert(UInt8(truncatingIfNeeded: difference), at: 0)
        }
        #expect(throws: FormatError.notCanonical) { try decoded(negative) }
        #expect(throws: FormatError.self) { try decoded(Array(SG3072.blinding.encoded.dropFirst())) }
        #expect(throws: FormatError.self) { try decoded(SG3072.blinding.encoded + [0]) }
        #expect(try decoded(SG3072.quadratic.encoded).entry.event != decoded(SG3072.blinding.encoded).entry.event)
    }

    @Test func `an element outside of the group of prime order is refused, before a writer's turn and by every node`() throws {
        var world = try World.withCompartment()
        for hex in vectors.outside {
            let outside = try SG3072.Element(decoding: try #require(Hexadecimal.decode(hex)))
            for commitment in [outside, outside * SG3072.quadratic] {
                #expect(throws: Refusal.commitmentNotInGroup) { try posted(commitment, to: &world) }
                let body = world.grantBody("grant", in: "ana/laboratory", to: "lakeside", list: list(world), commitment: commitment)
                let entry = world.entry(
                    .grant(world.grant("grant", commitment: commitment)), by: ["grant"], evidence: world.evidence(body))
                #expect(throws: Refusal.commitmentNotInGroup) {
                    _ = try AuthenticEntry(verifying: entry, evidence: world.evidence(body))
                }
            }
        }
    }

    @Test func `a commitment comes with its proof in the body, and a proof with a commitment`() throws {
        let proof = [UInt8](repeating: 7, count: GrantBody.proofSize)
        for (commitment, proof) in [(SG3072.blinding, nil), (nil, proof)] {
            #expect(throws: Refusal.commitmentNotProven) { try judged(commitment, proof) }
        }
        // Whether it is good, the contract does not ask.
        #expect(try !judged(nil, nil).isEmpty && !judged(SG3072.blinding, proof).isEmpty)
    }

    /// What comes of the body.
    private func judged(_ commitment: SG3072.Element?, _ proof: [UInt8]?) throws -> [StateChange] {
        let world = try World.withCompartment()
        let body = world.grantBody(
            "grant", in: "ana/laboratory", to: "lakeside", list: list(world), commitment: commitment, proof: proof)
        let evidence = world.evidence(body)
        let entry = world.entry(.grant(world.grant("grant", commitment: commitment)), by: ["grant"], evidence: evidence)
        let leaf = Leaf(time: world.now, entry: entry)
        return try EvidenceRules.apply(evidence, of: leaf, at: UInt64(world.leaves.count), to: world.state)
    }

    @Test func `a proof has one length`() throws {
        let world = try World.withCompartment()
        let proof = [UInt8](repeating: 7, count: GrantBody.proofSize)
        let body = world.grantBody(
            "grant", in: "ana/laboratory", to: "lakeside", list: list(world), commitment: SG3072.blinding, proof: proof)
        #expect(canonicalFailures(body).isEmpty && body.proof == proof)
        let bytes = body.canonicalBytes
        let place = try #require(bytes.firstRange(of: proof))
        for other in [Array(proof.dropLast()), proof + [7], []] {
            #expect(throws: FormatError.self) {
                try GrantBody(canonical: bytes[..<place.lowerBound] + other + bytes[place.upperBound...])
            }
        }
        var flag = bytes
        flag[place.lowerBound - 1] = 0
        #expect(throws: FormatError.self) { try GrantBody(canonical: flag) }
    }

    @Test func `compartment and control key sign it`() throws {
        let world = try World.withCompartment()
        let body = world.grantBody("grant", in: "ana/laboratory", to: "lakeside", list: list(world), commitment: SG3072.blinding)
        try body.verifySignature(of: world.grant("grant", commitment: SG3072.blinding), origin: world.origin)
        for other in [nil, SG3072.quadratic] {
            #expect(throws: Ed25519.SignatureError.self) {
                try body.verifySignature(of: world.grant("grant", commitment: other), origin: world.origin)
            }
        }
        // And the proof.
        let proof = [UInt8](repeating: 7, count: GrantBody.proofSize)
        let proven = world.grantBody(
            "grant", in: "ana/laboratory", to: "lakeside", list: list(world), commitment: SG3072.blinding, proof: proof)
        var altered = proven.canonicalBytes
        altered[try #require(altered.firstRange(of: proof)).lowerBound] ^= 1
        #expect(throws: Ed25519.SignatureError.self) {
            try GrantBody(canonical: altered).verifySignature(
                of: world.grant("grant", commitment: SG3072.blinding), origin: world.origin)
        }
        let entry = world.entry(.grant(world.grant("grant", commitment: SG3072.blinding)), by: ["grant"])
        let bytes = entry.canonicalBytes
        let place = try #require(bytes.firstRange(of: SG3072.blinding.encoded))
        let changed = try Entry(canonical: bytes[..<place.lowerBound] + SG3072.quadratic.encoded + bytes[place.upperBound...])
        #expect(throws: Ed25519.SignatureError.self) { try changed.verifySignatures() }
    }
}
