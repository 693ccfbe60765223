import AccessPolicy
import CryptoPrimitives
import GatewayAPI
import HTTPTypes
import MedicalRecords
import MerkleLedger
import RecordStorage
import SharingContract
import TestSupport
import Testing

/// What the asking clinic, and whoever watches the ledger, could compare between one world and another.
private struct Shape: Hashable {
    let status: Int
    /// Names in order, and how long the values are.
    let fields: [String]
    let bodySize: Int
    /// How many records came; 0 is a refusal.
    let released: Int
    let hasMore: Bool
    /// What was public before and after: sizes of all leaves.
    let leafSizes: [Int]

    init(_ gateway: RunningGateway, _ call: RequestRecords, by clinic: String) async throws {
        let message = gateway.sign(call, by: clinic)
        let answer = try await gateway.send(message)
        let parsed = try RequestRecords.Answer(canonical: try gateway.verified(answer, to: message))
        status = answer.status
        fields = answer.fields.map { "\($0.name) \($0.value.utf8.count)" }
        bodySize = answer.body.count
        if case .released(let items, let more) = parsed.outcome {
            (released, hasMore) = (items.count, more)
        } else {
            (released, hasMore) = (0, false)
        }
        leafSizes = try await Self.leafSizes(gateway)
    }

    private static func leafSizes(_ gateway: RunningGateway) async throws -> [Int] {
        let size = gateway.store.head.size
        let place = try #require(Tile.Coordinate(level: 0, index: 0, width: Int(size)))
        let answer = try await gateway.get("/\(place.entriesPath)")
        return try EntryBundle(answer.body, width: Int(size)).entries.map(\.count)
    }
}

/// P8: whether something is withheld cannot be seen from outside. Lakeside asks, in two worlds that differ in nothing else.
@Suite struct TwoWorlds {
    private enum World: CaseIterable {
        /// The record was never made.
        case absent
        /// It is there, and the patient made no header for this grant.
        case withheld
        /// It is there with a header, and is of another category than the consent.
        case otherCategory
        /// It is there with a header, and the patient hid it: by its name, by its label, from this clinic alone.
        case restricted
        case restrictedByLabel
        case restrictedForClinic

        var restriction: (Restriction.Target, clinic: String?)? {
            switch self {
            case .absent, .withheld, .otherCategory: nil
            case .restricted: (.record(SHA256.hash(Array("third".utf8)).value), nil)
            case .restrictedByLabel: (.label(line("SPI")), nil)
            case .restrictedForClinic: (.label(line("PSY")), "lakeside")
            }
        }
    }

    /// Two records that the grant covers, and a third that it does not, if there is one. All came in one deposit before the grant.
    private func begun(_ world: World, _ body: (inout Town) async throws -> Void) async throws {
        try await GatewaySite.town { town in
            var records = [town.sealed("lab 1"), town.sealed("lab 2")]
            let category: MedicalRecords.Category = world == .otherCategory ? .mentalHealth : .laboratory
            if world != .absent { records.append(town.sealed("third", category: category, labels: ["PSY"])) }
            for record in records { try await town.upload(record.payload) }
            _ = try await town.gateway.call(town.depositing(records), by: "hillside")
            try await town.grant("grant", to: "lakeside")
            // In every world there is one grant more, and in some it hides.
            if let (target, clinic) = world.restriction {
                try await town.restrict("another", target, from: clinic)
            } else {
                try await town.grant("another", to: "hillside")
            }
            let own = try await town.gateway.call(ListRecords(), by: Town.laboratory).records
            let third = town.sealed("third").descriptor.record
            let headers = own.filter { world != .withheld || $0.descriptor.record != third }.map { record in
                AddHeaders.Header(position: record.position, bytes: town.header(of: record, for: recipient("grant")))
            }
            _ = try await town.gateway.call(AddHeaders(grant: publicKey("grant"), headers: headers), by: Town.laboratory)
            try await body(&town)
        }
    }

    private func ask(_ filter: (Town) throws -> Filter, expecting released: Int) async throws {
        var shapes: Set<Shape> = []
        for world in World.allCases {
            try await begun(world) { town in
                let call = town.requesting("grant", by: "lakeside", filter: try filter(town))
                let shape = try await Shape(town.gateway, call, by: "lakeside")
                #expect(shape.released == released && !shape.hasMore && shape.status == 200)
                shapes.insert(shape)
            }
        }
        #expect(shapes.count == 1, "the worlds can be told apart")
    }

    @Test func `asking for everything shows the same, with and without a withheld record`() async throws {
        try await ask({ _ in .all }, expecting: 2)
    }

    @Test func `asking for the withheld record by name shows the same as asking for none that exists`() async throws {
        try await ask(
            { town in try #require(Filter(records: [town.sealed("third").descriptor.record.value], after: nil)) }, expecting: 0)
    }

    @Test func `asking for one that is covered and the withheld one shows the same`() async throws {
        try await ask(
            { town in
                let records = ["lab 1", "third"].map { town.sealed($0).descriptor.record.value }
                return try #require(Filter(records: Set(records), after: nil))
            }, expecting: 1)
    }

    @Test func `asking behind the last record shows the same`() async throws {
        try await ask({ _ in Filter.all.after(1 << 40) }, expecting: 0)
    }

    /// In one world the grant's records are there and the purpose is not allowed; in the other it is, and the records lie elsewhere.
    @Test func `a purpose that is denied and records that are absent look the same`() async throws {
        var shapes: Set<Shape> = []
        for (consent, compartment) in [([0, 3, 1, 1, 0, 4, 0], Town.laboratory), ([0, 3, 1, 1, 0, 2, 0], "ben/laboratory")]
            as [([UInt8], String)]
        {
            try await GatewaySite.town { town in
                try await town.open("ben/laboratory")
                try await town.grant("grant", to: "lakeside") { $0.consent = consent }
                try await town.grant("ben's", in: "ben/laboratory", to: "lakeside")
                try await town.deposit(["lab 1", "lab 2"], in: compartment)
                for filter in [
                    Filter.all, try #require(Filter(records: [town.sealed("lab 1").descriptor.record.value], after: nil)),
                ] {
                    let call = town.requesting("grant", by: "lakeside", filter: filter)
                    let shape = try await Shape(town.gateway, call, by: "lakeside")
                    #expect(shape.released == 0 && shape.status == 200)
                    shapes.insert(shape)
                }
                let reason: Verdict = .denied(compartment == Town.laboratory ? .purposeNotCovered : .nothingToRelease)
                #expect(try await town.verdict(of: town.gateway.store.head.size - 1) == reason)
            }
        }
        // The second request finds one leaf more than the first, in both worlds.
        #expect(shapes.count == 2, "the worlds can be told apart")
    }

    /// Whatever the reason, a refusal has one form. Each is asked in a world of its own that is as large as the others.
    @Test func `a denied grant, a foreign one, an unknown one and an unknown record are refused alike`() async throws {
        let unknown = try #require(Filter(records: [.random()], after: nil))
        let shapes = try await [
            refused { town in town.requesting("none", by: "lakeside") },
            refused { town in town.requesting("grant", by: "lakeside", release: "other") },
            refused { town in town.requesting("foreign", by: "lakeside") },
            refused { town in town.requesting("restricted", by: "lakeside") },
            refused { town in town.requesting("revoked", by: "lakeside") },
            refused { town in town.requesting("future", by: "lakeside") },
            refused { town in town.requesting("grant", by: "lakeside", purpose: .research) },
            refused { town in town.requesting("none", by: "lakeside", filter: unknown) },
            refused { town in town.requesting("grant", by: "lakeside", filter: unknown) },
            // Hidden by what the patient signed later, all of it or the very record that is asked for.
            refused(hiding: .everything) { town in town.requesting("grant", by: "lakeside") },
            refused(hiding: .record(SHA256.hash(Array("lab 1".utf8)).value)) { town in
                let record = town.sealed("lab 1").descriptor.record.value
                return town.requesting("grant", by: "lakeside", filter: Filter(records: [record], after: nil) ?? .all)
            },
        ]
        // A filter makes the request longer, and the requester knows that he sent it; what he gets is as long.
        #expect(Set(shapes).count == 1, "refusals can be told apart")
    }

    private struct Refused: Hashable {
        let shape: Shape
        /// By how many rows each table grew, which takes time.
        let growth: [String: Int]
    }

    /// A town with a grant of every kind, and what one request looks like there.
    private func refused(
        hiding target: Restriction.Target = .label(line("HIV")), _ call: (Town) -> RequestRecords
    ) async throws -> Refused {
        try await GatewaySite.town { town in
            let tomorrow = town.world.now.day.adding(days: 1)
            try await town.grant("grant", to: "lakeside")
            try await town.grant("foreign", to: "hillside")
            try await town.grant("restricted", to: "lakeside") { $0.consent = [0, 5, 1, 1, 0, 2, 0] }
            try await town.grant("future", to: "lakeside") { $0.from = tomorrow }
            try await town.grant("revoked", to: "lakeside")
            try await town.restrict("hide", target)
            try await town.deposit(["lab 1", "lab 2"])
            try await town.revoke("revoked")
            let before = try town.gateway.site.rows().mapValues(\.count)
            let shape = try await Shape(town.gateway, call(town), by: "lakeside")
            #expect(shape.released == 0)
            let after = try town.gateway.site.rows().mapValues(\.count)
            return Refused(shape: shape, growth: after.merging(before) { $0 - $1 })
        }
    }

    /// Ten releases and ten refusals, watched by somebody who sees the ledger alone.
    @Test func `on the ledger every refusal looks like every other`() async throws {
        try await begun(.withheld) { town in
            let third = try #require(Filter(records: [town.sealed("third").descriptor.record.value], after: nil))
            var leaves: [Leaf] = []
            for call in [town.requesting("none", by: "lakeside"), town.requesting("grant", by: "lakeside", filter: third)] {
                leaves.append(try await town.gateway.call(call, by: "lakeside").decision.leaf)
            }
            let sizes = Set(leaves.map(\.canonicalBytes.count))
            #expect(sizes.count == 1)
            // Nothing of the request, the grant or the clinic stands there.
            for leaf in leaves {
                let bytes = leaf.canonicalBytes
                for name in ["grant", "lakeside", Town.laboratory] { #expect(!bytes.contains(publicKey(name).bytes)) }
            }
        }
    }
}
