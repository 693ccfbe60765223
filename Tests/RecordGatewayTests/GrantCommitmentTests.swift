import AccessPolicy
import CryptoPrimitives
import GatewayAPI
import RecordStorage
import SharingContract
import TestSupport
import Testing

/// What a grant carries for proofs of consent says what the grant says, or the grant is not taken.
@Suite struct GrantCommitmentTests {
    private static let treatment: [UInt8] = [0, 3, 1, 1, 0, 2, 0]
    private static let research: [UInt8] = [0, 3, 1, 1, 0, 16, 0]

    private func committed(
        _ scope: ConsentScope, _ consent: [UInt8] = treatment, isUnderAuthority: Bool = false, of control: String? = nil,
        on origin: TextLine = World().origin
    ) -> GrantCommitment {
        GrantCommitment(
            to: GrantAttributes(consent: consent, scope, isUnderAuthority: isUnderAuthority),
            of: control.map { publicKey($0) } ?? scope.control, origin: origin,
            opening: SG3072.SecretScalars(count: 2) { SG3072.SecretScalar(UInt64($0) + 1_000_003) },
            secret: SecretBytes(copying: World.salt.bytes.span), randomness: SecretBytes(copying: World.salt.bytes.span))
    }

    @Test func `one that says something else is refused, and nothing is posted`() async throws {
        try await GatewaySite.town { town in
            let scope = town.scope("grant", to: "lakeside")
            let good = committed(scope)
            var flipped = good.proof
            flipped[50] ^= 1
            let wrong = [
                committed(town.scope("grant", to: "hillside")), committed(scope, Self.research),
                committed(scope, [0, 5, 1, 1, 0, 2, 0]), committed(scope, isUnderAuthority: true), committed(scope, of: "other"),
                committed(scope, on: line("south.example/ledger")), committed(town.scope("other", to: "lakeside")),
                GrantCommitment(good.commitment, proof: flipped),
                GrantCommitment(good.commitment * SG3072.blinding, proof: good.proof),
            ]
            let before = town.gateway.store.head.size
            for other in wrong {
                let call = town.granting("grant", to: "lakeside") { $0.committed = other }
                try await town.gateway.expect(.commitmentNotProven, call, by: Town.laboratory)
            }
            #expect(town.gateway.store.head.size == before)
            try await town.grant("grant", to: "lakeside") { $0.committed = good }
            #expect(town.gateway.store.head.size == before + 1)
            try await town.deposit(["lab 1"])
            #expect(try await town.released("grant", by: "lakeside").count == 1)
        }
    }

    @Test func `a commitment without a proof, and a proof of none, are refused`() async throws {
        try await GatewaySite.town { town in
            let good = committed(town.scope("grant", to: "lakeside"))
            let before = town.gateway.store.head.size
            for parts in [(good.commitment, nil), (nil, good.proof)] as [(SG3072.Element?, [UInt8]?)] {
                let call = Self.granting(parts.0, parts.1, town)
                try await town.gateway.expect(.commitmentNotProven, call, by: Town.laboratory)
            }
            #expect(town.gateway.store.head.size == before)
        }
    }

    private static func granting(_ commitment: SG3072.Element?, _ proof: [UInt8]?, _ town: Town) -> PostEntry {
        let world = town.world
        let list = world.list(Town.laboratory, after: town.list(Town.laboratory), grants: ["grant"])
        let compiled = ConsentCompiler.compile(treatment, town.scope("grant", to: "lakeside")).hash
        let body = world.grantBody(
            "grant", in: Town.laboratory, to: "lakeside", list: list, compilation: compiled, commitment: commitment, proof: proof)
        let evidence = world.evidence(body)
        let entry = world.entry(.grant(world.grant("grant", commitment: commitment)), by: ["grant"], evidence: evidence)
        return PostEntry(entry: entry, evidence: evidence, list: list)
    }

    @Test func `who decides for a patient proves it too, by a secret of his own, and permits nothing by it`() async throws {
        try await GatewaySite.town { town in
            try await town.delegate("bea")
            let scope = town.scope("g", to: "lakeside")
            let patients = committed(scope)
            let own = committed(scope, isUnderAuthority: true)
            let before = town.gateway.store.head.size
            let call = town.delegating("g", to: "lakeside", under: "bea", committed: patients)
            try await town.gateway.expect(.commitmentNotProven, call, by: Town.holder("bea"))
            #expect(town.gateway.store.head.size == before)
            let good = town.delegating("g", to: "lakeside", under: "bea", committed: own)
            _ = try await town.gateway.call(good, by: Town.holder("bea"))
            #expect(town.gateway.store.head.size == before + 1)
        }
    }

    @Test func `a delegation's says that it permits no reading`() async throws {
        try await GatewaySite.town { town in
            let release = Town.holder("bea")
            let reading = committed(town.scope("bea", to: release))
            let call = town.delegating("bea", power: .deciding, committed: reading)
            try await town.gateway.expect(.commitmentNotProven, call, by: Town.laboratory)
            let today = town.world.now.day
            let scope = ConsentScope(
                control: publicKey("bea"), compartment: publicKey(Town.laboratory), grantee: publicKey(release), from: today,
                until: today.adding(days: 30), holder: .delegate)
            _ = try await town.gateway.call(
                town.delegating("bea", power: .deciding, committed: committed(scope)), by: Town.laboratory)
        }
    }
}
