import AccessPolicy
import CryptoPrimitives
import GatewayAPI
import MedicalRecords
import SharingContract
import TestSupport
import Testing

@testable import GatewayClient

/// What hides records looks like any other grant to everybody but the patient, and ends when the patient says so.
@Suite struct RestrictionTests {
    private func restrict(
        _ town: Town, _ target: Restriction.Target = .everything, from clinic: Ed25519.PublicKey? = nil
    ) async throws -> GivenGrant {
        let proposed = try await town.ana.propose(Restriction(target, from: clinic), category: Town.laboratory)
        return try await town.ana.restrict(proposed)
    }

    @Test func `on the ledger and on the recipient list it is a grant like any other`() async throws {
        try await Town.sharing { town, _ in
            let ana = try town.ana
            let grant = try await town.grant(to: "Hillside Clinic", days: PatientClient.defaultDays)
            let before = try await ana.newestList(Town.laboratory).recipients.count
            let restriction = try await restrict(town)
            let entries = try [grant, restriction].map { try ana.session.ledger.leaf(try #require($0.leaf)).entry }
            #expect(entries[0].canonicalBytes.count == entries[1].canonicalBytes.count)
            guard case .grant(let one) = entries[0].event, case .grant(let other) = entries[1].event else {
                Issue.record("not two grants")
                return
            }
            #expect((one.from, one.until) == (other.from, other.until))
            // Who deposits sees one recipient more, and nothing else.
            let list = try await ana.newestList(Town.laboratory)
            #expect(list.recipients.count == before + 1 && list.recipients.contains(restriction.body.value.recipient))
            #expect(grant.body.value.sealedSeed.count == restriction.body.value.sealedSeed.count)
        }
    }

    @Test func `nobody is told of it, and nobody could use it`() async throws {
        try await Town.sharing { town, _ in
            let (ana, lakeside) = (try town.ana, try town.lakeside)
            let before = town.gateway.asked.count
            let restriction = try await restrict(town)
            try await ana.synchronise(resendingSlips: true) { _ in }
            #expect(restriction.body.value.grantee == restriction.body.value.compartment)
            // One message: the slip of the grant that there is.
            let asked = town.gateway.asked.dropFirst(before)
            #expect(asked.count { $0 == SendMessage.path } == 1 && !asked.contains(AddHeaders.path))
            try await lakeside.readInbox()
            #expect(lakeside.state.grants.count == 1)
            let sealed = restriction.body.value.sealedSeed
            for identity in [0, 1] {
                let isOpened =
                    identity == 0
                    ? (try? GrantSeed.open(sealed, with: lakeside.session.keyring.actorIdentity())) != nil
                    : (try? GrantSeed.open(sealed, with: ana.session.keyring.compartmentIdentity(Town.laboratory))) != nil
                #expect(!isOpened)
            }
        }
    }

    @Test func `it holds beyond the window that others see, and no synchronisation ends it`() async throws {
        try await Town.standing { town in
            let ana = try town.ana
            let restriction = try await restrict(town)
            town.gateway.advance(minutes: Int64(PatientClient.defaultDays + 100) * Int64(Minute.perDay))
            #expect(try await ana.synchronise { _ in }.ranOut.isEmpty)
            #expect(ana.session.ledger.today(town.gateway.clock()) > restriction.until)
            #expect(ana.liveRestrictions.map(\.control) == [restriction.control] && ana.liveGrants.isEmpty)
            try await ana.revoke(restriction.control, reason: .none)
            #expect(ana.liveRestrictions.isEmpty)
            await #expect(throws: ClientError.self) { try await ana.revoke(restriction.control, reason: .none) }
        }
    }

    @Test func `it comes back with the 24 words, from the backup and from the ledger alone`() async throws {
        try await Town.sharing { town, _ in
            let restriction = try await restrict(town, .label(line("HIV")), from: try town.lakeside.key)
            try await town.leave("ana")
            let restored = try await town.restore("ana on another computer")
            #expect(restored.liveRestrictions.map(\.restriction) == [restriction.restriction])
            #expect(restored.liveGrants.count == 1)
        }
    }

    @Test func `what is hidden already is not hidden twice, and is no model for a grant`() async throws {
        try await Town.sharing { town, _ in
            let ana = try town.ana
            let restriction = try await restrict(town)
            #expect(await reason { _ = try await restrict(town) } == "notPossible(restrictedAlready)")
            #expect(await reason { _ = try ana.grants(like: "\(restriction.number)") } == "notPossible(isRestriction)")
            #expect(await reason { _ = try ana.grants(like: "99") } == "notFound(grant)")
            #expect(await reason { _ = try ana.grants(like: "hillside") } == "notFound(grant)")
            #expect(try ana.grants(like: "lakeside").map(\.number) == [0])
            // The same for one clinic is another restriction.
            _ = try await restrict(town, from: try town.hillside.key)
            #expect(ana.liveRestrictions.count == 2)
        }
    }

    @Test func `what is counted and forecast is what the engine decides`() async throws {
        try await Town.sharing { town, _ in
            let ana = try town.ana
            let record = try #require(try await ana.records(Town.laboratory).first).descriptor.record
            // Nobody labelled the record, so any label may be its.
            for (target, count) in [
                (Restriction.Target.everything, 1), (.record(record.value), 1), (.record(.zero), 0), (.label(line("HIV")), 1),
            ] {
                let proposed = try await ana.propose(Restriction(target), category: Town.laboratory)
                #expect(proposed.recordCount == count, "\(target)")
                let reach = try #require(try await ana.forecast([proposed]).first)
                #expect((reach.now, reach.then) == (1, 1 - count), "\(target)")
            }
            #expect(ana.state.nextGrant == 1)
        }
    }
}

/// Templates are narrowed and never widened.
@Suite struct GrantTemplateTests {
    @Test func `each has a name of its own, and opens nothing that is sensitive by its kind but for who treats it`() throws {
        #expect(Set(GrantTemplate.all.map(\.name)).count == GrantTemplate.all.count)
        for template in GrantTemplate.all where template.name != "therapist" {
            #expect(
                Set(template.categories).isDisjoint(with: [.mentalHealth, .reproductive, .substanceUse, .genetic, .sexualHealth]),
                "\(template.name)")
            #expect(!template.purposes.isEmpty && template.days <= 366)
        }
    }

    @Test func `other options narrow it`() throws {
        let gp = try GrantTemplate.named("GP")
        let narrow = try gp.narrowed(to: [.laboratory], [.treatment])
        #expect(narrow.categories == [.laboratory] && narrow.purposes == [.treatment])
        #expect(try gp.narrowed(to: [], []) == gp)
        let today = Day(20_000)
        #expect(try gp.end(nil, from: today) == Day(20_365) && gp.end(Day(20_001), from: today) == Day(20_001))
    }

    @Test func `what would widen it is refused`() async throws {
        let pharmacy = try GrantTemplate.named("pharmacy")
        #expect(
            await reason { _ = try pharmacy.narrowed(to: [.laboratory], []) }
                == "notPossible(widerThanTemplate(\"pharmacy\", \"laboratory\"))")
        #expect(
            await reason { _ = try pharmacy.narrowed(to: [], [.research]) }
                == "notPossible(widerThanTemplate(\"pharmacy\", \"research\"))")
        #expect(await reason { _ = try pharmacy.end(Day(20_366), from: Day(20_000)) }?.hasPrefix("notPossible(dateTooLate") == true)
        #expect(await reason { _ = try GrantTemplate.named("everything") } == "notFound(template(\"everything\"))")
    }
}
