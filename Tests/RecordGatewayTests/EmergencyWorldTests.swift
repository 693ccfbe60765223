import AccessPolicy
import CryptoPrimitives
import GatewayAPI
import MedicalRecords
import MerkleLedger
import RecordStorage
import SharingContract
import TestSupport
import Testing

/// Whether something is hidden, absent, or of a patient whom nobody knows here cannot be told from what a desk gets, nor from the ledger's
/// shape. What the desk does is the same in all of these worlds.
@Suite struct EmergencyWorlds {
    private enum Hidden: CaseIterable {
        /// The records are there, and the patient hid them: all, from this desk alone, or each by its label.
        case all, fromDesk, byLabel
        /// The grant is there, and no records are.
        case absent
        /// The patient opened nothing to this desk.
        case unknown
        /// The patient took it back.
        case revoked
    }

    private struct Shape: Hashable {
        var sizes: [Int] = []
        var statuses: [Int] = []
        var isReleased: [Bool] = []
        var leafSizes: [Int] = []
        /// By how many rows each table grew, which takes time.
        var growth: [String: Int] = [:]
    }

    /// Every world has as many grants and records as the others.
    private func begun(_ world: Hidden, _ gateway: RunningGateway) async throws -> Town {
        var town = try await Town.begun(gateway)
        try await town.admit("desk", role: .emergencyDesk)
        try await town.open("ben/laboratory")
        try await town.grantForEmergencies(world == .unknown ? "another" : "grant", to: "desk")
        let labelled = [town.sealed("lab 1", labels: ["PSY"]), town.sealed("lab 2", labels: ["PSY"])]
        let elsewhere = ["lab 1", "lab 2"].map { town.sealed($0, in: "ben/laboratory", labels: ["PSY"]) }
        let isElsewhere = world == .absent
        for record in isElsewhere ? elsewhere : labelled { try await town.upload(record.payload) }
        let compartment = isElsewhere ? "ben/laboratory" : Town.laboratory
        _ = try await gateway.call(town.depositing(isElsewhere ? elsewhere : labelled, in: compartment), by: "hillside")
        switch world {
        case .all: try await town.restrict("hide", .everything)
        case .fromDesk: try await town.restrict("hide", .everything, from: "desk")
        case .byLabel: try await town.restrict("hide", .label(line("PSY")))
        case .revoked: try await town.revoke("grant")
        case .absent, .unknown: try await town.grant("more", to: "hillside")
        }
        return town
    }

    private func shape(_ world: Hidden) async throws -> Shape {
        try await GatewaySite().serving { gateway in
            let town = try await begun(world, gateway)
            var shape = Shape()
            let before = try gateway.site.rows().mapValues(\.count)
            let declaration = gateway.sign(try town.declaring(), by: "desk")
            let declared = try await gateway.send(declaration)
            let leaf = try DeclareEmergency.Answer(canonical: try gateway.verified(declared, to: declaration)).posted.index
            let request = gateway.sign(town.requesting(in: leaf), by: "desk")
            let answered = try await gateway.send(request)
            let answer = try RequestRecords.Answer(canonical: try gateway.verified(answered, to: request))
            for answer in [declared, answered] {
                shape.statuses.append(answer.status)
                shape.sizes.append(answer.body.count)
            }
            if case .released = answer.outcome { shape.isReleased.append(true) }
            shape.growth = try gateway.site.rows().mapValues(\.count).merging(before) { $0 - $1 }
            let size = gateway.store.head.size
            let place = try #require(Tile.Coordinate(level: 0, index: 0, width: Int(size)))
            let tile = try await gateway.get("/\(place.entriesPath)")
            shape.leafSizes = try EntryBundle(tile.body, width: Int(size)).entries.suffix(2).map(\.count)
            return shape
        }
    }

    @Test func `hidden, absent, revoked and unknown look the same to a desk and on the ledger`() async throws {
        var shapes: [Shape] = []
        for world in Hidden.allCases {
            let shape = try await shape(world)
            #expect(shape.statuses == [200, 200] && shape.isReleased.isEmpty, "\(world)")
            shapes.append(shape)
        }
        let first = try #require(shapes.first)
        for (world, shape) in zip(Hidden.allCases, shapes) {
            #expect(shape.statuses == first.statuses && shape.leafSizes == first.leafSizes, "\(world)")
            #expect(shape.growth == first.growth, "\(world)")
            #expect(shape.sizes == first.sizes, "\(world): \(shape.sizes) and \(first.sizes)")
        }
    }
}
