import CryptoPrimitives
import GatewayAPI
import InMemoryLogging
import Logging
import MedicalRecords
import RecordGateway
import RecordStorage
import SharingContract
import TestSupport
import Testing
import SystemPackage

/// A log is read by many more people than a ledger's evidence. It holds no patient.
@Suite struct Logs {
    /// Where the clients of the misfortunes come from; the gateway's own address is no secret.
    private let client = "127.0.0.9"

    /// Everything that can be named of a patient in this story.
    private func names(_ town: Town, _ released: [RequestRecords.Answer.Item]) -> [String] {
        let keys = [Town.laboratory, "grant", "grant/release", "ana/inbox", "ana/words", "none", "lakeside", "hillside"]
        let records = released.flatMap { item in
            [
                "\(item.record.descriptor.record)", "\(item.record.descriptor.payload)", "\(item.ticket)",
                "\(item.record.descriptorCommitment)", "\(item.record.salt)",
            ]
        }
        return keys.flatMap { name in
            let bytes = publicKey(name).bytes
            return [Hexadecimal.encode(bytes), Base64.encode(bytes)]
        } + records + ["Okafor", "lab 1", "planted", "no-such-path", client, town.gateway.site.path.string]
    }

    @Test func `the log of a whole story names nobody`() async throws {
        let site = try GatewaySite()
        let named = try await site.serving { gateway in
            var town = try await Town.begun(gateway)
            try await town.grant("grant", to: "lakeside")
            try await town.deposit(["lab 1"])
            let released = try await town.released("grant", by: "lakeside")
            _ = try await town.fetch(released[0].ticket, by: "lakeside")
            try await misfortunes(town)
            try await town.revoke("grant")
            _ = try await town.request("grant", by: "lakeside")
            let own = try await gateway.call(ListRecords(), by: Town.laboratory).records
            _ = try await gateway.call(town.erasing(own), by: Town.laboratory)
            return names(town, released)
        }
        #expect(site.logs.entries.count > 15)
        let text = site.logs.entries.map(\.everything).joined(separator: "\n")
        for name in named { #expect(!text.contains(name), "the log names \(name)") }
    }

    /// Refused, unreadable, unknown, broken: what a careless log would repeat.
    private func misfortunes(_ town: Town) async throws {
        let gateway = town.gateway
        _ = try await gateway.refusal(of: town.requesting("none", by: "lakeside"), by: "lakeside")
        _ = try await gateway.refusal(of: SendMessage(address: publicKey("ana/inbox"), message: [1]), by: "grant/release")
        _ = try await gateway.refusal(of: StoreBackup(fetchKey: publicKey("ana/words"), backup: [1]), by: "ana/inbox")
        _ = try await gateway.get("/v1/no-such-path/\(publicKey(Town.laboratory))?name=planted", from: client)
        _ = try await gateway.get("/tile/\(publicKey("grant"))")
        let message = gateway.sign(town.requesting("grant", by: "lakeside"), by: "lakeside")
        _ = try await gateway.send(message.changed { $0.path += "/\(publicKey("grant"))?planted" }, from: client)
        _ = try await gateway.send(message.changed { $0.body = Array("planted".utf8) }, from: client)
        let wire = try await Wire.connect(to: gateway.port, from: client)
        try? await wire.send("planted \(publicKey("grant")) HTTP/9.9\r\nplanted\r\n\r\n")
        _ = await wire.remainder()
        try gateway.site.meddle("CREATE TRIGGER broken BEFORE INSERT ON leaf BEGIN SELECT RAISE(FAIL, 'planted'); END")
        _ = try await gateway.refusal(of: town.requesting("grant", by: "lakeside"), by: "lakeside")
        try gateway.site.meddle("DROP TRIGGER broken")
    }

    @Test func `a call is logged by its route and status, and by nothing else`() async throws {
        let site = try GatewaySite()
        try await site.serving { gateway in
            let town = try await Town.begun(gateway)
            site.logs.clear()
            _ = try await gateway.refusal(of: town.requesting("grant", by: "stranger"), by: "stranger")
        }
        let answered = site.logs.entries.filter { $0.message == "answered" }
        #expect(answered.count == 1)
        let metadata = try #require(answered.first).metadata
        #expect(metadata["route"] == "\(RequestRecords.path)" && metadata["status"] == "403")
        #expect(metadata.keys.sorted() == ["hb.request.id", "milliseconds", "route", "status"])
    }
}

extension InMemoryLogHandler.Entry {
    /// Message, metadata and error in one text.
    fileprivate var everything: String { "\(message) \(metadata) \(error.map { String(reflecting: $0) } ?? "")" }
}
