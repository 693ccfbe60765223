import AccessPolicy
import CryptoPrimitives
import GatewayAPI
import MedicalRecords
import RecordStorage
import SharingContract
import TestSupport
import Testing

/// Every request ends in one decision on the ledger, whatever it is.
@Suite struct Requests {
    /// Lakeside holds a live grant for Ana's laboratory records, of which there are two.
    private func begun(_ body: (inout Town) async throws -> Void) async throws {
        try await GatewaySite.town { town in
            try await town.grant("grant", to: "lakeside")
            try await town.deposit(["lab 1", "lab 2"])
            try await body(&town)
        }
    }

    @Test func `what is released hangs on its decision, and its decision on the ledger`() async throws {
        try await begun { town in
            let call = town.requesting("grant", by: "lakeside")
            let answer = try await town.gateway.call(call, by: "lakeside")
            try town.gateway.verify(answer.decision)
            guard case .released(let items, false) = answer.outcome,
                case .decision(let decision) = answer.decision.leaf.entry.event,
                case .released(let release) = decision.outcome
            else {
                Issue.record("nothing was released")
                return
            }
            #expect(items.count == 2 && Set(items.map(\.ticket)).count == 2)
            #expect(release.request == RequestHash(of: call.request) && release.grant == publicKey("grant"))
            for item in items {
                let salted = Hash.labelled(.released, item.releasedSalt.bytes, item.record.descriptorCommitment.bytes)
                #expect(item.releasedProof.root(holding: salted) == decision.root)
                #expect(item.record.header == town.header(of: item.record, for: recipient("grant")))
                try item.record.descriptor.verifySignature(origin: town.world.origin, compartment: publicKey(Town.laboratory))
            }
            let record = try await town.record(of: answer.decision.index)
            #expect(record.verdict == .allowed && record.released.count == 2 && record.engine.text == DecisionEngine.name)
            // Nothing is published here: grants alone decide.
            #expect(record.policies == nil && record.others.isEmpty && items.allSatisfy(\.obligations.isEmpty))
        }
    }

    /// Signature base and signature of the message that carried the request lie in the evidence, so that the clinic cannot deny it.
    @Test func `the evidence holds what the clinic signed`() async throws {
        try await begun { town in
            let call = town.requesting("grant", by: "lakeside")
            let body = try await town.decisionBody(of: try await town.gateway.call(call, by: "lakeside").decision.index)
            #expect(body.request == call.request && body.compartment == publicKey(Town.laboratory))
            try publicKey("lakeside").verify(body.httpSignature, of: body.signatureBase)
        }
    }

    @Test func `a request that no grant covers is refused, each for its own reason`() async throws {
        try await begun { town in
            try await town.expectRefused(town.requesting("none", by: "lakeside"), by: "lakeside", .unknownGrant)
            let unsigned = town.requesting("grant", by: "lakeside", release: "other")
            try await town.expectRefused(unsigned, by: "lakeside", .releaseNotSigned)
            try await town.expectRefused(town.requesting("grant", by: "hillside"), by: "hillside", .notGrantee)
            let research = town.requesting("grant", by: "lakeside", purpose: .research)
            try await town.expectRefused(research, by: "lakeside", .purposeNotCovered)
            #expect(try await town.released("grant", by: "lakeside").count == 2)
        }
    }

    /// How long a refusal takes must not tell how many records there are.
    @Test func `records are looked for only if the grant covers the request`() async throws {
        try await begun { town in
            let day = town.world.now.day
            try await town.grant("foreign", to: "hillside")
            try await town.grant("revoked", to: "lakeside")
            try await town.grant("later", to: "lakeside") { $0.from = day.adding(days: 1) }
            try await town.grant("short", to: "lakeside") { $0.until = day.adding(days: 1) }
            try await town.grant("unreadable", to: "lakeside") { $0.consent = [] }
            try await town.deposit(["lab 3"])
            try await town.revoke("revoked")
            let lab = try #require(Filter(records: [town.sealed("lab 3").descriptor.record.value], after: nil))
            func expect(_ count: Int, _ grant: String, purpose: PurposeOfUse = .treatment, release: String? = nil) async throws {
                for filter in [.all, lab] {
                    let call = town.requesting(grant, by: "lakeside", purpose: purpose, filter: filter, release: release)
                    let body = try await town.decisionBody(of: town.gateway.call(call, by: "lakeside").decision.index)
                    let looked = try DecisionRecord(canonical: body.record).records.count
                    #expect(looked == (filter == lab ? min(count, 1) : count), "\(grant)")
                }
            }
            try await expect(0, "grant", purpose: .research)
            try await expect(0, "grant", release: "other")
            for grant in ["foreign", "later", "unreadable", "revoked", "none"] { try await expect(0, grant) }
            try await expect(1, "short")
            try await expect(3, "grant")
            town.gateway.site.clock.advance(by: 86_400)
            try await expect(0, "short")
            try await expect(1, "later")
        }
    }

    @Test func `a release signature is for one request`() async throws {
        try await begun { town in
            let (one, other) = (town.requesting("grant", by: "lakeside"), town.requesting("grant", by: "lakeside"))
            let swapped = RequestRecords(request: one.request, releaseSignature: other.releaseSignature)
            try await town.expectRefused(swapped, by: "lakeside", .releaseNotSigned)
            // The control key grants and revokes; it does not release.
            let byControl = key("grant").sign(
                .release, origin: town.world.origin, RequestHash(of: other.request).releaseBytes(grant: publicKey("grant")))
            let controlled = RequestRecords(request: other.request, releaseSignature: byControl)
            try await town.expectRefused(controlled, by: "lakeside", .releaseNotSigned)
        }
    }

    @Test func `a revoked grant releases nothing`() async throws {
        try await begun { town in
            #expect(try await town.released("grant", by: "lakeside").count == 2)
            try await town.revoke("grant")
            try await town.expectRefused(town.requesting("grant", by: "lakeside"), by: "lakeside", .revoked)
        }
    }

    /// Half-open, by the decision's own minute.
    @Test func `a grant holds from its first midnight until its last`() async throws {
        try await begun { town in
            let today = town.world.now.day
            try await town.grant("later", to: "lakeside") {
                $0.from = today.adding(days: 1)
                $0.until = today.adding(days: 2)
            }
            try await town.deposit(["lab 3"])
            try await town.expectRefused(town.requesting("later", by: "lakeside"), by: "lakeside", .notYet)
            let midnight = Int64(today.adding(days: 1).number) * 86_400
            let clock = town.gateway.site.clock
            clock.advance(by: midnight - 1 - clock.seconds)
            try await town.expectRefused(town.requesting("later", by: "lakeside"), by: "lakeside", .notYet)
            clock.advance(by: 1)
            #expect(try await town.released("later", by: "lakeside").count == 1)
            clock.advance(by: 86_399)
            #expect(try await town.released("later", by: "lakeside").count == 1)
            clock.advance(by: 1)
            try await town.expectRefused(town.requesting("later", by: "lakeside"), by: "lakeside", .over)
        }
    }

    @Test func `a grant that compiles to something else than was signed is not taken`() async throws {
        try await begun { town in
            let before = town.gateway.store.head.size
            let other = town.granting("other", to: "lakeside") { $0.compilation = Hash(.zero) }
            try await town.gateway.expect(.compilationDiffers, other, by: Town.laboratory)
            // Signed for another clinic's key, another grant, or another text.
            let treatment: [UInt8] = [0, 3, 1, 1, 0, 2, 0]
            let others = [
                ConsentCompiler.compile(treatment, town.scope("other", to: "hillside")),
                ConsentCompiler.compile(treatment, town.scope("grant", to: "lakeside")),
                ConsentCompiler.compile([0, 3, 1, 1, 0, 4, 0], town.scope("other", to: "lakeside")),
            ]
            for compiled in others {
                let call = town.granting("other", to: "lakeside") { $0.compilation = compiled.hash }
                try await town.gateway.expect(.compilationDiffers, call, by: Town.laboratory)
            }
            #expect(town.gateway.store.head.size == before)
            try await town.grant("other", to: "lakeside")
        }
    }

    @Test func `a consent that cannot be read permits nothing, and nothing else permits while it stands`() async throws {
        try await begun { town in
            let unreadable: [[UInt8]] = [[], [0, 3, 2, 1, 0, 2, 0], [0, 3, 1, 1, 0, 2, 0, 0], [0, 3, 1, 3, 0, 2, 0]]
            for (number, consent) in unreadable.enumerated() {
                try await town.grant("odd \(number)", to: "lakeside") { $0.consent = consent }
                try await town.deposit(["lab of \(number)"])
                let call = town.requesting("odd \(number)", by: "lakeside")
                try await town.expectRefused(call, by: "lakeside", .consentUnreadable)
            }
            try await town.grant("readable", to: "lakeside")
            try await town.expectRefused(town.requesting("readable", by: "lakeside"), by: "lakeside", .nothingToRelease)
        }
    }

    @Test func `records of another category, compartment or name stay, and none at all is a refusal`() async throws {
        try await begun { town in
            try await town.grant("imaging", to: "lakeside") { $0.consent = [0, 4, 1, 1, 0, 2, 0] }
            try await town.deposit(["lab 3"])
            try await town.expectRefused(town.requesting("imaging", by: "lakeside"), by: "lakeside", .nothingToRelease)
            try await town.open("ana/general")
            try await town.grant("elsewhere", in: "ana/general", to: "lakeside")
            try await town.expectRefused(town.requesting("elsewhere", by: "lakeside"), by: "lakeside", .nothingToRelease)
            let unknown = try #require(Filter(records: [.random()], after: nil))
            let call = town.requesting("grant", by: "lakeside", filter: unknown)
            try await town.expectRefused(call, by: "lakeside", .nothingToRelease)
            for position in [UInt64(Int64.max), .max] {
                let behind = town.requesting("grant", by: "lakeside", filter: Filter.all.after(position))
                try await town.expectRefused(behind, by: "lakeside", .nothingToRelease)
            }
        }
    }

    /// A record deposited into another compartment does not come along because it is asked for by name.
    @Test func `a grant reaches no record of another compartment`() async throws {
        try await begun { town in
            try await town.open("ben/laboratory")
            try await town.grant("ben's", in: "ben/laboratory", to: "lakeside")
            try await town.deposit(["lab of ben"], in: "ben/laboratory")
            let bens = town.sealed("lab of ben", in: "ben/laboratory").descriptor.record.value
            let call = town.requesting("grant", by: "lakeside", filter: try #require(Filter(records: [bens], after: nil)))
            try await town.expectRefused(call, by: "lakeside", .nothingToRelease)
            #expect(try await town.released("ben's", by: "lakeside").map(\.record.descriptor.record.value) == [bens])
        }
    }

    @Test func `a message that is no request of this clinic on this ledger leaves no leaf`() async throws {
        try await begun { town in
            let good = town.requesting("grant", by: "lakeside")
            let gateway = town.gateway
            let others = town.requesting("grant", by: "hillside")
            try await gateway.expect(.malformed, others, by: "lakeside")
            let elsewhere = Request(
                origin: line("south.example/ledger"), grant: publicKey("grant"), filter: .all, purpose: .treatment,
                staff: line("Dr. Okafor"), actor: publicKey("lakeside"), nonce: .random())
            try await gateway.expect(.malformed, town.requesting(elsewhere, release: "grant"), by: "lakeside")
            for bytes in [[], Array(good.request.dropLast()), good.request + [0]] {
                let call = RequestRecords(request: bytes, releaseSignature: good.releaseSignature)
                try await gateway.expect(.malformed, call, by: "lakeside")
            }
        }
    }
}

extension Town {
    /// The header that the depositor made for this recipient.
    func header(of record: StoredRecord, for recipient: RecipientKey) -> [UInt8] {
        SealedRecord(payload: [], descriptor: record.descriptor).header(for: recipient)
    }
}
