import CryptoPrimitives
import SharingContract
import TestSupport
import Testing

@Suite struct Entries {
    private static func samples() throws -> [Leaf] {
        var world = try World.withCompartment()
        let first = world.list("ana/laboratory")
        let descriptor = world.descriptor("lab", in: "ana/laboratory", by: "hillside")
        try world.deposit([descriptor], in: "ana/laboratory", by: "hillside", list: first)
        let second = world.list("ana/laboratory", after: first, grants: ["grant 1"])
        try world.grant("grant 1", in: "ana/laboratory", to: "lakeside", list: second)
        let commitments = world.tree([descriptor]).slots.values.map(\.commitment)
        try world.decide("one", grant: "grant 1", released: commitments)
        try world.decide("two", grant: "grant 1", released: [])
        try world.admit("desk", role: .emergencyDesk)
        let emergency = try world.declare(world.declaration("grant 1"))
        try world.decide("three", grant: "grant 1", released: commitments, emergency: emergency)
        try world.review(emergency)
        try world.revoke("grant 1", list: world.list("ana/laboratory", after: second))
        let erasure = Erasure(basis: .patientsWish, commitments: Set(commitments))
        let body = ErasureBody(of: erasure, signingWith: key("ana/laboratory"), origin: world.origin)
        try world.append(.erasure(erasure), by: "north", evidence: world.evidence(body))
        let note = world.evidence(KeyRevocationBody(note: line("left the consortium")))
        try world.append(.keyRevocation(KeyRevocation(key: publicKey("lakeside"), reason: .ended)), by: "north", evidence: note)
        try world.publish(World.policies())
        if let tree = AnchorTree(mixing: [SHA256.hash([1])]) { try world.append(.claimsAnchors(tree.publication), by: "north") }
        return world.leaves
    }

    @Test func `every kind comes back from its bytes`() throws {
        let leaves = try Self.samples()
        #expect(Set(leaves.map(\.entry.event.kind)) == Set(Event.Kind.allCases))
        for leaf in leaves { #expect(try Leaf(canonical: leaf.canonicalBytes) == leaf) }
    }

    @Test func `every cut and every byte that follows is refused`() throws {
        for leaf in try Self.samples() {
            let bytes = leaf.canonicalBytes
            for count in 0..<bytes.count {
                #expect(throws: FormatError.self) { try Leaf(canonical: Array(bytes.prefix(count))) }
            }
            #expect(throws: FormatError.trailingBytes) { try Leaf(canonical: bytes + [0]) }
        }
    }

    /// Either the bytes are refused, or they are another leaf that its signers did not sign, or the time differs, which no one signs.
    @Test func `every flipped bit after the time is refused or breaks a signature`() throws {
        var failures = Failures()
        for leaf in try Self.samples() {
            let bytes = leaf.canonicalBytes
            for bit in 32..<8 * bytes.count {
                var changed = bytes
                changed[bit / 8] ^= 1 << (bit % 8)
                guard let parsed = try? Leaf(canonical: changed) else { continue }
                failures.check((try? parsed.entry.verifySignatures()) == nil, "\(leaf.entry.event.kind) bit \(bit)")
                if failures.caseCount > 2_000 { break }
            }
        }
        #expect(failures.isEmpty, "\(failures)")
    }

    @Test func `signatures out of order or repeated are no list`() throws {
        let world = try World.begun()
        let entry = world.entry(.compartment(world.compartment("x")), by: ["x", "north"])
        let bytes = entry.canonicalBytes
        let (head, first, second) = (bytes.dropLast(192), bytes.suffix(192).prefix(96), bytes.suffix(96))
        #expect(try Entry(canonical: Array(head + first + second)) == entry)
        #expect(throws: FormatError.notCanonical) { try Entry(canonical: Array(head + second + first)) }
        #expect(throws: FormatError.notCanonical) { try Entry(canonical: Array(head + first + first)) }
    }

    @Test func `an entry of an unknown kind or above the size is refused`() throws {
        var bytes = try World.begun().leaves[0].entry.canonicalBytes
        let kind = 1 + Int(bytes[0])
        for unknown in [0, 3, 6, 14, 18, 255] as [UInt8] {
            bytes[kind] = unknown
            #expect(throws: FormatError.unknownTag) { try Entry(canonical: bytes) }
        }
        #expect(throws: FormatError.tooLarge) { try Entry(canonical: [UInt8](repeating: 0, count: Entry.maximumSize + 1)) }
    }

    @Test func `an option that is announced and not there is refused`() throws {
        let world = try World.begun()
        var entry = world.entry(.grant(world.grant("g")), by: []).canonicalBytes
        let flag = entry.count - 1 - 32 - 1
        #expect(entry[flag] == 0)
        entry[flag] = 1
        #expect(throws: FormatError.truncated) { try Entry(canonical: entry) }
        entry[flag] = 2
        #expect(throws: FormatError.notCanonical) { try Entry(canonical: entry) }
    }
}

@Suite struct Bodies {
    @Test func `bodies and evidence come back from their bytes, and cut ones do not`() throws {
        let world = try World.withCompartment()
        let list = world.list("ana/laboratory", grants: ["a", "b", "c"])
        let descriptor = world.descriptor("lab", in: "ana/laboratory", by: "hillside")
        let (_, decision) = world.decision("r", grant: "g", released: [Hash(World.salt)])
        let tree = Evidence.Tree(
            seed: World.salt, slots: [9: .descriptor(descriptor, salt: World.salt), 200: .erased(commitment: Hash(World.salt))])
        let deposit = DepositBody(
            compartment: publicKey("ana/laboratory"), recipientList: list.hash,
            permission: world.permission("ana/laboratory", for: "hillside"))
        try check(list)
        try check(descriptor)
        try check(world.grantBody("g", in: "ana/laboratory", to: "lakeside", list: list))
        try check(decision)
        try check(deposit)
        try check(world.evidence(deposit, tree: tree))
    }

    private func check<Value: CanonicalCodable & Equatable>(_ value: Value) throws {
        let bytes = value.canonicalBytes
        #expect(try Value(canonical: bytes) == value)
        #expect(throws: FormatError.self) { try Value(canonical: bytes + [0]) }
        for count in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 300)) {
            #expect(throws: FormatError.self) { try Value(canonical: Array(bytes.prefix(count))) }
        }
    }

    @Test func `a list with a recipient twice, with its own among the others, or a first one with a past is none`() throws {
        let world = try World.begun()
        let one = world.list("x", grants: ["a"])
        var bytes = one.canonicalBytes
        let count = 32 + 8 + 32 + RecipientKey.count
        bytes[count + 1] = 2
        bytes.insert(contentsOf: recipient("a").bytes, at: count + 2)
        #expect(throws: FormatError.notCanonical) { try RecipientList(canonical: bytes) }
        var own = one.canonicalBytes
        own.replaceSubrange(count + 2..<count + 2 + RecipientKey.count, with: one.own.bytes)
        #expect(throws: FormatError.notCanonical) { try RecipientList(canonical: own) }
        var first = one.canonicalBytes
        first[40] = 1
        #expect(throws: FormatError.notCanonical) { try RecipientList(canonical: first) }
    }

    @Test func `a list follows the one before and its order says nothing`() throws {
        let world = try World.begun()
        let names = (0..<40).map { "grant \($0)" }
        let first = world.list("x", grants: names)
        let second = world.list("x", after: first, grants: names)
        #expect(second.serial == 1 && second.previous == first.hash)
        #expect(first.recipients != second.recipients && Set(first.recipients) == Set(second.recipients))
        try second.verifySignature(origin: world.origin)
        #expect(throws: Ed25519.SignatureError.self) { try second.verifySignature(origin: line("elsewhere")) }
    }
}
