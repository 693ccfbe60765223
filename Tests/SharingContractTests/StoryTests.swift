import CryptoPrimitives
import SharingContract
import TestSupport
import Testing

@Suite struct Story {
    /// The first ten minutes of the design, on a ledger in memory.
    @Test func `enrol, deposit, grant, release, revoke, refuse: the ledger holds what happened`() throws {
        var world = try World.withCompartment()
        let first = world.list("ana/laboratory")
        let records = (1...5).map { world.descriptor("lab \($0)", in: "ana/laboratory", by: "hillside") }
        try world.deposit(records, in: "ana/laboratory", by: "hillside", list: first)
        let second = world.list("ana/laboratory", after: first, grants: ["grant 1"])
        try world.grant("grant 1", in: "ana/laboratory", to: "lakeside", list: second)
        let commitments = world.tree(records).slots.values.map(\.commitment)
        try world.decide("give me all", grant: "grant 1", released: commitments)
        let third = world.list("ana/laboratory", after: second)
        try world.revoke("grant 1", list: third)

        #expect(throws: Refusal.notLive) { try world.decide("again", grant: "grant 1", released: commitments) }
        try world.decide("again", grant: "grant 1", released: [])

        #expect(
            world.leaves.map(\.entry.event.kind) == [
                .member, .actor, .actor, .compartment, .deposit, .grant, .decision, .revocation, .decision,
            ])
    }

    @Test func `a deposit sealed to an older list is refused, and one for the newest is taken`() throws {
        var world = try World.withCompartment()
        let first = world.list("ana/laboratory")
        try world.deposit(
            [world.descriptor("lab 1", in: "ana/laboratory", by: "hillside")], in: "ana/laboratory", by: "hillside", list: first)
        let second = world.list("ana/laboratory", after: first, grants: ["grant 1"])
        try world.grant("grant 1", in: "ana/laboratory", to: "lakeside", list: second)
        let late = world.descriptor("lab 2", in: "ana/laboratory", by: "hillside")
        #expect(throws: Refusal.listNotNewest) { try world.deposit([late], in: "ana/laboratory", by: "hillside", list: first) }
        try world.deposit([late], in: "ana/laboratory", by: "hillside", list: second)
    }

    @Test func `who holds only the public leaves comes to the same grants and keys`() throws {
        var world = try World.withCompartment()
        let first = world.list("ana/laboratory")
        try world.grant(
            "grant 1", in: "ana/laboratory", to: "lakeside", list: world.list("ana/laboratory", after: first, grants: ["grant 1"]))
        var state = MemoryState()
        var time: Minute?
        for (index, leaf) in world.leaves.enumerated() {
            let copy = try Leaf(canonical: leaf.canonicalBytes)
            state.apply(try Contract.apply(copy, at: UInt64(index), after: time, to: state))
            time = copy.time
        }
        let here = try #require(try state.grant(publicKey("grant 1")))
        #expect(here.isLive(at: world.now))
        #expect(try state.terms(of: publicKey("grant 1")) == nil)
        #expect(try state.use(of: publicKey("ledger")) == .ledger)
    }
}
