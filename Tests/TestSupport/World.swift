package import CryptoPrimitives
package import SharingContract

package func line(_ text: String) -> TextLine {
    guard let line = TextLine(text) else { preconditionFailure("a test's own text is a line") }
    return line
}

/// Named keys that are the same in every run.
package func key(_ name: String) -> Ed25519.PrivateKey {
    Ed25519.PrivateKey(seed: SecretBytes(copying: SHA256.hash(Array(name.utf8)).bytes.span))
}

package func publicKey(_ name: String) -> Ed25519.PublicKey { key(name).publicKey }

package func recipient(_ name: String) -> RecipientKey {
    var bytes: [UInt8] = []
    for index in 0..<38 as Range<UInt8> { bytes += SHA256.hash(Array(name.utf8), [index]).bytes }
    guard let recipient = RecipientKey(bytes) else { preconditionFailure("38 hashes are 1,216 bytes") }
    return recipient
}

/// A ledger in memory, with both kinds of rules run on every leaf.
package struct World {
    package init() {}

    package let origin = line("north.example/ledger")
    package private(set) var leaves: [Leaf] = []
    /// What was appended, for whoever wants to append the same elsewhere.
    package private(set) var steps: [(entry: Entry, evidence: Evidence)] = []
    package private(set) var state = MemoryState()
    package var now = Minute(20_778 * Minute.perDay + 600)

    package static let salt = Bytes32(SHA256.hash([7]).bytes) ?? .zero

    /// Signs with the named keys, runs both rule sets, appends.
    @discardableResult
    package mutating func append(_ event: Event, by signers: String..., evidence: Evidence = .none) throws -> UInt64 {
        try append(entry(event, by: signers, evidence: evidence), evidence: evidence)
    }

    package func entry(_ event: Event, by signers: [String], evidence: Evidence = .none) -> Entry {
        let commitment = bodyCommitment(kind: event.kind, salt: evidence.salt, body: evidence.body)
        var entry = Entry(origin: origin, event: event, bodyCommitment: commitment)
        for signer in signers { entry.sign(with: key(signer)) }
        return entry
    }

    @discardableResult
    package mutating func append(_ entry: Entry, evidence: Evidence = .none) throws -> UInt64 {
        let leaf = Leaf(time: now, entry: entry)
        let index = UInt64(leaves.count)
        var changes = try Contract.apply(leaf, at: index, after: leaves.last?.time, to: state)
        changes += try EvidenceRules.apply(evidence, of: leaf, at: index, to: state)
        state.apply(changes)
        leaves.append(leaf)
        steps.append((entry, evidence))
        return index
    }

    package func evidence(_ body: some Body, tree: Evidence.Tree? = nil) -> Evidence {
        Evidence(salt: Self.salt, body: body, tree: tree)
    }
}

// What the people of the story do.
extension World {
    package static func begun() throws -> World {
        var world = World()
        let member = MemberChange.Member(
            key: publicKey("north"), name: line("North Consortium"), address: line("http://127.0.0.1:8460"))
        let genesis = MemberChange.Genesis(rulesVersion: 1, ledgerKey: publicKey("ledger"))
        try world.append(.member(.add(member, genesis: genesis)), by: "north")
        return world
    }

    /// North with two clinics, one compartment and its first list.
    package static func withCompartment() throws -> World {
        var world = try begun()
        for name in ["hillside", "lakeside"] { try world.admit(name) }
        try world.open("ana/laboratory")
        return world
    }

    /// A change of members, for those that there are now.
    package func members(_ change: MemberChange) -> Event {
        .member(change, since: ((try? state.ledger()) ?? nil)?.membersChangedAt ?? 0)
    }

    package func actor(_ name: String, role: Actor.Role = .clinic, days: UInt32 = 365) -> Actor {
        Actor(
            key: publicKey(name), recipient: recipient(name), name: line(name), role: role, end: now.day.adding(days: days),
            mandate: role == .auditor ? line("yearly review") : nil)
    }

    @discardableResult
    package mutating func admit(_ name: String, role: Actor.Role = .clinic, by members: String...) throws -> UInt64 {
        let evidence = evidence(ActorBody(identifiers: line("NPI 1234567893")))
        let entry = entry(.actor(actor(name, role: role)), by: members.isEmpty ? ["north"] : members, evidence: evidence)
        return try append(entry, evidence: evidence)
    }

    /// A set of policies that loads, with as many statutes as asked for.
    package static func policies(_ count: Int = 1) throws -> PolicyFiles {
        let schema = "entity User { blocked: Bool }; entity Record; action read appliesTo { principal: User, resource: Record };"
        var files = [PolicyFiles.schemaName: Array(schema.utf8)]
        for number in 1..<count + 1 {
            let annotations = "@id(\"statute-\(number)\")\n@basis(\"a test\")\n@version(\"1\")\n"
            files["statute/\(number).cedar"] = Array(
                "\(annotations)forbid (principal, action, resource) when { principal.blocked };\n".utf8)
        }
        return try PolicyFiles(files)
    }

    /// Files put in force by the members that there are now, in place of the policies that there are now.
    package func publication(_ files: PolicyFiles) -> Event {
        let begin = (try? state.ledger()).flatMap { ledger in
            ledger.map { Contract.agreementsBegin($0, (try? state.policies()) ?? nil) }
        }
        return .policySet(PolicyPublication(root: files.root, since: begin ?? 0))
    }

    @discardableResult
    package mutating func publish(_ files: PolicyFiles, by members: String...) throws -> UInt64 {
        let evidence = evidence(files)
        let entry = entry(publication(files), by: members.isEmpty ? ["north"] : members, evidence: evidence)
        return try append(entry, evidence: evidence)
    }

    package func compartment(_ name: String) -> Compartment {
        Compartment(
            key: publicKey(name), next: Compartment.nextCommitment(to: publicKey(name + "/1")),
            recovery: Compartment.recoveryCommitment(to: publicKey(name + "/recovery")))
    }

    @discardableResult
    package mutating func open(_ name: String) throws -> UInt64 {
        try append(.compartment(compartment(name)), by: name)
    }

    package func list(_ compartment: String, after previous: RecipientList? = nil, grants: [String] = []) -> RecipientList {
        RecipientList(
            signingWith: key(compartment), origin: origin, following: previous, own: recipient(compartment),
            recipients: Set(grants.map(recipient)))
    }

    package func permission(_ compartment: String, for clinic: String, days: UInt32 = 365) -> DepositPermission {
        DepositPermission(
            signingWith: key(compartment), origin: origin, clinic: publicKey(clinic), until: now.day.adding(days: days))
    }

    package func descriptor(
        _ record: String, in compartment: String, by clinic: String, version: UInt32 = 1, payload: String = "payload",
        state: Descriptor.State = .current, claims: ClaimsAnchor? = nil
    ) -> Descriptor {
        let fields = Descriptor.Fields(
            record: Descriptor.RecordID(SHA256.hash(Array(record.utf8)).value), version: version, state: state,
            payload: PayloadID(SHA256.hash(Array(payload.utf8)).value), payloadSize: 1_000,
            contentCommitment: SHA256.hash(Array(payload.utf8), [1]), facts: [1, 2, 3], claims: claims)
        return Descriptor(fields, signingWith: key(clinic), origin: origin, compartment: publicKey(compartment))
    }

    package func tree(_ descriptors: [Descriptor]) -> Evidence.Tree {
        let slots = zip(stride(from: 3 as UInt8, to: 255, by: 7), descriptors).map { slot, descriptor in
            (slot, Evidence.Slot.descriptor(descriptor, salt: SHA256.hash(descriptor.canonicalBytes).value))
        }
        return Evidence.Tree(seed: World.salt, slots: Dictionary(uniqueKeysWithValues: slots))
    }

    @discardableResult
    package mutating func deposit(_ descriptors: [Descriptor], in compartment: String, by clinic: String, list: RecipientList)
        throws
        -> UInt64
    {
        let body = DepositBody(
            compartment: publicKey(compartment), recipientList: list.hash, permission: permission(compartment, for: clinic))
        let tree = tree(descriptors)
        return try append(.deposit(Deposit(root: tree.slotTree.root)), by: "north", evidence: evidence(body, tree: tree))
    }

    package func grant(_ name: String, days: UInt32 = 30, commitment: SG3072.Element? = nil) -> Grant {
        Grant(
            control: publicKey(name), release: publicKey(name + "/release"), from: now.day, until: now.day.adding(days: days),
            commitment: commitment)
    }

    /// - Parameter compilation: what the contract takes as it is, and a gateway does not.
    package func grantBody(
        _ name: String, in compartment: String, to clinic: String, list: RecipientList, compilation: Hash? = nil,
        power: GrantBody.Power = .none, under delegation: String? = nil, days: UInt32 = 30, commitment: SG3072.Element? = nil,
        proof: [UInt8]? = nil
    ) -> GrantBody {
        let authority = delegation.map { GrantBody.Authority(grant: publicKey($0), release: publicKey($0 + "/release")) }
        let fields = GrantBody.Fields(
            grantee: publicKey(clinic), power: power, authority: authority, consent: [0, 3, 1, 1, 0, 2, 0],
            compilation: compilation ?? SHA256.hash(Array(name.utf8)),
            sealedSeed: Array("age".utf8), recipient: recipient(name), recipientList: list.hash, proof: proof)
        return GrantBody(
            fields, of: grant(name, days: days, commitment: commitment), in: publicKey(compartment),
            signingWith: key(delegation.map { $0 + "/release" } ?? compartment), origin: origin)
    }

    @discardableResult
    package mutating func grant(
        _ name: String, in compartment: String, to clinic: String, list: RecipientList, compilation: Hash? = nil,
        power: GrantBody.Power = .none, under delegation: String? = nil, days: UInt32 = 30
    ) throws -> UInt64 {
        let body = grantBody(
            name, in: compartment, to: clinic, list: list, compilation: compilation, power: power, under: delegation, days: days)
        return try append(.grant(grant(name, days: days)), by: name, evidence: evidence(body))
    }

    /// A grant to a person, who may let others read.
    @discardableResult
    package mutating func delegate(
        _ name: String, in compartment: String, power: GrantBody.Power = .deciding, under delegation: String? = nil,
        list: RecipientList, days: UInt32 = 30
    ) throws -> UInt64 {
        try grant(
            name, in: compartment, to: name + "/release", list: list, power: power, under: delegation, days: days)
    }

    @discardableResult
    package mutating func revoke(_ name: String, list: RecipientList) throws -> UInt64 {
        let body = RevocationBody(reason: line(""), recipientList: list.hash)
        return try append(.revocation(Revocation(grant: publicKey(name))), by: name, evidence: evidence(body))
    }

    /// A decision on `request`: a release of `released` under the grant, or a refusal when there is none.
    package func decision(_ request: String, grant: String, released: [Hash], emergency: UInt64? = nil) -> (Decision, DecisionBody)
    {
        let bytes = Array(request.utf8)
        let hash = RequestHash(of: bytes)
        let signature = key(grant + "/release").sign(.release, origin: origin, hash.releaseBytes(grant: publicKey(grant)))
        let body = DecisionBody(
            compartment: try? state.terms(of: publicKey(grant))?.compartment, request: bytes, releaseSignature: signature,
            signatureBase: [], httpSignature: signature, blind: World.salt,
            record: [], seed: World.salt,
            released: zip(UInt8.min...UInt8.max, released).map { .init(slot: $0, salt: World.salt, descriptorCommitment: $1) })
        let outcome: Decision.Outcome =
            released.isEmpty
            ? .refused(.init(blind: World.salt, request: hash))
            : .released(.init(grant: publicKey(grant), request: hash, signature: signature, emergency: emergency))
        return (Decision(root: body.tree.root, outcome: outcome), body)
    }

    @discardableResult
    package mutating func decide(_ request: String, grant: String, released: [Hash], emergency: UInt64? = nil) throws -> UInt64 {
        let (decision, body) = decision(request, grant: grant, released: released, emergency: emergency)
        return try append(.decision(decision), by: "north", evidence: evidence(body))
    }
}

// What an emergency desk does, and who looks at it afterwards.
extension World {
    /// North with a clinic, an emergency desk, and one compartment that holds a record.
    package static func withDesk() throws -> (world: World, record: Hash) {
        var world = try withCompartment()
        try world.admit("desk", role: .emergencyDesk)
        let list = world.list("ana/laboratory")
        try world.grant("grant", in: "ana/laboratory", to: "desk", list: list)
        let descriptor = world.descriptor("blood count", in: "ana/laboratory", by: "hillside")
        try world.deposit([descriptor], in: "ana/laboratory", by: "hillside", list: list)
        return (world, descriptor.commitment(salt: SHA256.hash(descriptor.canonicalBytes).value))
    }

    package func declaration(
        _ grant: String = "grant", by desk: String = "desk", minutes: UInt8 = 60, nonce: UInt8 = 0,
        nature: String = "cardiac arrest"
    ) -> EmergencyDeclaration {
        let words = EmergencyDeclaration.Words(
            explanation: line("unconscious, no relatives"), recipient: line("Dr. Adams"), facility: line("Lakeside Hospital"),
            discloser: line("North Consortium"), nature: line(nature))
        let declaration = EmergencyDeclaration(
            grant: publicKey(grant), desk: publicKey(desk), reason: 1, words: words, minutes: minutes,
            nonce: SHA256.hash([nonce]).value)
        guard let declaration else { preconditionFailure("a test's own declaration is one") }
        return declaration
    }

    package func access(_ grant: String = "grant", days: UInt32 = 7) -> EmergencyAccess {
        EmergencyAccess(grant: publicKey(grant), due: now.day.adding(days: days))
    }

    @discardableResult
    package mutating func declare(_ declaration: EmergencyDeclaration? = nil, by desk: String = "desk") throws -> UInt64 {
        let body = EmergencyBody(declaration ?? self.declaration(), signingWith: key(desk), origin: origin)
        let access = EmergencyAccess(grant: body.declaration.grant, due: now.day.adding(days: 7))
        return try append(.emergencyAccess(access), by: "north", evidence: evidence(body))
    }

    @discardableResult
    package mutating func review(_ emergency: UInt64, _ finding: ReviewBody.Finding = .justified) throws -> UInt64 {
        guard let body = ReviewBody(finding: finding, reviewer: line("Dr. Brandt"), note: line("seen")) else {
            preconditionFailure("a test's own reviewer has a name")
        }
        return try append(.review(Review(emergency: emergency)), by: "north", evidence: evidence(body))
    }
}
