import CryptoPrimitives
import DurableFiles
import GatewayAPI
import RecordGateway
import RecordStorage
import SharingContract
import TestSupport
import Testing
import AccessPolicy
import SystemPackage

/// When the disk is nearly full nothing is stored any more, and what is left of it is for ending grants and keys, deciding,
/// reading and erasing.
@Suite struct FullDisk {
    /// A town with two grants and two records, and one upload.
    private func begun() async throws -> (GatewaySite, Town) {
        let site = try GatewaySite()
        let town = try await site.serving { gateway in
            var town = try await Town.begun(gateway)
            for name in ["grant", "other"] { try await town.grant(name, to: "lakeside") }
            try await town.deposit(["lab 1", "lab 2"])
            try await town.upload(town.sealed("lab 3").payload)
            return town
        }
        return (site, town)
    }

    /// The same with a reserve that no disk has.
    private func full(_ site: GatewaySite) -> GatewaySite {
        var limits = GatewayLimits()
        limits.reservedSpace = .max
        return site.withLimits(limits)
    }

    private func uploading(_ town: Town, size: Int) -> SignedMessage {
        SignedMessage(
            PayloadPath.upload, town.sealed("lab 4", size: size).payload, contentType: ContentType.payload, by: "hillside",
            at: town.gateway.now)
    }

    /// Each as a message, made anew by every call.
    private func storing(_ town: Town) async throws -> [SignedMessage] {
        let gateway = town.gateway
        let own = try await gateway.call(ListRecords(), by: Town.laboratory).records
        let headers = AddHeaders(grant: publicKey("grant"), headers: [.init(position: own[0].position, bytes: [1])])
        return [
            uploading(town, size: 500), uploading(town, size: 100_000),
            gateway.sign(town.depositing([town.sealed("lab 3")]), by: "hillside"),
            gateway.sign(town.granting("new", to: "lakeside"), by: Town.laboratory),
            gateway.sign(town.opening(of: "ben/laboratory"), by: "ben/laboratory"),
            gateway.sign(town.opening(of: "carl/laboratory"), by: "hillside"),
            gateway.sign(town.admission(of: "seaside"), by: "north"),
            gateway.sign(SendMessage(address: publicKey("lakeside"), message: [1]), by: "hillside"),
            gateway.sign(SendMessage(address: publicKey("lakeside"), message: [1]), by: "grant"),
            gateway.sign(StoreBackup(fetchKey: publicKey("ana/words"), backup: [1]), by: "ana/inbox"),
            gateway.sign(headers, by: Town.laboratory),
        ]
    }

    @Test func `nothing is stored, and with room again all of it is`() async throws {
        let (site, town) = try await begun()
        try await full(site).serving { gateway in
            for (index, message) in try await storing(town.moved(to: gateway)).enumerated() {
                try await gateway.expectNothingWritten {
                    let answer = try await gateway.send(message)
                    let code = try APIError(canonical: try gateway.verified(answer, to: message)).code
                    #expect(answer.status == 503 && code == .unavailable, "message \(index)")
                }
                let files = try DurableFile.names(in: site.path.appending("payloads"))
                #expect(files.isEmpty)
            }
        }
        try await site.serving { gateway in
            for (index, message) in try await storing(town.moved(to: gateway)).enumerated() {
                let answer = try await gateway.send(message)
                #expect(answer.status == 200, "message \(index)")
            }
        }
    }

    @Test func `grants end, requests are decided, and patients read and erase`() async throws {
        let (site, before) = try await begun()
        try await full(site).serving { gateway in
            var town = before.moved(to: gateway)
            #expect(try await town.released("grant", by: "lakeside").count == 2)
            let ticket = try #require(try await town.released("other", by: "lakeside").first).ticket
            #expect(try await town.fetch(ticket, by: "lakeside").status == 200)
            try await town.revoke("grant")
            try await town.expectRefused(town.requesting("grant", by: "lakeside"), by: "lakeside", .revoked)

            let own = try await gateway.call(ListRecords(), by: Town.laboratory).records
            #expect(try await town.ownPayload(at: own[0].position).status == 200)
            #expect(try await gateway.call(FetchHistory(from: 0), by: Town.laboratory).items.count == 6)
            #expect(try await gateway.call(FetchMessages(after: nil), by: "lakeside").messages.isEmpty)
            _ = try await gateway.call(DeleteMessages(numbers: [1]), by: "lakeside")
            try gateway.verify(try await gateway.call(town.erasing([own[0]]), by: Town.laboratory))
            #expect(try await town.released("other", by: "lakeside").count == 1)
        }
    }

    /// A key that was stolen must not live on because somebody has filled the disk.
    @Test func `an actor's key ends`() async throws {
        let (site, before) = try await begun()
        try await full(site).serving { gateway in
            let town = before.moved(to: gateway)
            try gateway.verify(try await gateway.call(town.ending("lakeside"), by: "north"))
            try await gateway.expect(.forbidden, town.requesting("grant", by: "lakeside"), by: "lakeside")
        }
    }
}
