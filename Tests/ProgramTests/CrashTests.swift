import CryptoPrimitives
import Foundation
import GatewayClient
import MedicalRecords
import SharingContract
import Synchronization
import TestSupport
import Testing
import Subprocess
import AccessPolicy
import GatewayAPI

/// A gateway is killed while everybody works. What it acknowledged is there when it comes back.
@Suite struct CrashTests {
    /// What clients were told has been done.
    private struct Done: Sendable {
        var deposits: [UInt64] = []
        var records: Set<Bytes32> = []
        var grants: [Ed25519.PublicKey] = []
        var revoked: [Ed25519.PublicKey] = []
        var answers = 0
        /// What the patient may be told in so many words, of wishes that were taken for her.
        var wishes: Set<String> = []

        /// Of each kind of work, the one of which least was done.
        var least: Int { min(deposits.count, revoked.count, answers, wishes.count) }
        var count: Int { deposits.count + grants.count + revoked.count + answers + wishes.count }
    }

    private final class Acknowledged: Sendable {
        private let done = Mutex(Done())

        func note(_ change: (inout Done) -> Void) {
            done.withLock { change(&$0) }
        }

        var all: Done { done.withLock { $0 } }
    }

    /// How often the gateway is killed, each time at another instant.
    private static let kills = 200

    @Test func `nothing acknowledged is lost, and nothing half done is served`() async throws {
        let seed = UInt64.random(in: 0 ... .max)
        var generator = SeededGenerator(seed: seed)
        let workshop = try Workshop()
        try await workshop.found()
        try await workshop.serving { _ in try await workshop.prepareCrashes() }
        let acknowledged = Acknowledged()
        print("Crashes: seed \(seed)")
        for round in 0..<Self.kills {
            let (more, delay) = (Int.random(in: 1...4, using: &generator), Int.random(in: 0..<60_000, using: &generator))
            // To serve at all the store has to prove itself.
            let end = try await workshop.serving { gateway in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await untilItDies { try await deposits(round, workshop, acknowledged) } }
                    group.addTask { try await untilItDies { try await grants(workshop, acknowledged) } }
                    group.addTask { try await untilItDies { try await requests(round, workshop, acknowledged) } }
                    group.addTask {
                        // Also when something else has gone wrong: then this is what ends the others.
                        defer { try? gateway.kill(.kill) }
                        let goal = acknowledged.all.count + more
                        while acknowledged.all.least == 0 || acknowledged.all.count < goal {
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

    private func deposits(_ round: Int, _ workshop: Workshop, _ acknowledged: Acknowledged) async throws {
        try await workshop.asClinic("hillside") { clinic in
            for number in 1... {
                // Above and below the size from which a payload is a file.
                let text = String(repeating: "round \(round), letter \(number). ", count: number.isMultiple(of: 5) ? 5_000 : 50)
                // Few go where the grants are: each grant has a header for each of them, and each decision counts them.
                let isShared = round.isMultiple(of: 8) && number == 1
                let records = try RecordSource(Array(text.utf8)).split(category: isShared ? .laboratory : .general)
                let reports = try await clinic.deposit(records, for: "12345") { _, _ in }
                acknowledged.note { (done: inout Done) in
                    done.deposits += reports.map(\.leaf)
                    for report in reports { done.records.formUnion(report.records.map(\.record.value)) }
                }
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
                acknowledged.note { $0.grants.append(given.control) }
                try await patient.revoke(given.control, reason: .none)
                acknowledged.note { $0.revoked.append(given.control) }
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
                acknowledged.note { $0.answers += 1 }
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
        #expect(!done.records.isEmpty && !done.grants.isEmpty && done.answers > 0, "\(seed)")
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
            _ = try await patient.log()
        }
        try await workshop.asClinic("lakeside") { clinic in
            _ = try await clinic.request(try clinic.grant(1), filter: .all, purpose: .treatment, staff: .none) { _, _ in }
        }
        let replayed = try await workshop.done("cordon --as aud audit export --out a && cordon --as aud audit replay a")
        #expect(replayed.contains("All signatures good."), "\(seed)")
    }
}

extension Workshop {
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
