import CryptoPrimitives
import EnvelopeEncryption
import GatewayAPI
import HTTPTypes
import SharingContract
import TestSupport
import Testing

@testable import GatewayClient

extension Town {
    static func claims(_ name: String) -> Claims {
        let anchors = (0..<3).map { SHA256.hash(Array("\(name) \($0)".utf8)) }
        guard let claims = Claims(anchors: anchors, file: Array("sealed claims of \(name)".utf8)) else {
            preconditionFailure("three anchors and a small file")
        }
        return claims
    }

    /// Deposits a record for Ana with claims called like it.
    @discardableResult
    func depositWithClaims(_ text: String) async throws -> DepositReport {
        let slot = try #require(try hillside.enrolled("12345").content.slots.first)
        var outgoing = try ClinicClient.Outgoing(DepositItem(try record(text)), .first())
        outgoing.claims = Self.claims(text)
        try await hillside.session.sync()
        return try await hillside.deposit([outgoing], slot, patient: try hillside.patient("12345"))
    }

    /// Files of Ana's claims, in order, and why others are missing.
    func claims(except held: Set<UInt64> = []) async throws -> (files: [String], missing: [Discrepancy]) {
        var files: [String] = []
        let missing = try await ana.claims(Self.laboratory, except: held) { record, file throws(ClientError) in
            files.append(String(decoding: file, as: UTF8.self))
        }
        let reasons = missing.compactMap { missing -> Discrepancy? in
            if case .notVerified(let discrepancy) = missing.reason { discrepancy } else { nil }
        }
        return (files, reasons)
    }
}

/// Claims that come with a record, as clinic and patient see them.
@Suite struct ClaimsOfRecords {
    private func withClaims(_ body: (Town) async throws -> Void) async throws {
        try await Town.standing { town in
            for name in ["one", "two", "three"] { try await town.depositWithClaims(name) }
            try await body(town)
        }
    }

    @Test func `the patient finds the claims of each record that has some, in order`() async throws {
        try await withClaims { town in
            let all = ["one", "two", "three"].map { "sealed claims of \($0)" }
            #expect(try await town.claims().files == all)
            let described = try await town.ana.records(Town.laboratory).filter { $0.descriptor.claims != nil }
            #expect(described.map { $0.descriptor.claims } == ["one", "two", "three"].map { Town.claims($0).anchor })
            for held in [[0], [1], [2], [0, 2], [0, 1, 2]] {
                let files = try await town.claims(except: Set(held.map { described[$0].position })).files
                #expect(files == all.indices.filter { !held.contains($0) }.map { all[$0] })
            }
        }
    }

    @Test(arguments: ["one", "two", "three"])
    func `claims that are kept back are missed, and the others are given`(name: String) async throws {
        try await withClaims { town in
            town.gateway.lie(about: ListClaims.self) { answer, _ in
                .init(items: answer.items.filter { $0.file != Town.claims(name).file }, hasMore: false)
            }
            var found = try await town.claims()
            #expect(found.missing == [.claimsIncomplete] && found.files.count == 2)
            #expect(!found.files.contains("sealed claims of \(name)"))
            town.gateway.lie(about: ListClaims.self) { _, _ in .init(items: [], hasMore: false) }
            found = try await town.claims()
            #expect(found.missing == [.claimsIncomplete, .claimsIncomplete, .claimsIncomplete] && found.files.isEmpty)
        }
    }

    @Test func `swapped files, a changed byte and a file of nothing are found, and the others are given`() async throws {
        try await withClaims { town in
            for change in [
                { items in [.init(position: items[0].position, file: items[1].file)] + items.dropFirst() },
                { items in [.init(position: items[0].position, file: items[0].file + [0])] + items.dropFirst() },
                { items in [.init(position: items[0].position, file: [])] + items.dropFirst() },
            ] as [@Sendable ([ListClaims.Answer.Item]) -> [ListClaims.Answer.Item]] {
                town.gateway.lie(about: ListClaims.self) { answer, _ in .init(items: change(answer.items), hasMore: false) }
                let found = try await town.claims()
                #expect(found.missing == [.claimsOther] && found.files == ["sealed claims of two", "sealed claims of three"])
            }
        }
    }

    @Test func `claims of no record are not given to anybody, and a page that never ends is found`() async throws {
        try await withClaims { town in
            for position in [0, 7, UInt64.max] {
                town.gateway.lie(about: ListClaims.self) { answer, _ in
                    let items = answer.items + [.init(position: position, file: [1])]
                    return .init(items: items.sorted { $0.position < $1.position }, hasMore: false)
                }
                let found = try await town.claims()
                #expect(found.files.count == 3 && found.missing.isEmpty)
            }
            town.gateway.lie(about: ListClaims.self) { answer, _ in
                .init(items: [.init(position: 7, file: [1])], hasMore: true)
            }
            #expect(try await town.claims().missing == [.claimsIncomplete, .claimsIncomplete, .claimsIncomplete])
            // Out of order, it is no answer at all.
            town.gateway.lie(about: ListClaims.self) { answer, _ in .init(items: answer.items.reversed(), hasMore: false) }
            #expect(await discrepancy { _ = try await town.claims() } == .answerMalformed)
        }
    }

    @Test func `a gateway that does not answer now is named for what did not come`() async throws {
        try await withClaims { town in
            town.gateway.lie(ListClaims.path) { exchange in
                exchange.status = .serviceUnavailable
                exchange.answer = APIError(.unavailable, "not now").canonicalBytes
            }
            let asked = town.gateway.asked.count { $0 == ListClaims.path }
            let missing = try await town.ana.claims(Town.laboratory) { _, _ in }
            #expect(missing.count == 3)
            #expect(missing.allSatisfy { if case .refused(let error) = $0.reason { error.code == .unavailable } else { false } })
            #expect(town.gateway.asked.count { $0 == ListClaims.path } == asked + 1)
        }
    }

    @Test func `what was given is not given again when the next page is another`() async throws {
        try await withClaims { town in
            // The first page ends early and says so; from the second on the gateway is honest.
            town.gateway.lie(about: ListClaims.self) { answer, call in
                guard call.after == nil, let first = answer.items.first else { return answer }
                return .init(items: [first], hasMore: false)
            }
            let claims = try await town.claims()
            #expect(claims.files == ["one", "two", "three"].map { "sealed claims of \($0)" } && claims.missing.isEmpty)
        }
    }

    @Test func `a deposit whose answer was lost stands with its claims`() async throws {
        try await Town.standing { town in
            town.gateway.lie(DepositRecords.path) { $0.signer = nil }
            await #expect(throws: ClientError.self) { try await town.depositWithClaims("one") }
            town.gateway.beHonest()
            let finished = try await town.hillside.finishDeposit()
            let claims = try await town.claims()
            #expect(finished?.records.count == 1 && claims.files == ["sealed claims of one"])
        }
    }

    @Test func `a deposit on its way keeps its claims`() throws {
        let world = World()
        let claims = Town.claims("one")
        let body = DepositBody(
            compartment: publicKey("ana/laboratory"), recipientList: .emptyTree,
            permission: world.permission("ana/laboratory", for: "hillside"))
        let descriptor = world.descriptor("one", in: "ana/laboratory", by: "hillside", claims: claims.anchor)
        let message = DepositRecords(body: body, records: [.init(descriptor: descriptor, headers: [[1]], claims: claims)])
        let pending = PendingDeposit(recordNumber: "12345", category: 3, contents: [.emptyTree], message: message)
        #expect(try PendingDeposit(canonical: pending.canonicalBytes).message.records == message.records)
        #expect(throws: FormatError.self) { try PendingDeposit(canonical: Array(pending.canonicalBytes.dropLast())) }
    }
}

@Suite struct DepositBatchSizes {
    @Test func `a deposit has 128 records at the most, and no more than a message holds`() {
        #expect(DepositBatches.split([], readers: 1).isEmpty)
        #expect(DepositBatches.split(.init(repeating: 300, count: 128), readers: 1) == [0..<128])
        #expect(DepositBatches.split(.init(repeating: 300, count: 300), readers: 1) == [0..<128, 128..<256, 256..<300])
        for (size, readers) in [(1_500_000, 1), (300, 257), (20_000, 100), (1, 30)] {
            let batches = DepositBatches.split(.init(repeating: size, count: 200), readers: readers)
            #expect(batches.flatMap { Array($0) } == Array(0..<200))
            for batch in batches { #expect(batch.count * (size + readers * 1_800) < DepositRecords.maximumSize) }
        }
    }

    @Test func `what is too large by itself stands alone`() {
        let huge = DepositRecords.maximumSize
        #expect(DepositBatches.split([300, huge, 300, 300], readers: 1) == [0..<1, 1..<2, 2..<4])
        #expect(DepositBatches.split([huge], readers: 1) == [0..<1])
    }

    @Test func `a header is no larger than is reckoned with`() throws {
        let reader = HybridIdentity.random().recipient()
        let header = try Header.wrap(FileKey.random(), to: reader).bytes
        #expect(header.count + 2 <= 1_800)
    }
}

/// Trees of anchors, as their readers see them.
@Suite struct ShownAnchors {
    private func publishing(_ body: (Town, MemberClient) async throws -> Void) async throws {
        try await Town.standing { town in
            try await town.depositWithClaims("one")
            let session = try town.ana.session
            try await session.sync()
            let member = MemberClient(key("north"), session.connection, session.ledger, session.clock, nil)
            try await body(town, member)
        }
    }

    @Test func `a tree is the one that the ledger names, also after the program was closed`() async throws {
        try await publishing { town, member in
            let published = try await member.publishAnchors()
            #expect(published.count == 3 && !published.hasMore)
            try await town.lakeside.session.sync()
            try await town.reopen("Lakeside Hospital")
            for session in [try town.ana.session, try town.lakeside.session] {
                #expect(session.ledger.anchors.map(\.leaf) == [published.leaf])
                let tree = try await session.anchorTree(published.leaf)
                #expect(Set(tree.hashes).isSuperset(of: Town.claims("one").anchors))
            }
        }
    }

    @Test func `another tree, one that was cut, and a leaf that published none are found`() async throws {
        try await publishing { town, member in
            let leaf = try await member.publishAnchors().leaf
            let session = try town.ana.session
            let other = try #require(AnchorTree(mixing: Town.claims("one").anchors))
            let lies: [@Sendable (inout LyingGateway.Exchange) -> Void] = [
                { $0.answer = other.canonicalBytes }, { $0.answer.removeLast() }, { $0.answer = [] }, { $0.answer[4] ^= 1 },
                { exchange in
                    let first = Array(exchange.answer[4..<36])
                    exchange.answer.replaceSubrange(4..<68, with: exchange.answer[36..<68] + first)
                },
            ]
            for lie in lies {
                town.gateway.lie("/anchors") { exchange in lie(&exchange) }
                #expect(await discrepancy { _ = try await session.anchorTree(leaf) } == .evidenceOther(leaf: leaf))
            }
            // More than the ledger says that there is, is not read.
            town.gateway.lie("/anchors") { $0.answer += [UInt8](repeating: 0, count: 32) }
            await #expect(throws: ClientError.self) { _ = try await session.anchorTree(leaf) }
            town.gateway.beHonest()
            #expect(await discrepancy { _ = try await session.anchorTree(0) } == .historyIncomplete(leaf: 0))
        }
    }

    @Test func `nothing to publish, an answer about another entry, and more anchors than leaves are told apart`() async throws {
        try await publishing { town, member in
            for lie in [
                { .init(posted: $0.posted, count: 65, hasMore: false) }, { .init(posted: $0.posted, count: 0, hasMore: true) },
            ] as [@Sendable (PublishAnchors.Answer) -> PublishAnchors.Answer] {
                try await town.depositWithClaims("\(town.gateway.asked.count)")
                town.gateway.lie(about: PublishAnchors.self) { answer, _ in lie(answer) }
                #expect(await discrepancy { _ = try await member.publishAnchors() } == .leafNotOurs)
            }
            let deposit = try await town.depositWithClaims("two")
            let posted = try #require(try town.ana.session.ledger.leaf(0) as Leaf?)
            town.gateway.lie(about: PublishAnchors.self) { answer, _ in
                .init(posted: PostedLeaf(index: 0, leaf: posted, proof: answer.posted.proof), count: 3, hasMore: false)
            }
            #expect(await discrepancy { _ = try await member.publishAnchors() } == .leafNotOurs)
            town.gateway.beHonest()
            #expect(deposit.leaf > 0)
            await #expect {
                _ = try await member.publishAnchors()
            } throws: { error in
                guard case ClientError.refused(let refusal) = error else { return false }
                return refusal.code == .notFound
            }
        }
    }

    @Test func `who is no member does not ask`() async throws {
        try await publishing { town, _ in
            let session = try town.ana.session
            let stranger = MemberClient(key("stranger"), session.connection, session.ledger, session.clock, nil)
            await #expect(throws: ClientError.self) { _ = try await stranger.publishAnchors() }
            #expect(!town.gateway.asked.contains(PublishAnchors.path))
        }
    }
}
