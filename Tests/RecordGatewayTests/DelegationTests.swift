import AccessPolicy
import CryptoPrimitives
import GatewayAPI
import MedicalRecords
import RecordStorage
import SharingContract
import TestSupport
import Testing

/// A person who decides for Ana is known by the release key of a live delegation, and by nothing else.
@Suite struct Delegations {
    private static let bea = Town.holder("bea")

    /// Bea may decide about two laboratory records, and has a header for each.
    private func begun(_ power: GrantBody.Power = .deciding, _ body: (inout Town) async throws -> Void) async throws {
        try await GatewaySite.town { town in
            try await town.delegate("bea", power: power)
            try await town.deposit(["lab 1", "lab 2"])
            try await body(&town)
        }
    }

    @Test func `she reads by requests, and each is a decision that names her delegation`() async throws {
        try await begun { town in
            let answer = try await town.gateway.call(town.requesting("bea", by: Self.bea), by: Self.bea)
            try town.gateway.verify(answer.decision)
            guard case .released(let items, false) = answer.outcome else {
                Issue.record("nothing was released")
                return
            }
            #expect(items.count == 2)
            #expect(try await town.fetch(try #require(items.first).ticket, by: Self.bea).status == 200)
            let record = try await town.record(of: answer.decision.index)
            #expect(record.grant?.holder == .delegate && record.authorities.isEmpty)
            try await town.expectRefused(town.requesting("bea", by: Self.bea, purpose: .research), by: Self.bea, .purposeNotCovered)
        }
    }

    @Test func `whom she lets read gets what her delegation covers, and the record names both`() async throws {
        try await begun { town in
            try await town.grant("g", to: "lakeside", under: "bea", of: try await town.positions())
            let answer = try await town.request("g", by: "lakeside")
            let record = try await town.record(of: answer.decision.index)
            #expect(record.released.count == 2 && record.authorities.map(\.control) == [publicKey("bea")])
            let wide = Town.delegatingConsent(purposes: 0b110)
            _ = try await town.gateway.call(town.delegating("w", to: "lakeside", under: "bea", consent: wide), by: Self.bea)
            let payment = town.requesting("w", by: "lakeside", purpose: .payment)
            try await town.expectRefused(payment, by: "lakeside", .beyondAuthority)
        }
    }

    @Test func `with the delegation ends all that was granted under it, headers too`() async throws {
        try await begun { town in
            try await town.grant("g", to: "lakeside", under: "bea", of: try await town.positions())
            #expect(try await town.released("g", by: "lakeside").count == 2)
            try await town.revoke("bea")
            try await town.expectRefused(town.requesting("g", by: "lakeside"), by: "lakeside", .authorityRevoked)
            try await town.gateway.expect(.forbidden, town.requesting("bea", by: Self.bea), by: Self.bea)
            for name in ["g", "bea"] {
                let missing = ListRecords(missing: recipient(name).name)
                #expect(try await town.gateway.call(missing, by: Town.laboratory).records.count == 2)
            }
        }
    }

    /// The holder has a header for one of two records. Every place gets the same answer.
    @Test func `whoever gives headers in her place does not learn what there is beside his own`() async throws {
        try await begun { town in
            let positions = try await town.positions()
            try await town.delegate("late")
            let late = Town.holder("late")
            _ = try await town.gateway.call(town.addingHeaders("late", [positions[0]]), by: Town.laboratory)
            _ = try await town.gateway.call(town.delegating("g", to: "lakeside", under: "late"), by: late)
            let nowhere: [UInt64] = [positions[1] + 1, 0, 255, positions[1] + 4_096, .max]
            for places in [positions] + ([positions[1]] + nowhere).map({ [$0] }) + [nowhere + positions] {
                _ = try await town.gateway.call(town.addingHeaders("g", places), by: late)
            }
            let missing = try await town.gateway.call(ListRecords(missing: recipient("g").name), by: Town.laboratory).records
            #expect(missing.map(\.position) == [positions[1]])
            #expect(try await town.released("g", by: "lakeside").count == 1)
            // The patient is told.
            for place in nowhere {
                try await town.gateway.expect(.notFound, town.addingHeaders("late", [place]), by: Town.laboratory)
            }
        }
    }

    @Test func `a delegation that is over ends likewise, by its date alone`() async throws {
        try await begun { town in
            try await town.delegate("short", days: 2)
            let positions = try await town.positions()
            _ = try await town.gateway.call(town.addingHeaders("short", positions), by: Town.laboratory)
            _ = try await town.gateway.call(
                town.delegating("g", to: "lakeside", under: "short", days: 2), by: Town.holder("short"))
            _ = try await town.gateway.call(town.addingHeaders("g", positions), by: Town.holder("short"))
            #expect(try await town.released("g", by: "lakeside").count == 2)
            town.gateway.site.clock.advance(by: 2 * 86_400)
            try await town.expectRefused(town.requesting("g", by: "lakeside"), by: "lakeside", .over)
            try await town.gateway.expect(.forbidden, town.addingHeaders("g", positions), by: Town.holder("short"))
            let history = FetchHistory(from: 0)
            try await town.gateway.expect(.forbidden, history, by: Town.holder("short"))
        }
    }

    /// The holder of a release key that is no delegation's: of a grant to read, of one that was never made.
    @Test func `a release key that is no delegation's can do nothing`() async throws {
        try await begun { town in
            try await town.grant("plain", to: "lakeside")
            let positions = try await town.positions()
            for name in ["plain", "nobody"] {
                let caller = Town.holder(name)
                try await town.gateway.expect(.forbidden, town.requesting(name, by: caller), by: caller)
                try await town.gateway.expect(.forbidden, town.addingHeaders("plain", positions), by: caller)
                try await town.gateway.expect(.forbidden, FetchRecipientList(compartment: publicKey(Town.laboratory)), by: caller)
                try await town.gateway.expect(.forbidden, FetchHistory(from: 0), by: caller)
                let under = town.delegating("under", to: "lakeside", under: name, days: 1)
                try await town.gateway.expect(.refused, under, by: caller)
                try await town.gateway.expect(.forbidden, SendMessage(address: publicKey("lakeside"), message: [1]), by: caller)
            }
        }
    }

    @Test func `a delegate does nothing else in the patient's place`() async throws {
        try await begun { town in
            let positions = try await town.positions()
            try await town.grant("plain", to: "lakeside")
            try await town.gateway.expect(.forbidden, FetchHistory(from: 0), by: Self.bea)
            try await town.gateway.expect(.forbidden, ListRecords(), by: Self.bea)
            try await town.gateway.expect(.forbidden, ListVersions(record: .init(.zero)), by: Self.bea)
            // Headers of grants that are not hers.
            try await town.gateway.expect(.forbidden, town.addingHeaders("plain", positions), by: Self.bea)
            try await town.gateway.expect(.forbidden, town.addingHeaders("bea", positions), by: Self.bea)
            try await town.gateway.expect(.forbidden, SendMessage(address: publicKey("lakeside"), message: [1]), by: Self.bea)
            let answer = try await town.gateway.send(
                SignedMessage(
                    PayloadPath.upload, [1, 2, 3], contentType: ContentType.payload, by: Self.bea, at: town.gateway.now))
            #expect(answer.status == 403)
            #expect(
                try await town.gateway.call(FetchRecipientList(compartment: publicKey(Town.laboratory)), by: Self.bea)
                    == town.list(Town.laboratory))
        }
    }

    @Test func `she hides nothing, brings no list, takes nobody's headers, and grants no more than she has`() async throws {
        try await begun { town in
            try await town.grant("plain", to: "lakeside")
            func expect(_ code: APIError.Code, _ call: PostEntry, by caller: String = Delegations.bea) async throws {
                try await town.gateway.expect(code, call, by: caller)
            }
            let hiding = Consent(Restriction(.everything), category: 3).canonicalBytes
            try await expect(.forbidden, town.delegating("g", to: "lakeside", under: "bea", consent: hiding))
            try await expect(.forbidden, town.delegating("g", to: "lakeside", under: "bea", consent: []))
            for stolen in ["plain", "bea", Town.laboratory] {
                let call = town.delegating("g", to: "lakeside", under: "bea", recipient: recipient(stolen))
                try await expect(.malformed, call)
            }
            let good = town.delegating("g", to: "lakeside", under: "bea")
            let listed = PostEntry(entry: good.entry, evidence: good.evidence, list: town.list(Town.laboratory))
            try await expect(.malformed, listed)
            try await expect(.forbidden, good, by: Town.laboratory)
            try await expect(.forbidden, good, by: "lakeside")
            try await expect(.refused, town.delegating("g", to: "lakeside", under: "bea", days: 31))
            try await expect(.refused, town.delegating("g", power: .deciding, under: "bea"))
            _ = try await town.gateway.call(good, by: Self.bea)
            try await expect(.malformed, town.delegating("h", to: "lakeside", under: "bea", recipient: recipient("g")))
        }
    }

    @Test func `the patient's next list takes up whom she let read, and nobody else`() async throws {
        try await begun { town in
            try await town.grant("g", to: "lakeside", under: "bea", of: [])
            let stranger = recipient("stranger")
            for more in [[stranger], [stranger, recipient("g")]] {
                let call = town.granting("plain", to: "hillside") { $0.recipients.formUnion(more) }
                try await town.gateway.expect(.malformed, call, by: Town.laboratory)
            }
            let ending = town.revoking("bea", leaving: [stranger])
            try await town.gateway.expect(.malformed, ending, by: Town.laboratory)
            try await town.grant("plain", to: "hillside") { $0.recipients.insert(recipient("g")) }
            // From here on depositors seal to it.
            try await town.deposit(["lab 3"])
            #expect(try await town.released("g", by: "lakeside").count == 1)
        }
    }

    @Test func `many grants of hers go with her delegation, so that they keep the patient from none`() async throws {
        try await begun { town in
            for number in 0..<3 {
                _ = try await town.gateway.call(town.delegating("g\(number)", to: "lakeside", under: "bea"), by: Self.bea)
            }
            try await town.revoke("bea")
            let open = try await town.gateway.store.read { try $0.state.openGrants(of: publicKey(Town.laboratory)).controls }
            #expect(open.isEmpty)
        }
    }

    @Test func `a list that came first makes her try again`() async throws {
        try await begun { town in
            let call = town.delegating("g", to: "lakeside", under: "bea")
            try await town.grant("plain", to: "lakeside")
            try await town.gateway.expect(.listNotNewest, call, by: Self.bea)
        }
    }

    @Test func `she ends what she granted, and nobody else's`() async throws {
        try await begun { town in
            try await town.grant("g", to: "lakeside", under: "bea", of: try await town.positions())
            try await town.grant("plain", to: "lakeside")
            try await town.gateway.expect(.forbidden, town.endingDelegated("plain"), by: Self.bea)
            try await town.gateway.expect(.forbidden, town.endingDelegated("g"), by: "lakeside")
            try await town.gateway.expect(
                .malformed, town.endingDelegated("g", list: town.list(Town.laboratory)), by: Self.bea)
            _ = try await town.gateway.call(town.endingDelegated("g"), by: Self.bea)
            try await town.expectRefused(town.requesting("g", by: "lakeside"), by: "lakeside", .revoked)
            #expect(try await town.released("plain", by: "lakeside").isEmpty)
        }
    }

    @Test func `a slip reaches a person, by a delegation's key alone`() async throws {
        try await begun { town in
            try await town.grant("plain", to: "lakeside")
            let slip = SendMessage(address: publicKey("bea's inbox"), message: [1])
            try await town.gateway.expect(.forbidden, slip, by: "plain")
            _ = try await town.gateway.call(slip, by: "bea")
            #expect(try await town.gateway.call(FetchMessages(after: nil), by: "bea's inbox").messages.count == 1)
            try await town.revoke("bea")
            try await town.gateway.expect(.forbidden, slip, by: "bea")
        }
    }
}

/// What a guardian reads of the history.
@Suite struct GuardianHistories {
    @Test func `all but what speaks of the minor's own care, and of what was hidden`() async throws {
        try await GatewaySite.town { town in
            let guardian = Town.holder("guardian")
            try await town.delegate("guardian", power: .guardianship)
            try await town.delegate("bea")
            try await town.grant("g", to: "lakeside")
            try await town.deposit(["lab"])
            let plain = try await town.request("g", by: "lakeside").decision.index
            try await town.deposit(["own"], labels: ["MINOROWN", "R"])
            let own = try await town.request("g", by: "lakeside").decision.index
            try await town.restrict("hide", .label(line("MINOROWN")))
            let all = try await town.gateway.call(FetchHistory(from: 0), by: Town.laboratory).items.map(\.leaf)
            let shown = try await town.gateway.call(FetchHistory(from: 0), by: guardian).items.map(\.leaf)
            #expect(all.contains(own) && shown.contains(plain) && !shown.contains(own))
            #expect(Set(shown).isSubset(of: all))
            try await town.gateway.expect(.forbidden, FetchHistory(from: 0), by: Town.holder("bea"))
            // A label that comes later covers what was read before.
            let relabelled = town.sealed("lab", version: 2, labels: ["MINOROWN", "R"])
            try await town.upload(relabelled.payload)
            _ = try await town.gateway.call(town.depositing([relabelled]), by: "hillside")
            let after = try await town.gateway.call(FetchHistory(from: 0), by: guardian).items.map(\.leaf)
            #expect(!after.contains(plain) && after.count == shown.count - 1)
            try await town.revoke("guardian")
            try await town.gateway.expect(.forbidden, FetchHistory(from: 0), by: guardian)
        }
    }
}

extension Town {
    /// Laboratory records, for these purposes as bits.
    static func delegatingConsent(purposes: UInt16) -> [UInt8] {
        [0, 3, 1, 1, UInt8(purposes >> 8), UInt8(purposes & 0xff), 0]
    }
}
