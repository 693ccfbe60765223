import AccessPolicy
import CryptoPrimitives
import Foundation
import MerkleLedger
import SharingContract
import TestSupport
import Testing

@testable import GatewayClient

/// An export that somebody changed before the auditor got it. The checkpoint's key is not his.
@Suite struct ReplayTests {
    private let story: AuditStory
    private let good: AuditExport

    init() throws {
        story = try AuditStory()
        good = try story.export()
    }

    private func findings(_ export: AuditExport, decisions: Bool = true) -> [Replay.Finding] {
        Replay.run(export, pin: story.pin, decisions: decisions) { _, _ in }.findings
    }

    private func export(
        leaves: [Leaf]? = nil, evidence: [UInt64: Evidence]? = nil, note: SignedNote? = nil
    ) -> AuditExport {
        AuditExport(note: note ?? good.note, leaves: leaves ?? good.leaves, evidence: evidence ?? good.evidence)
    }

    private func changed(_ leaf: UInt64, _ change: (Evidence) throws -> Evidence) rethrows -> AuditExport {
        var evidence = good.evidence
        if let before = evidence[leaf] { evidence[leaf] = try change(before) }
        return export(evidence: evidence)
    }

    @Test func `a good export replays, and every decision comes out the same`() throws {
        let report = Replay.run(try AuditExport(good.bytes), pin: story.pin, decisions: true) { _, _ in }
        #expect(report.isClean && report.leaves == UInt64(good.leaves.count))
        // One more was made of records that were erased since.
        #expect(report.decisions == 1 && report.same == 1 && report.erased == 1 && report.released == 1 && report.refused == 1)
        #expect(report.signatures == good.leaves.map(\.entry.signatures.count).reduce(0, +))
    }

    @Test func `a decision on records that were erased since is counted as such`() {
        let report = Replay.run(good, pin: story.pin, decisions: true) { _, _ in }
        #expect(report.erased == 1)
    }

    @Test func `without decisions, signatures and evidence are checked all the same`() throws {
        let report = Replay.run(good, pin: story.pin, decisions: false) { _, _ in }
        #expect(report.isClean && report.decisions == 0)
        let cut = changed(story.release) { Evidence(salt: .zero, body: $0.body) }
        #expect(findings(cut, decisions: false) == [.init(leaf: story.release, what: .evidenceRule(.bodyNotCommitted))])
    }

    @Test func `a salt, a body or a tree that is another is found at its leaf`() throws {
        for (leaf, evidence) in good.evidence where !evidence.body.isEmpty {
            let salt = changed(leaf) { Evidence(salt: SHA256.hash([1]).value, body: $0.body, tree: $0.tree) }
            #expect(findings(salt).contains(.init(leaf: leaf, what: .evidenceRule(.bodyNotCommitted))))
            let cut = changed(leaf) { Evidence(salt: $0.salt, body: $0.body.dropLast(), tree: $0.tree) }
            #expect(findings(cut).contains(.init(leaf: leaf, what: .evidenceRule(.bodyNotCommitted))))
            guard let tree = evidence.tree else { continue }
            let other = changed(leaf) {
                Evidence(salt: $0.salt, body: $0.body, tree: .init(seed: SHA256.hash([1]).value, slots: tree.slots))
            }
            #expect(findings(other).contains { $0.leaf == leaf })
            let none = changed(leaf) { Evidence(salt: $0.salt, body: $0.body) }
            #expect(findings(none).contains { $0.leaf == leaf })
        }
    }

    @Test func `a record shown as erased that no entry erases is found`() throws {
        let deposit = try #require(good.evidence.first { $0.value.tree != nil })
        let tree = try #require(deposit.value.tree)
        let erased = changed(deposit.key) {
            Evidence(
                salt: $0.salt, body: $0.body,
                tree: .init(seed: tree.seed, slots: tree.slots.mapValues { .erased(commitment: $0.commitment) }))
        }
        #expect(findings(erased).contains(.init(leaf: deposit.key, what: .evidenceMissing)))
    }

    @Test func `evidence that was left out is missed`() {
        for leaf in good.evidence.keys {
            var evidence = good.evidence
            evidence[leaf] = nil
            #expect(findings(export(evidence: evidence)).contains(.init(leaf: leaf, what: .evidenceMissing)))
        }
    }

    @Test func `a leaf that is left out, exchanged, repeated or added breaks rule or root`() throws {
        for index in good.leaves.indices {
            var leaves = good.leaves
            leaves.remove(at: index)
            #expect(!findings(export(leaves: leaves)).isEmpty, "without leaf \(index)")
            leaves = good.leaves
            leaves.append(leaves[index])
            #expect(!findings(export(leaves: leaves)).isEmpty, "leaf \(index) again")
            guard index > 0 else { continue }
            leaves = good.leaves
            leaves.swapAt(index, index - 1)
            #expect(!findings(export(leaves: leaves)).isEmpty, "leaves \(index - 1) and \(index) exchanged")
        }
    }

    @Test func `the last decision taken out shows in the root alone`() {
        let cut = export(
            leaves: good.leaves.dropLast(), evidence: good.evidence.filter { $0.key < UInt64(good.leaves.count - 1) })
        #expect(findings(cut) == [.init(leaf: nil, what: .root)])
    }

    @Test func `a minute that is another shows in root or rule`() {
        for index in good.leaves.indices {
            var leaves = good.leaves
            let time = leaves[index].time.number
            leaves[index] = Leaf(time: Minute(time + 1), entry: leaves[index].entry)
            #expect(!findings(export(leaves: leaves)).isEmpty, "leaf \(index)")
        }
    }

    @Test func `a checkpoint of another key, origin, size or root is found`() throws {
        let size = good.leaves.count
        let others = [
            try story.note(size, by: "north"), try story.note(size, origin: line("south.example/ledger")),
        ]
        for note in others { #expect(findings(export(note: note)) == [.init(leaf: nil, what: .checkpoint)]) }
        let heads = [try story.note(size - 1), try story.note(size, root: SHA256.hash([1]))]
        for note in heads { #expect(findings(export(note: note)) == [.init(leaf: nil, what: .root)]) }
    }

    @Test func `another ledger than the pinned one is not taken for it`() {
        let pin = Pin(
            origin: story.pin.origin, genesis: SHA256.hash([1]), ledgerKey: story.pin.ledgerKey, address: story.pin.address)
        let report = Replay.run(good, pin: pin, decisions: true) { _, _ in }
        #expect(report.findings == [.init(leaf: nil, what: .checkpoint)])
    }
}

@Suite struct AuditFileTests {
    private let good: [UInt8]

    init() throws {
        good = try AuditStory().export().bytes
    }

    @Test func `a file that is cut or longer is none`() {
        var failures = Failures()
        for count in stride(from: 0, to: good.count, by: 31) {
            failures.check((try? AuditExport(Array(good.prefix(count)))) == nil, "cut to \(count)")
        }
        failures.check((try? AuditExport(good + [0])) == nil, "appended")
        #expect(failures.isEmpty, "\(failures)")
    }

    /// The last bytes of an age file in a grant and the erased leaf's salt are part of bodies; nothing in the file is free.
    @Test func `a file with any byte changed is none, or does not replay`() throws {
        let pin = try AuditStory().pin
        var failures = Failures()
        for position in stride(from: 0, to: good.count, by: 97) {
            var changed = good
            changed[position] ^= 1
            guard let export = try? AuditExport(changed) else { continue }
            let report = Replay.run(export, pin: pin, decisions: true) { _, _ in }
            failures.check(!report.isClean, "byte \(position)")
        }
        #expect(failures.isEmpty, "\(failures)")
    }
}

/// A gateway that decided wrongly and wrote it down: every signature is good, and the ledger is the pinned one.
@Suite struct WrongDecisionTests {
    private func findings(_ lie: AuditStory.Lie) throws -> [Replay.Finding.What] { try findings(of: AuditStory(lie)) }

    private func findings(_ alter: @escaping (inout DecisionParts) -> Void) throws -> [Replay.Finding.What] {
        try findings(of: AuditStory(altering: alter))
    }

    private func findings(of story: AuditStory) throws -> [Replay.Finding.What] {
        Replay.run(try story.export(), pin: story.pin, decisions: true) { _, _ in }.findings.map(\.what)
    }

    private static let permit = "\(publicKey("grant"))/permit"
    private static let forbid = "\(publicKey("hide"))/forbid"

    /// The story's own rulings: one record is seen, one is hidden, one is seen.
    @Test func `the parts that are altered below are those of the record`() throws {
        var found: DecisionParts?
        #expect(try findings { found = $0 } == [])
        let parts = try #require(found)
        let rulings = [RulingParts(allows: true, reasons: [Self.permit]), RulingParts(reasons: [Self.forbid])]
        #expect(parts.rulings == rulings.map(\.bytes))
        #expect(parts.records.map(\.ruling) == [0, 1, 0] && parts.others.count == 1 && parts.verdict == .allowed)
    }

    @Test func `a release that the consent denies is found`() throws {
        #expect(try findings(.purposeNotCovered) == [.consents, .records, .rulings, .verdict])
    }

    @Test func `each field that is another is found, and said which`() throws {
        #expect(try findings { $0.engine = line("cedar/4.5 consents/1 semantics/0") } == [.engine])
        #expect(try findings { $0.now = Minute($0.now.number + 1) } == [.time])
        #expect(try findings { $0.policies = Hash(.zero) } == [.policies])
        #expect(try findings { $0.requestHash = Hash(.zero) } == [.request])
        #expect(try findings { $0.grant = nil } == [.grant])
        #expect(try findings { $0.others = [] } == [.consents])
        #expect(try findings { $0.moreHeldBack = 1 } == [.records])
        #expect(try findings { $0.verdict = .denied(.heldBack) } == [.verdict])
        // Of a grant without an authority, up to the byte that says so.
        for place in 0..<GrantFacts.maximumSize - 33 {
            let found = try findings { parts in parts.grant?[place] ^= 1 }
            #expect(found == [.grant], "byte \(place) of the grant")
        }
        for place in 0..<3 {
            let found = try findings { parts in
                let other = parts.others[0]
                parts.others = [
                    ConsentName(
                        control: place == 0 ? publicKey("other") : other.control, consent: place == 1 ? Hash(.zero) : other.consent,
                        compilation: place == 2 ? Hash(.zero) : other.compilation)
                ]
            }
            #expect(found == [.consents])
        }
    }

    @Test func `a ruling that comes out differently is found`() throws {
        func ruling(_ number: Int, _ ruling: RulingParts) throws -> [Replay.Finding.What] {
            try findings { $0.rulings[number] = ruling.bytes }
        }
        #expect(try ruling(0, .init(allows: true, reasons: [Self.forbid])) == [.rulings])
        #expect(try ruling(0, .init(allows: true, reasons: [Self.permit], obliging: ["x"])) == [.obligations])
        #expect(try ruling(0, .init(allows: true, reasons: [Self.permit], obligations: [4])) == [.obligations])
        #expect(try ruling(1, .init(reasons: [Self.permit])) == [.rulings])
        #expect(try ruling(1, .init(reasons: [])) == [.rulings])
        #expect(try ruling(1, .init(reasons: [Self.forbid], erring: ["x"])) == [.rulings])
        // What is hidden is released, and nobody is told that it was hidden.
        #expect(try ruling(1, .init(allows: true, reasons: [Self.forbid])) == [.rulings])
        // What may be seen is held back. The last record was erased since, and cannot be ruled on again.
        let swapped = try findings {
            $0.rulings.swapAt(0, 1)
            $0.records = zip($0.records, [0, 0, 1]).map { $0.ruled($1) }
        }
        #expect(swapped == [.rulings])
    }

    @Test func `a record that is another, elsewhere, or never was is found`() throws {
        let invented = RuledRecord(commitment: SHA256.hash([1]), position: 1 << 40, ruling: 1)
        #expect(try findings { $0.records.append(invented) } == [.records])
        #expect(
            try findings {
                let first = $0.records[1]
                $0.records[1] = RuledRecord(commitment: first.commitment, position: first.position + 1, ruling: 1)
            } == [.records])
        #expect(
            try findings {
                $0.records[1] = RuledRecord(commitment: SHA256.hash([1]), position: $0.records[1].position, ruling: 1)
            } == [.records])
    }

    @Test func `a release of more than was decided is found`() throws {
        #expect(try findings(.releasesMore) == [.outcome])
    }

    @Test func `a grant whose consent means something else than was signed is found where it stands, and where it is relied on`()
        throws
    {
        let found = try findings(.compilesOtherwise)
        #expect(found.prefix(2) == [.compilation, .compilation])
        #expect(found.dropFirst(2).isEmpty)
    }

    @Test(arguments: [AuditStory.Lie.commitsOtherwise, .commitsForAnother])
    func `a grant whose commitment is not to what it says is found where it stands`(lie: AuditStory.Lie) throws {
        #expect(try findings(lie) == [.commitment, .commitment])
    }

    @Test func `policies are those in force at the leaf, and their obligations come out again`() throws {
        let folder = Fixtures.repository.appending(path: "policies")
        let schema = Array(try Data(contentsOf: folder.appending(path: "schema.cedarschema")))
        let text = """
            @id("look") @basis("b") @version("1") @oblige("review") permit (principal, action, resource);
            @id("no-hiv") @basis("b") @version("1") forbid (principal, action, resource in Label::"HIV");
            """
        let library = try PolicyLibrary(
            schema: .init(name: "schema", bytes: schema), policies: [.init(name: "text", bytes: Array(text.utf8))])
        let inForce = PoliciesInForce(root: SHA256.hash(Array(text.utf8)), library: library)
        let story = try AuditStory(policies: inForce)
        func run(_ publishing: @escaping Replay.Publishing) throws -> [Replay.Finding.What] {
            Replay.run(try story.export(), pin: story.pin, decisions: true, publishing: publishing) { _, _ in }.findings.map(\.what)
        }
        // As if the compartment's leaf had published them.
        func published(_ found: PoliciesInForce) -> Replay.Publishing {
            { leaf, _ in
                if case .compartment = leaf.entry.event { found } else { nil }
            }
        }
        #expect(try run(published(inForce)) == [])
        #expect(try run(published(PoliciesInForce(root: Hash(.zero), library: library))) == [.policies, .policies])
        #expect(try run { _, _ in nil } == [.policies, .rulings, .obligations, .policies])
        struct Unreadable: Error {}
        #expect(
            try run { leaf, _ in
                if case .compartment = leaf.entry.event { throw Unreadable() } else { return nil }
            }.first == .policiesUnreadable)
    }

    @Test func `a request that its actor did not send is found`() throws {
        #expect(try findings(.unsignedRequest) == [.requestNotSigned])
        #expect(try findings(.otherDigest) == [.requestNotSigned])
    }

    @Test func `a record that nobody can read is found`() throws {
        #expect(try findings(.noRecord) == [.decisionUnreadable])
    }
}

extension RuledRecord {
    fileprivate func ruled(_ number: Int) -> RuledRecord {
        RuledRecord(commitment: commitment, position: position, ruling: number)
    }
}

/// A decision under a grant that somebody made in Ana's place.
@Suite struct DelegatedReplay {
    private func findings(
        _ lie: AuditStory.Lie? = nil, _ alter: @escaping (inout DecisionParts) -> Void = { _ in }
    ) throws -> [Replay.Finding.What] {
        let story = try AuditStory(lie, isDelegated: true, altering: alter)
        return Replay.run(try story.export(), pin: story.pin, decisions: true) { _, _ in }.findings.map(\.what)
    }

    @Test func `it comes out the same, and names the delegation`() throws {
        var found: DecisionParts?
        #expect(try findings { found = $0 } == [])
        #expect(try #require(found).authorities.count == 1)
    }

    @Test func `a delegation that is left out, or is another, is found`() throws {
        #expect(try findings { $0.authorities = [] } == [.authorities])
        #expect(try findings { $0.authorities += $0.authorities } == [.authorities])
        // Of one without an authority itself, up to the byte that says so.
        for place in 0..<GrantFacts.maximumSize - 33 where place % 7 == 0 || place > 168 {
            #expect(try findings { $0.authorities[0][place] ^= 1 } == [.authorities], "byte \(place)")
        }
        #expect(try findings { $0.grant = $0.authorities[0] } == [.grant])
    }

    @Test func `a release after the delegation was ended is found`() throws {
        #expect(try findings(.revokedDelegation) == [.authorities, .consents, .records, .rulings, .verdict])
    }

    @Test func `a grant that hangs on nothing shows no delegation`() throws {
        let story = try AuditStory(altering: { $0.authorities = [$0.grant ?? []] })
        let report = Replay.run(try story.export(), pin: story.pin, decisions: true) { _, _ in }
        #expect(report.findings.map(\.what) == [.authorities])
    }
}
