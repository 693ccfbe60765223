import AccessPolicy
import CryptoPrimitives
import GatewayAPI
import MedicalRecords
import SharingContract
import TestSupport
import Testing

/// A later version by the same depositor takes the place of the earlier ones, and nobody but the patient learns that there were any.
@Suite struct Corrections {
    private func begun(_ body: (inout Town) async throws -> Void) async throws {
        try await GatewaySite.town { town in
            try await town.grant("grant", to: "lakeside")
            try await town.deposit(["lab 1", "lab 2"])
            try await body(&town)
        }
    }

    private func deposit(_ record: SealedRecord, by clinic: String = "hillside", _ town: Town) async throws -> DepositRecords.Answer
    {
        try await town.upload(record.payload, by: clinic)
        return try await town.gateway.call(town.depositing([record], by: clinic), by: clinic)
    }

    private func expect(_ code: APIError.Code, _ record: SealedRecord, by clinic: String = "hillside", _ town: Town) async throws {
        try await town.upload(record.payload, by: clinic)
        try await town.gateway.expect(code, town.depositing([record], by: clinic), by: clinic)
    }

    private func versions(_ town: Town) async throws -> [UInt32] {
        try await town.released("grant", by: "lakeside").map(\.record.descriptor.version).sorted()
    }

    @Test func `readers get the newest version alone`() async throws {
        try await begun { town in
            #expect(try await versions(town) == [1, 1])
            _ = try await deposit(town.sealed("lab 1", version: 2), town)
            #expect(try await versions(town) == [1, 2])
            _ = try await deposit(town.sealed("lab 1", version: 3), town)
            #expect(try await versions(town) == [1, 3])
        }
    }

    @Test func `what was retracted is not released, and has no later version`() async throws {
        try await begun { town in
            _ = try await deposit(town.sealed("lab 1", version: 2, state: .enteredInError), town)
            #expect(try await versions(town) == [1])
            for state in Descriptor.State.allCases {
                try await expect(.refused, town.sealed("lab 1", version: 3, state: state), town)
            }
            try await expect(.refused, town.sealed("lab 3", state: .enteredInError), town)
        }
    }

    @Test func `no version is left out, made again, or made by another`() async throws {
        try await begun { town in
            try await expect(.refused, town.sealed("lab 1", version: 3), town)
            try await expect(.refused, town.sealed("lab 1", size: 501, version: 1), town)
            try await expect(.refused, town.sealed("lab 1", version: 0), town)
            try await expect(.refused, town.sealed("lab 1", by: "lakeside", version: 2), by: "lakeside", town)
            _ = try await deposit(town.sealed("lab 1", version: 2), town)
            try await expect(.refused, town.sealed("lab 1", size: 501, version: 2), town)
        }
    }

    @Test func `what was erased is not corrected, and goes with all its versions or not at all`() async throws {
        try await begun { town in
            _ = try await deposit(town.sealed("lab 1", version: 2), town)
            let id = town.sealed("lab 1").descriptor.record
            let all = try await town.gateway.call(ListVersions(record: id), by: Town.laboratory).records
            #expect(all.map(\.descriptor.version) == [1, 2] && all.allSatisfy(\.header.isEmpty))
            for part in [all.prefix(1), all.suffix(1)] {
                try await town.gateway.expect(.refused, town.erasing(Array(part)), by: Town.laboratory)
            }
            try town.gateway.verify(try await town.gateway.call(town.erasing(all), by: Town.laboratory))
            try await expect(.refused, town.sealed("lab 1", version: 3), town)
            #expect(try await versions(town) == [1])
            try await town.gateway.expect(.notFound, ListVersions(record: id), by: Town.laboratory)
        }
    }

    @Test func `versions are listed for the patient alone, from a position on`() async throws {
        try await begun { town in
            for version in [2, 3] as [UInt32] { _ = try await deposit(town.sealed("lab 1", version: version), town) }
            let id = town.sealed("lab 1").descriptor.record
            let all = try await town.gateway.call(ListVersions(record: id), by: Town.laboratory).records
            let rest = try await town.gateway.call(ListVersions(record: id, after: all[0].position), by: Town.laboratory)
            #expect(rest.records == Array(all.dropFirst()) && !rest.hasMore)
            try await town.open("ana/general")
            try await town.gateway.expect(.notFound, ListVersions(record: id), by: "ana/general")
            try await town.gateway.expect(.notFound, ListVersions(record: .init(World.salt)), by: Town.laboratory)
            for name in ["hillside", "lakeside", "auditor", "stranger"] {
                try await town.gateway.expect(.forbidden, ListVersions(record: id), by: name)
            }
        }
    }

    /// P8: denied, restricted and absent are one.
    @Test func `a correction that leaves a grant's category is to its reader a record that is not there`() async throws {
        try await begun { town in
            _ = try await deposit(town.sealed("lab 1", version: 2, category: .mentalHealth), town)
            #expect(try await town.released("grant", by: "lakeside").map(\.record.descriptor) == [town.sealed("lab 2").descriptor])
            func answer(_ record: Descriptor.RecordID) async throws -> Int {
                let filter = try #require(Filter(records: [record.value], after: nil))
                let call = town.requesting("grant", by: "lakeside", filter: filter)
                let answer = try await town.gateway.call(call, by: "lakeside")
                guard case .refused = answer.outcome else { return 0 }
                return answer.decision.leaf.canonicalBytes.count
            }
            let (hidden, absent) = (
                try await answer(town.sealed("lab 1").descriptor.record), try await answer(.init(SHA256.hash([9]).value))
            )
            #expect(hidden == absent && hidden > 0)
        }
    }
}

/// A deposit whose answer was lost is sent again as it was.
@Suite struct DepositsAgain {
    private func begun(_ body: (inout Town, DepositRecords) async throws -> Void) async throws {
        try await GatewaySite.town { town in
            try await town.grant("grant", to: "lakeside")
            let records = [town.sealed("lab 1"), town.sealed("lab 2")]
            for record in records { try await town.upload(record.payload) }
            try await body(&town, town.depositing(records))
        }
    }

    @Test func `the same deposit is answered with the leaf and the places it has`() async throws {
        try await begun { town, call in
            let first = try await town.gateway.call(call, by: "hillside")
            // Whatever came between.
            try await town.deposit(["lab 3"])
            try await town.grant("grant 2", to: "lakeside")
            let again = try await town.gateway.call(call, by: "hillside")
            #expect(again.posted.index == first.posted.index && again.posted.leaf == first.posted.leaf)
            #expect(again.places == first.places)
            try town.gateway.verify(again.posted)
            #expect(try await town.released("grant", by: "lakeside").count == 3)
        }
    }

    @Test func `half of it, more than it, another list and another clinic are no such deposit`() async throws {
        try await begun { town, call in
            _ = try await town.gateway.call(call, by: "hillside")
            let third = town.sealed("lab 3")
            try await town.upload(third.payload)
            let half = DepositRecords(body: call.body, records: Array(call.records.prefix(1)))
            try await town.gateway.expect(.notFound, half, by: "hillside")
            let more = town.depositing([town.sealed("lab 1"), town.sealed("lab 2"), third])
            try await town.gateway.expect(.notFound, more, by: "hillside")
            try await town.gateway.expect(.forbidden, call, by: "lakeside")
            try await town.grant("grant 2", to: "lakeside")
            let otherList = town.depositing([town.sealed("lab 1"), town.sealed("lab 2")])
            try await town.gateway.expect(.notFound, otherList, by: "hillside")
        }
    }

    @Test func `what was erased meanwhile is not deposited by asking again`() async throws {
        try await begun { town, call in
            _ = try await town.gateway.call(call, by: "hillside")
            let own = try await town.gateway.call(ListRecords(), by: Town.laboratory).records
            _ = try await town.gateway.call(town.erasing(own), by: Town.laboratory)
            try await town.gateway.expect(.notFound, call, by: "hillside")
        }
    }
}
