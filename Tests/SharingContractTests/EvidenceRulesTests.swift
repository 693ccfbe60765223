import CryptoPrimitives
import SharingContract
import TestSupport
import Testing

@Suite struct DepositEvidence {
    private let compartment = "ana/laboratory"

    private func expect(
        _ refusal: Refusal, _ world: World, body: DepositBody? = nil, tree: Evidence.Tree, root: Hash? = nil
    ) {
        var world = world
        let body =
            body
            ?? DepositBody(
                compartment: publicKey(compartment), recipientList: .emptyTree,
                permission: world.permission(compartment, for: "hillside"))
        let evidence = world.evidence(body, tree: tree)
        #expect(throws: refusal) {
            try world.append(.deposit(Deposit(root: root ?? tree.slotTree.root)), by: "north", evidence: evidence)
        }
    }

    @Test func `the permission must be this patient's, for this clinic and compartment, in time`() throws {
        let world = try World.withCompartment()
        let tree = world.tree([world.descriptor("lab", in: compartment, by: "hillside")])
        func body(_ permission: DepositPermission) -> DepositBody {
            DepositBody(compartment: publicKey(compartment), recipientList: .emptyTree, permission: permission)
        }
        expect(.bodyContradicts, world, body: body(world.permission("other", for: "hillside")), tree: tree)
        expect(.bodyContradicts, world, body: body(world.permission(compartment, for: "lakeside")), tree: tree)
        expect(.notLive, world, body: body(world.permission(compartment, for: "stranger")), tree: tree)
        expect(.badWindow, world, body: body(world.permission(compartment, for: "hillside", days: 0)), tree: tree)
        let elsewhere = DepositPermission(
            signingWith: key(compartment), origin: line("elsewhere"), clinic: publicKey("hillside"), until: Day(.max))
        expect(.signatureNotAuthentic, world, body: body(elsewhere), tree: tree)
    }

    @Test func `descriptors are signed by the depositor, for this compartment, and make the root`() throws {
        let world = try World.withCompartment()
        let good = world.descriptor("lab", in: compartment, by: "hillside")
        expect(.bodyContradicts, world, tree: world.tree([world.descriptor("lab", in: compartment, by: "lakeside")]))
        expect(.signatureNotAuthentic, world, tree: world.tree([world.descriptor("lab", in: "other", by: "hillside")]))
        expect(.bodyContradicts, world, tree: world.tree([good]), root: .emptyTree)
        expect(.bodyContradicts, world, tree: Evidence.Tree(seed: World.salt, slots: [:]))
        expect(
            .bodyContradicts, world,
            tree: world.tree([good, world.descriptor("lab", in: compartment, by: "hillside", payload: "other")]))
    }

    @Test func `versions count up from one, by one depositor`() throws {
        var world = try World.withCompartment()
        expect(.bodyContradicts, world, tree: world.tree([world.descriptor("lab", in: compartment, by: "hillside", version: 2)]))
        expect(.bodyContradicts, world, tree: world.tree([world.descriptor("lab", in: compartment, by: "hillside", version: 0)]))
        let list = world.list(compartment)
        try world.deposit([world.descriptor("lab", in: compartment, by: "hillside")], in: compartment, by: "hillside", list: list)
        let body = DepositBody(
            compartment: publicKey(compartment), recipientList: list.hash,
            permission: world.permission(compartment, for: "hillside"))
        for version in [0, 1, 3] as [UInt32] {
            let again = world.descriptor("lab", in: compartment, by: "hillside", version: version)
            expect(.bodyContradicts, world, body: body, tree: world.tree([again]))
        }
        let foreign = world.descriptor("lab", in: compartment, by: "lakeside", version: 2)
        #expect(throws: Refusal.bodyContradicts) { try world.deposit([foreign], in: compartment, by: "lakeside", list: list) }
        let second = world.descriptor("lab", in: compartment, by: "hillside", version: 2)
        try world.deposit([second], in: compartment, by: "hillside", list: list)
    }

    @Test func `a record that was entered in error is over, and begins with a version that was not`() throws {
        var world = try World.withCompartment()
        let list = world.list(compartment)
        func descriptor(_ version: UInt32, _ state: Descriptor.State) -> Descriptor {
            world.descriptor("lab", in: compartment, by: "hillside", version: version, state: state)
        }
        expect(.notLive, world, tree: world.tree([descriptor(1, .enteredInError)]))
        try world.deposit([descriptor(1, .current)], in: compartment, by: "hillside", list: list)
        try world.deposit([descriptor(2, .enteredInError)], in: compartment, by: "hillside", list: list)
        for state in Descriptor.State.allCases {
            let after = descriptor(3, state)
            #expect(throws: Refusal.notLive) { try world.deposit([after], in: compartment, by: "hillside", list: list) }
        }
        for version in [1, 2, 4] as [UInt32] {
            let again = descriptor(version, .current)
            #expect(throws: Refusal.bodyContradicts) { try world.deposit([again], in: compartment, by: "hillside", list: list) }
        }
    }

    /// An erasure names 256 descriptors at the most, and a record goes whole.
    @Test func `no record has more versions than one erasure can name`() throws {
        var world = try World.withCompartment()
        let list = world.list(compartment)
        for version in 1...256 as ClosedRange<UInt32> {
            let descriptor = world.descriptor("lab", in: compartment, by: "hillside", version: version)
            try world.deposit([descriptor], in: compartment, by: "hillside", list: list)
        }
        let last = world.descriptor("lab", in: compartment, by: "hillside", version: 257)
        #expect(throws: Refusal.bodyContradicts) { try world.deposit([last], in: compartment, by: "hillside", list: list) }
    }

    @Test func `a compartment that is unknown or superseded takes no deposit`() throws {
        var world = try World.withCompartment()
        let elsewhere = DepositBody(
            compartment: publicKey("nowhere"), recipientList: .emptyTree, permission: world.permission("nowhere", for: "hillside"))
        expect(.notLive, world, body: elsewhere, tree: world.tree([world.descriptor("lab", in: "nowhere", by: "hillside")]))
        let successor = Compartment(
            key: publicKey(compartment + "/1"), next: .emptyTree, recovery: .emptyTree, predecessor: publicKey(compartment))
        try world.append(.compartment(successor), by: compartment + "/1")
        expect(.notLive, world, tree: world.tree([world.descriptor("lab", in: compartment, by: "hillside")]))
    }

    @Test func `a body the entry did not commit to, one of another form, and a missing tree are refused`() throws {
        var world = try World.withCompartment()
        let body = DepositBody(
            compartment: publicKey(compartment), recipientList: .emptyTree,
            permission: world.permission(compartment, for: "hillside"))
        let tree = world.tree([world.descriptor("lab", in: compartment, by: "hillside")])
        let event = Event.deposit(Deposit(root: tree.slotTree.root))
        let entry = world.entry(event, by: ["north"], evidence: world.evidence(body, tree: tree))
        #expect(throws: Refusal.bodyNotCommitted) {
            try world.append(entry, evidence: Evidence(salt: .zero, body: body, tree: tree))
        }
        #expect(throws: Refusal.bodyContradicts) { try world.append(entry, evidence: world.evidence(body)) }
        let nonsense = Evidence(salt: World.salt, body: [1, 2, 3], tree: tree)
        #expect(throws: Refusal.bodyMalformed) { try world.append(event, by: "north", evidence: nonsense) }
    }
}

@Suite struct GrantEvidence {
    @Test func `the compartment signs exactly this grant, to a live actor`() throws {
        var world = try World.withCompartment()
        let list = world.list("ana/laboratory")
        func expect(_ refusal: Refusal, _ body: GrantBody) {
            #expect(throws: refusal) { try world.append(.grant(world.grant("g")), by: "g", evidence: world.evidence(body)) }
        }
        expect(.notLive, world.grantBody("g", in: "nowhere", to: "lakeside", list: list))
        expect(.notLive, world.grantBody("g", in: "ana/laboratory", to: "stranger", list: list))
        expect(.signatureNotAuthentic, world.grantBody("h", in: "ana/laboratory", to: "lakeside", list: list))
        var bytes = world.grantBody("g", in: "ana/laboratory", to: "lakeside", list: list).canonicalBytes
        bytes[32] ^= 1  // the grantee
        #expect(throws: Refusal.notLive) {
            try world.append(.grant(world.grant("g")), by: "g", evidence: Evidence(salt: World.salt, body: bytes))
        }
        bytes[32] ^= 1
        bytes[72] ^= 1  // the consent
        #expect(throws: Refusal.signatureNotAuthentic) {
            try world.append(.grant(world.grant("g")), by: "g", evidence: Evidence(salt: World.salt, body: bytes))
        }
        try world.grant("g", in: "ana/laboratory", to: "lakeside", list: list)
    }

    @Test func `a grant that is for nobody names its own compartment, and no other`() throws {
        var world = try World.withCompartment()
        try world.open("ana/general")
        let list = world.list("ana/laboratory")
        for nobody in ["ana/general", "nowhere", "g"] {
            let body = world.grantBody("g", in: "ana/laboratory", to: nobody, list: list)
            #expect(throws: Refusal.notLive) { try world.append(.grant(world.grant("g")), by: "g", evidence: world.evidence(body)) }
        }
        try world.grant("g", in: "ana/laboratory", to: "ana/laboratory", list: list)
    }
}

@Suite struct DecisionEvidence {
    private func prepared() throws -> (World, [Hash]) {
        var world = try World.withCompartment()
        try world.open("ana/general")
        let list = world.list("ana/laboratory")
        for compartment in ["ana/laboratory", "ana/general"] {
            let descriptor = world.descriptor("of " + compartment, in: compartment, by: "hillside")
            try world.deposit([descriptor], in: compartment, by: "hillside", list: world.list(compartment))
        }
        try world.grant("g", in: "ana/laboratory", to: "lakeside", list: list)
        return (
            world,
            ["ana/laboratory", "ana/general"].flatMap { compartment in
                world.tree([world.descriptor("of " + compartment, in: compartment, by: "hillside")]).slots.values.map(\.commitment)
            }
        )
    }

    @Test func `what is released was deposited in the grant's compartment`() throws {
        var (world, commitments) = try prepared()
        #expect(throws: Refusal.bodyContradicts) { try world.decide("r", grant: "g", released: [commitments[1]]) }
        #expect(throws: Refusal.bodyContradicts) { try world.decide("r", grant: "g", released: [Hash(World.salt)]) }
        try world.decide("r", grant: "g", released: [commitments[0]])
    }

    @Test func `the body explains the root, the request and the refusal`() throws {
        var (world, commitments) = try prepared()
        let (release, body) = world.decision("r", grant: "g", released: [commitments[0]])
        let (refusal, refusalBody) = world.decision("r", grant: "g", released: [])
        let (_, otherBody) = world.decision("other", grant: "g", released: [commitments[0]])
        let (_, otherRefusalBody) = world.decision("other", grant: "g", released: [])
        let wrong: [(Decision, DecisionBody)] = [
            (Decision(root: .emptyTree, outcome: release.outcome), body), (release, otherBody), (refusal, otherRefusalBody),
            (Decision(root: refusal.root, outcome: release.outcome), refusalBody),
            (Decision(root: release.root, outcome: refusal.outcome), body),
        ]
        for (decision, body) in wrong {
            #expect(throws: Refusal.bodyContradicts) {
                try world.append(.decision(decision), by: "north", evidence: world.evidence(body))
            }
        }
        try world.append(.decision(refusal), by: "north", evidence: world.evidence(refusalBody))
        try world.append(.decision(release), by: "north", evidence: world.evidence(body))
    }
}

@Suite struct ErasureEvidence {
    @Test func `the compartment asks for the erasure of its own records, once`() throws {
        var world = try World.withCompartment()
        try world.open("ben/laboratory")
        let descriptor = world.descriptor("lab", in: "ana/laboratory", by: "hillside")
        try world.deposit([descriptor], in: "ana/laboratory", by: "hillside", list: world.list("ana/laboratory"))
        let erasure = Erasure(basis: .patientsWish, commitments: Set(world.tree([descriptor]).slots.values.map(\.commitment)))
        func append(_ erasure: Erasure, _ body: ErasureBody) throws {
            try world.append(.erasure(erasure), by: "north", evidence: world.evidence(body))
        }
        func body(_ compartment: String, _ erasure: Erasure) -> ErasureBody {
            ErasureBody(of: erasure, signingWith: key(compartment), origin: world.origin)
        }
        #expect(throws: Refusal.bodyContradicts) { try append(erasure, body("ben/laboratory", erasure)) }
        let unknown = Erasure(basis: .patientsWish, commitments: [.emptyTree])
        #expect(throws: Refusal.bodyContradicts) { try append(unknown, body("ana/laboratory", unknown)) }
        let byLaw = Erasure(basis: .law, commitments: Set(erasure.commitments))
        #expect(throws: Refusal.signatureNotAuthentic) { try append(byLaw, body("ana/laboratory", erasure)) }
        try append(erasure, body("ana/laboratory", erasure))
        #expect(throws: Refusal.unchanged) { try append(erasure, body("ana/laboratory", erasure)) }
    }

    @Test func `a ledger replays with the erased descriptor gone`() throws {
        var world = try World.withCompartment()
        let descriptor = world.descriptor("lab", in: "ana/laboratory", by: "hillside")
        let tree = world.tree([descriptor])
        let erased = Evidence.Tree(seed: tree.seed, slots: tree.slots.mapValues { .erased(commitment: $0.commitment) })
        #expect(erased.slotTree.root == tree.slotTree.root)
        let body = DepositBody(
            compartment: publicKey("ana/laboratory"), recipientList: .emptyTree,
            permission: world.permission("ana/laboratory", for: "hillside"))
        let evidence = world.evidence(body, tree: erased)
        try world.append(.deposit(Deposit(root: erased.slotTree.root)), by: "north", evidence: evidence)
    }
}

@Suite struct ErasureOfVersions {
    @Test func `a record goes with all its versions, and replays without any`() throws {
        var world = try World.withCompartment()
        let list = world.list("ana/laboratory")
        for version in 1...2 as ClosedRange<UInt32> {
            let descriptor = world.descriptor("lab", in: "ana/laboratory", by: "hillside", version: version)
            try world.deposit([descriptor], in: "ana/laboratory", by: "hillside", list: list)
        }
        let deposits = world.steps.suffix(2).map(\.evidence)
        let commitments = deposits.flatMap { $0.tree?.slots.values.map(\.commitment) ?? [] }
        func append(_ commitments: [Hash]) throws {
            let erasure = Erasure(basis: .patientsWish, commitments: Set(commitments))
            let body = ErasureBody(of: erasure, signingWith: key("ana/laboratory"), origin: world.origin)
            try world.append(.erasure(erasure), by: "north", evidence: world.evidence(body))
        }
        #expect(throws: Refusal.bodyContradicts) { try append([commitments[0]]) }
        #expect(throws: Refusal.bodyContradicts) { try append([commitments[1]]) }
        try append(commitments)

        var replay = World()
        for (leaf, step) in zip(world.leaves, world.steps) {
            replay.now = leaf.time
            let tree = step.evidence.tree.map { tree in
                Evidence.Tree(seed: tree.seed, slots: tree.slots.mapValues { .erased(commitment: $0.commitment) })
            }
            try replay.append(step.entry, evidence: Evidence(salt: step.evidence.salt, body: step.evidence.body, tree: tree))
        }
        #expect(replay.state == world.state)
    }
}
