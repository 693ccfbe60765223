import CryptoPrimitives
import DurableFiles
import EnvelopeEncryption
import GatewayAPI
import HTTPTypes
import SharingContract
import Synchronization
import SystemPackage
import TestSupport
import Testing
import MedicalRecords

@testable import GatewayClient

/// Answers that do not come, and refusals in the middle of what takes several calls. What was signed stays signed and is found again; what
/// was not is not said to be.
@Suite struct LostAnswerTests {
    /// The gateway has done it, and something in between eats the answer.
    private static let lost: LyingGateway.Lie = { exchange in
        exchange.status = .badGateway
        exchange.signer = nil
    }

    private static func refusing(_ code: APIError.Code) -> LyingGateway.Lie {
        { exchange in
            exchange.status = .conflict
            exchange.answer = APIError(code, "not now").canonicalBytes
        }
    }

    @Test func `a grant that every try refuses is not said to be signed`() async throws {
        try await Town.sharing { town, first in
            town.gateway.lie(PostEntry.path, Self.refusing(.listNotNewest))
            let failure = await reason { try await town.grant() }
            #expect(failure == "notPossible(listChangesTooFast)", "\(failure ?? "no failure")")
            let live = try town.ana.liveGrants.map(\.control)
            #expect(live == [first.content.grant])
        }
    }

    @Test func `a grant whose answer was lost is found on the ledger, and can be ended`() async throws {
        try await Town.standing { town in
            try await town.ana.session.sync()
            let lakeside = try town.ana.session.actor(named: "Lakeside Hospital")
            let proposed = try await town.ana.propose(
                to: lakeside, category: Town.laboratory, purposes: [.treatment], until: World().now.day.adding(days: 30))
            town.gateway.lie(PostEntry.path, Self.lost)
            let failure = await reason { _ = try await town.ana.grant(proposed) }
            #expect(failure != nil)
            #expect(try town.ana.liveGrants.isEmpty)
            town.gateway.beHonest()
            try await town.ana.sync()
            let found = try #require(try town.ana.liveGrants.first)
            try await town.ana.revoke(found.control, reason: .none)
            #expect(try town.ana.liveGrants.isEmpty)
        }
    }

    @Test func `a revocation whose answer was lost is found on the ledger`() async throws {
        try await Town.sharing { town, grant in
            town.gateway.lie(PostEntry.path, Self.lost)
            let failure = await reason { try await town.ana.revoke(grant.content.grant, reason: .none) }
            #expect(failure != nil)
            town.gateway.beHonest()
            try await town.ana.sync()
            #expect(try town.ana.liveGrants.isEmpty)
        }
    }

    @Test func `a deposit whose answer was lost is there once after the next try, though the program was killed`() async throws {
        try await Town.standing { town in
            town.gateway.lie(DepositRecords.path, Self.lost)
            let failure = await reason { try await town.deposit("glucose 5.1", "sodium 140") }
            #expect(failure != nil)
            town.gateway.beHonest()
            try await town.reopen("Hillside Clinic")
            let records = try [town.record("glucose 5.1"), town.record("sodium 140"), town.record("potassium 4.2")]
            let reports = try await town.hillside.deposit(records, for: "12345") { _, _ in }
            #expect(reports.map(\.records.count) == [1], "only what was not there")
            #expect(try await town.ana.records(Town.laboratory).count == 4)
            #expect(try town.hillside.enrolled("12345").records.count == 4)
            #expect(try town.hillside.new(records.map { DepositItem($0) }, for: "12345").isEmpty)
        }
    }

    @Test func `a deposit that is asked about again is reported as it stands`() async throws {
        try await Town.standing { town in
            town.gateway.lie(DepositRecords.path, Self.lost)
            _ = await reason { try await town.deposit("glucose 5.1") }
            town.gateway.beHonest()
            let report = try #require(try await town.hillside.finishDeposit())
            let record = try #require(try await town.ana.records(Town.laboratory).last)
            #expect(report.leaf == record.deposit && report.records == [record.descriptor])
            #expect(try await town.hillside.finishDeposit() == nil)
        }
    }

    /// A program that knew of no claims wrote it, and was replaced before the answer came.
    @Test func `a deposit that an older program began is finished, and stands once`() async throws {
        try await Town.standing { town in
            town.gateway.lie(DepositRecords.path, Self.lost)
            _ = await reason { try await town.deposit("glucose 5.1", "sodium 140") }
            town.gateway.beHonest()
            let file = try town.hillside.outgoingFolder.appending("pending.age")
            let identity = try town.hillside.session.keyring.stateIdentity()
            let pending = try PendingDeposit(
                canonical: try Envelope.open(try DurableFile.read(file, atMost: 1 << 20), with: identity))
            let older = pending.bytesBeforeClaims
            #expect(throws: FormatError.self) { try PendingDeposit(canonical: older) }
            for length in 0..<older.count {
                #expect(throws: FormatError.self) { try PendingDeposit(beforeClaims: Array(older.prefix(length))) }
            }
            #expect(throws: FormatError.self) { try PendingDeposit(beforeClaims: pending.canonicalBytes) }
            try DurableFile.write(try Envelope.seal(older.span, to: identity.recipient()), to: file)
            let reports = try await town.hillside.deposit([town.record("sodium 140")], for: "12345") { _, _ in }
            #expect(reports.isEmpty && !DurableFile.exists(file))
            #expect(try await town.ana.records(Town.laboratory).count == 3)
            #expect(try town.hillside.enrolled("12345").records.count == 3)
        }
    }

    @Test func `a deposit on its way that is damaged is told apart from the rest of a profile`() async throws {
        try await Town.standing { town in
            town.gateway.lie(DepositRecords.path, Self.lost)
            _ = await reason { try await town.deposit("glucose 5.1") }
            town.gateway.beHonest()
            let file = try town.hillside.outgoingFolder.appending("pending.age")
            try DurableFile.write([1, 2, 3], to: file)
            let failure = await reason { try await town.deposit("glucose 5.2") }
            #expect(failure?.hasPrefix("localData(pendingDepositDamaged(") == true, "\(failure ?? "none")")
            try DurableFile.remove(file)
            _ = try await town.deposit("glucose 5.2")
        }
    }

    /// What the gateway says is not there is made anew; what it says nothing of is not.
    @Test(arguments: [(APIError.Code.listNotNewest, true), (.refused, true), (.tooMany, false), (.unavailable, false)])
    func `a deposit is forgotten only when the gateway says that it does not stand`(code: APIError.Code, isForgotten: Bool)
        async throws
    {
        try await Town.standing { town in
            town.gateway.lie(DepositRecords.path, Self.lost)
            _ = await reason { try await town.deposit("glucose 5.1") }
            town.gateway.lie(DepositRecords.path, Self.refusing(code))
            let failure = await reason { _ = try await town.hillside.finishDeposit() }
            #expect((failure == nil) == isForgotten)
            town.gateway.beHonest()
            let found = try await town.hillside.finishDeposit()
            #expect((found == nil) == isForgotten)
        }
    }

    @Test func `a correction and a retraction whose answers were lost are made once`() async throws {
        try await Town.standing { town in
            let id = try #require(try town.hillside.enrolled("12345").records.keys.first)
            town.gateway.lie(DepositRecords.path, Self.lost)
            let correct = { try await town.hillside.correct(id, of: "12345", with: [town.record("hemoglobin 12.3")]) }
            #expect(await reason { _ = try await correct() } != nil)
            town.gateway.beHonest()
            #expect(try await correct().records.map(\.version) == [2])
            #expect(await reason { _ = try await correct() } == "notPossible(nothingChanged)")
            town.gateway.lie(DepositRecords.path, Self.lost)
            let retract = { try await town.hillside.retract(id, of: "12345", reason: line("another patient's")) }
            #expect(await reason { _ = try await retract() } != nil)
            town.gateway.beHonest()
            #expect(try await retract().records.map(\.version) == [3])
            #expect(await reason { _ = try await retract() } == "notPossible(recordRetracted)")
        }
    }

    @Test func `a grant that cannot be delivered is signed all the same, and delivered by the next synchronisation`() async throws {
        try await Town.standing { town in
            town.gateway.lie(SendMessage.path, Self.refusing(.tooMany))
            let given = try await town.grant()
            #expect(!given.isDelivered && given.leaf != nil)
            town.gateway.beHonest()
            try await town.ana.synchronise { _ in }
            try await town.lakeside.readInbox()
            let received = try #require(try town.lakeside.state.grants.last)
            #expect(received.content.grant == given.control)
            #expect(try await town.request(received).count == 1)
        }
    }

    @Test func `a slip that was dropped on its way is sent again, and two that came are one grant`() async throws {
        try await Town.standing { town in
            #expect(try await town.grant(to: "Lakeside Hospital").isDelivered)
            let key = try town.lakeside.session.keyring.actorKey()
            let dropped = try await town.lakeside.session.call(FetchMessages(after: nil), with: key).messages.map(\.number)
            _ = try await town.lakeside.session.call(DeleteMessages(numbers: dropped), with: key)
            try await town.ana.synchronise { _ in }
            try await town.lakeside.readInbox()
            #expect(try town.lakeside.state.grants.isEmpty && dropped.count == 1)
            for _ in 0..<2 {
                try await town.ana.synchronise(resendingSlips: true) { _ in }
                try await town.lakeside.readInbox()
                #expect(try town.lakeside.state.grants.count == 1)
            }
            #expect(try await town.request(try #require(try town.lakeside.state.grants.last)).count == 1)
        }
    }

    @Test func `a backup that does not succeed is told, and made good`() async throws {
        try await Town.standing { town in
            town.gateway.lie(StoreBackup.path, Self.refusing(.unavailable))
            try await town.grant()
            #expect(try !town.ana.isBackedUp)
            town.gateway.beHonest()
            try await town.ana.synchronise { _ in }
            #expect(try town.ana.isBackedUp)
        }
    }

    /// Whose words were never shown must be free to try again.
    @Test func `a patient whose first backup fails is not enrolled`() async throws {
        try await Town.standing { town in
            town.gateway.lie(StoreBackup.path, Self.lost)
            func enrol() async throws {
                let patient = try await PatientClient.enrol(
                    town.folder("ben"), invite: try town.hillside.invite(), name: line("Ben"), passphrase: KeyFormats.passphrase(),
                    words: .random(), environment: town.environment)
                try await patient.session.close()
            }
            let failure = await reason { try await enrol() }
            #expect(failure != nil)
            #expect(!town.folder("ben").exists)
            town.gateway.beHonest()
            try await enrol()
        }
    }

    @Test func `what came of a request is kept when the rest does not`() async throws {
        try await Town.sharing { town, grant in
            try await town.deposit("glucose 5.1", "sodium 140")
            let count = Mutex(0)
            town.gateway.lie(FetchPayload.path) { exchange in
                let number = count.withLock {
                    $0 += 1
                    return $0
                }
                if number == 2 { try Self.lost(&exchange) }
            }
            let failure = await reason { try await town.request(grant) }
            #expect(failure?.hasPrefix("incomplete(kept: 2, missing: 1") == true, "\(failure ?? "no failure")")
            let kept = try town.lakeside.records(grant)
            #expect(kept.count == 2)
            for record in kept { #expect(try !town.content(record, grant).isEmpty) }
            town.gateway.beHonest()
            #expect(try await town.request(grant).count == 3)
        }
    }

    /// Depositors choose ids, so the start of one may be another's too.
    @Test func `a start of an id that fits two records means neither`() async throws {
        try await Town.sharing { town, _ in
            let one = try await town.ana.records(Town.laboratory)[0].descriptor.record.description
            #expect(try await town.ana.record(one).record.descriptor.record.description == one)
            try await town.deposit("glucose 5.1")
            #expect(await reason { _ = try await town.ana.record("") } == "notFound(ambiguousRecord(\"\"))")
            #expect(await reason { _ = try await town.ana.record("x") } == "notFound(record)")
        }
    }
}

extension PendingDeposit {
    /// As it was written before records had claims.
    fileprivate var bytesBeforeClaims: [UInt8] {
        var writer = CanonicalWriter()
        writer.string(Array(recordNumber.utf8), length: UInt16.self)
        writer.integer(category)
        writer.list(contents, length: UInt16.self) { $0.value($1) }
        writer.value(message.body)
        writer.list(message.records, length: UInt16.self) { writer, record in
            writer.value(record.descriptor)
            writer.list(record.headers, length: UInt16.self) { $0.string($1, length: UInt16.self) }
        }
        return writer.bytes
    }
}
