import CryptoPrimitives
import DurableFiles
import EnvelopeEncryption
import GatewayAPI
import MedicalRecords
import SharingContract
import TestSupport
import Testing

@testable import GatewayClient

extension Town {
    /// Asks for more copies of a set, signed as is said.
    fileprivate func wish(
        _ claims: HeldClaims, set: ClaimSet? = nil, record: Descriptor.RecordID? = nil, version: UInt32 = 1,
        by stranger: String? = nil
    ) throws -> ClaimsWish {
        func wish(_ inbox: borrowing Ed25519.PrivateKey) -> ClaimsWish {
            ClaimsWish(
                to: claims.issuer, record: record ?? claims.record, version: version,
                set: set ?? claims.set.with([claims.set.copies[0]]), signingWith: inbox, origin: World().origin)
        }
        if let stranger { return wish(key(stranger)) }
        return wish(try ana.session.keyring.inboxKey())
    }

    /// Of how many sets the clinic issues new copies when it reads this.
    fileprivate func issued(_ wishes: ClaimsWish...) async throws -> Int {
        let recipient = try hillside.session.keyring.actorIdentity().recipient().key
        for wish in wishes {
            let message = SendMessage(address: try hillside.key, message: try InboxMessage.claimsWish(wish).sealed(to: recipient))
            _ = try await ana.session.call(message, with: ana.session.keyring.compartmentKey(Self.laboratory))
        }
        return try await hillside.readInbox().map(\.sets).reduce(0, +)
    }

    /// A set that Hillside signed, for whomever.
    fileprivate func signed(_ set: ClaimSet, by clinic: ClinicClient, copies: Int = 1) throws -> ClaimSet {
        let holder = try ana.session.keyring.holderSecret().commitment(for: hillside.key)
        return IssuedSet(
            again: set, holder: holder, copies: copies, origin: World().origin, signingWith: clinic.session.keyring.actorKey()
        ).set
    }

    fileprivate func patientClaims() async throws -> HeldClaims {
        try #require(try await ana.heldClaims().first { $0.set.schema.name == "Patient" })
    }
}

/// One-time copies, and new ones.
@Suite struct CopiesTests {
    private let adult = "patient: 18 or older on 2026-11-21"

    /// Shows copies until so many are left, and gives what they commit to.
    private func show(_ town: Town, until left: Int = 0) async throws -> Set<[UInt8]> {
        let request = try town.request(prove: [adult])
        var commitments: Set<[UInt8]> = []
        while true {
            let draft = try await town.ana.draft(request, using: [])
            commitments.insert(try await town.ana.present(draft, conditions: [""]).answers[0].credential.commitment.encoded)
            if draft.copiesLeft == left { return commitments }
        }
    }

    @Test func `who has shown all copies gets new ones, and no two look alike`() async throws {
        try await Town.claiming { town in
            var commitments = try await show(town)
            let request = try town.request(prove: [adult])
            #expect(await reason { _ = try await town.present(request) } == "notPossible(copiesUsedUp)")
            #expect(try await town.ana.askForCopies().map { "\($0.issuer) \($0.sets)" } == ["Hillside Clinic 1"])
            #expect(try await town.ana.askForCopies().isEmpty)
            #expect(try await town.hillside.readInbox().map { "\($0.patient) \($0.sets)" } == ["Ana Díaz 1"])
            #expect(try await town.hillside.readInbox().isEmpty)
            #expect(try await town.ana.askForCopies().isEmpty)
            #expect(await reason { _ = try await town.present(request) } == "notPossible(claimsNotPublished)")
            try await town.publishAnchors()
            try await town.ana.session.sync()
            try await town.lakeside.session.sync()
            let presentation = try await town.present(request)
            #expect(try town.lakeside.verify(presentation).answers.count == 1)
            commitments.insert(presentation.answers[0].credential.commitment.encoded)
            #expect(commitments.count == 9)
            #expect(try await town.ana.draft(request, using: []).copiesLeft == 6)
        }
    }

    @Test func `who has copies left asks nobody`() async throws {
        try await Town.claiming { town in
            #expect(try await town.ana.askForCopies().isEmpty)
            _ = try await show(town, until: 3)
            #expect(try await town.ana.askForCopies().isEmpty)
            _ = try await show(town, until: 2)
            #expect(try await town.ana.askForCopies().map(\.sets) == [1])
            town.gateway.advance(minutes: Int64(Minute.perDay))
            #expect(try await town.ana.askForCopies().map(\.sets) == [1])
        }
    }

    @Test func `copies go with the record that they are about`() async throws {
        try await Town.claiming { town in
            _ = try await show(town, until: 2)
            _ = try await town.ana.askForCopies()
            _ = try await town.hillside.readInbox()
            _ = try await town.ana.askForCopies()
            let claims = try await town.patientClaims()
            let more = try town.ana.path(ofMore: claims.position)
            #expect(claims.set.copies.count == 16 && DurableFile.exists(more))
            _ = try await town.hillside.retract("\(claims.record)", of: "12345", reason: line("another patient's"))
            // What was retracted is not claimed again.
            town.gateway.advance(minutes: Int64(Minute.perDay))
            #expect(try await town.issued(try town.wish(claims)) == 0)
            try await town.ana.session.sync()
            _ = try await town.ana.syncClaims { _ in }
            #expect(!DurableFile.exists(more))
            #expect(try await town.ana.heldClaims().count == 3)
        }
    }

    @Test func `a clinic issues nothing that it has not issued before`() async throws {
        try await Town.claiming { town in
            let claims = try await town.patientClaims()
            let set = claims.set.with([claims.set.copies[0]])
            var values = set.values
            values[try #require(set.schema.field(named: "birthDate")?.index)] = .date(1)
            let older = ClaimSet(
                schema: set.schema, reference: set.reference, values: values, validity: set.validity, copies: set.copies)
            let today = try town.hillside.session.today
            let last = Day(today.number - 1)
            let over = ClaimSet(
                schema: set.schema, reference: set.reference, values: set.values, validity: Validity(from: Day(1), last: last),
                copies: [])
            let longer = ClaimSet(
                schema: set.schema, reference: set.reference, values: set.values,
                validity: Validity(from: set.validity.from, last: set.validity.last.adding(days: 1)), copies: set.copies)
            let refused = [
                try town.wish(claims, set: older), try town.wish(claims, set: longer),
                try town.wish(claims, set: try town.signed(set, by: try town.lakeside)),
                try town.wish(claims, set: try town.signed(over, by: try town.hillside)),
                try town.wish(claims, record: Descriptor.RecordID(World.salt)), try town.wish(claims, version: 2),
                try town.wish(claims, by: "ben/inbox"),
            ]
            for (number, wish) in refused.enumerated() {
                let issued = try await town.issued(wish)
                #expect(issued == 0, "\(number)")
            }
            #expect(try await town.issued(try town.wish(claims)) == 1)
        }
    }

    @Test func `a wish is answered once a day, and no patient has more than a share of the day`() async throws {
        try await Town.claiming { town in
            let claims = try await town.patientClaims()
            let wish = try town.wish(claims)
            #expect(try await town.issued(wish, wish) == 1)
            #expect(try await town.issued(wish) == 0)
            town.gateway.advance(minutes: Int64(Minute.perDay))
            let now = try town.hillside.session.now.number
            try town.hillside.state.copiesIssued = (0..<ClinicClient.setsPerPatientAndDay).map {
                IssuedAgain(inbox: wish.inbox, set: SHA256.hash([UInt8($0)]), time: now)
            }
            #expect(try await town.issued(wish) == 0)
            town.gateway.advance(minutes: Int64(Minute.perDay))
            #expect(try await town.issued(wish) == 1)
        }
    }

    @Test func `copies that nobody asked for, of other claims or by others are thrown away`() async throws {
        try await Town.claiming { town in
            let claims = try await town.patientClaims()
            let wish = try town.wish(claims)
            let copies = try town.signed(claims.set, by: try town.hillside, copies: 2).copies
            func held() async throws -> Int { try await town.patientClaims().set.copies.count - claims.set.copies.count }
            func answer(_ wish: ClaimsWish, _ copies: [ClaimSet.Copy], by clinic: ClinicClient? = nil) throws -> ClaimsCopies {
                ClaimsCopies(
                    answering: wish, with: copies, signingWith: try (clinic ?? town.hillside).session.keyring.actorKey(),
                    origin: World().origin)
            }
            try await town.ana.keep([try answer(wish, copies)])
            #expect(try await held() == 0)
            try town.ana.wallet.asked = [claims.set.claimsHash.description: 0]
            let others = try town.signed(claims.set, by: try town.lakeside, copies: 2).copies
            let swapped = zip(copies, copies.reversed()).map { ClaimSet.Copy(blinding: $0.blinding, signature: $1.signature) }
            let another = try #require(try await town.ana.heldClaims().first { $0.set.schema.name == "Observation" })
            for refused in [
                try answer(wish, others), try answer(wish, swapped), try answer(wish, copies, by: try town.lakeside),
                try answer(wish, [copies[0], copies[0]]), try answer(wish, [copies[0], claims.set.copies[0]]),
                try answer(try town.wish(another), another.set.copies), try answer(try town.wish(claims, version: 2), copies),
                try answer(try town.wish(claims, by: "ben/inbox"), copies),
            ] {
                try await town.ana.keep([refused])
                #expect(try await held() == 0)
            }
            try await town.ana.keep([try answer(wish, copies)])
            #expect(try await held() == 2)
            // Once more is no more.
            try await town.ana.keep([try answer(wish, copies)])
            #expect(try await held() == 2)
        }
    }
}
