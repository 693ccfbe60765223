import AccessPolicy
import CryptoPrimitives
import SharingContract
import TestSupport
import Testing

@testable import GatewayClient

/// What a patient's program puts into grants for proofs of consent, and what other programs make of it.
@Suite struct GrantCommitmentTests {
    /// The example of docs/formats.md, by the patient of `keys.json#patient`.
    private func example() throws -> (grant: Grant, body: GrantBody) {
        let file = FormatFile("entries.json")
        let entry = try Entry(canonical: try file.bytes("grant with a commitment", "bytes"))
        let evidence = try Evidence(canonical: try file.bytes("grant with a commitment", "evidence", "bytes"))
        guard case .grant(let grant) = entry.event else { throw Other() }
        return (grant, try GrantBody(canonical: evidence.body))
    }

    private struct Other: Error {}

    @Test func `it follows from the seed and the control key`() throws {
        let (grant, body) = try example()
        let holder = KeyFormats.keyring("ana", .patient).holderSecret()
        let attributes = GrantAttributes(grant, body)
        let made = holder.commitment(to: attributes, of: grant.control, origin: World().origin)
        #expect(grant.commitment == made.commitment && attributes.permits)
        // Another proof each time, of the same.
        #expect(made.proof != body.proof)
        try made.verify(attributes, of: grant.control, origin: World().origin)
        let other = holder.commitment(to: attributes, of: publicKey("other"), origin: World().origin)
        #expect(other.commitment != made.commitment)
        let bens = KeyFormats.keyring("ben", .patient).holderSecret()
        #expect(bens.commitment(to: attributes, of: grant.control, origin: World().origin).commitment != made.commitment)
    }

    @Test func `a grant with a commitment is read by its body, and only by that`() throws {
        let (grant, body) = try example()
        let origin = World().origin
        #expect(body.isProven(of: grant, origin: origin))
        let others = [
            Grant(control: publicKey("x"), release: grant.release, from: grant.from, until: grant.until, commitment: grant.commitment),
            Grant(
                control: grant.control, release: grant.release, from: grant.from, until: grant.until.adding(days: 1),
                commitment: grant.commitment),
            Grant(control: grant.control, release: grant.release, from: grant.from, until: grant.until, commitment: SG3072.quadratic),
            Grant(control: grant.control, release: grant.release, from: grant.from, until: grant.until),
        ]
        for other in others { #expect(!body.isProven(of: other, origin: origin) && !body.isSound(of: other, origin: origin)) }
        #expect(!body.isProven(of: grant, origin: line("south.example/ledger")))
        // From before proofs of consent.
        let file = FormatFile("entries.json")
        let old = try GrantBody(canonical: try Evidence(canonical: try file.bytes("grant", "evidence", "bytes")).body)
        #expect(old.proof == nil && old.isProven(of: others[3], origin: origin) && !old.isProven(of: grant, origin: origin))
    }

    @Test func `every grant that a patient makes has one, also after the profile came back from its words`() async throws {
        try await Town.sharing { town, _ in
            let given = try #require(try town.ana.state.grants.first)
            let grant = try grant(given, town)
            #expect(given.body.value.isSound(of: grant, origin: try town.ana.session.origin))
            try await town.leave("ana")
            let ana = try await town.restore("ana")
            #expect(ana.state.grants.first?.body.value == given.body.value)
            let holder = ana.session.keyring.holderSecret()
            let again = holder.commitment(
                to: GrantAttributes(grant, given.body.value), of: given.control, origin: ana.session.origin)
            #expect(again.commitment == grant.commitment)
        }
    }

    private func grant(_ given: GivenGrant, _ town: Town) throws -> Grant {
        guard case .grant(let grant) = try town.ana.session.ledger.leaf(try #require(given.leaf)).entry.event else { throw Other() }
        return grant
    }
}
