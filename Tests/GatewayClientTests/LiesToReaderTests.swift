import AccessPolicy
import CryptoPrimitives
import GatewayAPI
import MedicalRecords
import SharingContract
import Synchronization
import TestSupport
import Testing
import EnvelopeEncryption
import HTTPTypes

@testable import GatewayClient

/// What a reading clinic notices. Each test names the lie and what must be found.
@Suite struct LiesToReaderTests {
    typealias Answer = RequestRecords.Answer

    /// What Lakeside finds when the answer to its request is changed.
    private func found(
        _ change: @escaping @Sendable (Answer, RequestRecords) throws -> Answer
    ) async throws -> Discrepancy? {
        var found: Discrepancy?
        try await Town.sharing { town, grant in
            town.gateway.lie(about: RequestRecords.self, change)
            found = await discrepancy { try await town.request(grant) }
            let kept = try town.lakeside.records(grant)
            #expect(kept.isEmpty)
        }
        return found
    }

    private static func items(_ answer: Answer) -> [Answer.Item] {
        if case .released(let items, _) = answer.outcome { items } else { [] }
    }

    private static func changed(_ answer: Answer, _ change: (StoredRecord) -> StoredRecord) -> Answer {
        let items = items(answer).map {
            Answer.Item(
                record: change($0.record), releasedSalt: $0.releasedSalt, releasedProof: $0.releasedProof, ticket: $0.ticket,
                obligations: $0.obligations)
        }
        return Answer(decision: answer.decision, outcome: .released(items, hasMore: false))
    }

    @Test func `an answer that somebody else signed is not taken`() async throws {
        try await Town.sharing { town, grant in
            town.gateway.lie(RequestRecords.path) { $0.signer = "mallory" }
            #expect(await discrepancy { try await town.request(grant) } == .answerNotAuthentic)
        }
    }

    @Test func `the answer to another request is not taken`() async throws {
        try await Town.sharing { town, grant in
            let first = Mutex<String?>(nil)
            town.gateway.lie(RequestRecords.path) { exchange in
                let earlier = first.withLock { first in
                    defer { first = first ?? exchange.signature }
                    return first
                }
                exchange.signature = earlier ?? exchange.signature
            }
            try await town.request(grant)
            #expect(await discrepancy { try await town.request(grant) } == .answerNotAuthentic)
        }
    }

    @Test func `an answer that nobody signed is no lie of the gateway's, unless it claims success`() async throws {
        try await Town.sharing { town, grant in
            town.gateway.lie(RequestRecords.path) { $0.signer = nil }
            #expect(await discrepancy { try await town.request(grant) } == .answerNotAuthentic)
            town.gateway.lie(RequestRecords.path) { exchange in
                exchange.signer = nil
                exchange.status = .badGateway
            }
            let reason = await reason { try await town.request(grant) }
            #expect(reason?.hasSuffix("reason: notSigned(status: 502))") == true)
        }
    }

    @Test func `an answer that cannot be read is no answer`() async throws {
        try await Town.sharing { town, grant in
            for bytes in [[], [1, 2, 3], [UInt8](repeating: 0, count: 100_000)] {
                town.gateway.lie(RequestRecords.path) { $0.answer = bytes }
                #expect(await discrepancy { try await town.request(grant) } == .answerMalformed)
            }
        }
    }

    @Test func `a receipt of another leaf, or of another place, proves nothing`() async throws {
        #expect(
            try await found { answer, _ in
                let posted = answer.decision
                let other = PostedLeaf(index: posted.index + 1, leaf: posted.leaf, proof: posted.proof)
                return Answer(decision: other, outcome: answer.outcome)
            } == .receiptNotGood)
        #expect(
            try await found { answer, _ in
                let posted = answer.decision
                let leaf = Leaf(time: Minute(posted.leaf.time.number + 1), entry: posted.leaf.entry)
                return Answer(decision: PostedLeaf(index: posted.index, leaf: leaf, proof: posted.proof), outcome: answer.outcome)
            } == .receiptNotGood)
    }

    @Test func `a release whose decision is not on the ledger is not taken`() async throws {
        // Another decision's leaf, and no decision's leaf: both are on the ledger, with good receipts.
        let first = Mutex<PostedLeaf?>(nil)
        try await Town.sharing { town, grant in
            town.gateway.lie(about: RequestRecords.self) { answer, _ in
                let earlier = first.withLock { first in
                    defer { first = first ?? answer.decision }
                    return first
                }
                return Answer(decision: earlier ?? answer.decision, outcome: answer.outcome)
            }
            try await town.request(grant)
            #expect(await discrepancy { try await town.request(grant) } == .decisionNotOurs)
        }
        try await Town.standing { town in
            let first = Mutex<PostedLeaf?>(nil)
            town.gateway.lie(about: PostEntry.self) { answer, _ in
                first.withLock { $0 = answer }
                return answer
            }
            try await town.grant()
            let grantsLeaf = first.withLock { $0 }
            town.gateway.lie(about: RequestRecords.self) { answer, _ in
                Answer(decision: grantsLeaf ?? answer.decision, outcome: answer.outcome)
            }
            let grant = try #require(try town.lakeside.state.grants.first)
            #expect(await discrepancy { try await town.request(grant) } == .decisionNotOurs)
        }
    }

    @Test func `a refusal must be the one that was logged`() async throws {
        #expect(
            try await found { answer, _ in Answer(decision: answer.decision, outcome: .refused(blind: World.salt)) }
                == .refusalNotLogged)
    }

    @Test func `what the decision did not release is not taken`() async throws {
        #expect(
            try await found { answer, _ in
                Self.changed(answer) { record in
                    StoredRecord(
                        deposit: record.deposit, salt: World.salt, descriptor: record.descriptor, proof: record.proof,
                        header: record.header)
                }
            } == .releasedOtherRecords)
        #expect(
            try await found { answer, _ in
                Answer(
                    decision: answer.decision,
                    outcome: .released(
                        Self.items(answer).map {
                            .init(
                                record: $0.record, releasedSalt: World.salt, releasedProof: $0.releasedProof, ticket: $0.ticket,
                                obligations: $0.obligations)
                        }, hasMore: false))
            } == .releasedOtherRecords)
    }

    @Test func `a record that was not asked for is not taken`() async throws {
        try await Town.sharing { town, grant in
            try await town.deposit("glucose 5.1")
            let records = try await town.request(grant)
            let (wanted, other) = (records[0], records[1])
            town.gateway.lie(about: RequestRecords.self) { answer, _ in Self.changed(answer) { _ in other } }
            let filter = try #require(Filter(records: [wanted.descriptor.record.value], after: nil))
            let found = await discrepancy {
                _ = try await town.lakeside.request(grant, filter: filter, purpose: .treatment, staff: line("Dr. Okafor")) { _, _ in
                }
            }
            #expect(found == .releasedOtherRecords)
        }
    }

    @Test func `a record in another place of its deposit is not taken`() async throws {
        #expect(
            try await found { answer, _ in
                Self.changed(answer) { record in
                    var proof = record.proof.canonicalBytes
                    proof[40] ^= 1
                    let other = (try? SlotProof(canonical: proof)) ?? record.proof
                    return StoredRecord(
                        deposit: record.deposit, salt: record.salt, descriptor: record.descriptor, proof: other,
                        header: record.header)
                }
            } == .descriptorNotDeposited)
    }

    @Test func `a payload that is not the one described is thrown away`() async throws {
        try await Town.sharing { town, grant in
            let lies: [LyingGateway.Lie] = [
                { $0.answer[20] ^= 1 }, { $0.answer.removeLast() }, { $0.answer.append(0) }, { $0.answer = [] },
            ]
            for lie in lies {
                town.gateway.lie(FetchPayload.path, lie)
                #expect(await discrepancy { try await town.request(grant) } == .payloadOther)
                let kept = try town.lakeside.records(grant)
                #expect(kept.isEmpty)
            }
        }
    }

    @Test func `a payload that was swapped is told of before one that did not come`() async throws {
        try await Town.sharing { town, grant in
            try await town.deposit("glucose 5.1", "sodium 140")
            let count = Mutex(0)
            town.gateway.lie(FetchPayload.path) { exchange in
                let number = count.withLock { count in
                    count += 1
                    return count
                }
                if number == 1 { (exchange.status, exchange.signer) = (.badGateway, nil) }
                if number == 2 { exchange.answer[20] ^= 1 }
            }
            #expect(await discrepancy { try await town.request(grant) } == .payloadOther)
            #expect(try town.lakeside.records(grant).count == 1)
        }
    }

    @Test func `a header for somebody else opens nothing`() async throws {
        try await Town.sharing { town, grant in
            let headers = try await town.ana.records(Town.laboratory).map(\.header)
            let anas = try #require(headers.first)
            town.gateway.lie(about: RequestRecords.self) { answer, _ in
                Self.changed(answer) {
                    StoredRecord(deposit: $0.deposit, salt: $0.salt, descriptor: $0.descriptor, proof: $0.proof, header: anas)
                }
            }
            let record = try #require(try await town.request(grant).first)
            #expect(await discrepancy { _ = try town.content(record, grant) } == .recordNotForUs)
        }
    }

    @Test func `a grant that was sealed to another is not ours`() async throws {
        try await Town.sharing { town, _ in
            let foreign = ReceivedGrant(number: 7, slip: Stored(try MessageFormats.slip()))
            #expect(await discrepancy { try await town.request(foreign) } == .grantNotAuthentic)
        }
    }

    @Test func `a slip whose grant is not on the ledger is no grant`() async throws {
        try await Town.standing { town in
            let recipient = try town.lakeside.session.keyring.actorIdentity().recipient().key
            let message = try InboxMessage.slip(try MessageFormats.slip()).sealed(to: recipient)
            town.gateway.lie(about: FetchMessages.self) { answer, _ in
                .init(messages: answer.messages + [.init(number: 90, received: Minute(0), bytes: message)])
            }
            town.gateway.lie(about: FetchMessages.self) { answer, call in
                call.after == nil ? .init(messages: [.init(number: 90, received: Minute(0), bytes: message)]) : answer
            }
            try await town.lakeside.readInbox()
            #expect(try town.lakeside.state.grants.isEmpty)
        }
    }
}
