import CryptoPrimitives
import Foundation
import MedicalRecords
import SharingContract
import Subprocess
import TestSupport
import Testing

@testable import GatewayClient

/// Marks of claims on the ledger, by the built programs.
@Suite struct AnchorTests {
    private static func claims(_ name: String, anchors: Int) throws -> Claims {
        let hashes = (0..<anchors).map { SHA256.hash(Array("\(name) \($0)".utf8)) }
        return try #require(Claims(anchors: hashes, file: Array("sealed claims of \(name)".utf8)))
    }

    /// Deposits a record with claims, as a clinic's program does once it issues some.
    static func deposit(_ name: String, anchors: Int = 3, _ workshop: Workshop) async throws -> [Hash] {
        let claims = try claims(name, anchors: anchors)
        try await workshop.asClinic("hillside") { clinic in
            let record = try #require(try RecordSource(Array(name.utf8)).split(category: .general).first)
            var outgoing = try ClinicClient.Outgoing(DepositItem(record), .first())
            outgoing.claims = claims
            try await clinic.session.sync()
            let slot = try #require(try clinic.slots([Category.general.code], patient: 0)[Category.general.code])
            _ = try await clinic.deposit([outgoing], slot, patient: 0)
        }
        return claims.anchors
    }

    /// All hashes of all trees on the ledger.
    private static func published(_ workshop: Workshop) async throws -> [Hash] {
        try await workshop.asPatient("ana") { patient in
            try await patient.session.sync()
            var hashes: [Hash] = []
            for logged in patient.session.ledger.anchors { hashes += try await patient.session.anchorTree(logged.leaf).hashes }
            return hashes
        }
    }

    @Test func `a member puts them there, once, and is told how many`() async throws {
        let workshop = try Workshop()
        try await workshop.found()
        try await workshop.serving { _ in
            try await workshop.populate()
            let none = try await workshop.sh("cordon --as north member anchors")
            #expect(none.status == 1 && none.error.contains("no marks of claims wait"), "\(none.all)")
            var anchors = try await Self.deposit("one", workshop)
            anchors += try await Self.deposit("two", anchors: 9, workshop)
            let told = try await workshop.done("cordon --as north member anchors")
            #expect(told.hasPrefix("Published the marks of 12 claims. Entry "), "\(told)")
            let json = try await workshop.sh("cordon --as north --json member anchors")
            #expect(json.status == 1)
            let published = try await Set(Self.published(workshop))
            #expect(published.isSuperset(of: anchors))
            let stranger = try await workshop.sh("cordon --as hillside member anchors")
            #expect(stranger.status == 2, "\(stranger.all)")
            // Nobody's history shows it, and an auditor's replay takes it.
            let log = try await workshop.sh("cordon --as ana patient log")
            #expect(log.error.contains("nothing has happened yet"), "\(log.all)")
            let replay = try await workshop.done("cordon --as aud audit export --out a && cordon --as aud audit replay a")
            #expect(replay.contains("All signatures good"))
        }
        #expect(try await workshop.sh("cordon --as north member anchors").status == 3)
    }

    /// How often the gateway is killed around a publication, each time at another instant.
    private static let kills = 6

    @Test func `a gateway killed while it publishes has published each anchor once, or lets it wait`() async throws {
        let seed = UInt64.random(in: 0 ... .max)
        var generator = SeededGenerator(seed: seed)
        let workshop = try Workshop()
        try await workshop.found()
        let anchors = Acknowledged()
        try await workshop.serving { _ in try await workshop.populate() }
        for round in 0..<Self.kills {
            let delay = Int.random(in: 10_000..<400_000, using: &generator)
            let end = try await kill(round, after: delay, workshop, anchors)
            #expect(end == .signaled(9), "seed \(seed), round \(round)")
        }
        try await workshop.serving { _ in
            // Whatever waits still.
            _ = try await workshop.sh("cordon --as north member anchors")
            let published = Dictionary(try await Self.published(workshop).map { ($0, 1) }, uniquingKeysWith: +)
            let all = await anchors.all
            #expect(all.count == 1_000 * Self.kills && all.allSatisfy { published[$0] == 1 }, "seed \(seed)")
            let replay = try await workshop.done("cordon --as aud audit export --out a && cordon --as aud audit replay a")
            #expect(replay.contains("All signatures good"), "seed \(seed)")
        }
    }

    private func kill(
        _ round: Int, after delay: Int, _ workshop: Workshop, _ acknowledged: Acknowledged
    ) async throws -> TerminationStatus {
        try await workshop.serving { gateway in
            await acknowledged.note(try await Self.deposit("round \(round)", anchors: 1_000, workshop))
            let member = try await workshop.member()
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    try? await Task.sleep(for: .microseconds(delay))
                    try? gateway.kill(.kill)
                }
                // A client whose gateway goes away is told so; whether it was done shows afterwards.
                _ = try? await member.publishAnchors()
                await group.waitForAll()
            }
            try? await member.close()
        }
    }

    private actor Acknowledged {
        private(set) var all: [Hash] = []
        func note(_ anchors: [Hash]) { all += anchors }
    }
}
