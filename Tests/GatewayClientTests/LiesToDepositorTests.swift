import CryptoPrimitives
import GatewayAPI
import SharingContract
import Synchronization
import TestSupport
import Testing
import EnvelopeEncryption

@testable import GatewayClient

/// What a depositing clinic notices: to whom it seals, and whether it stands where it is said to stand.
@Suite struct LiesToDepositorTests {
    /// A reader whom the gateway would like to add: with a good key, so that nothing but the list can be wrong.
    static let mallory = KeyFormats.keyring("mallory", .clinic).actorIdentity().recipient().key

    /// A list that would follow this one, with one more recipient, under the signature that this one had.
    static func withRecipient(_ list: RecipientList) -> [UInt8] {
        var writer = CanonicalWriter()
        writer.value(list.compartment)
        writer.integer(list.serial + 1)
        writer.value(list.hash)
        writer.recipient(list.own)
        writer.list(list.recipients + [mallory], length: UInt16.self) { $0.recipient($1) }
        writer.signature(list.signature)
        return writer.bytes
    }

    @Test func `nothing is sealed to a recipient whom the patient did not name`() async throws {
        try await Town.sharing { town, _ in
            town.gateway.lie(FetchRecipientList.path) { exchange in
                exchange.answer = Self.withRecipient(try RecipientList(canonical: exchange.answer))
            }
            #expect(await discrepancy { try await town.deposit("glucose 5.1") } == .listNotAuthentic)
            #expect(town.gateway.asked.last == FetchRecipientList.path)
        }
    }

    @Test func `a list that is another compartment's, or for another owner, is not sealed to`() async throws {
        try await Town.standing { town in
            let world = World()
            let lists = [
                world.list("mallory"),
                RecipientList(
                    signingWith: try town.ana.session.keyring.compartmentKey(Town.laboratory), origin: world.origin, following: nil,
                    own: Self.mallory, recipients: []),
            ]
            for list in lists {
                town.gateway.lie(about: FetchRecipientList.self) { _, _ in list }
                #expect(await discrepancy { try await town.deposit("glucose 5.1") } == .listNotAuthentic)
            }
        }
    }

    /// Sealing to an old list would leave a new reader without, and give a former one what is not for him any more.
    @Test func `a list older than one seen before is not sealed to`() async throws {
        try await Town.standing { town in
            let first = Mutex<RecipientList?>(nil)
            town.gateway.lie(about: FetchRecipientList.self) { list, _ in
                first.withLock { $0 = $0 ?? list }
                return list
            }
            try await town.deposit("glucose 5.1")
            try await town.grant()
            try await town.deposit("sodium 140")
            let old = try #require(first.withLock { $0 })
            town.gateway.lie(about: FetchRecipientList.self) { _, _ in old }
            #expect(await discrepancy { try await town.deposit("potassium 4.2") } == .listRolledBack)
        }
    }

    @Test func `two lists of one serial are one too many`() async throws {
        try await Town.sharing { town, _ in
            try await town.deposit("glucose 5.1")
            let key = try town.ana.session.keyring.compartmentKey(Town.laboratory)
            let first = try #require(try town.hillside.enrolled("12345").content.slots.first).list
            let other = RecipientList(
                signingWith: key, origin: World().origin, following: first, own: first.own, recipients: [Self.mallory])
            town.gateway.lie(about: FetchRecipientList.self) { _, _ in other }
            #expect(await discrepancy { try await town.deposit("sodium 140") } == .listNotAuthentic)
        }
    }

    @Test func `a payload taken in under another name is noticed`() async throws {
        try await Town.standing { town in
            town.gateway.lie(PayloadPath.upload) { exchange in
                let stored = try StoredPayload(canonical: exchange.answer)
                exchange.answer = StoredPayload(payload: PayloadID(World.salt), size: stored.size).canonicalBytes
            }
            #expect(await discrepancy { try await town.deposit("glucose 5.1") } == .payloadOther)
        }
    }

    @Test func `a deposit that does not hold the record is noticed`() async throws {
        try await Town.standing { town in
            town.gateway.lie(about: DepositRecords.self) { answer, _ in
                .init(posted: answer.posted, places: answer.places.map { .init(salt: World.salt, proof: $0.proof) })
            }
            #expect(await discrepancy { try await town.deposit("glucose 5.1") } == .descriptorNotDeposited)
            town.gateway.lie(about: DepositRecords.self) { answer, _ in .init(posted: answer.posted, places: []) }
            #expect(await discrepancy { try await town.deposit("sodium 140") } == .leafNotOurs)
        }
    }

    @Test func `a leaf of another kind is no deposit`() async throws {
        try await Town.standing { town in
            let grants = Mutex<PostedLeaf?>(nil)
            town.gateway.lie(about: PostEntry.self) { answer, _ in
                grants.withLock { $0 = answer }
                return answer
            }
            try await town.grant()
            let leaf = try #require(grants.withLock { $0 })
            town.gateway.lie(about: DepositRecords.self) { answer, _ in .init(posted: leaf, places: answer.places) }
            #expect(await discrepancy { try await town.deposit("glucose 5.1") } == .leafNotOurs)
        }
    }

    @Test func `a ledger that goes back is noticed at the next contact`() async throws {
        try await Town.standing { town in
            var old = try ShadowLedger(town.hillside.session.ledger)
            try await town.deposit("glucose 5.1")
            old.leaves.removeLast()
            try old.show(at: town.gateway)
            #expect(await discrepancy { try await town.deposit("sodium 140") } == .ledgerRolledBack)
        }
    }
}
