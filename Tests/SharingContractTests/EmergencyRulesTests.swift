import CryptoPrimitives
import SharingContract
import TestSupport
import Testing

/// What every node and witness enforces.
@Suite struct EmergencyRules {
    private func body(_ world: World, _ declaration: EmergencyDeclaration? = nil) -> Evidence {
        world.evidence(EmergencyBody(declaration ?? world.declaration(), signingWith: key("desk"), origin: world.origin))
    }

    @Test func `an emergency is on the ledger with its grant, its minute and the day by which it is reviewed`() throws {
        var (world, _) = try World.withDesk()
        let leaf = try world.declare()
        let opened = try #require(try world.state.emergency(leaf))
        #expect(opened.grant == publicKey("grant") && opened.openedAt == world.now && opened.due == world.now.day.adding(days: 7))
        #expect(opened.releasedAt == nil && opened.reviewedAt == nil)
        #expect(try world.state.emergencyTerms(of: leaf) == world.declaration())
        #expect(world.state.bytes(for: .reviewDue(opened.due, leaf)) != nil)
    }

    @Test func `the grant need not be there`() throws {
        var (world, _) = try World.withDesk()
        let leaf = try world.declare(world.declaration("drawn at random"))
        #expect(try world.state.emergency(leaf)?.grant == publicKey("drawn at random"))
    }

    @Test func `a review is due tomorrow at the earliest and in thirty days at the latest`() throws {
        var (world, _) = try World.withDesk()
        for days in [0, 31, 10_000] as [UInt32] {
            let event = Event.emergencyAccess(world.access(days: days))
            #expect(throws: Refusal.badWindow) { try world.append(event, by: "north", evidence: body(world)) }
        }
        for (nonce, days) in [(1, 1), (2, 30)] as [(UInt8, UInt32)] {
            let evidence = body(world, world.declaration(nonce: nonce))
            try world.append(.emergencyAccess(world.access(days: days)), by: "north", evidence: evidence)
        }
    }

    @Test func `one live member signs an emergency and a review, and nobody else does`() throws {
        var (world, _) = try World.withDesk()
        let leaf = try world.declare()
        let review = try #require(ReviewBody(finding: .justified, reviewer: line("Dr. Brandt"), note: .none))
        let events: [(Event, Evidence)] = [
            (.emergencyAccess(world.access()), body(world, world.declaration(nonce: 1))),
            (.review(Review(emergency: leaf)), world.evidence(review)),
        ]
        for (event, evidence) in events {
            for signers in [["desk"], ["grant"], ["north", "desk"], ["stranger"]] {
                let entry = world.entry(event, by: signers, evidence: evidence)
                #expect(throws: Refusal.signerNotAllowed) { try world.append(entry, evidence: evidence) }
            }
            let unsigned = world.entry(event, by: [], evidence: evidence)
            #expect(throws: Refusal.signatureMissing) { try world.append(unsigned, evidence: evidence) }
        }
    }

    @Test func `a review is of an emergency, and there is one of each`() throws {
        var (world, _) = try World.withDesk()
        let leaf = try world.declare()
        for other in [0, leaf - 1, leaf + 1, .max] {
            #expect(throws: Refusal.notLive) { try world.review(other) }
        }
        let due = try #require(try world.state.emergency(leaf)).due
        let review = try world.review(leaf, .notJustified)
        #expect(try world.state.emergency(leaf)?.reviewedAt == review)
        #expect(world.state.bytes(for: .reviewDue(due, leaf)) == nil)
        #expect(throws: Refusal.unchanged) { try world.review(leaf) }
        #expect(throws: Refusal.notLive) { try world.review(review) }
    }

    @Test func `a review may come late`() throws {
        var (world, _) = try World.withDesk()
        let leaf = try world.declare()
        world.now = Minute(world.now.number + 7 * Minute.perDay)
        #expect(try world.state.emergency(leaf)?.isOverdue(on: world.now.day) == false)
        world.now = Minute(world.now.number + Minute.perDay)
        #expect(try world.state.emergency(leaf)?.isOverdue(on: world.now.day) == true)
        try world.review(leaf)
        #expect(try world.state.emergency(leaf)?.isOverdue(on: world.now.day) == false)
    }

    @Test func `a release uses an emergency of its own grant, once`() throws {
        var (world, record) = try World.withDesk()
        try world.grant("other", in: "ana/laboratory", to: "desk", list: world.list("ana/laboratory", grants: ["grant"]))
        let leaf = try world.declare()
        #expect(throws: Refusal.emergencyNotInForce) {
            try world.decide("r", grant: "grant", released: [record], emergency: leaf + 1)
        }
        #expect(throws: Refusal.emergencyNotInForce) { try world.decide("r", grant: "grant", released: [record], emergency: 0) }
        #expect(throws: Refusal.emergencyNotInForce) { try world.decide("r", grant: "other", released: [record], emergency: leaf) }
        let release = try world.decide("r", grant: "grant", released: [record], emergency: leaf)
        #expect(try world.state.emergency(leaf)?.releasedAt == release)
        #expect(throws: Refusal.emergencyNotInForce) { try world.decide("s", grant: "grant", released: [record], emergency: leaf) }
        try world.decide("s", grant: "grant", released: [record])
    }

    @Test func `a refusal uses nothing up`() throws {
        var (world, record) = try World.withDesk()
        let leaf = try world.declare()
        try world.decide("r", grant: "grant", released: [])
        try world.decide("s", grant: "grant", released: [record], emergency: leaf)
    }

    /// A store finds what is due by looking through a range of keys.
    @Test func `reviews stand in the order of their days, and then of their leaves`() {
        let days = [0, 1, 255, 256, 20_000, .max].map { Day($0) }
        let keys = days.flatMap { day in [0, 255, 256, UInt64.max].map { StateKey.reviewDue(day, $0).bytes } }
        #expect(zip(keys, keys.dropFirst()).allSatisfy { $0.lexicographicallyPrecedes($1) })
        #expect(Set(keys.map(\.count)) == [13])
    }
}

/// What needs the declaration itself.
@Suite struct EmergencyEvidence {
    private func refuses(_ refusal: Refusal, _ world: World, _ body: EmergencyBody, of grant: String = "grant") {
        var world = world
        let access = Event.emergencyAccess(world.access(grant))
        #expect(throws: refusal) { try world.append(access, by: "north", evidence: world.evidence(body)) }
    }

    @Test func `an emergency is declared by a live emergency desk`() throws {
        var (world, _) = try World.withDesk()
        func body(by desk: String) -> EmergencyBody {
            EmergencyBody(world.declaration(by: desk), signingWith: key(desk), origin: world.origin)
        }
        refuses(.signerNotAllowed, world, body(by: "lakeside"))
        refuses(.notLive, world, body(by: "stranger"))
        refuses(.notLive, world, body(by: "north"))
        let good = body(by: "desk")
        let note = world.evidence(KeyRevocationBody(note: .none))
        try world.append(.keyRevocation(KeyRevocation(key: publicKey("desk"), reason: .ended)), by: "north", evidence: note)
        refuses(.notLive, world, good)
    }

    @Test func `a desk whose admission is over declares nothing`() throws {
        var (world, _) = try World.withDesk()
        world.now = Minute(world.now.number + 365 * Minute.perDay)
        refuses(.notLive, world, EmergencyBody(world.declaration(), signingWith: key("desk"), origin: world.origin))
    }

    @Test func `the desk signed it, for this ledger and this grant`() throws {
        let (world, _) = try World.withDesk()
        let declaration = world.declaration()
        refuses(.signatureNotAuthentic, world, EmergencyBody(declaration, signingWith: key("north"), origin: world.origin))
        refuses(.signatureNotAuthentic, world, EmergencyBody(declaration, signingWith: key("desk"), origin: line("south.example")))
        refuses(
            .bodyContradicts, world, EmergencyBody(world.declaration("other"), signingWith: key("desk"), origin: world.origin))
        refuses(.bodyContradicts, world, EmergencyBody(declaration, signingWith: key("desk"), origin: world.origin), of: "other")
        let good = EmergencyBody(declaration, signingWith: key("desk"), origin: world.origin)
        // Every byte of what was signed counts.
        var failures = Failures()
        for index in good.canonicalBytes.indices {
            var bytes = good.canonicalBytes
            bytes[index] ^= 1
            guard let forged = try? EmergencyBody(canonical: bytes) else { continue }
            failures.check((try? forged.verifySignature(origin: world.origin)) == nil, "byte \(index)")
        }
        #expect(failures.isEmpty && failures.caseCount > 100, "\(failures)")
    }

    @Test func `a declaration counts once`() throws {
        var (world, _) = try World.withDesk()
        let leaf = try world.declare()
        #expect(throws: Refusal.unchanged) { try world.declare() }
        try world.review(leaf)
        #expect(throws: Refusal.unchanged) { try world.declare() }
        try world.declare(world.declaration(nonce: 1))
    }

    @Test func `nothing is released under an emergency whose time is over`() throws {
        var (world, record) = try World.withDesk()
        let (one, two) = (try world.declare(), try world.declare(world.declaration(nonce: 1)))
        world.now = Minute(world.now.number + 59)
        try world.decide("r", grant: "grant", released: [record], emergency: one)
        world.now = Minute(world.now.number + 1)
        #expect(throws: Refusal.emergencyNotInForce) { try world.decide("s", grant: "grant", released: [record], emergency: two) }
    }

    @Test func `a body of another form is refused`() throws {
        var (world, _) = try World.withDesk()
        let good = EmergencyBody(world.declaration(), signingWith: key("desk"), origin: world.origin).canonicalBytes
        for bytes in [[], Array(good.dropLast()), good + [0]] {
            let evidence = Evidence(salt: World.salt, body: bytes)
            #expect(throws: Refusal.bodyMalformed) {
                try world.append(.emergencyAccess(world.access()), by: "north", evidence: evidence)
            }
        }
        let leaf = try world.declare()
        for bytes in [[], [1, 0, 0], [0, 1, 0x61, 0], [4, 1, 0x61, 0], [1, 1, 0x61]] as [[UInt8]] {
            let evidence = Evidence(salt: World.salt, body: bytes)
            #expect(throws: Refusal.bodyMalformed) {
                try world.append(.review(Review(emergency: leaf)), by: "north", evidence: evidence)
            }
        }
    }
}

@Suite struct EmergencyForm {
    private func declaration(minutes: UInt8 = 60, explanation: String = "unconscious") -> EmergencyDeclaration? {
        let words = EmergencyDeclaration.Words(
            explanation: line(explanation), recipient: .none, facility: .none, discloser: .none, nature: .none)
        return EmergencyDeclaration(
            grant: publicKey("grant"), desk: publicKey("desk"), reason: 1, words: words, minutes: minutes, nonce: .zero)
    }

    @Test func `a declaration has an explanation and a time of one minute to four hours`() throws {
        #expect(declaration(minutes: 0) == nil && declaration(minutes: 241) == nil && declaration(explanation: "") == nil)
        let good = try #require(declaration(minutes: 240))
        let bytes = good.canonicalBytes
        #expect(try EmergencyDeclaration(canonical: bytes) == good)
        for minutes in [0, 241, 255] as [UInt8] {
            var other = bytes
            other[other.count - Bytes32.count - 1] = minutes
            #expect(throws: FormatError.notCanonical) { try EmergencyDeclaration(canonical: other) }
        }
        let empty = Array(bytes[..<65]) + [0] + bytes[(65 + 1 + "unconscious".utf8.count)...]
        #expect(throws: FormatError.notCanonical) { try EmergencyDeclaration(canonical: empty) }
    }

    @Test func `cut and lengthened ones are refused`() throws {
        let (world, _) = try World.withDesk()
        let body = EmergencyBody(world.declaration(), signingWith: key("desk"), origin: world.origin)
        let review = try #require(ReviewBody(finding: .mistaken, reviewer: line("Dr. Brandt"), note: line("a wrong number")))
        #expect(try EmergencyBody(canonical: body.canonicalBytes) == body)
        #expect(try ReviewBody(canonical: review.canonicalBytes) == review)
        for count in 0..<body.canonicalBytes.count {
            #expect(throws: FormatError.self) { try EmergencyBody(canonical: Array(body.canonicalBytes.prefix(count))) }
        }
        for count in 0..<review.canonicalBytes.count {
            #expect(throws: FormatError.self) { try ReviewBody(canonical: Array(review.canonicalBytes.prefix(count))) }
        }
        #expect(throws: FormatError.trailingBytes) { try EmergencyBody(canonical: body.canonicalBytes + [0]) }
        #expect(throws: FormatError.trailingBytes) { try ReviewBody(canonical: review.canonicalBytes + [0]) }
    }

    @Test func `the largest is as large as said, and what is larger is not read`() throws {
        let long = line(String(repeating: "x", count: TextLine.maximumSize))
        let words = EmergencyDeclaration.Words(explanation: long, recipient: long, facility: long, discloser: long, nature: long)
        let largest = try #require(
            EmergencyDeclaration(
                grant: publicKey("g"), desk: publicKey("desk"), reason: 255, words: words, minutes: 240, nonce: .zero))
        #expect(largest.canonicalBytes.count == EmergencyDeclaration.maximumSize)
        #expect(try EmergencyDeclaration(canonical: largest.canonicalBytes) == largest)
        #expect(throws: FormatError.tooLarge) { try EmergencyDeclaration(canonical: largest.canonicalBytes + [0]) }
    }

    @Test func `a review names its reviewer`() {
        #expect(ReviewBody(finding: .justified, reviewer: .none, note: line("seen")) == nil)
    }
}
