import CryptoPrimitives
import EnvelopeEncryption
import Foundation
import GatewayAPI
import MerkleLedger
import SharingContract
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import GatewayClient

/// What a person is told to whom a gateway lies. The other suites say what the client finds; here the built program meets a gateway that
/// signs its lies well, ends with exit code 5, and says in a sentence of its own what happened.
@Suite struct LiesToProgramTests {
    /// Lakeside may read Ana's laboratory records, of which there are two, and has read them.
    private func sharing(_ body: (Town, ReceivedGrant) async throws -> Void) async throws {
        try await Town.standing(startingAt: Town.programsClock) { town in
            try await town.deposit("glucose 5.1")
            try await town.grant(to: "Lakeside Hospital")
            try await town.lakeside.readInbox()
            let grant = try #require(town.lakeside.state.grants.first)
            try await town.request(grant)
            try await body(town, grant)
        }
    }

    /// Runs a command as a copy of somebody's profile while the gateway lies, and then lets it be honest again.
    private func expect(_ words: String, _ town: Town, as name: String, _ command: String...) async throws {
        let program = try Program(town, name)
        let outcome = try await program.run(command)
        #expect(outcome.status == 5, "\(command) ended with \(outcome.status): \(outcome.error)")
        #expect(outcome.error.contains("NOT VERIFIED: \(words)."), "\(command): \(outcome.error)")
        town.gateway.beHonest()
    }

    private func expectOfReader(_ words: String, _ town: Town) async throws {
        try await expect(words, town, as: "Lakeside Hospital", "clinic", "request", "1")
    }

    @Test func `swapped payloads and descriptors are told of`() async throws {
        try await sharing { town, _ in
            town.gateway.lie(FetchPayload.path) { $0.answer[20] ^= 1 }
            try await expectOfReader("the sealed content is not the one its author described", town)
            town.gateway.lie(about: RequestRecords.self) { answer, _ in
                guard case .released(let items, let hasMore) = answer.outcome else { return answer }
                let swapped = zip(items, items.reversed()).map { item, other in
                    RequestRecords.Answer.Item(
                        record: StoredRecord(
                            deposit: item.record.deposit, salt: item.record.salt, descriptor: other.record.descriptor,
                            proof: item.record.proof, header: item.record.header),
                        releasedSalt: item.releasedSalt, releasedProof: item.releasedProof, ticket: item.ticket,
                        obligations: item.obligations)
                }
                return RequestRecords.Answer(decision: answer.decision, outcome: .released(swapped, hasMore: hasMore))
            }
            try await expectOfReader("a record came that the decision on the ledger does not release", town)
        }
    }

    @Test func `a header that is another's is told of when the record is opened`() async throws {
        try await sharing { town, _ in
            let anas = try #require(try await town.ana.records(Town.laboratory).map(\.header).first)
            town.gateway.lie(about: RequestRecords.self) { answer, _ in
                guard case .released(let items, let hasMore) = answer.outcome else { return answer }
                let swapped = items.map { item in
                    RequestRecords.Answer.Item(
                        record: StoredRecord(
                            deposit: item.record.deposit, salt: item.record.salt, descriptor: item.record.descriptor,
                            proof: item.record.proof, header: anas),
                        releasedSalt: item.releasedSalt, releasedProof: item.releasedProof, ticket: item.ticket,
                        obligations: item.obligations)
                }
                return RequestRecords.Answer(decision: answer.decision, outcome: .released(swapped, hasMore: hasMore))
            }
            let program = try Program(town, "Lakeside Hospital")
            let requested = try await program.run(["clinic", "request", "1"])
            #expect(requested.status == 0, "\(requested.error)")
            let opened = try await program.run(["clinic", "open", "1", "--as", "files", "--out", "received"])
            let isTold =
                opened.error.contains("NOT VERIFIED") && opened.error.contains("a record is not sealed to us as it is said to be")
            #expect(opened.status == 5 && isTold, "\(opened.status): \(opened.error)")
        }
    }

    @Test func `a decision that is another's, or that is not on the ledger, is told of`() async throws {
        try await sharing { town, grant in
            let earlier = Mutex<PostedLeaf?>(nil)
            town.gateway.lie(about: RequestRecords.self) { answer, _ in
                earlier.withLock { $0 = answer.decision }
                return answer
            }
            try await town.request(grant)
            let decision = try #require(earlier.withLock { $0 })
            town.gateway.lie(about: RequestRecords.self) { answer, _ in
                RequestRecords.Answer(decision: decision, outcome: answer.outcome)
            }
            try await expectOfReader("the decision on the ledger is about another request", town)
            town.gateway.lie(about: RequestRecords.self) { answer, _ in
                let posted = answer.decision
                let leaf = Leaf(time: Minute(posted.leaf.time.number + 1), entry: posted.leaf.entry)
                return RequestRecords.Answer(
                    decision: PostedLeaf(index: posted.index, leaf: leaf, proof: posted.proof), outcome: answer.outcome)
            }
            try await expectOfReader("a receipt does not prove what it should", town)
            town.gateway.lie(about: RequestRecords.self) { answer, _ in
                RequestRecords.Answer(decision: answer.decision, outcome: .refused(blind: World.salt))
            }
            try await expectOfReader("the refusal was not written on the ledger", town)
            town.gateway.lie(RequestRecords.path) { $0.signer = "mallory" }
            try await expectOfReader("an answer was not signed by the gateway's member, or is the answer to something else", town)
            town.gateway.lie(RequestRecords.path) { $0.answer = [1, 2, 3] }
            try await expectOfReader("a signed answer cannot be read", town)
        }
    }

    @Test func `another ledger than was seen before is told of`() async throws {
        try await sharing { town, _ in
            let seen = try ShadowLedger(town.lakeside.session.ledger)
            var older = seen
            older.leaves.removeLast()
            try older.show(at: town.gateway)
            try await expectOfReader("the gateway showed an older state of the ledger than it showed before", town)
            var forked = seen
            forked.root = SHA256.hash([1])
            try forked.show(at: town.gateway)
            try await expectOfReader("the ledger is not the one that was seen before, continued", town)
            var unsigned = seen
            unsigned.signer = "north"
            try unsigned.show(at: town.gateway)
            try await expectOfReader("the gateway showed a ledger that is not signed with the ledger's key", town)
            // It was true once, and cannot be so again.
            var broken = seen
            broken.leaves.append(broken.leaves[1])
            try broken.show(at: town.gateway)
            try await expectOfReader("entry \(seen.leaves.count) breaks the rules of the ledger", town)
        }
    }

    @Test func `a depositor is told of lists that are older or invented, and of a deposit without its record`() async throws {
        try await Town.standing(startingAt: Town.programsClock) { town in
            let first = Mutex<RecipientList?>(nil)
            town.gateway.lie(about: FetchRecipientList.self) { list, _ in
                first.withLock { $0 = $0 ?? list }
                return list
            }
            try await town.deposit("glucose 5.1")
            try await town.grant(to: "Lakeside Hospital")
            try await town.deposit("sodium 140")
            let old = try #require(first.withLock { $0 })
            let deposit: (String) async throws -> Void = { words in
                try await expect(
                    words, town, as: "Hillside Clinic", "clinic", "deposit", "--patient", "12345", "--category", "laboratory",
                    "note.txt")
            }
            town.gateway.lie(about: FetchRecipientList.self) { _, _ in old }
            try await deposit("the gateway showed an older list of recipients than it showed before")
            town.gateway.lie(FetchRecipientList.path) { exchange in
                exchange.answer = LiesToDepositorTests.withRecipient(try RecipientList(canonical: exchange.answer))
            }
            try await deposit("a list of recipients was not signed by the patient")
            town.gateway.lie(about: DepositRecords.self) { answer, _ in
                .init(posted: answer.posted, places: answer.places.map { .init(salt: World.salt, proof: $0.proof) })
            }
            try await deposit("a record is not in the deposit it is said to be from")
        }
    }

    @Test func `a patient is told of evidence that is another's, and of what is kept back`() async throws {
        try await sharing { town, _ in
            let told = Mutex<UInt64?>(nil)
            town.gateway.lie(about: FetchHistory.self) { page, _ in
                told.withLock { $0 = page.items.last?.leaf ?? $0 }
                return page
            }
            _ = try await town.ana.log()
            let entry = try #require(told.withLock { $0 })
            town.gateway.lie(about: FetchHistory.self) { page, _ in
                let items = page.items.map { item in
                    guard item.leaf == entry else { return item }
                    return EvidencePage.Item(leaf: entry, evidence: Evidence(salt: World.salt, body: item.evidence.body))
                }
                return EvidencePage(items: items, next: page.next)
            }
            let words = "the evidence of entry \(entry) is not what the entry committed to"
            try await expect(words, town, as: "ana", "patient", "log")
            town.gateway.lie(about: FetchHistory.self) { page, _ in
                let items = page.items.filter { $0.leaf == entry }.map { item in
                    EvidencePage.Item(leaf: item.leaf + 100, evidence: item.evidence)
                }
                return EvidencePage(items: items, next: nil)
            }
            let kept = "the gateway keeps back part of the ledger, at entry \(entry + 100)"
            try await expect(kept, town, as: "ana", "patient", "log")
        }
    }
}

extension Town {
    /// As late as it is for the programs. A little later, for this clock stands while one runs, and what is signed after a minute by a
    /// gateway's clock is not good yet.
    fileprivate static var programsClock: Int64 { Int64(Date().timeIntervalSince1970) + 60 }
}

/// The built program, with a copy of somebody's profile: the profile itself is open in this process.
private struct Program {
    private let home: URL

    init(_ town: Town, _ name: String) throws {
        home = town.gateway.folder.url.appending(path: "home-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: town.folder(name).path.string, toPath: home.appending(path: "copy").path)
        // That of `KeyFormats.passphrase`.
        try Data("correct horse battery staple\n".utf8).write(to: home.appending(path: "passphrase"))
        try Data("potassium 4.2".utf8).write(to: home.appending(path: "note.txt"))
    }

    /// Beside the test runner.
    private static let path: FilePath = {
        let runner = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        return FilePath(runner).removingLastComponent().appending("cordon")
    }()

    /// Waits without keeping a thread: the gateway answers in this process. What it prints goes to files, so that no pipe can fill up.
    func run(_ arguments: [String]) async throws -> (status: Int32, error: String) {
        let (output, errors) = (home.appending(path: "output"), home.appending(path: "errors"))
        for file in [output, errors] { try Data().write(to: file) }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/timeout")
        process.arguments = ["600", Self.path.string, "--as", "copy"] + arguments
        process.currentDirectoryURL = home
        let own = ["CORDON_HOME": home.path, "CORDON_PASSPHRASE_FILE": home.appending(path: "passphrase").path]
        process.environment = ProcessInfo.processInfo.environment.merging(own) { _, new in new }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: errors)
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            process.terminationHandler = { _ in continuation.resume() }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
        return (process.terminationStatus, String(decoding: try Data(contentsOf: errors), as: UTF8.self))
    }
}
