import AccessPolicy
import CryptoPrimitives
import EnvelopeEncryption
import GatewayAPI
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
        func other(
            by control: Ed25519.PublicKey? = nil, longer days: UInt32 = 0, with commitment: SG3072.Element?
        ) -> Grant {
            Grant(
                control: control ?? grant.control, release: grant.release, from: grant.from,
                until: grant.until.adding(days: days), commitment: commitment)
        }
        let bare = other(with: nil)
        let others = [
            other(by: publicKey("x"), with: grant.commitment), other(longer: 1, with: grant.commitment),
            other(with: SG3072.quadratic), bare,
        ]
        for other in others { #expect(!body.isProven(of: other, origin: origin) && !body.isSound(of: other, origin: origin)) }
        #expect(!body.isProven(of: grant, origin: line("south.example/ledger")))
        // From before proofs of consent.
        let file = FormatFile("entries.json")
        let old = try GrantBody(canonical: try Evidence(canonical: try file.bytes("grant", "evidence", "bytes")).body)
        #expect(old.proof == nil && old.isProven(of: bare, origin: origin) && !old.isProven(of: grant, origin: origin))
    }

    @Test func `every grant that a patient makes has one, also after the profile came back from its words`() async throws {
        try await Town.sharing { town, _ in
            let given = try #require(try town.ana.state.grants.first)
            let grant = try grant(given, town)
            #expect(given.body.value.isSound(of: grant, origin: try town.ana.session.origin))
            let ana = try await town.restore("ana again")
            #expect(ana.state.grants.first?.body.value == given.body.value)
            let holder = ana.session.keyring.holderSecret()
            let again = holder.commitment(
                to: GrantAttributes(grant, given.body.value), of: given.control, origin: ana.session.origin)
            #expect(again.commitment == grant.commitment)
        }
    }

    /// A gateway that did not look took the grant.
    @Test(arguments: [false, true])
    func `a clinic keeps a slip only if the commitment says what the grant says`(isGood: Bool) async throws {
        try await Town.standing { town in
            let lakeside = try town.lakeside
            try await lakeside.session.sync()
            var shadow = try ShadowLedger(lakeside.session.ledger)
            let (entry, slip) = try granted(to: lakeside, at: UInt64(shadow.leaves.count), isGood: isGood)
            shadow.leaves.append(Leaf(time: World().now, entry: entry).canonicalBytes)
            try shadow.show(at: town.gateway)
            let message = try InboxMessage.slip(slip).sealed(to: lakeside.session.keyring.actorIdentity().recipient().key)
            town.gateway.lie(about: FetchMessages.self) { answer, call in
                call.after == nil ? .init(messages: [.init(number: 90, received: Minute(0), bytes: message)]) : answer
            }
            try await lakeside.readInbox()
            #expect(lakeside.state.grants.count == (isGood ? 1 : 0))
        }
    }

    private func granted(to reader: ClinicClient, at leaf: UInt64, isGood: Bool) throws -> (entry: Entry, slip: GrantSlip) {
        let world = World()
        let seed = GrantSeed.random()
        let consent: [UInt8] = [0, 3, 1, 1, 0, 2, 0]
        let scope = ConsentScope(
            control: publicKey("g"), compartment: publicKey("ana/laboratory"), grantee: reader.key, from: world.now.day,
            until: world.now.day.adding(days: 30))
        let committed = KeyFormats.keyring("ana", .patient).holderSecret().commitment(
            to: GrantAttributes(consent: isGood ? consent : [0, 3, 1, 1, 0, 4, 0], scope, isUnderAuthority: false),
            of: scope.control, origin: world.origin)
        let grant = Grant(
            control: scope.control, release: seed.releaseKey().publicKey, from: scope.from, until: scope.until,
            commitment: committed.commitment)
        let fields = GrantBody.Fields(
            grantee: reader.key, consent: consent, compilation: ConsentCompiler.compile(consent, scope).hash,
            sealedSeed: try seed.sealed(to: reader.session.keyring.actorIdentity().recipient()),
            recipient: seed.identity().recipient().key, recipientList: Hash(.zero), proof: committed.proof)
        let body = GrantBody(fields, of: grant, signingWith: key("ana/laboratory"), origin: world.origin)
        let evidence = world.evidence(body)
        let sender = GrantSlip.Sender(
            name: line("Ana"), inbox: publicKey("ana/inbox"), inboxRecipient: recipient("ana/inbox"))
        let slip = GrantSlip(
            leaf: leaf, salt: evidence.salt, body: body, from: sender, signingWith: key("g"), origin: world.origin)
        return (world.entry(.grant(grant), by: ["g"], evidence: evidence), slip)
    }

    private func grant(_ given: GivenGrant, _ town: Town) throws -> Grant {
        guard case .grant(let grant) = try town.ana.session.ledger.leaf(try #require(given.leaf)).entry.event else { throw Other() }
        return grant
    }
}
