import AccessPolicy
import CryptoPrimitives
import Foundation
import GatewayAPI
import LedgerMirror
import RecordStorage
import SharingContract
import SystemPackage
import TestSupport
import Testing

@testable import RecordGateway

/// Policies, from their publication to whoever asks for them.
@Suite struct PolicyPublications {
    private func publishing(
        _ files: PolicyFiles, since: UInt64 = 0, by signers: [String] = ["north"], _ world: World = World()
    ) -> PostEntry {
        let evidence = world.evidence(files)
        let event = Event.policySet(PolicyPublication(root: files.root, since: since))
        return PostEntry(entry: world.entry(event, by: signers, evidence: evidence), evidence: evidence)
    }

    private func words(_ town: Town, _ call: PostEntry, by signer: String = "north") async throws -> String? {
        do {
            _ = try await town.gateway.call(call, by: signer)
            return nil
        } catch let error as APIError {
            return error.explanation.text
        }
    }

    @Test func `a published set is what anybody gets, at its leaf and for good`() async throws {
        try await GatewaySite.town { town in
            let (one, two) = (try World.policies(1), try World.policies(2))
            let first = try await town.gateway.call(publishing(one), by: "north")
            try town.gateway.verify(first)
            let second = try await town.gateway.call(publishing(two, since: first.index), by: "north")
            for (posted, files) in [(first, one), (second, two)] {
                let answer = try await town.gateway.get("/policies/\(posted.index)")
                #expect(answer.status == 200 && answer.body == files.canonicalBytes)
            }
        }
    }

    @Test(arguments: ["", "0", "1", "06", "+6", "6/", "6x", "-1", "7", "99999999999999999999", "6/6"])
    func `there is nothing where none was published`(name: String) async throws {
        try await GatewaySite.town { town in
            let posted = try await town.gateway.call(publishing(World.policies()), by: "north")
            let answer = try await town.gateway.get("/policies/\(name)")
            #expect(posted.index == 5 && answer.status == 404)
        }
    }

    @Test func `nobody but members publishes, and enough of them`() async throws {
        try await GatewaySite.town { town in
            let files = try World.policies()
            for name in ["hillside", "auditor", Town.laboratory, "stranger"] {
                try await town.gateway.expect(.forbidden, publishing(files, by: ["north"]), by: name)
                try await town.gateway.expect(.forbidden, publishing(files, by: ["north", name]), by: name)
            }
            try await town.gateway.expect(.forbidden, publishing(files, by: []), by: "north")
            try await town.gateway.expect(.refused, publishing(files, by: ["north", "stranger"]), by: "north")
            try await town.gateway.expect(.refused, publishing(files, since: 1), by: "north")
            _ = try await town.gateway.call(publishing(files), by: "north")
            try await town.gateway.expect(.refused, publishing(files, since: 5), by: "north")
            try await town.gateway.expect(.refused, publishing(files), by: "north")
        }
    }

    @Test func `a set that this gateway would release nothing under is refused, with the library's words`() async throws {
        let schema = Array("entity User; entity Record; action read appliesTo { principal: User, resource: Record };".utf8)
        let head = "@id(\"x\") @basis(\"a test\") @version(\"1\") "
        let cases: [(String, String)] = [
            ("permit (principal, action, resource);", "the policy has no @id"),
            (head + "permit (principal, action, resource);", "x permits, and only a patient's grant may"),
            (head + "forbid (principal, action, resource) when { principal.unknown };", "statute/x.cedar, 1:"),
            (head + "forbid (principal, action, resource", "statute/x.cedar: "),
            ("", "there are no policies"),
            (
                "@oblige(\"\u{202E}" + String(repeating: "x", count: 400) + "\") " + head + "permit (principal, action, resource);",
                "there is no obligation"
            ),
        ]
        try await GatewaySite.town { town in
            for (policy, reason) in cases {
                let files = try PolicyFiles([PolicyFiles.schemaName: schema, "statute/x.cedar": Array(policy.utf8)])
                try await town.gateway.expectNothingWritten {
                    let words = try #require(try await words(town, publishing(files)))
                    #expect(words.contains("would permit nothing: ") && words.contains(reason), "\(words)")
                }
            }
        }
    }

    @Test func `a body that is no set, or another set, is refused`() async throws {
        try await GatewaySite.town { town in
            let good = publishing(try World.policies(1))
            let other = try World.policies(2).canonicalBytes
            for (body, code) in [([], APIError.Code.malformed), (good.evidence.body + [0], .malformed), (other, .refused)] {
                let evidence = Evidence(salt: good.evidence.salt, body: body)
                try await town.gateway.expect(code, PostEntry(entry: good.entry, evidence: evidence), by: "north")
            }
            let contradicting = World().evidence(try World.policies(2))
            let entry = World().entry(good.entry.event, by: ["north"], evidence: contradicting)
            try await town.gateway.expect(.refused, PostEntry(entry: entry, evidence: contradicting), by: "north")
        }
    }

    @Test func `an auditor's evidence has the files`() async throws {
        try await GatewaySite.town { town in
            let files = try World.policies()
            let leaf = try await town.gateway.call(publishing(files), by: "north").index
            let page = try await town.gateway.call(ExportEvidence(from: leaf), by: "auditor")
            #expect(page.items.map(\.evidence.body) == [files.canonicalBytes])
        }
    }

    @Test func `files that were changed on the disk are not shown`() async throws {
        try await GatewaySite.town { town in
            let leaf = try await town.gateway.call(publishing(World.policies()), by: "north").index
            let change = "CAST(substr(body, 1, length(body) - 1) || x'20' AS BLOB)"
            try town.gateway.site.meddle("UPDATE evidence SET body = \(change) WHERE leaf = \(leaf)")
            let answer = try await town.gateway.get("/policies/\(leaf)")
            #expect(answer.status == 500 && answer.body.isEmpty)
        }
    }
}

@Suite struct PolicyShelves {
    /// A store whose ledger holds what `world` holds.
    private func opened<Result>(_ world: World, _ body: (LedgerStore) async throws -> Result) async throws -> Result {
        let folder = try TemporaryFolder()
        let path = FilePath(folder.url.path)
        let now = world.now
        try LedgerStore.create(in: path, genesis: world.steps[0].entry, signer: GatewaySite.signer(), clock: { now })
        let store = try LedgerStore.open(path, signer: GatewaySite.signer(), clock: { now })
        defer { try? store.close() }
        for step in world.steps.dropFirst() { try await store.commit { _ = try $0.append(step.entry, evidence: step.evidence) } }
        return try await body(store)
    }

    @Test func `a ledger without policies has none in force`() async throws {
        try await opened(try World.begun()) { store in
            let isThere = try await store.read { try PolicyShelf().inForce($0) != nil }
            #expect(!isThere)
        }
    }

    @Test func `inside a transaction, what was published before in it is in force`() async throws {
        var world = try World.begun()
        let (one, two) = (try World.policies(1), try World.policies(2))
        try world.publish(one)
        let before = world
        try world.publish(two)
        let step = world.steps[2]
        try await opened(before) { store in
            let shelf = PolicyShelf()
            let seen = try await store.commit { transaction in
                let first = try shelf.inForce(transaction.view)
                try transaction.append(step.entry, evidence: step.evidence)
                return [first, try shelf.inForce(transaction.view), try shelf.inForce(transaction.view)].map { $0?.root }
            }
            #expect(seen.result == [one.root, two.root, two.root])
            let found = try await store.read { try shelf.inForce($0)?.library.policies.map(\.id) }
            #expect(found == ["statute-1", "statute-2"])
        }
    }

    /// The contract does not know what policies are, so such a set can come to be on the ledger.
    @Test func `under a set that is not understood there is nothing but an error`() async throws {
        var world = try World.begun()
        try world.publish(World.policies())
        let broken = try PolicyFiles([
            PolicyFiles.schemaName: [], "statute/x.cedar": Array("permit (principal, action, resource);".utf8),
        ])
        try world.publish(broken)
        try await opened(world) { store in
            let shelf = PolicyShelf()
            for _ in 0..<2 {
                await #expect(throws: LibraryError.self) { try await store.read { _ = try shelf.inForce($0) } }
            }
        }
        try world.publish(World.policies())
        let isThere = try await opened(world) { store in try await store.read { try PolicyShelf().inForce($0) != nil } }
        #expect(isThere)
    }
}

@Suite struct MirroredPolicies {
    private func world() throws -> (World, PolicyFiles) {
        var world = try World.begun()
        let files = try World.policies()
        try world.publish(files)
        return (world, files)
    }

    private func shown(_ site: MirrorSite, _ leaf: UInt64) async throws -> PolicyFiles? {
        let store = try MirrorStore(site.path)
        defer { try? store.close() }
        return try await store.policyFiles(publishedAt: leaf)
    }

    @Test func `a mirror has the files, and shows them at their leaf alone`() async throws {
        let (world, files) = try world()
        let site = try MirrorSite()
        var ledger = ShownLedger(world)
        ledger.lies[PublicPath.policies(publishedAt: 1)] = files.canonicalBytes
        #expect(try await site.follow(ledger) == nil)
        #expect(try await shown(site, 1) == files)
        for leaf in [0, 2, .max] as [UInt64] { #expect(try await shown(site, leaf) == nil) }
    }

    @Test func `a leader that keeps the files back is asked again, and the ledger is shown meanwhile`() async throws {
        let (world, files) = try world()
        let site = try MirrorSite()
        var ledger = ShownLedger(world)
        #expect(try await site.follow(ledger) == .unreachable)
        #expect(try site.head()?.size == 2)
        #expect(try await shown(site, 1) == nil)
        ledger.lies[PublicPath.policies(publishedAt: 1)] = files.canonicalBytes
        #expect(try await site.follow(ledger) == nil)
        #expect(try await shown(site, 1) == files)
    }

    @Test func `files of another root are a leader's fault, and are not kept`() async throws {
        let (world, files) = try world()
        for lie in [try World.policies(2).canonicalBytes, files.canonicalBytes + [0], [], [UInt8](repeating: 0, count: 300_000)] {
            let site = try MirrorSite()
            var ledger = ShownLedger(world)
            ledger.lies[PublicPath.policies(publishedAt: 1)] = lie
            #expect(try await site.follow(ledger) == .fault(.malformed))
            #expect(try await shown(site, 1) == nil)
        }
    }

    @Test func `files that were changed in the mirror are not shown`() async throws {
        let (world, files) = try world()
        let site = try MirrorSite()
        var ledger = ShownLedger(world)
        ledger.lies[PublicPath.policies(publishedAt: 1)] = files.canonicalBytes
        #expect(try await site.follow(ledger) == nil)
        try site.meddle("UPDATE policies SET files = x'0000'")
        await #expect(throws: StoreError.self) { try await shown(site, 1) }
    }
}
