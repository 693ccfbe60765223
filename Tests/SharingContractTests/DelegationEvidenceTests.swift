import CryptoPrimitives
import SharingContract
import TestSupport
import Testing

/// Grants to persons, and what they grant in the patient's place.
@Suite struct DelegationEvidence {
    private static let compartment = "ana/laboratory"

    /// Ana has delegated to Bea.
    private func delegated(_ power: GrantBody.Power = .deciding) throws -> (World, RecipientList) {
        var world = try World.withCompartment()
        let list = world.list(Self.compartment)
        try world.delegate("bea", in: Self.compartment, power: power, list: list)
        return (world, list)
    }

    private func expect(_ refusal: Refusal, _ world: World, _ change: (inout World) throws -> Void) {
        var world = world
        #expect(throws: refusal) { try change(&world) }
    }

    @Test func `a delegation names its own release key, and nothing else does`() throws {
        let world = try World.withCompartment()
        let list = world.list(Self.compartment)
        for grantee in ["lakeside", Self.compartment, "other/release"] {
            expect(.bodyContradicts, world) {
                try $0.grant("bea", in: Self.compartment, to: grantee, list: list, power: .deciding)
            }
        }
        expect(.notLive, world) { try $0.grant("bea", in: Self.compartment, to: "bea/release", list: list) }
        for power in [GrantBody.Power.deciding, .passingOn, .guardianship] {
            var copy = world
            try copy.delegate("bea", in: Self.compartment, power: power, list: list)
        }
    }

    @Test func `a delegation cannot take the key of an actor for its own`() throws {
        var world = try World.withCompartment()
        let list = world.list(Self.compartment)
        let grant = Grant(
            control: publicKey("bea"), release: publicKey("lakeside"), from: world.now.day, until: world.now.day.adding(days: 1))
        let fields = GrantBody.Fields(
            grantee: publicKey("lakeside"), power: .deciding, consent: [], compilation: .random(), sealedSeed: [],
            recipient: recipient("bea"), recipientList: list.hash)
        let body = GrantBody(fields, of: grant, signingWith: key(Self.compartment), origin: world.origin)
        #expect(throws: Refusal.keyInUse) { try world.append(.grant(grant), by: "bea", evidence: world.evidence(body)) }
    }

    @Test func `a delegate grants in the patient's place, and the state says under what`() throws {
        var (world, list) = try delegated()
        try world.grant("g", in: Self.compartment, to: "lakeside", list: list, under: "bea")
        let known = try #require(try world.state.knownGrant(publicKey("g")))
        #expect(known.terms.authority == publicKey("bea"))
        #expect(try world.state.authorities(of: known.terms).map(\.state.grant.control) == [publicKey("bea")])
        #expect(try world.state.authorities(of: try #require(try world.state.terms(of: publicKey("bea")))).isEmpty)
    }

    @Test func `what is granted under a delegation is signed by its release key`() throws {
        var (world, list) = try delegated()
        let good = world.grantBody("g", in: Self.compartment, to: "lakeside", list: list, under: "bea")
        for signer in [Self.compartment, "bea", "lakeside"] {
            let fields = GrantBody.Fields(
                grantee: good.grantee, authority: good.authority, consent: good.consent, compilation: good.compilation,
                sealedSeed: good.sealedSeed, recipient: good.recipient, recipientList: good.recipientList)
            let body = GrantBody(
                fields, of: world.grant("g"), in: publicKey(Self.compartment), signingWith: key(signer), origin: world.origin)
            expect(.signatureNotAuthentic, world) {
                try $0.append(.grant($0.grant("g")), by: "g", evidence: $0.evidence(body))
            }
        }
        try world.append(.grant(world.grant("g")), by: "g", evidence: world.evidence(good))
    }

    @Test func `a delegation that is none, another's, revoked or over gives nothing`() throws {
        var (world, list) = try delegated()
        try world.grant("plain", in: Self.compartment, to: "lakeside", list: list)
        try world.open("ana/general")
        try world.delegate("general", in: "ana/general", list: world.list("ana/general"))
        func expectRefused(_ refusal: Refusal, under delegation: String, _ change: (inout World) throws -> Void = { _ in }) {
            expect(refusal, world) {
                try change(&$0)
                try $0.grant("g", in: Self.compartment, to: "lakeside", list: list, under: delegation, days: 1)
            }
        }
        expectRefused(.notLive, under: "nobody")
        expectRefused(.notLive, under: "plain")
        expectRefused(.bodyContradicts, under: "general")
        expectRefused(.notLive, under: "bea") { try $0.revoke("bea", list: list) }
        expectRefused(.notLive, under: "bea") { $0.now = Minute($0.now.number + 30 * Minute.perDay) }
        expectRefused(.listNotNewest, under: "bea") {
            try $0.grant("h", in: Self.compartment, to: "lakeside", list: $0.list(Self.compartment, after: list))
        }
    }

    @Test func `the key that signs is the delegation's own`() throws {
        var (world, list) = try delegated()
        try world.delegate("cara", in: Self.compartment, list: list)
        let fields = GrantBody.Fields(
            grantee: publicKey("lakeside"), authority: .init(grant: publicKey("bea"), release: publicKey("cara/release")),
            consent: [], compilation: .random(), sealedSeed: [], recipient: recipient("g"), recipientList: list.hash)
        let body = GrantBody(
            fields, of: world.grant("g"), in: publicKey(Self.compartment), signingWith: key("cara/release"), origin: world.origin)
        expect(.bodyContradicts, world) { try $0.append(.grant($0.grant("g")), by: "g", evidence: $0.evidence(body)) }
    }

    @Test func `nothing lasts longer than what it was granted under, or begins before it`() throws {
        let (world, list) = try delegated()
        expect(.badWindow, world) {
            try $0.grant("g", in: Self.compartment, to: "lakeside", list: list, under: "bea", days: 31)
        }
        let early = Grant(
            control: publicKey("g"), release: publicKey("g/release"), from: Day(world.now.day.number - 1),
            until: world.now.day.adding(days: 1))
        let good = world.grantBody("g", in: Self.compartment, to: "lakeside", list: list, under: "bea")
        let fields = GrantBody.Fields(
            grantee: good.grantee, authority: good.authority, consent: good.consent, compilation: good.compilation,
            sealedSeed: good.sealedSeed, recipient: good.recipient, recipientList: good.recipientList)
        let body = GrantBody(
            fields, of: early, in: publicKey(Self.compartment), signingWith: key("bea/release"), origin: world.origin)
        expect(.badWindow, world) { try $0.append(.grant(early), by: "g", evidence: $0.evidence(body)) }
    }

    @Test func `a delegate hides nothing, and makes no guardian`() throws {
        for power in [GrantBody.Power.deciding, .passingOn, .guardianship] {
            let (world, list) = try delegated(power)
            expect(.beyondAuthority, world) {
                try $0.grant("g", in: Self.compartment, to: Self.compartment, list: list, under: "bea")
            }
            for given in [GrantBody.Power.passingOn, .guardianship] {
                expect(.beyondAuthority, world) {
                    try $0.delegate("cara", in: Self.compartment, power: given, under: "bea", list: list)
                }
            }
        }
    }

    @Test func `a delegation is passed on once, and only if it says so`() throws {
        for power in [GrantBody.Power.deciding, .guardianship] {
            let (world, list) = try delegated(power)
            expect(.beyondAuthority, world) { try $0.delegate("cara", in: Self.compartment, under: "bea", list: list) }
        }
        var (world, list) = try delegated(.passingOn)
        try world.delegate("cara", in: Self.compartment, under: "bea", list: list)
        expect(.beyondAuthority, world) { try $0.delegate("dora", in: Self.compartment, under: "cara", list: list) }
        try world.grant("g", in: Self.compartment, to: "lakeside", list: list, under: "cara")
        let terms = try #require(try world.state.terms(of: publicKey("g")))
        #expect(try world.state.authorities(of: terms).map(\.state.grant.control) == [publicKey("cara"), publicKey("bea")])
        // Cara's stands as it was. What it hangs on does not.
        try world.revoke("bea", list: list)
        expect(.notLive, world) { try $0.grant("h", in: Self.compartment, to: "lakeside", list: list, under: "cara") }
    }

    @Test func `what was granted under a delegation leaves the open grants with it`() throws {
        var (world, list) = try delegated(.passingOn)
        try world.grant("own", in: Self.compartment, to: "lakeside", list: list)
        try world.delegate("cara", in: Self.compartment, under: "bea", list: list)
        try world.grant("g", in: Self.compartment, to: "lakeside", list: list, under: "cara")
        let open = { (world: World) in try Set(world.state.openGrants(of: publicKey(Self.compartment)).controls) }
        var copy = world
        try copy.revoke("cara", list: list)
        #expect(try open(copy) == [publicKey("own"), publicKey("bea")])
        try world.revoke("bea", list: list)
        #expect(try open(world) == [publicKey("own")])
    }

    @Test func `who ends a grant made under a delegation leaves the list as it is`() throws {
        var (world, list) = try delegated()
        try world.grant("g", in: Self.compartment, to: "lakeside", list: list, under: "bea")
        let next = world.list(Self.compartment, after: list)
        expect(.listNotNewest, world) { try $0.revoke("g", list: next) }
        try world.revoke("g", list: list)
        try world.revoke("bea", list: next)
    }
}

/// The bytes.
@Suite struct DelegationFormat {
    @Test func `a power or an authority in another form is no grant`() throws {
        let world = try World.withCompartment()
        let body = world.grantBody("g", in: "ana/laboratory", to: "lakeside", list: world.list("ana/laboratory"), under: "bea")
        #expect(try GrantBody(canonical: body.canonicalBytes) == body)
        for (offset, byte) in [(64, 4), (64, 255), (65, 2), (65, 0)] as [(Int, UInt8)] {
            var bytes = body.canonicalBytes
            bytes[offset] = byte
            #expect((try? GrantBody(canonical: bytes)) == nil, "\(offset) \(byte)")
        }
    }
}
