import CryptoPrimitives
import DurableFiles
import GatewayAPI
import MedicalRecords
import SharingContract
import SystemPackage
import TestSupport
import Testing

@testable import GatewayClient

extension Town {
    /// Another byte in a file.
    fileprivate func damage(_ path: FilePath) throws {
        var bytes = try DurableFile.read(path, atMost: 1 << 20)
        bytes[bytes.count / 2] ^= 1
        try DurableFile.write(bytes, to: path)
    }

    fileprivate func held(_ schema: String) async throws -> HeldClaims? {
        try await ana.heldClaims().first { $0.set.schema.name == schema }
    }

    fileprivate func sync() async throws -> ClaimsReport { try await ana.syncClaims { _ in } }

    fileprivate var claimsCalls: Int { gateway.asked.count { $0 == ListClaims.path } }
}

/// Claims that lie in a patient's profile: what is damaged there keeps nothing else from working.
@Suite struct WalletTests {
    private let adult = "patient: 18 or older on 2026-11-21"

    @Test func `a claims file that is damaged is not held, and comes back`() async throws {
        try await Town.claiming { town in
            for schema in ["Patient", "Immunization", "Observation"] {
                let path = try town.ana.path(ofClaims: try #require(try await town.held(schema)).position)
                let whole = try DurableFile.read(path, atMost: 1 << 20)
                for bytes in [[], Array(whole.dropLast()), whole + [0], [UInt8](repeating: 0, count: 2 << 20)] {
                    try DurableFile.write(bytes, to: path)
                    #expect(try await town.ana.heldClaims().count == Town.resources.count - 1, "\(schema)")
                    let report = try await town.sync()
                    #expect(report.isEmpty)
                    #expect(try await town.ana.heldClaims().count == Town.resources.count)
                    #expect(try DurableFile.read(path, atMost: 1 << 20) == whole)
                }
            }
            let calls = town.claimsCalls
            #expect(try await town.sync().isEmpty)
            #expect(town.claimsCalls == calls)
        }
    }

    @Test func `with a claims file that is damaged and does not come the others are proven`() async throws {
        try await Town.claiming { town in
            let observation = try #require(try await town.held("Observation"))
            try town.damage(try town.ana.path(ofClaims: observation.position))
            town.gateway.lie(about: ListClaims.self) { answer, _ in
                .init(items: answer.items.filter { $0.position != observation.position }, hasMore: false)
            }
            let report = try await town.sync()
            #expect(report.missing.map(\.record.descriptor.record) == [observation.record])
            #expect(report.unusable.isEmpty && report.lostCopies.isEmpty)
            let value = try town.request(prove: ["result: measured value below 7.0"])
            #expect(await reason { _ = try await town.present(value) }?.hasPrefix("notFound(claims") == true)
            _ = try town.lakeside.verify(try await town.present(try town.request(prove: [adult])))
            town.gateway.beHonest()
            #expect(try await town.sync().isEmpty)
            _ = try town.lakeside.verify(try await town.present(value))
        }
    }

    @Test func `claims that are not good are fetched once, told of each time, and keep nothing back`() async throws {
        try await Town.standing { town in
            // As their author signed them, and yet no claims.
            let bad = try await town.depositWithClaims("one").records.map(\.record)
            try await town.depositClaims()
            try await town.ana.session.sync()
            for round in 0..<3 {
                let report = try await town.sync()
                #expect(report.unusable.map(\.descriptor.record) == bad && report.missing.isEmpty, "\(round)")
                #expect(try await town.ana.heldClaims().count == Town.resources.count)
                #expect(town.claimsCalls == 1, "\(round)")
            }
            // They go with their record.
            let position = try #require(try await town.sync().unusable.first).position
            #expect(DurableFile.exists(try town.ana.path(ofUnusable: position)))
            _ = try await town.hillside.retract("\(bad[0])", of: "12345", reason: line("another patient's"))
            try await town.ana.session.sync()
            #expect(try await town.sync().isEmpty)
            #expect(!DurableFile.exists(try town.ana.path(ofUnusable: position)))
        }
    }

    @Test func `one file that the gateway swaps keeps no other back, now and later`() async throws {
        try await Town.standing { town in
            try await town.depositClaims()
            try await town.ana.session.sync()
            let swapped = try #require(try await town.ana.records(Town.laboratory).first { $0.descriptor.claims != nil })
            town.gateway.lie(about: ListClaims.self) { answer, _ in
                .init(
                    items: answer.items.map { .init(position: $0.position, file: $0.position == swapped.position ? [1] : $0.file) },
                    hasMore: answer.hasMore)
            }
            for _ in 0..<2 {
                var taken = 0
                let report = try await town.ana.syncClaims { taken = $0 }
                #expect(report.missing.map(\.record.position) == [swapped.position])
                #expect(try await town.ana.heldClaims().count == Town.resources.count - 1)
                #expect(taken == (town.claimsCalls == 1 ? Town.resources.count - 1 : 0))
            }
        }
    }

    @Test func `copies that came later and are damaged are lost, are told of once, and are asked for again`() async throws {
        try await Town.claiming { town in
            let request = try town.request(prove: [adult])
            func showAll() async throws {
                while try await town.ana.draft(request, using: []).copiesLeft > 0 { _ = try await town.present(request) }
            }
            try await showAll()
            _ = try await town.ana.askForCopies()
            _ = try await town.hillside.readInbox()
            _ = try await town.ana.askForCopies()
            let claims = try #require(try await town.held("Patient"))
            #expect(claims.set.copies.count == 16)
            try town.damage(try town.ana.path(ofMore: claims.position))
            #expect(try await town.held("Patient")?.set.copies.count == 8)
            let report = try await town.sync()
            #expect(report.lostCopies.map(\.descriptor.record) == [claims.record] && report.missing.isEmpty)
            #expect(try await town.sync().isEmpty)
            town.gateway.advance(minutes: Int64(Minute.perDay))
            #expect(try await town.ana.askForCopies().map(\.sets) == [1])
            _ = try await town.hillside.readInbox()
            _ = try await town.ana.askForCopies()
            #expect(try await town.held("Patient")?.set.copies.count == 16)
        }
    }

    @Test func `what was proven is forgotten with the claims that it was proven by`() async throws {
        try await Town.claiming { town in
            let request = try town.request(prove: [adult, "patient: gender is not male"])
            _ = try await town.present(request)
            _ = try await town.present(request)
            #expect(try town.ana.wallet.given.count == 2, "the same of the same to the same is one")
            let last = try #require(try await town.held("Patient")).set.validity.last
            let days = Int64(last.number) - Int64(try town.ana.session.today.number)
            town.gateway.advance(minutes: days * Int64(Minute.perDay))
            _ = try await town.sync()
            #expect(try town.ana.wallet.given.count == 2)
            town.gateway.advance(minutes: Int64(Minute.perDay))
            _ = try await town.sync()
            #expect(try town.ana.wallet.given.isEmpty && town.ana.isBackedUp)
        }
    }

    @Test func `what an older program remembered is forgotten after a year`() throws {
        var wallet = Wallet()
        let now = World().now
        wallet.given = [
            GivenProof(verifier: publicKey("lakeside"), time: now.number, subject: "record/Patient/p/birthDate", condition: "older")
        ]
        wallet.forgetGiven(before: now.day.adding(days: 365))
        #expect(wallet.given.count == 1)
        wallet.forgetGiven(before: now.day.adding(days: 366))
        #expect(wallet.given.isEmpty)
    }
}
