import AccessPolicy
import CryptoPrimitives
import GatewayAPI
import MedicalRecords
import RecordStorage
import SharingContract
import TestSupport
import Testing

/// An answer holds 256 records. Which ones is for the grant to say, and not for whoever deposited first.
@Suite struct ManyRecords {
    /// Deposits so many records with a header for every recipient, uploaded beside the wire.
    private func deposit(
        _ count: Int, _ name: String, category: MedicalRecords.Category, labels: [String] = [], _ town: Town
    ) async throws {
        let records = (0..<count).map { town.sealed("\(name) \($0)", size: 40, category: category, labels: labels) }
        let store = town.gateway.store
        try await withThrowingTaskGroup(of: Void.self) { group in
            for record in records {
                group.addTask {
                    var upload = store.beginUpload()
                    try upload.write(record.payload)
                    _ = try await store.finishUpload(upload, announced: SHA256.hash(record.payload))
                }
            }
            try await group.waitForAll()
        }
        for start in stride(from: 0, to: count, by: SlotTree.slotCount) {
            let part = Array(records[start..<min(start + SlotTree.slotCount, count)])
            _ = try await town.gateway.call(town.depositing(part), by: "hillside")
        }
    }

    /// What one request shows: how many records, whether there are more, and the last one's position.
    private func ask(_ filter: Filter, _ town: Town) async throws -> (count: Int, hasMore: Bool, last: UInt64?) {
        let answer = try await town.gateway.call(town.requesting("grant", by: "lakeside", filter: filter), by: "lakeside")
        let record = try await town.record(of: answer.decision.index)
        guard case .released(let items, let hasMore) = answer.outcome, record.verdict == .allowed else {
            #expect(record.verdict == .denied(record.heldBackCount == 0 ? .nothingToRelease : .heldBack))
            return (0, false, nil)
        }
        #expect(record.released.map(\.record.commitment) == items.map(\.record.descriptorCommitment))
        #expect(items.allSatisfy { (try? StoredFacts(canonical: $0.record.descriptor.facts))?.category == .laboratory })
        return (items.count, hasMore, items.last?.record.position)
    }

    @Test func `records that the grant does not cover do not keep those from view that it covers`() async throws {
        try await GatewaySite.town { town in
            try await town.grant("grant", to: "lakeside")
            try await deposit(300, "front", category: .mentalHealth, town)
            #expect(try await ask(.all, town) == (0, false, nil))
            try await deposit(1, "lab", category: .laboratory, town)
            let first = try await ask(.all, town)
            #expect(first.count == 1 && !first.hasMore)
            try await deposit(257, "between", category: .imaging, town)
            try await deposit(1, "last lab", category: .laboratory, town)
            let both = try await ask(.all, town)
            #expect(both.count == 2 && !both.hasMore)
            let rest = try await ask(Filter.all.after(try #require(first.last)), town)
            #expect(rest.count == 1 && rest.last == both.last)
        }
    }

    @Test func `an answer is full with what it shows, and goes on behind it`() async throws {
        try await GatewaySite.town { town in
            try await town.grant("grant", to: "lakeside")
            try await deposit(100, "lab", category: .laboratory, town)
            try await deposit(256, "between", category: .mentalHealth, town)
            try await deposit(156, "more lab", category: .laboratory, town)
            try await deposit(20, "behind", category: .mentalHealth, town)
            // Exactly full: what else lies behind is none of the reader's business.
            let full = try await ask(.all, town)
            #expect(full.count == 256 && !full.hasMore)
            try await deposit(2, "last lab", category: .laboratory, town)
            let first = try await ask(.all, town)
            #expect(first.count == 256 && first.hasMore && first.last == full.last)
            let rest = try await ask(Filter.all.after(try #require(first.last)), town)
            #expect(rest.count == 2 && !rest.hasMore)
            #expect(try await ask(Filter.all.after(try #require(rest.last)), town) == (0, false, nil))
        }
    }

    /// Of what was hidden the decision tells the patient, as far as there is room, and how much it was.
    @Test func `hidden records in front keep none from view, and are told up to the last one shown`() async throws {
        try await GatewaySite.town { town in
            try await town.grant("grant", to: "lakeside")
            try await town.restrict("hide", .label(line("HIV")))
            try await deposit(300, "hidden", category: .laboratory, labels: ["HIV"], town)
            #expect(try await ask(.all, town) == (0, false, nil))
            #expect(try await town.record(of: town.gateway.store.head.size - 1).heldBackCount == 300)
            try await deposit(257, "lab", category: .laboratory, town)
            let first = try await ask(.all, town)
            #expect(first.count == 256 && first.hasMore)
            try await deposit(2, "hidden behind", category: .laboratory, labels: ["HIV"], town)
            let rest = try await ask(Filter.all.after(try #require(first.last)), town)
            #expect(rest.count == 1 && !rest.hasMore)
            #expect(try await town.record(of: town.gateway.store.head.size - 1).heldBackCount == 2)
        }
    }

    /// What is not covered is no input of the decision, however it was asked for.
    @Test func `a decision holds the records that the grant covers and no others`() async throws {
        try await GatewaySite.town { town in
            try await town.grant("grant", to: "lakeside")
            try await deposit(3, "lab", category: .laboratory, town)
            try await deposit(3, "other", category: .mentalHealth, town)
            let named = ["lab 0", "other 0"].map { town.sealed($0, size: 40).descriptor.record.value }
            for (filter, count) in [(.all, 3), (try #require(Filter(records: Set(named), after: nil)), 1)] as [(Filter, Int)] {
                let call = town.requesting("grant", by: "lakeside", filter: filter)
                let body = try await town.decisionBody(of: town.gateway.call(call, by: "lakeside").decision.index)
                let record = try DecisionRecord(canonical: body.record)
                #expect(record.records.count == count && record.released.count == count)
            }
        }
    }
}
