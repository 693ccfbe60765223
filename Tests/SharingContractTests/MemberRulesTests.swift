import CryptoPrimitives
import SharingContract
import TestSupport
import Testing

@Suite struct MemberRules {
    private static func world(of count: Int) throws -> World {
        var world = try World.begun()
        var signers = ["north"]
        for number in 2..<max(2, count + 1) {
            try world.append(world.entry(world.members(.add(member(number), genesis: nil)), by: signers))
            signers.append("member \(number)")
        }
        return world
    }

    private static func member(_ number: Int) -> MemberChange.Member {
        .init(
            key: publicKey("member \(number)"), name: line("Member \(number)"), address: line("http://127.0.0.1:\(8460 + number)"))
    }

    private static let names = ["north", "member 2", "member 3", "member 4", "member 5", "member 6", "member 7"]

    /// More than two thirds of the members, by the count before the change.
    @Test(arguments: [(1, 1), (2, 2), (3, 3), (4, 3), (5, 4), (6, 5), (7, 5)])
    func `a new member needs more than two thirds`(count: Int, needed: Int) throws {
        var world = try Self.world(of: count)
        let add = world.members(.add(Self.member(9), genesis: nil))
        let tooFew = world.entry(add, by: Array(Self.names.prefix(needed - 1)))
        let enough = world.entry(add, by: Array(Self.names.prefix(needed)))
        #expect(throws: Refusal.signatureMissing) { try world.append(tooFew) }
        try world.append(enough)
    }

    @Test func `a stranger's signature on a member change is refused, and so is a key or a name in use`() throws {
        var world = try Self.world(of: 1)
        let add = world.members(.add(Self.member(2), genesis: nil))
        #expect(throws: Refusal.signerNotAllowed) { try world.append(add, by: "north", "stranger") }
        let sameName = MemberChange.Member(key: publicKey("other"), name: line("North Consortium"), address: line("x"))
        #expect(throws: Refusal.nameTaken) { try world.append(.member(.add(sameName, genesis: nil)), by: "north") }
        let ledgerKey = MemberChange.Member(key: publicKey("ledger"), name: line("L"), address: line("x"))
        #expect(throws: Refusal.keyInUse) { try world.append(.member(.add(ledgerKey, genesis: nil)), by: "north") }
    }

    @Test func `two members cannot remove each other, nor one itself`() throws {
        for count in [1, 2] {
            var world = try Self.world(of: count)
            let remove = world.entry(world.members(.remove(publicKey("north"))), by: Array(Self.names.prefix(count)))
            #expect(throws: Refusal.membersNotChanged) { try world.append(remove) }
        }
    }

    @Test func `the others remove a member, who signs nothing afterwards`() throws {
        var world = try Self.world(of: 4)
        let remove = world.members(.remove(publicKey("member 4")))
        #expect(throws: Refusal.signatureMissing) { try world.append(remove, by: "north", "member 2") }
        #expect(throws: Refusal.signerNotAllowed) { try world.append(remove, by: "north", "member 2", "member 4") }
        try world.append(remove, by: "north", "member 2", "member 3")
        #expect(throws: Refusal.deadKey) { try world.append(.deposit(Deposit(root: .emptyTree)), by: "member 4") }
        #expect(throws: Refusal.membersOther) { try world.append(remove, by: "north", "member 2", "member 3") }
        let again = world.members(.remove(publicKey("member 4")))
        #expect(throws: Refusal.notLive) { try world.append(again, by: "north", "member 2", "member 3") }
        let back = world.members(.add(Self.member(4), genesis: nil))
        #expect(throws: Refusal.keyInUse) {
            try world.append(back, by: "north", "member 2", "member 3")
        }
    }

    @Test func `a new key needs a majority and the old key, or everyone else`() throws {
        var world = try Self.world(of: 4)
        let rekey = world.members(.rekey(old: publicKey("member 4"), new: publicKey("member 4b")))
        #expect(throws: Refusal.signatureMissing) { try world.append(rekey, by: "member 4") }
        #expect(throws: Refusal.signatureMissing) { try world.append(rekey, by: "member 4", "north", "member 2") }
        #expect(throws: Refusal.signatureMissing) { try world.append(rekey, by: "north", "member 2") }
        #expect(throws: Refusal.signerNotAllowed) { try world.append(rekey, by: "north", "member 2", "member 3", "stranger") }
        var byAll = world
        try byAll.append(rekey, by: "north", "member 2", "member 3")
        try world.append(rekey, by: "north", "member 2", "member 3", "member 4")
        #expect(throws: Refusal.deadKey) { try world.admit("x", by: "member 4", "north") }
        try world.admit("x", by: "member 4b", "north")
    }

    @Test func `a lone member renews its key by itself`() throws {
        var world = try Self.world(of: 1)
        try world.append(.member(.rekey(old: publicKey("north"), new: publicKey("north 2"))), by: "north")
        #expect(throws: Refusal.deadKey) { try world.admit("x", by: "north") }
        try world.admit("x", by: "north 2")
    }

    /// Approvals are gathered over days, and members come and go meanwhile.
    @Test func `what was signed for one set of members is worth nothing to another`() throws {
        var world = try Self.world(of: 4)
        let remove = world.entry(world.members(.remove(publicKey("member 4"))), by: ["north", "member 2", "member 3"])
        let rekey = world.entry(
            world.members(.rekey(old: publicKey("member 3"), new: publicKey("member 3b"))), by: ["north", "member 2", "member 3"])
        let add = world.entry(world.members(.add(Self.member(9), genesis: nil)), by: ["north", "member 2", "member 3"])
        try world.append(world.members(.add(Self.member(5), genesis: nil)), by: "north", "member 2", "member 3")
        for old in [remove, rekey, add] { #expect(throws: Refusal.membersOther) { try world.append(old) } }
        // Nor does it come back when the set is the same again.
        let everyone = ["north", "member 2", "member 3", "member 4"]
        try world.append(world.entry(world.members(.remove(publicKey("member 5"))), by: everyone))
        for old in [remove, rekey, add] { #expect(throws: Refusal.membersOther) { try world.append(old) } }
        let ahead = Event.member(.remove(publicKey("member 4")), since: UInt64(world.leaves.count))
        #expect(throws: Refusal.membersOther) { try world.append(ahead, by: "north", "member 2", "member 3") }
    }

    @Test func `a change that was made cannot be made again`() throws {
        var world = try Self.world(of: 4)
        let all = ["north", "member 2", "member 3", "member 4"]
        let changes: [MemberChange] = [
            .add(Self.member(5), genesis: nil), .rekey(old: publicKey("member 5"), new: publicKey("member 5b")),
            .remove(publicKey("member 5b")),
        ]
        for change in changes {
            let entry = world.entry(world.members(change), by: all)
            try world.append(entry)
            #expect(throws: Refusal.membersOther) { try world.append(entry) }
            let anew = world.entry(world.members(change), by: all)
            #expect(throws: Refusal.self) { try world.append(anew) }
        }
    }

    /// Who may replace a key may remove its holder.
    @Test func `of two members neither gives the other a new key`() throws {
        var world = try Self.world(of: 2)
        let rekey = world.members(.rekey(old: publicKey("member 2"), new: publicKey("member 2b")))
        #expect(throws: Refusal.signatureMissing) { try world.append(rekey, by: "north") }
        #expect(throws: Refusal.signatureMissing) { try world.append(rekey, by: "member 2") }
        #expect(throws: Refusal.signerNotAllowed) { try world.append(rekey, by: "north", "member 2b") }
        try world.append(rekey, by: "north", "member 2")
    }

    /// Puts the signatures of one entry on another.
    private func moved(_ from: Entry, to entry: Entry) throws -> Entry {
        let empty = Entry(origin: from.origin, event: from.event, bodyCommitment: from.bodyCommitment).canonicalBytes.dropLast()
        let target = Entry(origin: entry.origin, event: entry.event, bodyCommitment: entry.bodyCommitment).canonicalBytes.dropLast()
        return try Entry(canonical: Array(target) + Array(from.canonicalBytes.dropFirst(empty.count)))
    }

    @Test func `signatures belong to one proposal, of one ledger`() throws {
        var world = try Self.world(of: 4)
        let signers = ["north", "member 2", "member 3"]
        let remove = world.entry(world.members(.remove(publicKey("member 4"))), by: signers)
        let other = world.entry(world.members(.add(Self.member(9), genesis: nil)), by: signers)
        let taken = try moved(other, to: remove)
        #expect(throws: Refusal.signatureNotAuthentic) { try world.append(taken) }
        var elsewhere = Entry(origin: line("south.example"), bodiless: remove.event)
        for signer in signers { elsewhere.sign(with: key(signer)) }
        #expect(throws: Refusal.wrongOrigin) { try world.append(elsewhere) }
        let brought = try moved(elsewhere, to: remove)
        #expect(throws: Refusal.signatureNotAuthentic) { try world.append(brought) }
        try world.append(remove)
    }

    @Test func `one signature counts once`() throws {
        let world = try Self.world(of: 2)
        let entry = world.entry(world.members(.add(Self.member(9), genesis: nil)), by: ["north"])
        let signature = entry.canonicalBytes.suffix(96)
        let doubled = Array(entry.canonicalBytes.dropLast(97)) + [2] + Array(signature) + Array(signature)
        #expect(throws: FormatError.notCanonical) { try Entry(canonical: doubled) }
        #expect(Contract.signaturesNeeded(for: entry.event, of: try #require(try world.state.ledger())) == 2)
    }

    @Test func `a removed member's signature admits nobody`() throws {
        var world = try Self.world(of: 3)
        let evidence = world.evidence(ActorBody(identifiers: line("")))
        let admission = world.entry(.actor(world.actor("x")), by: ["north", "member 3"], evidence: evidence)
        try world.append(world.members(.remove(publicKey("member 3"))), by: "north", "member 2")
        #expect(throws: Refusal.deadKey) { try world.append(admission, evidence: evidence) }
    }
}
