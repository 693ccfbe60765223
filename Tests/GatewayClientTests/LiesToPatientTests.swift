import CryptoPrimitives
import GatewayAPI
import SharingContract
import Synchronization
import TestSupport
import Testing
import MedicalRecords
import EnvelopeEncryption

@testable import GatewayClient

/// What a patient notices of her own records, lists and history.
@Suite struct LiesToPatientTests {
    /// What Ana finds when she looks at her records and their list is changed.
    private func found(_ change: @escaping @Sendable (StoredRecord) -> StoredRecord) async throws -> Discrepancy? {
        var found: Discrepancy?
        try await Town.standing { town in
            town.gateway.lie(about: ListRecords.self) { answer, _ in
                .init(records: answer.records.map(change), hasMore: answer.hasMore)
            }
            found = await discrepancy { _ = try await town.ana.records(Town.laboratory) }
        }
        return found
    }

    @Test func `a record that stands in no deposit is none`() async throws {
        #expect(
            try await found {
                StoredRecord(deposit: $0.deposit, salt: World.salt, descriptor: $0.descriptor, proof: $0.proof, header: $0.header)
            } == .descriptorNotDeposited)
        #expect(
            try await found {
                StoredRecord(
                    deposit: $0.deposit - 1, salt: $0.salt, descriptor: $0.descriptor, proof: $0.proof, header: $0.header)
            } == .descriptorNotDeposited)
    }

    @Test func `a record deposited in an invented leaf needs an admitted depositor and his signature`() async throws {
        try await Town.standing { town in
            let compartment = try town.ana.session.keyring.compartmentKey(Town.laboratory).publicKey
            try await town.ana.session.sync()
            for (depositor, expected) in [("mallory", Discrepancy.depositorNotAdmitted), ("", .descriptorNotSigned)] {
                var shadow = try ShadowLedger(town.ana.session.ledger)
                // Signed by nobody who was admitted; or by Hillside, but for another compartment than Ana's.
                let descriptor = try Self.descriptor(
                    depositor.isEmpty ? town.hillside.session.keyring.actorKey() : key(depositor),
                    depositor.isEmpty ? publicKey("bob/laboratory") : compartment)
                let record = shadow.appendDeposit(of: descriptor)
                try shadow.show(at: town.gateway)
                town.gateway.lie(about: ListRecords.self) { _, _ in .init(records: [record], hasMore: false) }
                #expect(await discrepancy { _ = try await town.ana.records(Town.laboratory) } == expected)
            }
        }
    }

    private static func descriptor(
        _ depositor: borrowing Ed25519.PrivateKey, _ compartment: Ed25519.PublicKey
    ) throws -> Descriptor {
        let fields = Descriptor.Fields(
            record: Descriptor.RecordID(SHA256.hash([1]).value), version: 1, state: .current,
            payload: PayloadID(SHA256.hash([2]).value), payloadSize: 100, contentCommitment: SHA256.hash([3]),
            facts: try FormatFile("facts.json").bytes("laboratory", "bytes"))
        return Descriptor(fields, signingWith: depositor, origin: World().origin, compartment: compartment)
    }

    @Test func `a payload that is another is not opened`() async throws {
        try await Town.standing { town in
            let record = try #require(try await town.ana.records(Town.laboratory).first)
            town.gateway.lie(FetchOwnPayload.path) { $0.answer[20] ^= 1 }
            #expect(await discrepancy { try await town.ana.open(record, Town.laboratory) { _, _ in } } == .payloadOther)
        }
    }

    /// The gateway has every header, and may hand out one that belongs to another payload.
    /// A depositor who was ever admitted chooses the number, and a gateway may show what he signed.
    @Test func `a version that no history leads to is found before anything of its size is made`() async throws {
        try await Town.sharing { town, _ in
            let record = try #require(try await town.ana.records(Town.laboratory).first)
            let known = record.descriptor
            let fields = Descriptor.Fields(
                record: known.record, version: .max, state: .current, payload: known.payload, payloadSize: known.payloadSize,
                contentCommitment: known.contentCommitment, facts: known.facts)
            let descriptor = Descriptor(
                fields, signingWith: key("anybody"), origin: World().origin, compartment: publicKey("ana/laboratory"))
            let far = StoredRecord(
                deposit: record.deposit, salt: record.salt, descriptor: descriptor, proof: record.proof, header: record.header)
            #expect(
                await discrepancy { _ = try await town.ana.versions(of: far, Town.laboratory) }
                    == .historyIncomplete(leaf: record.deposit))
        }
    }

    @Test func `a header of another record opens nothing`() async throws {
        try await Town.standing { town in
            try await town.deposit("glucose 5.1")
            let records = try await town.ana.records(Town.laboratory)
            let mixed = StoredRecord(
                deposit: records[0].deposit, salt: records[0].salt, descriptor: records[0].descriptor, proof: records[0].proof,
                header: records[1].header)
            #expect(await discrepancy { try await town.ana.open(mixed, Town.laboratory) { _, _ in } } == .payloadOther)
        }
    }

    @Test func `a header that is not for her is not shared on`() async throws {
        try await Town.standing { town in
            town.gateway.lie(about: ListRecords.self) { answer, _ in
                .init(
                    records: answer.records.map {
                        StoredRecord(
                            deposit: $0.deposit, salt: $0.salt, descriptor: $0.descriptor, proof: $0.proof,
                            header: Array("age-encryption.org/v1\n".utf8))
                    }, hasMore: false)
            }
            // The grant itself is good; the record is named, and no header of it goes out.
            let given = try await town.grant().control
            let named = try Set(town.ana.unusable.values.map(\.descriptor.record))
            town.gateway.beHonest()
            #expect(try await named == Set(town.ana.records(Town.laboratory).map(\.descriptor.record)) && !named.isEmpty)
            #expect(try town.ana.liveGrants.contains { $0.control == given })
        }
    }

    @Test func `a list that she did not sign, or signed long ago, is not built on`() async throws {
        try await Town.sharing { town, grant in
            let old = Mutex<RecipientList?>(nil)
            town.gateway.lie(about: FetchRecipientList.self) { list, _ in
                old.withLock { $0 = $0 ?? list }
                return list
            }
            try await town.grant()
            let first = try #require(old.withLock { $0 })
            town.gateway.lie(about: FetchRecipientList.self) { _, _ in first }
            let revoking: () async throws -> Void = { try await town.ana.revoke(grant.content.grant, reason: line("")) }
            #expect(await discrepancy(revoking) == .listRolledBack)
            town.gateway.lie(about: FetchRecipientList.self) { _, _ in World().list("mallory") }
            #expect(await discrepancy(revoking) == .listNotAuthentic)
            town.gateway.lie(FetchRecipientList.path) { exchange in
                exchange.answer = LiesToDepositorTests.withRecipient(try RecipientList(canonical: exchange.answer))
            }
            #expect(await discrepancy(revoking) == .listNotAuthentic)
            town.gateway.beHonest()
            try await revoking()
        }
    }

    @Test func `an entry that was not taken is not believed to be`() async throws {
        try await Town.sharing { town, grant in
            let grants = Mutex<PostedLeaf?>(nil)
            town.gateway.lie(about: PostEntry.self) { answer, _ in
                grants.withLock { $0 = $0 ?? answer }
                return answer
            }
            try await town.grant()
            let earlier = try #require(grants.withLock { $0 })
            town.gateway.lie(about: PostEntry.self) { _, _ in earlier }
            let found = await discrepancy { try await town.ana.revoke(grant.content.grant, reason: line("")) }
            #expect(found == .leafNotOurs)
        }
    }

    @Test func `an erasure that was not recorded is not believed`() async throws {
        try await Town.standing { town in
            let records = try await town.ana.records(Town.laboratory)
            let leaf = try town.ana.session.ledger.leaf(2)
            town.gateway.lie(about: EraseRecords.self) { answer, _ in
                PostedLeaf(index: 2, leaf: leaf, proof: answer.proof)
            }
            #expect(await discrepancy { try await town.ana.erase(records, Town.laboratory) } == .leafNotOurs)
        }
    }
}

/// What a patient notices of what she is told about the past.
@Suite struct LiesAboutHistoryTests {
    private static func changed(_ page: EvidencePage, _ change: (EvidencePage.Item) -> EvidencePage.Item?) -> EvidencePage {
        EvidencePage(items: page.items.compactMap(change), next: page.next)
    }

    @Test func `evidence that is not what the leaf committed to is found`() async throws {
        try await Town.sharing { town, grant in
            try await town.request(grant)
            let leaves = Mutex<[UInt64]>([])
            town.gateway.lie(about: FetchHistory.self) { page, _ in
                leaves.withLock { $0 = page.items.map(\.leaf) }
                return page
            }
            _ = try await town.ana.log()
            let all = leaves.withLock { $0 }
            #expect(all.count == 2)
            for leaf in all {
                town.gateway.lie(about: FetchHistory.self) { page, _ in
                    Self.changed(page) { item in
                        guard item.leaf == leaf else { return item }
                        return .init(leaf: leaf, evidence: Evidence(salt: World.salt, body: item.evidence.body))
                    }
                }
                #expect(await discrepancy { _ = try await town.ana.log() } == .evidenceOther(leaf: leaf))
            }
        }
    }

    @Test func `another leaf's evidence is not this one's`() async throws {
        try await Town.sharing { town, grant in
            try await town.request(grant)
            try await town.request(grant, purpose: .research)
            town.gateway.lie(about: FetchHistory.self) { page, _ in
                guard let first = page.items.last, page.items.count > 1 else { return page }
                let before = page.items[page.items.count - 2]
                return EvidencePage(items: page.items.dropLast(2) + [.init(leaf: before.leaf, evidence: first.evidence)], next: nil)
            }
            let found = await discrepancy { _ = try await town.ana.log() }
            guard case .evidenceOther? = found else {
                Issue.record("\(String(describing: found))")
                return
            }
        }
    }

    @Test func `a release that the gateway does not tell of stands in the log all the same`() async throws {
        try await Town.sharing { town, grant in
            try await town.request(grant)
            town.gateway.lie(about: FetchHistory.self) { _, _ in EvidencePage(items: [], next: nil) }
            let log = try await town.ana.log()
            let untold = log.filter { if case .released(_, nil) = $0.what { true } else { false } }
            #expect(untold.count == 1 && log.count == 1)
        }
    }

    @Test func `evidence of a leaf that is not on the ledger is found`() async throws {
        try await Town.sharing { town, _ in
            town.gateway.lie(about: FetchHistory.self) { page, _ in
                EvidencePage(items: page.items.map { .init(leaf: $0.leaf + 100, evidence: $0.evidence) }, next: nil)
            }
            let found = await discrepancy { _ = try await town.ana.log() }
            guard case .historyIncomplete? = found else {
                Issue.record("\(String(describing: found))")
                return
            }
        }
    }

    @Test func `wishes and notices that nobody admitted wrote, or that were for another, are thrown away`() async throws {
        try await Town.standing { town in
            try await town.ana.readInbox()
            #expect(try town.ana.state.notices.count == 1)
            let recipient = try town.ana.session.keyring.inboxIdentity().recipient().key
            let foreign: [InboxMessage] = [
                .ask(MessageFormats.wish(inbox: "mallory", by: "mallory")), .notice(MessageFormats.notice(inbox: "bob/inbox")),
            ]
            let messages = try foreign.enumerated().map { number, message in
                FetchMessages.Answer.Message(
                    number: 90 + UInt64(number), received: Minute(0), bytes: try message.sealed(to: recipient))
            }
            town.gateway.lie(about: FetchMessages.self) { _, call in .init(messages: call.after ?? 0 < 90 ? messages : []) }
            try await town.ana.readInbox()
            #expect(try town.ana.state.notices.count == 1)
            #expect(try town.ana.state.wishes.isEmpty)
        }
    }
}
