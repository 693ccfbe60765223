import AccessPolicy
import CryptoPrimitives
import GatewayAPI
import MedicalRecords
import SharingContract
import TestSupport
import Testing

@testable import GatewayClient

/// Ana lets Bea decide, Bea lets Lakeside read, and Ana sees it and ends it.
@Suite struct DelegationRoadTests {
    private func withBea(_ body: (Town, PatientClient) async throws -> Void) async throws {
        try await Town.standing { town in try await person("Bea", in: town) { try await body(town, $0) } }
    }

    private func person(_ name: String, in town: Town, _ body: (PatientClient) async throws -> Void) async throws {
        let person = try await PatientClient.enrol(
            town.folder(name), invite: try town.hillside.invite(), name: line(name), passphrase: KeyFormats.passphrase(),
            words: RecoveryWords(entropy: KeyFormats.secret("\(name)'s paper")), environment: town.environment)
        let failure = await failure { try await body(person) }
        try? await person.session.close()
        if let failure { throw failure }
    }

    private func consent(_ purposes: Set<PurposeOfUse> = [.treatment]) throws -> Consent {
        try #require(Consent(actions: [.read], purposes: purposes, category: Town.laboratory))
    }

    @discardableResult
    private func delegate(
        _ town: Town, to person: PatientClient, _ power: GrantBody.Power = .deciding, days: UInt32 = 60
    ) async throws -> HeldDelegation {
        let ana = try town.ana
        let proposed = try await ana.propose(
            delegate: .init(person.address, power), try consent(), until: ana.session.today.adding(days: days))
        _ = try await ana.grant(proposed)
        try await person.readInbox()
        return try #require(try person.delegations(of: "ana").last)
    }

    private func grantLakeside(_ town: Town, _ bea: PatientClient, _ held: HeldDelegation) async throws -> ReceivedGrant {
        let lakeside = try bea.session.actor(named: "lakeside")
        let proposed = try await bea.propose(
            under: held, to: lakeside, try consent(), until: bea.session.today.adding(days: 30))
        _ = try await bea.grant(proposed, under: held)
        try await town.lakeside.readInbox()
        return try #require(try town.lakeside.state.grants.last)
    }

    @Test func `she reads, lets another read, and the patient's log shows both`() async throws {
        try await withBea { town, bea in
            let held = try await delegate(town, to: bea)
            #expect(held.content.name == line("Ana Díaz"))
            #expect(try await bea.records(under: held).count == 1)
            let received = try await grantLakeside(town, bea, held)
            // To Lakeside it is Ana's.
            let inbox = try town.ana.address.inbox
            #expect(received.content.name == line("Ana Díaz") && received.content.inbox == inbox)
            let records = try await town.request(received)
            #expect(try town.content(try #require(records.first), received) == "hemoglobin 13.2")
            var told: [String] = []
            for line in try await town.ana.log() {
                switch line.what {
                case .granted(let grant): told.append("\(grant.madeBy?.text ?? "Ana") to \(grant.granteeName)")
                case .released(let grant, let details):
                    told.append("\(details?.actorName?.text ?? grant.granteeName.text) by \(grant.madeBy?.text ?? "Ana")")
                default: break
                }
            }
            #expect(
                told == ["Ana to Bea", "Bea by Ana", "Bea to Lakeside Hospital", "Bea by Ana", "Lakeside Hospital by Bea"])
            let live = try await town.ana.liveDelegatedGrants()
            #expect(live.map(\.granteeName) == [line("Lakeside Hospital")] && live.first?.madeBy == line("Bea"))
        }
    }

    @Test func `on the ledger a grant, a restriction, a delegation and what is granted under one look alike`() async throws {
        try await withBea { town, bea in
            let ana = try town.ana
            let held = try await delegate(town, to: bea)
            let received = try await grantLakeside(town, bea, held)
            let grant = try await town.grant(to: "Hillside Clinic")
            let hidden = try await ana.restrict(try await ana.propose(Restriction(.everything), category: Town.laboratory))
            try await ana.session.sync()
            let leaves = [held.content.leaf, received.content.leaf] + (try [grant, hidden].map { try #require($0.leaf) })
            let entries = try leaves.map { try ana.session.ledger.leaf($0).entry }
            #expect(Set(entries.map(\.canonicalBytes.count)).count == 1)
            let bodies = [held.content.body, received.content.body, grant.body.value, hidden.body.value]
            var commitments: Set<SG3072.Element> = []
            for (entry, body) in zip(entries, bodies) {
                guard case .grant(let grant) = entry.event else { throw Missing() }
                commitments.insert(try #require(grant.commitment))
                #expect(body.proof != nil && body.isProven(of: grant, origin: ana.session.origin))
            }
            #expect(commitments.count == 4)
        }
    }

    private struct Missing: Error {}

    @Test func `why tells who made the grant`() async throws {
        try await withBea { town, bea in
            let received = try await grantLakeside(town, bea, try await delegate(town, to: bea))
            _ = try await town.request(received)
            let log = try await town.ana.log()
            let last = try #require(log.last { if case .released(let grant, _) = $0.what { grant.madeBy != nil } else { false } })
            let explained = try await town.ana.why(entry: last.leaf)
            #expect(explained.grant?.madeBy == line("Bea"))
            let makers = explained.reasons.parts.flatMap(\.clauses).map { clause -> String in
                if case .grant(let grant) = clause { grant.madeBy?.text ?? "Ana" } else { "nobody" }
            }
            #expect(Set(makers) == ["Ana", "Bea"] && makers.count == 2)
        }
    }

    @Test func `what comes later reaches whom she let read when she synchronises, and when the patient signs the next list`()
        async throws
    {
        try await withBea { town, bea in
            let held = try await delegate(town, to: bea)
            let received = try await grantLakeside(town, bea, held)
            try await town.deposit("glucose 5.1")
            #expect(try await town.request(received).count == 1)
            try await bea.synchronise(under: held)
            #expect(try await town.request(received).count == 2)
            // Ana's next list has Lakeside's recipient, so the next record comes sealed to it.
            try await town.grant(to: "Hillside Clinic")
            #expect(try await town.ana.newestList(Town.laboratory).recipients.contains(received.content.body.recipient))
            try await town.deposit("sodium 140")
            #expect(try await town.request(received).count == 3)
        }
    }

    @Test func `when the patient ends it, everything under it has ended`() async throws {
        try await withBea { town, bea in
            let held = try await delegate(town, to: bea)
            let received = try await grantLakeside(town, bea, held)
            try await town.grant(to: "Hillside Clinic")
            let given = try #require(try town.ana.grants(to: "bea").first)
            try await town.ana.revoke(given.control, reason: .none)
            #expect(try await town.request(received).isEmpty)
            #expect(try await !town.ana.newestList(Town.laboratory).recipients.contains(received.content.body.recipient))
            #expect(try await town.ana.liveDelegatedGrants().isEmpty)
            try await bea.sync()
            #expect(await reason { _ = try bea.delegations(of: "ana") } == "notFound(delegation(name: \"ana\"))")
            await #expect(throws: ClientError.self) { _ = try await bea.records(under: held) }
            let lakeside = try bea.session.actor(named: "lakeside")
            await #expect(throws: ClientError.self) {
                _ = try await bea.propose(under: held, to: lakeside, try consent(), until: bea.session.today.adding(days: 5))
            }
        }
    }

    @Test func `she ends what she granted`() async throws {
        try await withBea { town, bea in
            let held = try await delegate(town, to: bea)
            let received = try await grantLakeside(town, bea, held)
            let given = try #require(bea.grants(under: held).first)
            try await bea.revoke(given, under: held, reason: line("moved"))
            #expect(try await town.request(received).isEmpty && bea.grants(under: held).isEmpty)
            let ended = try await town.ana.log().compactMap { line -> TextLine? in
                if case .revoked(let grant) = line.what { grant.madeBy } else { nil }
            }
            #expect(ended == [line("Bea")])
        }
    }

    @Test func `two who call themselves the same are told apart by number alone`() async throws {
        try await withBea { town, bea in
            try await delegate(town, to: bea)
            try await person("Another Ana", in: town) { other in
                let card = try await other.makeCard(
                    for: try other.session.actor(named: "hillside"), categories: [Town.laboratory],
                    until: other.session.today.adding(days: 30))
                #expect(card.slots.count == 1)
                let proposed = try await other.propose(
                    delegate: .init(bea.address, .deciding), try consent(), until: other.session.today.adding(days: 5))
                _ = try await other.grant(proposed)
                try await bea.readInbox()
                #expect(await reason { _ = try bea.delegations(of: "ana") }?.contains("ambiguousActor") == true)
                #expect(try bea.delegations(of: "2").map(\.content.name) == [line("Another Ana")])
                #expect(try bea.delegations(of: "1").map(\.content.name) == [line("Ana Díaz")])
                #expect(await reason { _ = try bea.delegations(of: "3") } == "notFound(delegation(name: \"3\"))")
            }
        }
    }

    @Test func `a grant whose answer was lost is found again, and delivered`() async throws {
        try await withBea { town, bea in
            let held = try await delegate(town, to: bea)
            let lakeside = try bea.session.actor(named: "lakeside")
            let proposed = try await bea.propose(
                under: held, to: lakeside, try consent(), until: bea.session.today.adding(days: 5))
            town.gateway.lie(PostEntry.path) { $0.signer = nil }
            await #expect(throws: ClientError.self) { _ = try await bea.grant(proposed, under: held) }
            town.gateway.beHonest()
            #expect(bea.state.granted.count == 1 && bea.state.granted.first?.grant.leaf == nil)
            try await bea.synchronise(under: held)
            #expect(bea.state.granted.first?.grant.leaf != nil && bea.grants(under: held).count == 1)
            try await town.lakeside.readInbox()
            #expect(try await town.request(try #require(try town.lakeside.state.grants.last)).count == 1)
        }
    }

    @Test func `a list that is not the compartment's is a lie`() async throws {
        try await withBea { town, bea in
            let held = try await delegate(town, to: bea)
            let proposed = try await bea.propose(
                under: held, to: try bea.session.actor(named: "lakeside"), try consent(), until: bea.session.today.adding(days: 5))
            town.gateway.lie(FetchRecipientList.path) { $0.answer = World().list("somebody").canonicalBytes }
            #expect(await discrepancy { _ = try await bea.grant(proposed, under: held) } == .listNotAuthentic)
            #expect(bea.state.granted.isEmpty)
        }
    }

    @Test func `what would be read is foretold with what she granted, as the engine decides`() async throws {
        try await withBea { town, bea in
            let held = try await delegate(town, to: bea)
            let ana = try town.ana
            let record = try #require(try await ana.records(Town.laboratory).first).descriptor.record.description
            let lakeside = try ana.session.actor(named: "lakeside")
            #expect(try await !ana.why(record: record, for: lakeside, purpose: .treatment).hasGrant)
            _ = try await grantLakeside(town, bea, held)
            let prospect = try await ana.why(record: record, for: lakeside, purpose: .treatment)
            // What nobody looked into is closed by the policies of no ledger here.
            #expect(prospect.isAllowed && prospect.hasGrant)
            #expect(try await !ana.why(record: record, for: lakeside, purpose: .research).isAllowed)
            let given = try #require(try ana.grants(to: "bea").first)
            try await ana.revoke(given.control, reason: .none)
            #expect(try await !ana.why(record: record, for: lakeside, purpose: .treatment).isAllowed)
        }
    }

    @Test func `a delegation that ran out is written down, with what was granted under it`() async throws {
        try await withBea { town, bea in
            let held = try await delegate(town, to: bea, days: 40)
            let received = try await grantLakeside(town, bea, held)
            try await delegate(town, to: bea, days: 41)
            try await town.grant(to: "Hillside Clinic", days: 90)
            let ana = try town.ana
            #expect(try await ana.newestList(Town.laboratory).recipients.contains(received.content.body.recipient))
            town.gateway.advance(minutes: 42 * Int64(Minute.perDay))
            #expect(try await ana.synchronise { _ in }.ranOut.count == 2)
            #expect(ana.state.grants.filter(\.isDelegation).allSatisfy { $0.revoked != nil })
            #expect(try await ana.newestList(Town.laboratory).recipients.count == 1)
        }
    }

    @Test func `what is beyond the delegation is not signed`() async throws {
        try await withBea { town, bea in
            let held = try await delegate(town, to: bea, days: 10)
            let lakeside = try bea.session.actor(named: "lakeside")
            let (today, before) = (bea.session.today, bea.state.nextGrant)
            func refused(_ consent: Consent, days: UInt32 = 5, _ actor: ActorState? = nil) async -> String? {
                await reason {
                    _ = try await bea.propose(under: held, to: actor ?? lakeside, consent, until: today.adding(days: days))
                }
            }
            #expect(
                await refused(try consent([.treatment, .research])) == "notPossible(beyondDelegation(\"it is not for research\"))")
            #expect(await refused(try consent(), days: 11)?.contains("beyondDelegation") == true)
            let other = try #require(Consent(actions: [.read], purposes: [.treatment], category: Category.imaging.code))
            #expect(await refused(other)?.contains("other records") == true)
            let notes = try #require(PlainConsent(actions: [.read], purposes: [.treatment], extras: .counsellingNotes))
            #expect(await refused(Consent(notes, category: Town.laboratory))?.contains("beyondDelegation") == true)
            #expect(
                await refused(Consent(Restriction(.everything), category: Town.laboratory))?.contains("beyondDelegation") == true)
            #expect(await refused(try consent(), try bea.session.actor(named: "auditor")) == "notPossible(notForAuditors)")
            try await person("Cara", in: town) { cara in
                let passed = await reason {
                    _ = try await bea.propose(
                        under: held, to: nil, delegate: .init(cara.address, .deciding), try consent(), until: today.adding(days: 5))
                }
                #expect(passed?.contains("may not be passed on") == true)
            }
            #expect(bea.state.nextGrant == before && bea.state.granted.isEmpty)
        }
    }

    @Test func `what may be passed on reaches another, who decides no further`() async throws {
        try await withBea { town, bea in
            let held = try await delegate(town, to: bea, .passingOn)
            try await person("Cara", in: town) { cara in
                let proposed = try await bea.propose(
                    under: held, to: nil, delegate: .init(cara.address, .deciding), try consent(),
                    until: bea.session.today.adding(days: 20))
                _ = try await bea.grant(proposed, under: held)
                try await cara.readInbox()
                let passed = try #require(try cara.delegations(of: "ana").first)
                #expect(try await cara.records(under: passed).count == 1)
                let lakeside = try cara.session.actor(named: "lakeside")
                let grant = try await cara.propose(
                    under: passed, to: lakeside, try consent(), until: cara.session.today.adding(days: 10))
                _ = try await cara.grant(grant, under: passed)
                try await town.lakeside.readInbox()
                let received = try #require(try town.lakeside.state.grants.last)
                #expect(try await town.request(received).count == 1)
                // With Bea's ends Cara's, and what Cara granted.
                let given = try #require(try town.ana.grants(to: "bea").first)
                try await town.ana.revoke(given.control, reason: .none)
                #expect(try await town.request(received).isEmpty)
                await #expect(throws: ClientError.self) { _ = try await cara.records(under: passed) }
            }
        }
    }

    @Test func `a guardian reads the log until the day is there, and a delegate does not`() async throws {
        try await withBea { town, bea in
            let mere = try await delegate(town, to: bea)
            #expect(await reason { _ = try await bea.log(under: mere) }?.contains("no guardianship") == true)
            let held = try await delegate(town, to: bea, .guardianship, days: 10)
            #expect(held.content.body.power == .guardianship)
            try await town.grant(to: "Lakeside Hospital")
            let lines = try await bea.log(under: held)
            let granted = lines.compactMap { if case .granted(let grant) = $0.what { grant.granteeName } else { nil } }
            #expect(granted.contains(line("Lakeside Hospital")) && granted.contains(line("Bea")))
            #expect(try await bea.records(under: held).count == 1)
            town.gateway.advance(minutes: 10 * Int64(Minute.perDay))
            await #expect(throws: ClientError.self) { _ = try await bea.log(under: held) }
            await #expect(throws: ClientError.self) { _ = try await bea.records(under: held) }
        }
    }

    @Test func `an address that is another's, the own one, or of another ledger is refused`() async throws {
        try await withBea { town, bea in
            let ana = try town.ana
            let until = ana.session.today.adding(days: 5)
            #expect(
                await reason { _ = try await ana.propose(delegate: .init(ana.address, .deciding), try consent(), until: until) }
                    == "notPossible(ownAddress)")
            let elsewhere = PersonAddress(
                pin: PaperFormats.pin, name: line("Bea"), inboxRecipient: recipient("bea"), signingWith: key("bea"))
            #expect(
                await reason { _ = try await ana.propose(delegate: .init(elsewhere, .deciding), try consent(), until: until) }
                    == "notPossible(otherLedger)")
            var bytes = bea.address.canonicalBytes
            bytes[bytes.count - 1] ^= 1
            let forged = try PersonAddress(canonical: bytes)
            #expect(
                await discrepancy { _ = try await ana.propose(delegate: .init(forged, .deciding), try consent(), until: until) }
                    == .paperNotAuthentic)
        }
    }

    @Test func `what she holds and granted comes back with her 24 words`() async throws {
        try await withBea { town, bea in
            let held = try await delegate(town, to: bea)
            _ = try await grantLakeside(town, bea, held)
            try await bea.backUp()
            let restored = try await PatientClient.restore(
                town.folder("bea elsewhere"), gateway: town.address, passphrase: KeyFormats.passphrase(),
                words: RecoveryWords(entropy: KeyFormats.secret("Bea's paper")), environment: town.environment)
            let again = try #require(try restored.delegations(of: "ana").first)
            #expect(restored.grants(under: again).count == 1)
            #expect(try await restored.records(under: again).count == 1)
            try await restored.session.close()
        }
    }
}
