import CryptoPrimitives
import EnvelopeEncryption
import Foundation
import GRDB
import MedicalRecords
import Synchronization
import TestSupport
import Testing

@testable import GatewayClient

/// What a gateway keeps and no ledger proves: headers, messages and backups. Its store opens with a bit of them changed, so whoever reads
/// them must notice, and believe nothing of it.
@Suite struct UnprovenTests {
    private static let categories: [MedicalRecords.Category] = [.general, .medication, .laboratory]

    @Test func `of a record whose header was changed nothing is opened, by its reader or by its patient`() async throws {
        let workshop = try Workshop()
        try await workshop.found()
        try await workshop.serving { _ in
            try await workshop.shareRecords()
            try await workshop.done("cordon --as lakeside clinic inbox; cordon --as lakeside clinic request 1")
            #expect(try await workshop.done("cordon --as lakeside clinic open 1 --as bundle").contains("resourceType"))
        }
        let seed = UInt64.random(in: .min ... .max)
        var generator = SeededGenerator(seed: seed)
        let headers = try workshop.flip("header") { Int.random(in: 0..<$0, using: &generator) }
        #expect(headers.count >= 16, "one of each record for Ana, and of five for Lakeside")
        try await workshop.serving { _ in
            try await workshop.done("cordon --as lakeside clinic request 1")
            let opened = try await workshop.sh("cordon --as lakeside clinic open 1 --as bundle")
            #expect(opened.status == 5 && opened.error.contains("NOT VERIFIED"), "seed \(seed): \(opened.all)")
            #expect(opened.output.isEmpty, "seed \(seed)")
            let found = try await workshop.asPatient("ana") { try await Self.openAll(of: $0) }
            #expect(found.count == 11 && found.allSatisfy { $0 == .recordNotForUs }, "seed \(seed): \(found)")
        }
    }

    /// What a patient finds at each of her records. Content that is written is no good.
    private static func openAll(of patient: PatientClient) async throws -> [Discrepancy?] {
        try await patient.sync()
        var found: [Discrepancy?] = []
        for category in categories {
            for record in try await patient.records(category.code) {
                let written = Mutex(0)
                do {
                    try await patient.open(record, category.code) { _, bytes in written.withLock { $0 += bytes.count } }
                    found.append(nil)
                } catch {
                    found.append(discrepancy(error))
                }
                #expect(written.withLock { $0 } == 0)
            }
        }
        return found
    }

    /// The lie that an error tells of, if it does.
    private static func discrepancy(_ error: any Error) -> Discrepancy? {
        guard let known = error as? ClientError, case .notVerified(let discrepancy) = known else {
            Issue.record("\(error)")
            return nil
        }
        return discrepancy
    }

    /// An inbox is open to senders, so what cannot be opened is thrown away like all rubbish.
    @Test func `a message that was changed cannot be opened, and nothing in it is believed`() async throws {
        let workshop = try Workshop()
        try await workshop.found()
        try await workshop.serving { _ in try await workshop.shareRecords() }
        let seed = UInt64.random(in: .min ... .max)
        var generator = SeededGenerator(seed: seed)
        let messages = try workshop.flip("message") { Int.random(in: 0..<$0, using: &generator) }
        let lakesides = try await workshop.asClinic("lakeside") { clinic -> Readable in
            Readable(messages) { InboxMessage.open($0, with: clinic.session.keyring.actorIdentity()) != nil }
        }
        let anas = try await workshop.asPatient("ana") { patient -> Readable in
            Readable(messages) { InboxMessage.open($0, with: patient.session.keyring.inboxIdentity()) != nil }
        }
        #expect(lakesides.before > 0 && anas.before > 0 && lakesides.before + anas.before == messages.count)
        #expect(lakesides.after == 0 && anas.after == 0, "seed \(seed)")
        try await workshop.serving { _ in
            for (line, says) in [
                ("lakeside clinic inbox", "no grants"), ("lakeside clinic request 1", ""), ("ana patient inbox", "nothing new"),
            ] {
                let outcome = try await workshop.sh("cordon --as \(line)")
                let isNothing = outcome.output.isEmpty && outcome.error.contains(says)
                #expect(outcome.status == 1 && (says.isEmpty || isNothing), "\(line), seed \(seed): \(outcome.all)")
            }
        }
    }

    /// How many of the messages somebody can open, as they were sent and as they are kept.
    private struct Readable {
        let before: Int
        let after: Int

        init(_ messages: [Workshop.Flipped], _ isOpened: ([UInt8]) -> Bool) {
            before = messages.count { isOpened($0.before) }
            after = messages.count { isOpened($0.after) }
        }
    }

    @Test func `a backup that was changed brings nobody back`() async throws {
        let workshop = try Workshop()
        try await workshop.found()
        let restore = "patient new --restore --gateway $A < words.txt"
        try await workshop.serving { _ in
            try await workshop.shareRecords()
            try await workshop.done("cordon --as restored \(restore)")
        }
        let places: [(Int) -> Int] = [{ _ in 0 }, { $0 / 3 }, { $0 * 2 / 3 }, { $0 - 1 }]
        for (number, place) in places.enumerated() {
            #expect(try workshop.flip("backup", at: place).count == 1)
            try await workshop.serving { _ in
                let outcome = try await workshop.sh("cordon --as again-\(number) \(restore)")
                let isTold = outcome.output.isEmpty && outcome.error.contains("backup")
                #expect(outcome.status == 4 && isTold, "place \(number): \(outcome.all)")
                #expect(try await workshop.sh("cordon --as again-\(number) patient grants").status == 4)
            }
            // The same bit again is how it was.
            _ = try workshop.flip("backup", at: place)
        }
        try await workshop.serving { _ in try await workshop.done("cordon --as again \(restore)") }
    }
}

extension Workshop {
    /// Bytes as they were, and with one bit another.
    fileprivate struct Flipped {
        let before: [UInt8]
        let after: [UInt8]
    }

    /// Ana's eleven records, and a grant to Lakeside of five of them. Neither has read its inbox.
    fileprivate func shareRecords() async throws {
        try await populate()
        try await done(
            """
            set -e; cordon --as hillside clinic deposit --patient 12345 fixtures/records/ana.json
            cordon --as ana grant --to lakeside --category laboratory --yes
            """)
    }

    /// Flips a bit of each row's `bytes` in the store of a gateway that does not run.
    ///
    /// - Parameter place: which byte, of so many.
    fileprivate func flip(_ table: String, at place: (Int) -> Int) throws -> [Flipped] {
        let queue = try DatabaseQueue(path: folder.url.appending(path: "home/north/gateway/store.sqlite").path)
        defer { try? queue.close() }
        return try queue.write { database -> [Flipped] in
            var flipped: [Flipped] = []
            for value in try Data.fetchAll(database, sql: "SELECT bytes FROM \"\(table)\"") {
                let before = Array(value)
                var after = before
                after[place(before.count)] ^= 4
                // Sealed, so no two rows are the same.
                try database.execute(
                    sql: "UPDATE \"\(table)\" SET bytes = ? WHERE bytes = ?", arguments: [Data(after), value])
                #expect(database.changesCount == 1)
                flipped.append(Flipped(before: before, after: after))
            }
            return flipped
        }
    }
}
