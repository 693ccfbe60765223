import CryptoPrimitives
import SharingContract
import TestSupport
import Testing

@Suite struct GenesisRules {
    private let member = MemberChange.Member(key: publicKey("north"), name: line("North"), address: line("http://127.0.0.1:8460"))
    private let genesis = MemberChange.Genesis(rulesVersion: 1, ledgerKey: publicKey("ledger"))

    @Test func `a ledger begins with a member that names its rules and its key`() throws {
        var world = World()
        #expect(throws: Refusal.notGenesis) { try world.append(.member(.add(member, genesis: nil)), by: "north") }
        #expect(throws: Refusal.notGenesis) { try world.append(.compartment(world.compartment("x")), by: "x") }
        let future = MemberChange.Genesis(rulesVersion: 2, ledgerKey: publicKey("ledger"))
        #expect(throws: Refusal.notGenesis) { try world.append(.member(.add(member, genesis: future)), by: "north") }
        let shared = MemberChange.Genesis(rulesVersion: 1, ledgerKey: publicKey("north"))
        #expect(throws: Refusal.keyInUse) { try world.append(.member(.add(member, genesis: shared)), by: "north") }
        #expect(throws: Refusal.signatureMissing) { try world.append(.member(.add(member, genesis: genesis)), by: "south") }
        #expect(throws: Refusal.signerNotAllowed) {
            try world.append(.member(.add(member, genesis: genesis)), by: "north", "south")
        }
        try world.append(.member(.add(member, genesis: genesis)), by: "north")
    }

    @Test func `a ledger in the place of another names that one and not itself`() throws {
        var world = World()
        func begins(after origin: TextLine) -> Event {
            let before = MemberChange.Predecessor(origin: origin, size: 14, root: SHA256.hash([1]))
            return .member(
                .add(member, genesis: .init(rulesVersion: 1, ledgerKey: publicKey("ledger"), predecessor: before)))
        }
        #expect(throws: Refusal.wrongOrigin) { try world.append(begins(after: world.origin), by: "north") }
        #expect(throws: Refusal.signatureMissing) { try world.append(begins(after: line("before.example")), by: "south") }
        try world.append(begins(after: line("before.example")), by: "north")
        // It is a first entry and nothing else.
        #expect(throws: Refusal.notGenesis) { try world.append(begins(after: line("other.example")), by: "north") }
    }

    @Test func `it begins once`() throws {
        var world = try World.begun()
        let other = MemberChange.Member(key: publicKey("south"), name: line("South"), address: line("http://127.0.0.1:8461"))
        let second = MemberChange.Genesis(rulesVersion: 1, ledgerKey: publicKey("ledger 2"))
        #expect(throws: Refusal.notGenesis) { try world.append(.member(.add(other, genesis: second)), by: "north") }
    }

    @Test func `an entry for another ledger, a time before the last and a forged signature are refused`() throws {
        var world = try World.begun()
        var elsewhere = Entry(origin: line("south.example"), bodiless: .compartment(world.compartment("x")))
        elsewhere.sign(with: key("x"))
        #expect(throws: Refusal.wrongOrigin) { try world.append(elsewhere) }
        let entry = world.entry(.compartment(world.compartment("x")), by: ["x"])
        world.now = Minute(world.now.number - 1)
        #expect(throws: Refusal.timeWentBack) { try world.append(entry) }
        world.now = Minute(world.now.number + 1)
        var bytes = entry.canonicalBytes
        bytes[bytes.count - 1] ^= 1
        let forged = try Entry(canonical: bytes)
        #expect(throws: Refusal.signatureNotAuthentic) { try world.append(forged) }
        try world.append(entry)
    }

    @Test func `a kind without a body commits to none`() throws {
        var world = try World.begun()
        let evidence = Evidence(salt: World.salt, body: [])
        #expect(throws: Refusal.bodyNotCommitted) {
            try world.append(.compartment(world.compartment("x")), by: "x", evidence: evidence)
        }
    }
}

@Suite struct ActorRules {
    private func entry(_ world: World, _ actor: Actor, by signers: [String]) -> (Entry, Evidence) {
        let evidence = world.evidence(ActorBody(identifiers: line("")))
        return (world.entry(.actor(actor), by: signers, evidence: evidence), evidence)
    }

    private func expect(_ refusal: Refusal, _ actor: Actor, by signers: [String] = ["north"], in world: World) {
        var world = world
        let (entry, evidence) = entry(world, actor, by: signers)
        #expect(throws: refusal) { try world.append(entry, evidence: evidence) }
    }

    @Test func `only members admit, and two where there are two`() throws {
        var world = try World.begun()
        expect(.signerNotAllowed, world.actor("x"), by: ["x"], in: world)
        expect(.signatureMissing, world.actor("x"), by: [], in: world)
        expect(.signerNotAllowed, world.actor("x"), by: ["north", "x"], in: world)
        let south = MemberChange.Member(key: publicKey("south"), name: line("South"), address: line("http://127.0.0.1:8461"))
        try world.append(.member(.add(south, genesis: nil)), by: "north")
        expect(.signatureMissing, world.actor("x"), by: ["north"], in: world)
        try world.admit("x", by: "north", "south")
    }

    @Test func `an admission ends after two years at the most and not before it begins`() throws {
        let world = try World.begun()
        expect(.badWindow, world.actor("x", days: 0), in: world)
        expect(.badWindow, world.actor("x", days: 732), in: world)
        var taken = world
        try taken.admit("x")
    }

    @Test func `a name in another spelling of case is the same name, until its holder ends`() throws {
        var world = try World.begun()
        try world.admit("Lakeside")
        expect(
            .nameTaken,
            Actor(
                key: publicKey("impostor"), recipient: recipient("i"), name: line("LAKESIDE"), role: .clinic,
                end: world.now.day.adding(days: 9), mandate: nil), in: world)
        let note = world.evidence(KeyRevocationBody(note: line("")))
        try world.append(.keyRevocation(.init(key: publicKey("Lakeside"), reason: .ended)), by: "north", evidence: note)
        try world.admit("LAKESIDE")
    }

    @Test func `the same actor is renewed, another under its key is not`() throws {
        var world = try World.begun()
        try world.admit("x")
        expect(.unchanged, world.actor("x"), in: world)
        expect(.unchanged, world.actor("x", days: 100), in: world)
        expect(.keyInUse, world.actor("x", role: .auditor, days: 400), in: world)
        let (entry, evidence) = entry(world, world.actor("x", days: 700), by: ["north"])
        try world.append(entry, evidence: evidence)
        expect(
            .keyInUse,
            Actor(
                key: publicKey("north"), recipient: recipient("n"), name: line("n"), role: .clinic,
                end: world.now.day.adding(days: 9),
                mandate: nil), in: world)
    }

    @Test func `a revoked key is dead, whoever revoked it`() throws {
        var world = try World.begun()
        let note = world.evidence(KeyRevocationBody(note: line("")))
        for (name, signer) in [("a", "a"), ("b", "north")] {
            try world.admit(name)
            let revocation = Event.keyRevocation(KeyRevocation(key: publicKey(name), reason: .compromised))
            #expect(throws: Refusal.signerNotAllowed) { try world.append(revocation, by: "stranger", evidence: note) }
            #expect(throws: Refusal.signerNotAllowed) { try world.append(revocation, by: name, "stranger", evidence: note) }
            try world.append(revocation, by: signer, evidence: note)
            #expect(throws: (name == signer ? Refusal.deadKey : .notLive)) {
                try world.append(revocation, by: signer, evidence: note)
            }
            expect(.deadKey, world.actor(name, days: 500), in: world)
        }
    }
}

@Suite struct PatientRules {
    @Test func `a compartment is opened by its own key, once`() throws {
        var world = try World.begun()
        #expect(throws: Refusal.signatureMissing) { try world.append(.compartment(world.compartment("x")), by: "north") }
        #expect(throws: Refusal.signerNotAllowed) { try world.append(.compartment(world.compartment("x")), by: "x", "north") }
        try world.open("x")
        #expect(throws: Refusal.unchanged) { try world.open("x") }
        let changed = Compartment(key: publicKey("x"), next: .emptyTree, recovery: .emptyTree)
        #expect(throws: Refusal.keyInUse) { try world.append(.compartment(changed), by: "x") }
    }

    @Test func `a successor must be the one its predecessor had committed to`() throws {
        var world = try World.begun()
        try world.open("x")
        func successor(_ name: String, of predecessor: String) -> Event {
            .compartment(
                Compartment(key: publicKey(name), next: .emptyTree, recovery: .emptyTree, predecessor: publicKey(predecessor)))
        }
        #expect(throws: Refusal.notCommitted) { try world.append(successor("thief", of: "x"), by: "thief") }
        #expect(throws: Refusal.notLive) { try world.append(successor("x/1", of: "unknown"), by: "x/1") }
        try world.append(successor("x/1", of: "x"), by: "x/1")
        #expect(throws: Refusal.notLive) { try world.append(successor("x/2", of: "x"), by: "x/2") }
    }

    @Test func `a grant that names another's key for its release does not use that key up`() throws {
        var world = try World.withCompartment()
        let list = world.list("ana/laboratory")
        let today = world.now.day
        let grant = Grant(
            control: publicKey("squatter"), release: publicKey("ana/imaging"), from: today, until: today.adding(days: 1))
        let fields = GrantBody.Fields(
            grantee: publicKey("lakeside"), consent: [], compilation: .random(), sealedSeed: [], recipient: recipient("g"),
            recipientList: list.hash)
        let body = GrantBody(fields, of: grant, signingWith: key("ana/laboratory"), origin: world.origin)
        try world.append(.grant(grant), by: "squatter", evidence: world.evidence(body))
        try world.open("ana/imaging")
    }

    @Test func `a grant has fresh keys, a window and its control key's signature`() throws {
        var world = try World.withCompartment()
        func append(_ grant: Grant, by signer: String) throws {
            let list = world.list("ana/laboratory")
            let fields = GrantBody.Fields(
                grantee: publicKey("lakeside"), consent: [], compilation: .random(), sealedSeed: [], recipient: recipient("g"),
                recipientList: list.hash)
            let body = GrantBody(fields, of: grant, signingWith: key("ana/laboratory"), origin: world.origin)
            try world.append(.grant(grant), by: signer, evidence: world.evidence(body))
        }
        let today = world.now.day
        func grant(_ control: String, _ release: String, _ from: UInt32, _ until: UInt32) -> Grant {
            Grant(
                control: publicKey(control), release: publicKey(release), from: Day(today.number + from),
                until: Day(today.number + until))
        }
        #expect(throws: Refusal.signatureMissing) { try append(grant("c", "r", 0, 1), by: "ana/laboratory") }
        #expect(throws: Refusal.badWindow) { try append(grant("c", "r", 0, 0), by: "c") }
        #expect(throws: Refusal.badWindow) { try append(grant("c", "r", 0, 1_828), by: "c") }
        #expect(throws: Refusal.keyInUse) { try append(grant("c", "c", 0, 1), by: "c") }
        #expect(throws: Refusal.keyInUse) { try append(grant("ana/laboratory", "r", 0, 1), by: "ana/laboratory") }
        try append(grant("c", "r", 0, 1_827), by: "c")
        #expect(throws: Refusal.keyInUse) { try append(grant("c", "r2", 0, 1), by: "c") }
        #expect(throws: Refusal.keyInUse) { try append(grant("c2", "r", 0, 1), by: "c2") }
        world.now = Minute(world.now.number + 10 * Minute.perDay)
        #expect(throws: Refusal.badWindow) { try append(grant("c3", "r3", 0, 10), by: "c3") }
    }

    @Test func `a grant ends once, by its control key alone`() throws {
        var world = try World.withCompartment()
        let list = world.list("ana/laboratory")
        try world.grant("g", in: "ana/laboratory", to: "lakeside", list: list)
        let body = world.evidence(RevocationBody(reason: line(""), recipientList: list.hash))
        let revocation = Event.revocation(Revocation(grant: publicKey("g")))
        for signer in ["ana/laboratory", "north", "g/release"] {
            #expect(throws: Refusal.signatureMissing) { try world.append(revocation, by: signer, evidence: body) }
        }
        try world.revoke("g", list: list)
        #expect(throws: Refusal.notLive) { try world.revoke("g", list: list) }
        #expect(throws: Refusal.notLive) { try world.revoke("unknown", list: list) }
    }
}

@Suite struct DecisionRules {
    private func prepared() throws -> (World, [Hash]) {
        var world = try World.withCompartment()
        let list = world.list("ana/laboratory")
        let descriptor = world.descriptor("lab", in: "ana/laboratory", by: "hillside")
        try world.deposit([descriptor], in: "ana/laboratory", by: "hillside", list: list)
        try world.grant("g", in: "ana/laboratory", to: "lakeside", list: list)
        return (world, world.tree([descriptor]).slots.values.map(\.commitment))
    }

    @Test func `a release needs a live grant at the minute of its leaf`() throws {
        var (world, commitments) = try prepared()
        #expect(throws: Refusal.notLive) { try world.decide("r", grant: "unknown", released: commitments) }
        let granted = world.now
        world.now = Minute((granted.day.number + 30) * Minute.perDay)
        #expect(throws: Refusal.notLive) { try world.decide("r", grant: "g", released: commitments) }
        world.now = Minute((granted.day.number + 30) * Minute.perDay - 1)
        try world.decide("r", grant: "g", released: commitments)
    }

    @Test func `a request is answered with a release once`() throws {
        var (world, commitments) = try prepared()
        try world.decide("r", grant: "g", released: commitments)
        #expect(throws: Refusal.requestAnswered) { try world.decide("r", grant: "g", released: commitments) }
        try world.decide("r2", grant: "g", released: commitments)
    }

    @Test func `a release needs the release key, for this grant and this request`() throws {
        var (world, commitments) = try prepared()
        let (decision, body) = world.decision("r", grant: "g", released: commitments)
        guard case .released(let release) = decision.outcome else { return }
        let bytes = release.request.releaseBytes(grant: release.grant)
        let wrong = [
            key("g").sign(.release, origin: world.origin, bytes),
            key("g/release").sign(.release, origin: line("elsewhere"), bytes),
            key("g/release").sign(.request, origin: world.origin, bytes),
            key("g/release").sign(.release, origin: world.origin, RequestHash(of: [1]).releaseBytes(grant: release.grant)),
            key("g/release").sign(.release, origin: world.origin, release.request.releaseBytes(grant: publicKey("h"))),
        ]
        for signature in wrong {
            let outcome = Decision.Outcome.released(.init(grant: release.grant, request: release.request, signature: signature))
            let forged = Event.decision(Decision(root: decision.root, outcome: outcome))
            #expect(throws: Refusal.signatureNotAuthentic) { try world.append(forged, by: "north", evidence: world.evidence(body)) }
        }
    }

    @Test func `only a member decides, deposits and erases`() throws {
        var (world, commitments) = try prepared()
        let (decision, body) = world.decision("r", grant: "g", released: commitments)
        let erasure = Event.erasure(Erasure(basis: .law, commitments: Set(commitments)))
        for event in [.decision(decision), .deposit(Deposit(root: .emptyTree)), erasure] {
            for signers in [["lakeside"], ["g"], ["north", "lakeside"]] {
                let entry = world.entry(event, by: signers, evidence: world.evidence(body))
                #expect(throws: Refusal.signerNotAllowed) { try world.append(entry, evidence: world.evidence(body)) }
            }
            let unsigned = world.entry(event, by: [], evidence: world.evidence(body))
            #expect(throws: Refusal.signatureMissing) { try world.append(unsigned, evidence: world.evidence(body)) }
        }
    }
}
