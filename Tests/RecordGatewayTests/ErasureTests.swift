import CryptoPrimitives
import DurableFiles
import Foundation
import GatewayAPI
import RecordStorage
import SharingContract
import TestSupport
import Testing
import SystemPackage

/// P7: after an erasure nothing here confirms a guess about the record, and the ledger still proves itself.
@Suite struct Erasures {
    /// Of every kind of trace one: the payload's beginning and end, salt, record id, headers, facts' signature.
    private func traces(of records: [StoredRecord], _ town: Town, size: Int) -> [[UInt8]] {
        records.flatMap { record in
            let payload = town.sealed("lab 1", size: size).payload
            return [
                Array(payload.prefix(32)), Array(payload.suffix(32)), record.salt.bytes, record.descriptor.payload.bytes,
                record.descriptor.contentCommitment.bytes, record.descriptor.signature.bytes,
                town.header(of: record, for: recipient("grant")), town.header(of: record, for: recipient(Town.laboratory)),
            ]
        }
    }

    @Test(arguments: [500, 100_000]) func `nothing of an erased record is left, and the store opens again`(size: Int) async throws {
        let site = try GatewaySite()
        let planted = try await site.serving { gateway in
            var town = try await Town.begun(gateway)
            try await town.grant("grant", to: "lakeside")
            try await town.deposit(["lab 1"], size: size)
            try await town.deposit(["lab 2"])
            let own = try await gateway.call(ListRecords(), by: Town.laboratory).records
            let first = own.filter { $0.descriptor.record == town.sealed("lab 1", size: size).descriptor.record }
            let planted = traces(of: first, town, size: size)
            for (index, trace) in planted.enumerated() { #expect(try site.holds(trace), "trace \(index)") }
            let ticket = try #require(
                try await town.released("grant", by: "lakeside").first { $0.record.descriptor == first[0].descriptor }
            ).ticket
            try gateway.verify(try await gateway.call(town.erasing(first), by: Town.laboratory))
            for (index, trace) in planted.enumerated() { #expect(try !site.holds(trace), "trace \(index)") }
            #expect(try await town.fetch(ticket, by: "lakeside").status == 404)
            #expect(try await town.ownPayload(at: first[0].position).status == 404)
            #expect(try await town.released("grant", by: "lakeside").map(\.record.descriptor.payloadSize) == [500])
            return planted
        }
        // Opening runs every rule on every leaf again.
        try await site.serving { gateway in
            let town = Town(gateway: gateway)
            let own = try await gateway.call(ListRecords(), by: Town.laboratory).records
            let released = try await town.released("grant", by: "lakeside")
            #expect(own.count == 1 && released.count == 1)
        }
        for (index, trace) in planted.enumerated() { #expect(try !site.holds(trace), "trace \(index)") }
        #expect(try DurableFile.names(in: site.path.appending("payloads")).isEmpty)
    }

    /// The auditor still gets the deposit's evidence, and the tree still has its root.
    @Test func `what the auditor gets names the erased by its commitment alone`() async throws {
        try await GatewaySite.town { town in
            try await town.deposit(["lab 1", "lab 2"])
            let own = try await town.gateway.call(ListRecords(), by: Town.laboratory).records
            let before = try await town.evidence(of: own[0].deposit)
            _ = try await town.gateway.call(town.erasing([own[0]]), by: Town.laboratory)
            let after = try await town.evidence(of: own[0].deposit)
            #expect(after.tree?.slotTree.root == before.tree?.slotTree.root)
            #expect(after.tree?.slots[own[0].proof.slot] == .erased(commitment: own[0].descriptorCommitment))
            #expect(after.tree?.slots[own[1].proof.slot] == before.tree?.slots[own[1].proof.slot])
        }
    }

    /// Or whoever knows a payload's name could keep it here after its patient has erased it.
    @Test func `a payload is one record's, so that its erasure is the payload's end`() async throws {
        try await GatewaySite.town { town in
            try await town.open("ben/laboratory")
            try await town.deposit(["lab 1"])
            let twin = town.sealed("lab 1").changed { $0.record = .random() }
            try await town.gateway.expect(.notFound, town.depositing([twin]), by: "hillside")
            let elsewhere = town.sealed("lab 1", in: "ben/laboratory", by: "lakeside").changed(by: "lakeside") {
                $0.record = .random()
            }
            let call = town.depositing([elsewhere], in: "ben/laboratory", by: "lakeside")
            try await town.gateway.expect(.notFound, call, by: "lakeside")
            let own = try await town.gateway.call(ListRecords(), by: Town.laboratory).records
            _ = try await town.gateway.call(town.erasing([own[0]]), by: Town.laboratory)
            #expect(try town.gateway.site.count("payload") == 0)
        }
    }

    @Test func `records are erased by their compartment, in its own name`() async throws {
        try await GatewaySite.town { town in
            try await town.open("ben/laboratory")
            try await town.deposit(["lab 1"])
            let commitments = Set(
                try await town.gateway.call(ListRecords(), by: Town.laboratory).records.map(\.descriptorCommitment))
            let good = town.erasing(commitments)
            for name in ["hillside", "lakeside", "north", "auditor", "ben/laboratory", "stranger"] {
                try await town.gateway.expect(.forbidden, good, by: name)
            }
            // Ben cannot erase Ana's, whatever he signs.
            try await town.gateway.expect(.refused, town.erasing(commitments, in: "ben/laboratory"), by: "ben/laboratory")
            let law = Erasure(basis: .law, commitments: commitments)
            try await town.gateway.expect(.refused, EraseRecords(erasure: law, body: good.body), by: Town.laboratory)
            try await town.gateway.expect(.refused, town.erasing(commitments.union([.emptyTree])), by: Town.laboratory)
            try await town.gateway.expect(.refused, town.erasing([.emptyTree]), by: Town.laboratory)
        }
    }

    @Test func `a record goes with all its versions, once, and its number is not used again by another`() async throws {
        try await GatewaySite.town { town in
            try await town.deposit(["lab 1"])
            let first = try await town.gateway.call(ListRecords(), by: Town.laboratory).records[0].descriptorCommitment
            let next = town.sealed("lab 1", version: 2)
            try await town.upload(next.payload)
            _ = try await town.gateway.call(town.depositing([next]), by: "hillside")
            let second = try await town.gateway.call(ListRecords(), by: Town.laboratory).records[0].descriptorCommitment
            for part in [first, second] { try await town.gateway.expect(.refused, town.erasing([part]), by: Town.laboratory) }
            _ = try await town.gateway.call(town.erasing([first, second]), by: Town.laboratory)
            for part: Set<Hash> in [[first], [second], [first, second]] {
                try await town.gateway.expect(.refused, town.erasing(part), by: Town.laboratory)
            }
        }
    }
}

extension GatewaySite {
    /// Whether these bytes lie anywhere in the folder: database, log, payloads.
    func holds(_ bytes: [UInt8]) throws -> Bool {
        let files = FileManager.default.enumerator(at: folder.url, includingPropertiesForKeys: nil)
        while let url = files?.nextObject() as? URL {
            if let data = try? Data(contentsOf: url), data.range(of: Data(bytes)) != nil { return true }
        }
        return false
    }
}
