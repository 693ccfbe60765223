import CryptoPrimitives
import DurableFiles
import MerkleLedger
import SharingContract
import SystemPackage
import TestSupport
import Testing

@testable import GatewayClient

/// A client's copy of the ledger, and gateways that show it other leaves than before.
@Suite struct ReplicaTests {
    private let story: AuditStory
    private let folder: TemporaryFolder

    init() throws {
        story = try AuditStory()
        folder = try TemporaryFolder()
    }

    private var ledgerFolder: FilePath { FilePath(folder.path("ledger")) }

    private func replica() throws -> LedgerReplica { try LedgerReplica(ledgerFolder, pin: story.pin) }

    /// Whether the copy on disk can be opened.
    private var isWhole: Bool { (try? replica()) != nil }

    private var honest: ShadowLedger { ShadowLedger(story.leaves) }

    private func honest(_ size: Int) -> ShadowLedger { ShadowLedger(Array(story.leaves.prefix(size))) }

    private func serving(_ body: (LyingGateway, GatewayConnection) async throws -> Void) async throws {
        try await LyingGateway.serving { gateway, address in
            let connection = GatewayConnection(address: address, clock: gateway.clock)
            try await body(gateway, connection)
            try await connection.close()
        }
    }

    /// What a client finds that has seen `seen` leaves and is then shown another ledger. Afterwards it must be what it was, and follow
    /// the honest ledger again.
    private func found(seen: Int, _ shown: ShadowLedger) async throws -> Discrepancy? {
        var found: Discrepancy?
        let folder = try TemporaryFolder()
        let path = FilePath(folder.path("ledger"))
        try await serving { gateway, connection in
            let replica = try LedgerReplica(path, pin: story.pin)
            if seen > 0 {
                try honest(seen).show(at: gateway)
                try await replica.sync(connection)
            }
            try shown.show(at: gateway)
            found = await discrepancy { try await replica.sync(connection) }
            #expect(replica.size == UInt64(seen))
            let again = try LedgerReplica(path, pin: story.pin)
            #expect(again.size == UInt64(seen) && again.state == replica.state)
            try honest.show(at: gateway)
            try await replica.sync(connection)
            #expect(replica.size == UInt64(story.leaves.count))
        }
        return found
    }

    @Test func `it follows the ledger, and comes back from disk as it was`() async throws {
        try await serving { gateway, connection in
            let replica = try replica()
            for size in [1, 4, 4, story.leaves.count] {
                try honest(size).show(at: gateway)
                try await replica.sync(connection)
                #expect(replica.size == UInt64(size))
            }
            let again = try self.replica()
            #expect(again.size == replica.size && again.state == replica.state && again.actorKeys == replica.actorKeys)
            #expect(try again.leaf(3) == story.leaves[3])
            #expect(again.releases(under: publicKey("grant")).map(\.leaf) == [story.release])
        }
    }

    @Test func `a ledger that has become shorter is not believed`() async throws {
        #expect(try await found(seen: 6, honest(5)) == .ledgerRolledBack)
        #expect(try await found(seen: 6, honest(1)) == .ledgerRolledBack)
    }

    @Test func `a ledger that is not the one seen, continued, is a fork`() async throws {
        var sameSize = honest(6)
        sameSize.root = SHA256.hash([1])
        #expect(try await found(seen: 6, sameSize) == .ledgerForked)
        var longer = honest
        longer.root = SHA256.hash([1])
        #expect(try await found(seen: 6, longer) == .ledgerForked)
        var shorter = honest(4)
        shorter.root = SHA256.hash([1])
        #expect(try await found(seen: 6, shorter) == .ledgerForked)
    }

    @Test func `an older leaf that is another one shows in the root`() async throws {
        var changed = honest
        // As if the first clinic had been admitted a minute later: nothing that is fetched anew is wrong.
        changed.leaves[1] = Leaf(time: Minute(story.leaves[1].time.number + 1), entry: story.leaves[1].entry).canonicalBytes
        #expect(try await found(seen: 6, changed) == .ledgerForked)
    }

    @Test func `leaves that break a rule are refused, whoever signs the checkpoint`() async throws {
        let last = story.leaves.count - 1
        var unsigned = honest
        unsigned.leaves[last] =
            Leaf(
                time: story.leaves[last].time,
                entry: Entry(origin: story.pin.origin, bodiless: .member(.remove(publicKey("north"))))
            ).canonicalBytes
        #expect(try await found(seen: 3, unsigned) == .ruleBroken(leaf: UInt64(last)))
        var forged = honest
        forged.leaves[4][forged.leaves[4].count - 1] ^= 1
        #expect(try await found(seen: 3, forged) == .ruleBroken(leaf: 4))
        var unreadable = honest
        unreadable.leaves[4] += [0]
        #expect(try await found(seen: 3, unreadable) == .ruleBroken(leaf: 4))
        var again = honest
        again.leaves.append(again.leaves[last])
        #expect(try await found(seen: 3, again) == .ruleBroken(leaf: UInt64(last + 1)))
    }

    /// The ledger's own signature and the member's are good on all of it, and so is the release key's: it is the rule that stands against it.
    @Test func `a grant that was revoked is not revived, by a release under it or by granting it again`() async throws {
        let revoked = try #require(story.leaves.firstIndex { $0.entry.event.kind == .revocation })
        let size = UInt64(revoked + 1)
        let last = story.leaves[revoked].time
        let release = Leaf(time: last, entry: released("a request of its own")).canonicalBytes
        // As long as the grant stood, the very same leaf would have been followed.
        var before = honest(revoked)
        before.leaves.append(release)
        try await serving { gateway, connection in
            let replica = try replica()
            try before.show(at: gateway)
            try await replica.sync(connection)
            #expect(replica.releases(under: publicKey("grant")).map(\.leaf) == [story.release, UInt64(revoked)])
        }
        let granted = try #require(
            story.leaves.first { leaf in
                if case .grant(let grant) = leaf.entry.event { grant.control == publicKey("grant") } else { false }
            })
        for revival in [release, Leaf(time: last, entry: granted.entry).canonicalBytes] {
            var revived = honest(revoked + 1)
            revived.leaves.append(revival)
            for seen in [0, 3, revoked, revoked + 1] {
                #expect(try await found(seen: seen, revived) == .ruleBroken(leaf: size), "seen \(seen)")
            }
        }
    }

    /// A decision that releases something under the story's grant, by its member.
    private func released(_ request: String) -> Entry {
        let (decision, body) = story.world.decision(request, grant: "grant", released: [SHA256.hash([1])])
        return story.world.entry(.decision(decision), by: ["north"], evidence: story.world.evidence(body))
    }

    @Test func `time does not go back`() async throws {
        var back = honest
        back.leaves[4] = Leaf(time: Minute(story.leaves[4].time.number - 1), entry: story.leaves[4].entry).canonicalBytes
        #expect(try await found(seen: 3, back) == .ruleBroken(leaf: 4))
        #expect(try await found(seen: 0, back) == .ruleBroken(leaf: 4))
    }

    @Test func `a checkpoint of another key or origin is none`() async throws {
        var other = honest
        other.signer = "north"
        #expect(try await found(seen: 3, other) == .checkpointNotSigned)
        other = honest
        other.origin = line("south.example/ledger")
        #expect(try await found(seen: 3, other) == .checkpointNotSigned)
    }

    @Test func `a checkpoint larger than the ledger that is shown goes nowhere`() async throws {
        var larger = honest
        larger.size = larger.leaves.count + 1
        larger.root = SHA256.hash([1])
        #expect(try await found(seen: 3, larger) == .tileMalformed)
    }

    @Test func `another ledger is not taken for the pinned one`() async throws {
        var other = honest
        let member = MemberChange.Member(key: publicKey("mallory"), name: line("North Consortium"), address: line("http://x"))
        let genesis = MemberChange.Genesis(rulesVersion: 1, ledgerKey: publicKey("ledger"))
        let entry = Entry(origin: story.pin.origin, bodiless: .member(.add(member, genesis: genesis))).signed(with: key("mallory"))
        other.leaves = [Leaf(time: story.leaves[0].time, entry: entry).canonicalBytes]
        #expect(try await found(seen: 0, other) == .otherLedger)
    }

    @Test func `a copy that was changed on disk is damaged, and is not believed`() async throws {
        try await serving { gateway, connection in
            try honest.show(at: gateway)
            try await replica().sync(connection)
        }
        for name in ["leaves", "checkpoint"] {
            let path = ledgerFolder.appending(name)
            let good = try DurableFile.read(path, atMost: 1 << 20)
            for position in [3, good.count / 2, good.count - 2] {
                var changed = good
                changed[position] ^= 1
                try DurableFile.write(changed, to: path)
                #expect(!isWhole)
            }
            try DurableFile.write(Array(good.dropLast(10)), to: path)
            #expect(!isWhole)
            try DurableFile.write(good, to: path)
        }
        #expect(try replica().size == UInt64(story.leaves.count))
    }
}
