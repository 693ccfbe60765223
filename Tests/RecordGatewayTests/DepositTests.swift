import CryptoPrimitives
import GatewayAPI
import RecordStorage
import SharingContract
import TestSupport
import Testing

/// What is not deposited rightly is not deposited at all: no leaf, no descriptor, no header.
@Suite struct Deposits {
    private func begun(_ body: (inout Town) async throws -> Void) async throws {
        try await GatewaySite.town { town in
            try await town.grant("grant", to: "lakeside")
            for name in ["lab 1", "lab 2"] { try await town.upload(town.sealed(name).payload) }
            try await body(&town)
        }
    }

    @Test func `a deposit tells where each record stands, in the order of the call`() async throws {
        try await begun { town in
            let records = [town.sealed("lab 2"), town.sealed("lab 1")]
            let answer = try await town.gateway.call(town.depositing(records), by: "hillside")
            try town.gateway.verify(answer.posted)
            guard case .deposit(let deposit) = answer.posted.leaf.entry.event else {
                Issue.record("not a deposit")
                return
            }
            #expect(answer.places.count == 2)
            for (record, place) in zip(records, answer.places) {
                #expect(place.proof.root(holding: record.descriptor.commitment(salt: place.salt)) == deposit.root)
            }
        }
    }

    @Test func `a permission is for one clinic, one compartment and a time, and the patient's own`() async throws {
        try await begun { town in
            let (gateway, records) = (town.gateway, [town.sealed("lab 1")])
            let others = town.depositing(records, permission: town.world.permission(Town.laboratory, for: "lakeside"))
            try await gateway.expect(.forbidden, others, by: "hillside")
            try await gateway.expect(.forbidden, town.depositing(records), by: "lakeside")
            try await gateway.expect(.forbidden, town.depositing(records), by: "auditor")
            let elsewhere = town.depositing(records, permission: town.world.permission("ana/general", for: "hillside"))
            try await gateway.expect(.refused, elsewhere, by: "hillside")
            let over = town.depositing(records, permission: town.world.permission(Town.laboratory, for: "hillside", days: 0))
            try await gateway.expect(.refused, over, by: "hillside")
        }
    }

    @Test func `a permission that the patient did not sign is none`() async throws {
        try await begun { town in
            for name in ["hillside", "lakeside"] {
                let record = town.sealed("lab 1", by: name)
                let good = town.world.permission(Town.laboratory, for: name)
                var bytes = good.canonicalBytes
                bytes[bytes.count - 1] ^= 1
                let call = town.depositing([record], by: name, permission: try DepositPermission(canonical: bytes))
                try await town.gateway.expect(.refused, call, by: name)
            }
        }
    }

    /// What a patient permits does not make an auditor a clinic.
    @Test(arguments: [Actor.Role.clinic, .emergencyDesk, .auditor])
    func `clinics and emergency desks deposit, and auditors do not`(role: Actor.Role) async throws {
        try await begun { town in
            try await town.admit("seaside", role: role)
            let record = town.sealed("lab 3", by: "seaside")
            let permission = town.world.permission(Town.laboratory, for: "seaside")
            let list = FetchRecipientList(compartment: publicKey(Town.laboratory), permission: permission)
            let deposit = town.depositing([record], by: "seaside")
            guard role == .auditor else {
                #expect(try await town.gateway.call(list, by: "seaside") == town.list(Town.laboratory))
                try await town.upload(record.payload, by: "seaside")
                #expect(try await town.gateway.refusal(of: deposit, by: "seaside") == nil)
                return
            }
            try await town.gateway.expect(.forbidden, list, by: "seaside")
            try await town.gateway.expectNothingWritten {
                let error = await #expect(throws: APIError.self) { try await town.upload(record.payload, by: "seaside") }
                #expect(error?.code == .forbidden)
            }
            // Neither with a payload that a clinic has brought.
            try await town.upload(record.payload)
            try await town.gateway.expect(.forbidden, deposit, by: "seaside")
        }
    }

    @Test func `a permission ends at its day`() async throws {
        try await begun { town in
            let permission = town.world.permission(Town.laboratory, for: "hillside", days: 1)
            let call = town.depositing([town.sealed("lab 1")], permission: permission)
            town.gateway.site.clock.advance(by: 86_400)
            try await town.gateway.expect(.refused, call, by: "hillside")
            let list = FetchRecipientList(compartment: publicKey(Town.laboratory), permission: permission)
            try await town.gateway.expect(.forbidden, list, by: "hillside")
        }
    }

    @Test func `a descriptor is its depositor's own, for this compartment`() async throws {
        try await begun { town in
            let world = town.world
            let mine = town.sealed("lab 1").descriptor
            var flipped = mine.canonicalBytes
            flipped[flipped.count - 1] ^= 1
            let wrong = [
                town.sealed("lab 1", by: "lakeside").descriptor, town.sealed("lab 1", in: "ana/general").descriptor,
                try Descriptor(canonical: flipped),
                Descriptor(
                    mine.fields(), signingWith: key("hillside"), origin: line("south.example"),
                    compartment: publicKey(Town.laboratory)),
            ]
            #expect(throws: Never.self) { try mine.verifySignature(origin: world.origin, compartment: publicKey(Town.laboratory)) }
            for descriptor in wrong {
                let record = SealedRecord(payload: [], descriptor: descriptor)
                try await town.gateway.expect(.refused, town.depositing([record]), by: "hillside")
            }
        }
    }

    @Test func `a record names a payload that is here, by its id and its size`() async throws {
        try await begun { town in
            try await town.gateway.expect(.notFound, town.depositing([town.sealed("lab 3")]), by: "hillside")
            for change in [
                { $0.payload = PayloadID(.random()) }, { $0.payloadSize += 1 }, { $0.payloadSize = .max },
            ] as [(inout Descriptor.Fields) -> Void] {
                try await town.gateway.expect(.notFound, town.depositing([town.sealed("lab 1").changed(change)]), by: "hillside")
            }
        }
    }

    @Test func `a record's facts can be read`() async throws {
        try await begun { town in
            for change in [
                { $0.facts = [] }, { $0.facts[0] = 1 }, { $0.facts[2] = 0xff }, { $0.facts += [0] },
            ] as [(inout Descriptor.Fields) -> Void] {
                let record = town.sealed("lab 1").changed(change)
                try await town.gateway.expect(.malformed, town.depositing([record]), by: "hillside")
            }
        }
    }

    @Test func `a record has one header for each recipient`() async throws {
        try await begun { town in
            let good = town.depositing([town.sealed("lab 1")])
            let headers = good.records[0].headers
            #expect(headers.count == 2)
            for wrong in [[], Array(headers.prefix(1)), headers + [[1]]] {
                let record = DepositRecords.Record(descriptor: good.records[0].descriptor, headers: wrong)
                try await town.gateway.expect(.malformed, DepositRecords(body: good.body, records: [record]), by: "hillside")
            }
            try await town.gateway.expect(.malformed, DepositRecords(body: good.body, records: []), by: "hillside")
        }
    }

    @Test func `versions count up from one, by one depositor`() async throws {
        try await begun { town in
            let next = town.sealed("lab 1", version: 2)
            try await town.upload(next.payload)
            try await town.gateway.expect(.refused, town.depositing([next]), by: "hillside")
            try await town.deposit(["lab 1"])
            for version in [0, 1, 3, .max] as [UInt32] {
                let record = next.changed { $0.version = version }
                try await town.gateway.expect(.refused, town.depositing([record]), by: "hillside")
            }
            let foreign = town.sealed("lab 1", by: "lakeside", version: 2)
            try await town.gateway.expect(.refused, town.depositing([foreign], by: "lakeside"), by: "lakeside")
            #expect(try await town.gateway.refusal(of: town.depositing([next]), by: "hillside") == nil)
            #expect(try await town.released("grant", by: "lakeside").map(\.record.descriptor.version) == [2])
        }
    }

    @Test func `one bad record keeps all of a deposit out`() async throws {
        try await begun { town in
            let good = town.sealed("lab 1")
            for bad in [town.sealed("lab 2").changed { $0.version = 2 }, town.sealed("lab 2", by: "lakeside")] {
                try await town.gateway.expect(.refused, town.depositing([good, bad]), by: "hillside")
            }
            try await town.gateway.expect(.malformed, town.depositing([good, good]), by: "hillside")
            try await town.gateway.expect(.notFound, town.depositing([good, town.sealed("lab 3")]), by: "hillside")
            #expect(try await town.gateway.refusal(of: town.depositing([good]), by: "hillside") == nil)
        }
    }

    @Test func `a compartment that was never opened takes nothing`() async throws {
        try await begun { town in
            let call = town.depositing([town.sealed("lab 1", in: "ben/general")], in: "ben/general")
            try await town.gateway.expect(.notFound, call, by: "hillside")
        }
    }
}

extension Descriptor {
    /// What its depositor filled in.
    func fields() -> Fields {
        Fields(
            record: record, version: version, state: state, payload: payload, payloadSize: payloadSize,
            contentCommitment: contentCommitment, facts: facts, claims: claims)
    }
}

extension SealedRecord {
    /// The same record as its depositor would have signed it otherwise.
    func changed(
        by clinic: String = "hillside", in compartment: String = Town.laboratory, _ change: (inout Descriptor.Fields) -> Void
    ) -> SealedRecord {
        var fields = descriptor.fields()
        change(&fields)
        return SealedRecord(
            payload: payload,
            descriptor: Descriptor(
                fields, signingWith: key(clinic), origin: World().origin, compartment: publicKey(compartment)),
            claims: claims)
    }
}
