import CryptoPrimitives
import SharingContract
import TestSupport
import Testing

/// The examples that docs/formats.md names in sections 4.1 to 4.5 and 4.8.
@Suite struct ContractFormats {
    private let world = World()

    @Test func `recipient lists and permissions are as the document says`() throws {
        let permission = world.permission("ana/laboratory", for: "hillside")
        let first = world.list("ana/laboratory")
        let difference = try FormatFile("lists.json").difference(from: [
            ("first", try Self.example(first)), ("second", try Self.example(try Self.second(world))),
            (
                "permission",
                try TestSupport.example(
                    permission,
                    [
                        "compartment": permission.compartment, "clinic": permission.clinic, "until": permission.until,
                        "signature": permission.signature,
                    ])
            ),
        ])
        #expect(difference == nil)
    }

    @Test func `descriptors and slot trees are as the document says`() throws {
        let laboratory = try Self.laboratory(world)
        let referral = try Self.referral(world)
        let tree = Self.tree(laboratory, referral)
        let difference = try FormatFile("descriptors.json").difference(from: [
            ("laboratory", try Self.example(laboratory)), ("referral", try Self.example(referral)),
            ("with claims", try Self.example(try Self.withClaims(world))),
            ("tree", Self.example(tree)),
            ("empty tree", Self.example(Evidence.Tree(seed: World.salt, slots: [:]))),
        ])
        #expect(difference == nil)
    }

    @Test func `claims and trees of anchors are as the document says`() throws {
        let (claims, tree) = (try Self.claims(), try Self.anchorTree())
        let difference = try FormatFile("claims.json").difference(from: [
            (
                "claims",
                try TestSupport.example(
                    claims, ["anchors": claims.anchors, "file": claims.file],
                    more: ["anchor": fields(["anchors": claims.anchor.anchors, "file": claims.anchor.file])])
            ),
            ("tree", try TestSupport.example(tree, ["hashes": tree.hashes], more: ["root": tree.root])),
        ])
        #expect(difference == nil)
    }

    @Test func `what is left of evidence after an erasure is as the document says`() throws {
        let evidence = try EntryExamples(world).deposit().evidence
        let tree = try #require(evidence.tree)
        let (erased, kept) = (tree.slots[17], tree.slots[203])
        let left = Evidence.Tree(
            seed: tree.seed,
            slots: [17: .erased(commitment: try #require(erased).commitment), 203: try #require(kept)])
        let example = try Self.example(Evidence(salt: evidence.salt, body: evidence.body, tree: left))
        #expect(left.slotTree.root == tree.slotTree.root)
        #expect(try FormatFile("evidence.json").difference(from: [("erased", example)]) == nil)
    }

    @Test func `entries of every kind are as the document says`() throws {
        let examples = EntryExamples(world)
        let all = try examples.all()
        let kinds = Set(all.map(\.entry.event.kind))
        #expect(kinds == Set(Event.Kind.allCases))
        let shown = try all.map { (name: $0.name, value: try Self.example($0)) }
        #expect(try FormatFile("entries.json").difference(from: shown) == nil)
    }
}

// What the examples are of.
extension ContractFormats {
    /// Two grants' recipients. Their order is drawn, so lists are made until it is the committed one.
    static func second(_ world: World) throws -> RecipientList {
        let first = world.list("ana/laboratory")
        let committed = try FormatFile("lists.json").once("second", "bytes") {
            world.list("ana/laboratory", after: first, grants: ["grant", "grant 2"]).canonicalBytes
        }
        for _ in 0..<64 {
            let list = world.list("ana/laboratory", after: first, grants: ["grant", "grant 2"])
            if list.canonicalBytes == committed { return list }
        }
        throw FormatError.notCanonical
    }

    private static func descriptor(
        _ record: String, facts: String, by clinic: String, version: UInt32, claims: ClaimsAnchor? = nil, _ world: World
    ) throws -> Descriptor {
        let fields = Descriptor.Fields(
            record: Descriptor.RecordID(SHA256.hash(Array(record.utf8)).value), version: version,
            state: version == 1 ? .current : .enteredInError, payload: PayloadID(SHA256.hash(Array(record.utf8), [1]).value),
            payloadSize: 1_337, contentCommitment: SHA256.hash(Array(record.utf8), [2]),
            facts: try FormatFile("facts.json").bytes(facts, "bytes"), claims: claims)
        return Descriptor(fields, signingWith: key(clinic), origin: world.origin, compartment: publicKey("ana/laboratory"))
    }

    static func laboratory(_ world: World) throws -> Descriptor {
        try descriptor("blood count", facts: "laboratory", by: "hillside", version: 1, world)
    }

    static func referral(_ world: World) throws -> Descriptor {
        try descriptor("referral", facts: "bare", by: "hillside", version: 2, world)
    }

    static func withClaims(_ world: World) throws -> Descriptor {
        try descriptor("vaccination", facts: "bare", by: "hillside", version: 1, claims: try claims().anchor, world)
    }

    /// The file is a sealed file that another example has, for it is random by nature.
    static func claims() throws -> Claims {
        let file = try FormatFile("keys.json").bytes("grant seed", "sealed")
        return try #require(Claims(anchors: (1...3).map { SHA256.hash([$0]) }, file: file))
    }

    /// The order of a real one is drawn.
    static func anchorTree() throws -> AnchorTree {
        var writer = CanonicalWriter()
        writer.integer(64 as UInt32)
        for number in UInt8(1)...64 { writer.value(SHA256.hash([number])) }
        return try AnchorTree(canonical: writer.bytes)
    }

    static func tree(_ descriptors: Descriptor...) -> Evidence.Tree {
        let slots = zip([17, 203] as [UInt8], descriptors).map { slot, descriptor in
            (slot, Evidence.Slot.descriptor(descriptor, salt: SHA256.hash([slot]).value))
        }
        return Evidence.Tree(seed: World.salt, slots: Dictionary(uniqueKeysWithValues: slots))
    }
}

// The fields, by the names of the document.
extension ContractFormats {
    static func example(_ list: RecipientList) throws -> Shown {
        try TestSupport.example(
            list,
            [
                "compartment": list.compartment, "serial": list.serial, "previous": list.previous, "own": list.own,
                "recipients": list.recipients, "signature": list.signature,
            ],
            more: ["hash": list.hash])
    }

    static func example(_ descriptor: Descriptor) throws -> Shown {
        let salt = SHA256.hash([17]).value
        return try TestSupport.example(
            descriptor,
            [
                "record": descriptor.record, "version": descriptor.version, "state": descriptor.state.rawValue,
                "payload": descriptor.payload, "payload size": descriptor.payloadSize,
                "content commitment": descriptor.contentCommitment, "facts": descriptor.facts,
                "claims anchor": descriptor.claims.map { fields(["anchors": $0.anchors, "file": $0.file]) },
                "depositor": descriptor.depositor, "signature": descriptor.signature,
            ],
            more: [
                "compartment": publicKey("ana/laboratory"), "salt": salt, "commitment": descriptor.commitment(salt: salt),
            ])
    }

    static func example(_ tree: Evidence.Tree) -> Shown {
        fields([
            "seed": tree.seed,
            "commitments": tree.slots.sorted { $0.key < $1.key }.map {
                fields(["slot": $0.key, "commitment": $0.value.commitment, "proof": tree.slotTree.proof(of: $0.key).canonicalBytes])
            },
            "root": tree.slotTree.root,
        ])
    }

    static func example(_ evidence: Evidence) throws -> Shown {
        let tree = evidence.tree.map { tree in
            fields([
                "seed": tree.seed,
                "slots": tree.slots.sorted { $0.key < $1.key }.map { fields(["slot": $0.key, "content": Self.shown($0.value)]) },
            ])
        }
        return try TestSupport.example(evidence, ["salt": evidence.salt, "body": evidence.body, "tree": tree])
    }

    private static func shown(_ slot: Evidence.Slot) -> Shown {
        switch slot {
        case .descriptor(let descriptor, let salt):
            fields(["present": true, "descriptor": descriptor.canonicalBytes, "salt": salt])
        case .erased(let commitment): fields(["present": false, "commitment": commitment])
        }
    }
}
