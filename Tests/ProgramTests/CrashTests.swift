import CryptoPrimitives
import Foundation
import GRDB
import GatewayClient
import MedicalRecords
import MerkleLedger
import SharingContract
import Synchronization
import TestSupport
import Testing
import Subprocess
import AccessPolicy
import GatewayAPI

/// A gateway is killed while everybody works. What it acknowledged is there when it comes back.
@Suite struct CrashTests {
    /// That a leaf stands at a place, under the checkpoint of the receipt that a client verified, or a later one that it saw.
    private struct Receipt: Sendable {
        let index: UInt64
        private let leaf: Hash
        private let checkpoint: Checkpoint

        init(_ index: UInt64, _ ledger: LedgerReplica) throws {
            self.index = index
            leaf = try Hash.leaf(ledger.leaf(index).canonicalBytes)
            checkpoint = try #require(ledger.checkpoint).checkpoint
        }

        func isGood(on shown: Shown) -> Bool {
            index < checkpoint.size && checkpoint.size <= shown.size && shown.leaves[Int(index)] == leaf
                && shown.roots[Int(checkpoint.size)] == checkpoint.rootHash
        }
    }

    /// The ledger as gateways showed it, from the first leaf on. That an earlier leaf is not shown differently later is what the copy of the
    /// ledger it comes from makes sure of whenever it is brought up to date.
    private struct Shown: Sendable {
        private var tree = TreeAccumulator()
        private(set) var leaves: [Hash] = []
        /// By the number of leaves below.
        private(set) var roots = [TreeAccumulator().root]

        var size: UInt64 { tree.count }

        mutating func take(_ ledger: LedgerReplica) throws {
            while size < ledger.size {
                let leaf = try Hash.leaf(ledger.leaf(size).canonicalBytes)
                tree.append(leaf)
                leaves.append(leaf)
                roots.append(tree.root)
            }
        }

        /// Places of receipts that do not hold on it.
        func places(ofLost receipts: [Receipt]) -> [UInt64] {
            receipts.filter { !$0.isGood(on: self) }.map(\.index)
        }
    }

    /// What clients were told has been done.
    private struct Done: Sendable {
        /// Of everything below that has a leaf.
        var receipts: [Receipt] = []
        var deposits: [UInt64] = []
        var records: Set<Bytes32> = []
        var grants: [Ed25519.PublicKey] = []
        var revoked: [Ed25519.PublicKey] = []
        /// By the leaf of the decision: what was released.
        var answers: [UInt64: Set<Hash>] = [:]
        /// What the patient may be told in so many words, of wishes that were taken for her.
        var wishes: Set<String> = []

        /// Of each kind of work, the one of which least was done.
        var least: Int { min(deposits.count, revoked.count, answers.count, wishes.count) }
        var count: Int { deposits.count + grants.count + revoked.count + answers.count + wishes.count }
    }

    private final class Acknowledged: Sendable {
        private let done = Mutex(Done())
        private let seen = Mutex(Shown())
        private let orphans = Mutex<Set<PayloadID>>([])
        private let verified = Mutex(0)

        func note(_ change: (inout Done) -> Void) {
            done.withLock { change(&$0) }
        }

        var all: Done { done.withLock { $0 } }

        /// The ledger as it is shown now, after all that was shown before.
        func shown(_ ledger: LedgerReplica) throws -> Shown {
            try seen.withLock { shown in
                try shown.take(ledger)
                return shown
            }
        }

        /// Those that were not known yet.
        func note(orphans found: Set<PayloadID>) -> Set<PayloadID> {
            orphans.withLock { orphans in
                defer { orphans.formUnion(found) }
                return found.subtracting(orphans)
            }
        }

        var hasSeenOrphans: Bool { orphans.withLock { !$0.isEmpty } }

        /// After how many restarts everything was verified.
        var verifiedRestarts: Int { verified.withLock { $0 } }

        func noteVerified() {
            verified.withLock { $0 += 1 }
        }
    }

    /// Whom a gateway gives payloads by their names, as long as a deposit names them.
    private final class Member: Sendable {
        let key: Ed25519.PrivateKey

        init(_ key: consuming Ed25519.PrivateKey) {
            self.key = key
        }
    }

    /// How often gateways are killed, each time at another instant: several of them, beside each other.
    private static let (kills, gateways) = (200, 2)

    @Test func `nothing acknowledged is lost, and nothing half done is served`() async throws {
        let seeds = (0..<Self.gateways).map { _ in UInt64.random(in: 0 ... .max) }
        print("Crashes: seeds \(seeds)")
        let orphaned = try await withThrowingTaskGroup(of: Bool.self) { group in
            for seed in seeds { group.addTask { try await kill(seed).hasSeenOrphans } }
            return try await group.reduce(false) { $0 || $1 }
        }
        #expect(orphaned, "no kill fell between an upload and its deposit: \(seeds)")
    }

    /// One gateway's share of the kills.
    private func kill(_ seed: UInt64) async throws -> Acknowledged {
        var generator = SeededGenerator(seed: seed)
        let workshop = try Workshop()
        try await workshop.found()
        try await workshop.serving { _ in try await workshop.prepareCrashes() }
        let member = try Member(
            MemberClient.key(of: workshop.profile("north"), passphrase: SecretBytes(copying: Array(Workshop.passphrase.utf8).span)))
        let acknowledged = Acknowledged()
        for round in 0..<Self.kills / Self.gateways {
            let (more, delay) = (Int.random(in: 1...4, using: &generator), Int.random(in: 0..<60_000, using: &generator))
            // To serve at all the store has to prove itself.
            let end = try await workshop.serving { gateway in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        try await workshop.asClinic("hillside") { clinic in
                            try await verifyRestart(clinic, workshop, member, acknowledged, "seed \(seed), round \(round)")
                            try await untilItDies { try await deposits(round, clinic, acknowledged) }
                        }
                    }
                    group.addTask { try await untilItDies { try await grants(workshop, acknowledged) } }
                    group.addTask { try await untilItDies { try await requests(round, workshop, acknowledged) } }
                    group.addTask {
                        // Also when something else has gone wrong: then this is what ends the others.
                        defer { try? gateway.kill(.kill) }
                        let goal = acknowledged.all.count + more
                        while acknowledged.verifiedRestarts <= round || acknowledged.all.least == 0
                            || acknowledged.all.count < goal
                        {
                            try await Task.sleep(for: .milliseconds(2))
                        }
                        // Somewhere in the middle of what comes next.
                        try await Task.sleep(for: .microseconds(delay))
                    }
                    for try await _ in group {}
                }
            }
            #expect(end == .signaled(9), "seed \(seed), round \(round)")
        }
        try await workshop.serving { _ in
            try await verify(acknowledged.all, workshop, "seed \(seed)")
            try await verifyNoneIsServed(try workshop.orphans(), workshop, member, "seed \(seed)")
        }
        return acknowledged
    }

    /// Before it deposits anything: what anybody was told until now holds on the ledger that came back, and what a kill has left between an
    /// upload and its deposit is given to nobody.
    private func verifyRestart(
        _ clinic: ClinicClient, _ workshop: Workshop, _ member: Member, _ acknowledged: Acknowledged, _ place: String
    ) async throws {
        let told = acknowledged.all.receipts
        try await clinic.session.sync()
        let lost = try acknowledged.shown(clinic.session.ledger).places(ofLost: told)
        #expect(lost.isEmpty, "\(place): not there any more: \(lost)")
        try await verifyNoneIsServed(acknowledged.note(orphans: try workshop.orphans()), workshop, member, place)
        acknowledged.noteVerified()
    }

    private func verifyNoneIsServed(
        _ payloads: Set<PayloadID>, _ workshop: Workshop, _ member: Member, _ place: String
    ) async throws {
        let connection = Workshop.environment.connection(to: workshop.address)
        for payload in payloads {
            let served = try await isServed(payload, connection, member)
            #expect(!served, "\(place): \(payload)")
        }
        try await connection.close()
    }

    private func isServed(_ payload: PayloadID, _ connection: GatewayConnection, _ member: Member) async throws -> Bool {
        do {
            try await connection.fetchPayload(
                FetchNamedPayload.path, FetchNamedPayload(payload: payload), with: member.key, member: member.key.publicKey,
                into: { _ in })
            return true
        } catch ClientError.refused(let error) where error.code == .notFound {
            return false
        }
    }

    /// A client whose gateway goes away says so, and nothing else goes wrong.
    private func untilItDies(_ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch ClientError.unreachable {
        } catch ClientError.incomplete(_, _, .unreachable) {
        } catch ClientError.refused(let error) where error.code == .unavailable {
        }
    }

    private func deposits(_ round: Int, _ clinic: ClinicClient, _ acknowledged: Acknowledged) async throws {
        for number in 1... {
            // Above and below the size from which a payload is a file.
            let text = String(repeating: "round \(round), letter \(number). ", count: number.isMultiple(of: 5) ? 5_000 : 50)
            // Few go where the grants are: each grant has a header for each of them, and each decision counts them.
            let isShared = round.isMultiple(of: 8) && number == 1
            let records = try RecordSource(Array(text.utf8)).split(category: isShared ? .laboratory : .general)
            let reports = try await clinic.deposit(records, for: "12345") { _, _ in }
            let receipts = try reports.map { try Receipt($0.leaf, clinic.session.ledger) }
            acknowledged.note { (done: inout Done) in
                done.receipts += receipts
                done.deposits += reports.map(\.leaf)
                for report in reports { done.records.formUnion(report.records.map(\.record.value)) }
            }
        }
    }

    private func grants(_ workshop: Workshop, _ acknowledged: Acknowledged) async throws {
        try await workshop.asPatient("ana") { patient in
            try await patient.sync()
            let hillside = try patient.session.actor(named: "Hillside Clinic")
            while true {
                let proposed = try await patient.propose(
                    to: hillside, category: MedicalRecords.Category.laboratory.code, purposes: [.treatment],
                    until: patient.session.today.adding(days: 30))
                let given = try await patient.grant(proposed)
                let granted = try Receipt(try #require(given.leaf), patient.session.ledger)
                acknowledged.note { (done: inout Done) in
                    done.receipts.append(granted)
                    done.grants.append(given.control)
                }
                try await patient.revoke(given.control, reason: .none)
                let state = try patient.session.ledger.state.grant(given.control)
                let revoked = try Receipt(try #require(state?.revokedAt), patient.session.ledger)
                acknowledged.note { (done: inout Done) in
                    done.receipts.append(revoked)
                    done.revoked.append(given.control)
                }
                try await patient.readInbox()
            }
        }
    }

    private func requests(_ round: Int, _ workshop: Workshop, _ acknowledged: Acknowledged) async throws {
        try await workshop.asClinic("lakeside") { clinic in
            let grant = try clinic.grant(1)
            for number in 1... {
                let wish = "round \(round), wish \(number)"
                if try await ask(wish, clinic) { acknowledged.note { $0.wishes.insert(wish) } }
                let records = try await clinic.request(grant, filter: .all, purpose: .treatment, staff: .none) { _, _ in }
                for record in records { _ = try clinic.content(of: record, grant) }
                // Nobody else uses this grant, so the newest release under it is this one.
                let leaf = try #require(clinic.session.ledger.releases(under: grant.content.grant).last?.leaf)
                let answered = try Receipt(leaf, clinic.session.ledger)
                let released = Set(records.map(\.descriptorCommitment))
                #expect(!released.isEmpty && acknowledged.all.answers[leaf] == nil, "a release without a leaf of its own: \(wish)")
                acknowledged.note { (done: inout Done) in
                    done.receipts.append(answered)
                    done.answers[leaf] = released
                }
            }
        }
    }

    /// Whether the wish was taken. A sender who is faster than the patient reads has to wait.
    private func ask(_ wish: String, _ clinic: ClinicClient) async throws -> Bool {
        do {
            try await clinic.ask(
                .granter(1), category: MedicalRecords.Category.general.code, purpose: .treatment,
                until: clinic.session.today.adding(days: 2), note: Workshop.line(wish))
            return true
        } catch ClientError.refused(let error) where error.code == .full {
            return false
        }
    }

    /// The clients check receipts and consistency with all they saw; an auditor checks everything from the first entry on.
    private func verify(_ done: Done, _ workshop: Workshop, _ seed: String) async throws {
        #expect(!done.records.isEmpty && !done.grants.isEmpty && !done.answers.isEmpty, "\(seed)")
        try await workshop.asPatient("ana") { patient in
            try await patient.synchronise { _ in }
            for leaf in done.deposits { #expect(try patient.session.ledger.leaf(leaf).entry.event.kind == .deposit, "\(seed)") }
            for control in done.grants {
                let state = try patient.session.ledger.state.grant(control)
                #expect(state != nil && (state?.revokedAt != nil || !done.revoked.contains(control)), "\(seed)")
            }
            var found: Set<Bytes32> = []
            for category in [MedicalRecords.Category.laboratory, .general] {
                for record in try await patient.records(category.code) {
                    found.insert(record.descriptor.record.value)
                    try await patient.open(record, category.code) { _, _ throws(ClientError) in }
                }
            }
            #expect(done.records.isSubset(of: found), "\(seed)")
            try await patient.readInbox()
            #expect(done.wishes.isSubset(of: Set(patient.state.wishes.map(\.content.note.text))), "\(seed)")
            // What clinics were given is what the patient is told that they were given.
            var logged: [UInt64: Set<Hash>] = [:]
            for line in try await patient.log() {
                if case .released(_, let details?) = line.what { logged[line.leaf] = Set(details.records) }
            }
            let unlogged = done.answers.filter { logged[$0.key] != $0.value }.keys.sorted()
            #expect(unlogged.isEmpty, "\(seed): \(unlogged)")
        }
        try await workshop.asClinic("lakeside") { clinic in
            _ = try await clinic.request(try clinic.grant(1), filter: .all, purpose: .treatment, staff: .none) { _, _ in }
        }
        // By a copy of the ledger that comes from this gateway alone.
        try await workshop.asClinic("aud") { auditor in
            try await auditor.session.sync()
            var shown = Shown()
            try shown.take(auditor.session.ledger)
            let lost = shown.places(ofLost: done.receipts)
            #expect(lost.isEmpty, "\(seed): not there any more: \(lost)")
        }
        let replayed = try await workshop.done("cordon --as aud audit export --out a && cordon --as aud audit replay a")
        #expect(replayed.contains("All signatures good."), "\(seed)")
    }
}

extension Workshop {
    /// Payloads that the running gateway has and that no deposit names.
    fileprivate func orphans() throws -> Set<PayloadID> {
        let queue = try DatabaseQueue(path: folder.path("home/north/gateway/store.sqlite"))
        defer { try? queue.close() }
        let names = try queue.read { database in
            try Data.fetchAll(
                database, sql: "SELECT id FROM payload WHERE NOT EXISTS (SELECT 1 FROM slot WHERE slot.payload = payload.id)")
        }
        return Set(names.compactMap { PayloadID([UInt8]($0)) })
    }

    /// A grant to Lakeside, so that it has something to request.
    fileprivate func prepareCrashes() async throws {
        try await populate()
        try await done(
            """
            set -e; cordon --as hillside clinic deposit --patient 12345 fixtures/records/ana.json
            cordon --as ana grant --to lakeside --category laboratory --yes; cordon --as lakeside clinic inbox
            """)
    }
}
