import AccessPolicy
import CryptoPrimitives
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
    private func findings(_ lie: AuditStory.Lie) throws -> [Replay.Finding.What] {
        let story = try AuditStory(lie)
        return Replay.run(try story.export(), pin: story.pin, decisions: true) { _, _ in }.findings.map(\.what)
    }

    @Test func `a release that the policy denies is found`() throws {
        #expect(try findings(.purposeNotCovered) == [.decisionDiffers])
    }

    @Test func `inputs that are not the ledger's are found`() throws {
        #expect(try findings(.inventsRevocation) == [.decisionInputs])
        #expect(try findings(.otherCategory) == [.decisionInputs])
        #expect(try findings(.otherMinute) == [.decisionInputs])
    }

    @Test func `a record that was never deposited does not pass for an erased one`() throws {
        #expect(try findings(.inventsRecord) == [.decisionInputs])
    }

    @Test func `a release of more than the verdict names is found`() throws {
        #expect(try findings(.releasesMore) == [.decisionDiffers])
    }

    @Test func `a request that its actor did not send is found`() throws {
        #expect(try findings(.unsignedRequest) == [.requestNotSigned])
        #expect(try findings(.otherDigest) == [.requestNotSigned])
    }

    @Test func `a record that nobody can read is found`() throws {
        #expect(try findings(.noRecord) == [.decisionUnreadable])
    }
}
