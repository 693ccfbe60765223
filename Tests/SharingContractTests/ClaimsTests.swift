import CryptoPrimitives
import MerkleLedger
import SharingContract
import TestSupport
import Testing

@Suite struct ClaimsFormat {
    private func anchors(_ count: Int) -> [Hash] { (0..<count).map { SHA256.hash([UInt8($0 >> 8), UInt8($0 & 255)]) } }

    private func encoded(_ anchors: [Hash], file: Int = 1) -> [UInt8] {
        var writer = CanonicalWriter()
        writer.list(anchors, length: UInt16.self) { $0.value($1) }
        writer.string([UInt8](repeating: 1, count: file), length: UInt32.self)
        return writer.bytes
    }

    @Test func `claims have one encoding, up to their bounds`() throws {
        let most = try #require(Claims(anchors: anchors(16_384), file: [UInt8](repeating: 1, count: 1 << 20)))
        #expect(most.canonicalBytes.count == Claims.maximumSize)
        #expect(try Claims(canonical: most.canonicalBytes) == most)
        let small = try #require(Claims(anchors: anchors(3).reversed(), file: [1, 2]))
        #expect(canonicalFailures(small).isEmpty && small.anchors == anchors(3).sorted())
    }

    @Test func `without anchors, with one twice, with too many or with a large file there are no claims`() {
        #expect(Claims(anchors: [], file: [1]) == nil)
        #expect(Claims(anchors: anchors(2) + anchors(1), file: [1]) == nil)
        #expect(Claims(anchors: anchors(16_385), file: [1]) == nil)
        #expect(Claims(anchors: anchors(1), file: [UInt8](repeating: 1, count: 1 << 20 + 1)) == nil)
    }

    @Test func `anchors out of order, twice, none and too many are not read, nor is a large file`() {
        let sorted = anchors(3).sorted()
        for wrong in [[], sorted.reversed(), [sorted[0], sorted[0]], [sorted[1], sorted[0], sorted[2]]] as [[Hash]] {
            #expect(throws: FormatError.notCanonical) { try Claims(canonical: encoded(wrong)) }
        }
        #expect(throws: FormatError.tooLarge) { try Claims(canonical: encoded(anchors(16_385).sorted())) }
        #expect(throws: FormatError.tooLarge) { try Claims(canonical: encoded(sorted, file: (1 << 20) + 1)) }
    }

    @Test func `the descriptor's words change with every anchor and every byte of the file`() throws {
        let claims = try #require(Claims(anchors: anchors(3), file: [1, 2, 3]))
        let others = [
            Claims(anchors: anchors(2), file: [1, 2, 3]), Claims(anchors: anchors(4), file: [1, 2, 3]),
            Claims(anchors: anchors(2) + [SHA256.hash([9])], file: [1, 2, 3]), Claims(anchors: anchors(3), file: [1, 2, 4]),
            Claims(anchors: anchors(3), file: [1, 2]),
        ]
        for other in others { #expect(other.map { $0.anchor != claims.anchor } == true) }
    }

    @Test func `a descriptor with claims keeps the place of its facts, and signs them`() throws {
        let world = World()
        let claims = try #require(Claims(anchors: anchors(1), file: [1]))
        let plain = world.descriptor("lab", in: "ana/laboratory", by: "hillside")
        let described = world.descriptor("lab", in: "ana/laboratory", by: "hillside", claims: claims.anchor)
        #expect(canonicalFailures(described).isEmpty)
        #expect(described.canonicalBytes.count == plain.canonicalBytes.count + 64)
        #expect(described.canonicalBytes.prefix(114) == plain.canonicalBytes.prefix(114))
        try described.verifySignature(origin: world.origin, compartment: publicKey("ana/laboratory"))
        var changed = described.canonicalBytes
        changed[changed.count - 97 - 63] ^= 1
        let other = try Descriptor(canonical: changed)
        #expect(other.claims != described.claims)
        #expect(throws: Ed25519.SignatureError.self) {
            try other.verifySignature(origin: world.origin, compartment: publicKey("ana/laboratory"))
        }
    }
}

@Suite struct AnchorTrees {
    private func anchors(_ count: Int) -> [Hash] { (0..<count).map { SHA256.hash([UInt8($0 >> 8), UInt8($0 & 255)]) } }

    @Test(arguments: [(1, 64), (64, 64), (65, 128), (128, 128), (129, 256), (1_000, 1_024)])
    func `a tree has every anchor once, and as many others as a power of two needs`(sizes: (anchors: Int, leaves: Int)) throws {
        let anchors = anchors(sizes.anchors)
        let tree = try #require(AnchorTree(mixing: anchors))
        #expect(tree.hashes.count == sizes.leaves && Set(tree.hashes).count == sizes.leaves)
        #expect(Set(tree.hashes).isSuperset(of: anchors))
        #expect(try AnchorTree(canonical: tree.canonicalBytes) == tree)
        #expect(tree.publication.root == tree.root && tree.publication.count == UInt32(sizes.leaves))
    }

    @Test func `order and padding are drawn anew each time`() throws {
        let (one, two) = (try #require(AnchorTree(mixing: anchors(64))), try #require(AnchorTree(mixing: anchors(64))))
        #expect(one.hashes != two.hashes && Set(one.hashes) == Set(two.hashes))
        let (three, four) = (try #require(AnchorTree(mixing: anchors(1))), try #require(AnchorTree(mixing: anchors(1))))
        #expect(Set(three.hashes).intersection(four.hashes) == [anchors(1)[0]])
        // An anchor that always stood at the same place would lead back to the others of its deposit.
        let places = Set((0..<32).compactMap { _ in AnchorTree(mixing: anchors(1))?.hashes.firstIndex(of: anchors(1)[0]) })
        #expect(places.count > 8)
    }

    @Test func `no tree is of nothing, or of more than it holds`() {
        #expect(AnchorTree(mixing: []) == nil)
        #expect(AnchorTree(mixing: .init(repeating: .emptyTree, count: AnchorTree.maximumCount + 1)) == nil)
    }

    @Test(arguments: [1, 65, 129])
    func `the path of each leaf leads to the root, by the ledger's verifier, and no other leaf's does`(count: Int) throws {
        let tree = try #require(AnchorTree(mixing: anchors(count)))
        var failures = Failures()
        for (index, hash) in tree.hashes.enumerated() {
            let proof = try InclusionProof(index: UInt64(index), size: UInt64(tree.hashes.count), hashes: tree.path(to: index))
            let (own, next) = (Hash.leaf(hash.bytes), Hash.leaf(tree.hashes[index ^ 1].bytes))
            failures.check((try? proof.verify(own, against: tree.root)) != nil, "leaf \(index)")
            failures.check((try? proof.verify(next, against: tree.root)) == nil, "the neighbour of leaf \(index)")
        }
        #expect(failures.isEmpty, "\(failures)")
    }

    @Test(arguments: [0, 1, 32, 63, 65, 96, 1_000] as [UInt32])
    func `a count that is no power of two from 64 on is not read`(count: UInt32) {
        #expect(AnchorPublication(root: .emptyTree, count: count) == nil)
        var writer = CanonicalWriter()
        writer.integer(count)
        for number in 0..<count { writer.value(SHA256.hash([UInt8(number & 255), UInt8(number >> 8)])) }
        #expect(throws: FormatError.notCanonical) { try AnchorTree(canonical: writer.bytes) }
    }

    @Test func `more than 1,048,576 are not read, and fewer than the count says neither`() {
        #expect(AnchorPublication(root: .emptyTree, count: 1 << 20) != nil)
        for count in [1 << 21, UInt32.max] {
            #expect(AnchorPublication(root: .emptyTree, count: count) == nil)
            var writer = CanonicalWriter()
            writer.integer(count)
            #expect(throws: FormatError.tooLarge) { try AnchorTree(canonical: writer.bytes) }
        }
        var writer = CanonicalWriter()
        writer.integer(1 << 20 as UInt32)
        for _ in 0..<64 { writer.value(Hash.emptyTree) }
        #expect(throws: FormatError.truncated) { try AnchorTree(canonical: writer.bytes) }
    }
}

@Suite struct AnchorRules {
    private func publication() throws -> Event {
        .claimsAnchors(try #require(AnchorTree(mixing: [SHA256.hash([1])])).publication)
    }

    @Test func `one live member publishes anchors, and nobody else`() throws {
        var world = try World.withCompartment()
        let event = try publication()
        for name in ["hillside", "ana/laboratory", "stranger"] {
            #expect(throws: Refusal.signerNotAllowed) { try world.append(event, by: name) }
            #expect(throws: Refusal.signerNotAllowed) { try world.append(event, by: "north", name) }
        }
        #expect(throws: Refusal.signatureMissing) {
            try world.append(Entry(origin: world.origin, bodiless: event))
        }
        let before = world.state
        try world.append(event, by: "north")
        #expect(world.state == before)
        // The same root again is nobody's concern: what is in a tree is found in it.
        try world.append(event, by: "north")
    }

    @Test func `it has no body`() throws {
        var world = try World.begun()
        let evidence = Evidence(salt: World.salt, body: [1])
        #expect(throws: Refusal.bodyNotCommitted) { try world.append(try publication(), by: "north", evidence: evidence) }
        #expect(throws: Refusal.bodyNotCommitted) {
            try world.append(try publication(), by: "north", evidence: Evidence(salt: World.salt, body: []))
        }
        #expect(throws: Refusal.bodyNotCommitted) {
            try world.append(world.entry(try publication(), by: ["north"]), evidence: evidence)
        }
    }

    @Test func `nothing is claimed of what was entered in error`() throws {
        var world = try World.withCompartment()
        let list = world.list("ana/laboratory")
        let claims = try #require(Claims(anchors: [SHA256.hash([1])], file: [1])).anchor
        func deposit(_ version: UInt32, _ state: Descriptor.State, _ claims: ClaimsAnchor?) throws {
            let descriptor = world.descriptor(
                "lab", in: "ana/laboratory", by: "hillside", version: version, state: state, claims: claims)
            try world.deposit([descriptor], in: "ana/laboratory", by: "hillside", list: list)
        }
        try deposit(1, .current, claims)
        try deposit(2, .current, claims)
        #expect(throws: Refusal.bodyContradicts) { try deposit(3, .enteredInError, claims) }
        try deposit(3, .enteredInError, nil)
    }
}
