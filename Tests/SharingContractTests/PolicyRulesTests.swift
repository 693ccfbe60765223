import CryptoPrimitives
import SharingContract
import TestSupport
import Testing

@Suite struct PolicyRules {
    private static func world(of count: Int) throws -> World {
        var world = try World.begun()
        for number in 2..<max(2, count + 1) {
            let member = MemberChange.Member(
                key: publicKey("member \(number)"), name: line("Member \(number)"),
                address: line("http://127.0.0.1:\(8460 + number)"))
            try world.append(world.entry(world.members(.add(member, genesis: nil)), by: Array(names.prefix(number - 1))))
        }
        return world
    }

    private static let names = ["north", "member 2", "member 3", "member 4", "member 5"]

    private func entry(_ files: PolicyFiles, by signers: some Sequence<String>, _ world: World) -> Entry {
        world.entry(world.publication(files), by: Array(signers), evidence: world.evidence(files))
    }

    @Test func `what is published is in force from its leaf on, and nothing is before`() throws {
        var world = try Self.world(of: 1)
        #expect(try world.state.policies() == nil)
        let (one, two) = (try World.policies(1), try World.policies(2))
        let first = try world.publish(one)
        #expect(try world.state.policies()?.root == one.root && world.state.policies()?.publishedAt == first)
        try world.admit("hillside")
        let second = try world.publish(two)
        #expect(try world.state.policies()?.root == two.root && world.state.policies()?.publishedAt == second)
    }

    @Test(arguments: [(1, 1), (2, 2), (3, 2), (4, 3), (5, 3)])
    func `policies need more than half of the members`(count: Int, needed: Int) throws {
        var world = try Self.world(of: count)
        let files = try World.policies()
        let tooFew = entry(files, by: Self.names.prefix(needed - 1), world)
        let enough = entry(files, by: Self.names.prefix(needed), world)
        #expect(throws: Refusal.signatureMissing) { try world.append(tooFew, evidence: world.evidence(files)) }
        #expect(Contract.signaturesNeeded(for: enough.event, of: try #require(try world.state.ledger())) == needed)
        try world.append(enough, evidence: world.evidence(files))
    }

    @Test func `one signature counts once`() throws {
        let world = try Self.world(of: 2)
        let bytes = entry(try World.policies(), by: ["north"], world).canonicalBytes
        let signature = bytes.suffix(96)
        let doubled = Array(bytes.dropLast(97)) + [2] + Array(signature) + Array(signature)
        #expect(throws: FormatError.notCanonical) { try Entry(canonical: doubled) }
    }

    @Test func `nobody but live members has a say`() throws {
        var world = try Self.world(of: 4)
        let files = try World.policies()
        let evidence = world.evidence(files)
        let stranger = entry(files, by: ["north", "member 2", "member 3", "stranger"], world)
        #expect(throws: Refusal.signerNotAllowed) { try world.append(stranger, evidence: evidence) }
        try world.admit("hillside", by: "north", "member 2")
        let clinic = entry(files, by: ["north", "member 2", "member 3", "hillside"], world)
        #expect(throws: Refusal.signerNotAllowed) { try world.append(clinic, evidence: evidence) }
        try world.append(world.members(.remove(publicKey("member 4"))), by: "north", "member 2", "member 3")
        let removed = entry(files, by: ["north", "member 2", "member 4"], world)
        #expect(throws: Refusal.deadKey) { try world.append(removed, evidence: evidence) }
        try world.append(entry(files, by: ["north", "member 2"], world), evidence: evidence)
    }

    @Test func `signatures of another set, or another ledger, are none of this one`() throws {
        var world = try Self.world(of: 1)
        let (one, two) = (try World.policies(1), try World.policies(2))
        let (wanted, other) = (entry(one, by: ["north"], world), entry(two, by: ["north"], world))
        let swapped = try Entry(canonical: Array(wanted.canonicalBytes.dropLast(96)) + Array(other.canonicalBytes.suffix(96)))
        #expect(throws: Refusal.signatureNotAuthentic) { try world.append(swapped, evidence: world.evidence(one)) }
        let elsewhere = Entry(
            origin: line("south.example"), event: wanted.event, bodyCommitment: wanted.bodyCommitment
        ).signed(with: key("north"))
        #expect(throws: Refusal.wrongOrigin) { try world.append(elsewhere, evidence: world.evidence(one)) }
    }

    @Test func `the set in force is not published again, by its old entry or by a new one`() throws {
        var world = try Self.world(of: 1)
        let files = try World.policies()
        let old = entry(files, by: ["north"], world)
        try world.append(old, evidence: world.evidence(files))
        #expect(throws: Refusal.policiesOther) { try world.append(old, evidence: world.evidence(files)) }
        #expect(throws: Refusal.unchanged) { try world.publish(files) }
    }

    /// Whoever keeps the entry of a laxer set must not be able to bring it back by himself.
    @Test func `a set that was replaced comes back by new signatures alone`() throws {
        var world = try Self.world(of: 1)
        let (lax, strict) = (try World.policies(1), try World.policies(2))
        let old = entry(lax, by: ["north"], world)
        try world.append(old, evidence: world.evidence(lax))
        try world.publish(strict)
        #expect(throws: Refusal.policiesOther) { try world.append(old, evidence: world.evidence(lax)) }
        try world.publish(lax)
        #expect(try world.state.policies()?.root == lax.root)
    }

    /// Approvals are gathered over days, and members come and go meanwhile.
    @Test func `what was signed for one set of members is worth nothing to another`() throws {
        var world = try Self.world(of: 5)
        let files = try World.policies()
        let old = entry(files, by: ["north", "member 2"], world)
        let enough = entry(files, by: ["north", "member 2", "member 3"], world)
        try world.append(world.members(.remove(publicKey("member 5"))), by: "north", "member 2", "member 3")
        try world.append(world.members(.remove(publicKey("member 4"))), by: "north", "member 2", "member 3")
        // Two of three are more than half, but these agreed when there were five.
        for entry in [old, enough] {
            #expect(throws: Refusal.policiesOther) { try world.append(entry, evidence: world.evidence(files)) }
        }
        let ahead = Event.policySet(PolicyPublication(root: files.root, since: UInt64(world.leaves.count)))
        let premature = world.entry(ahead, by: ["north", "member 2"], evidence: world.evidence(files))
        #expect(throws: Refusal.policiesOther) { try world.append(premature, evidence: world.evidence(files)) }
        try world.publish(files, by: "north", "member 2")
    }

    @Test func `the files are those of the root, each by its name`() throws {
        let world = try Self.world(of: 1)
        let files = try World.policies(2)
        var contents = files.contents
        let schema = try #require(contents[PolicyFiles.schemaName])
        let statute = try #require(contents["statute/2.cedar"])
        contents["statute/2.cedar"] = nil
        func other(_ change: (inout [String: [UInt8]]) -> Void) throws -> PolicyFiles {
            var contents = contents
            change(&contents)
            return try PolicyFiles(contents)
        }
        let same = try other { $0["statute/2.cedar"] = statute }
        #expect(same.root == files.root)
        let others = try [
            other { _ in },
            other { $0["statute/3.cedar"] = statute },
            other { $0["institution/2.cedar"] = statute },
            other { $0["statute/2.cedar"] = statute + [0x20] },
            other { $0["statute/2.cedar"] = [] },
            other { $0.merge(["statute/2.cedar": statute, "statute/3.cedar": []]) { $1 } },
            other { $0.merge(["statute/2.cedar": schema, PolicyFiles.schemaName: statute]) { $1 } },
        ]
        #expect(Set(others.map(\.root) + [files.root]).count == others.count + 1)
        for other in others {
            var world = world
            let evidence = world.evidence(other)
            let entry = world.entry(world.publication(files), by: ["north"], evidence: evidence)
            #expect(throws: Refusal.bodyContradicts) { try world.append(entry, evidence: evidence) }
            let committed = world.entry(world.publication(files), by: ["north"], evidence: world.evidence(files))
            #expect(throws: Refusal.bodyNotCommitted) { try world.append(committed, evidence: evidence) }
        }
    }

    @Test func `a body of another form is refused`() throws {
        var world = try Self.world(of: 1)
        let files = try World.policies()
        for body in [[], Array(files.canonicalBytes.dropLast()), files.canonicalBytes + [0]] {
            let evidence = Evidence(salt: World.salt, body: body)
            let entry = world.entry(world.publication(files), by: ["north"], evidence: evidence)
            #expect(throws: Refusal.bodyMalformed) { try world.append(entry, evidence: evidence) }
        }
    }

    /// The root by RFC 6962's own definition, section 2.1: of three leaves, the first two and the third.
    @Test func `the root is that of RFC 6962 over names and hashes`() throws {
        let files = try PolicyFiles(["statute/b.cedar": [2], PolicyFiles.schemaName: [1], "institution/a.cedar": [3]])
        func leaf(_ name: String, _ content: [UInt8]) -> Hash {
            SHA256.hash([0], [UInt8(name.utf8.count)], Array(name.utf8), SHA256.hash(content).bytes)
        }
        let (a, schema, b) = (leaf("institution/a.cedar", [3]), leaf(PolicyFiles.schemaName, [1]), leaf("statute/b.cedar", [2]))
        let left = SHA256.hash([1], a.bytes, schema.bytes)
        #expect(files.root == SHA256.hash([1], left.bytes, b.bytes))
    }
}

@Suite struct PolicyFilesForm {
    private func bytes(_ files: [(String, [UInt8])]) -> [UInt8] {
        var writer = CanonicalWriter()
        writer.list(files, length: UInt16.self) { writer, file in
            writer.text(line(file.0))
            writer.string(file.1, length: UInt32.self)
        }
        return writer.bytes
    }

    @Test func `files come back from their bytes, and cut ones do not`() throws {
        let files = try World.policies(3)
        let bytes = files.canonicalBytes
        #expect(try PolicyFiles(canonical: bytes) == files)
        #expect(files.files.map(\.name.text) == ["schema.cedarschema", "statute/1.cedar", "statute/2.cedar", "statute/3.cedar"])
        for count in 0..<bytes.count {
            #expect(throws: FormatError.self) { try PolicyFiles(canonical: Array(bytes.prefix(count))) }
        }
        #expect(throws: FormatError.trailingBytes) { try PolicyFiles(canonical: bytes + [0]) }
    }

    @Test func `files out of order, twice, or without a schema are no set`() throws {
        let schema: (String, [UInt8]) = (PolicyFiles.schemaName, [1])
        let (a, b): ((String, [UInt8]), (String, [UInt8])) = (("statute/a.cedar", [2]), ("statute/b.cedar", [3]))
        #expect(try PolicyFiles(canonical: bytes([schema, a, b])).files.count == 3)
        for wrong in [[schema, b, a], [a, schema, b], [schema, a, a], [schema, schema], [a, b], []] {
            #expect(throws: FormatError.notCanonical) { try PolicyFiles(canonical: bytes(wrong)) }
        }
        #expect(throws: PolicyFiles.Fault.noSchema) { try PolicyFiles(["statute/a.cedar": [2]]) }
        #expect(throws: PolicyFiles.Fault.noSchema) { try PolicyFiles([:]) }
    }

    @Test(
        arguments: [
            "tests/roles.json", "tests/roles.cedar", "statute/part2.txt", "statute/.cedar", "statute/.hidden.cedar",
            "statute/Part2.cedar",
            "statute/a b.cedar", "statute/é.cedar", "statute/../a.cedar", "statute/sub/a.cedar", "statute//a.cedar",
            "/statute/a.cedar",
            "a.cedar", "Schema.cedarschema", "schema.cedarschema/a.cedar", "institution\\a.cedar", "statute/", "",
        ])
    func `a name that a set does not have is refused`(name: String) throws {
        #expect(throws: PolicyFiles.Fault.name(name)) { try PolicyFiles([PolicyFiles.schemaName: [], name: []]) }
        let files: [(String, [UInt8])] = [(PolicyFiles.schemaName, []), (name, [])].sorted { line($0.0) < line($1.0) }
        #expect(throws: FormatError.notCanonical) { try PolicyFiles(canonical: bytes(files)) }
    }

    @Test func `too many files, or too much in them, are refused before they are read`() throws {
        var many: [String: [UInt8]] = [PolicyFiles.schemaName: []]
        for number in 1..<PolicyFiles.maximumCount { many["statute/\(number).cedar"] = [] }
        let files = try PolicyFiles(many)
        #expect(try PolicyFiles(canonical: files.canonicalBytes) == files)
        many["statute/0.cedar"] = []
        #expect(throws: PolicyFiles.Fault.tooMany) { try PolicyFiles(many) }
        let listed = many.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        #expect(throws: FormatError.tooLarge) { try PolicyFiles(canonical: bytes(listed)) }

        let room = PolicyFiles.maximumSize - 2 - 1 - PolicyFiles.schemaName.utf8.count - 4
        let largest = try PolicyFiles([PolicyFiles.schemaName: [UInt8](repeating: 0x20, count: room)])
        #expect(largest.canonicalBytes.count == PolicyFiles.maximumSize)
        #expect(try PolicyFiles(canonical: largest.canonicalBytes) == largest)
        let larger = [UInt8](repeating: 0x20, count: room + 1)
        #expect(throws: PolicyFiles.Fault.tooLarge) { try PolicyFiles([PolicyFiles.schemaName: larger]) }
        #expect(throws: FormatError.tooLarge) { try PolicyFiles(canonical: bytes([(PolicyFiles.schemaName, larger)])) }
    }
}
