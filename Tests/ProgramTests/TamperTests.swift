import Foundation
import GRDB
import SystemPackage
import TestSupport
import Testing

/// Files that somebody has changed, at home and at the gateway.
@Suite struct TamperTests {
    /// Each file of a profile with one bit flipped, cut, emptied. Either it is said (4, or 5 for what others signed), or the answer is the
    /// one there was before.
    @Test func `a changed file of a profile is named, and never believed`() async throws {
        let workshop = try Workshop()
        try await workshop.found()
        try await workshop.serving { _ in
            try await workshop.populate()
            try await workshop.prepareTampering()
            for (profile, line) in [("ana", "patient grants --all"), ("lakeside", "clinic open 1 --as bundle")] {
                try await damageEach(of: profile, "cordon --as \(profile) \(line)", workshop)
            }
        }
    }

    private func damageEach(of profile: String, _ line: String, _ workshop: Workshop) async throws {
        let folder = workshop.folder.url.appending(path: "home/\(profile)")
        let good = try await workshop.done(line)
        var (count, refusals) = (0, 0)
        for path in (FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []).sorted() {
            let file = folder.appending(path: path)
            guard let bytes = try? Data(contentsOf: file), !bytes.isEmpty else { continue }
            for damaged in Self.damages(bytes) {
                try damaged.write(to: file)
                let outcome = try await workshop.sh(line)
                count += 1
                if outcome.status == 4 || outcome.status == 5 {
                    refusals += 1
                    // Other records than the damaged one may be shown; nothing is that was not there before.
                    let (shown, before) = (Data(outcome.output.utf8), Data(good.utf8))
                    #expect(try shown.isEmpty || Set(Resources.of(shown)).isStrictSubset(of: Set(Resources.of(before))), "\(path)")
                } else {
                    #expect(outcome.status == 0 && outcome.output == good, "\(path): \(outcome.all)")
                }
                // What the command wrote anew is good too; what it did not touch is put back.
                try bytes.write(to: file)
            }
        }
        #expect(count >= 12 && refusals * 2 >= count, "\(refusals) of \(count)")
        #expect(try await workshop.done(line) == good)
    }

    private static func damages(_ bytes: Data) -> [Data] {
        var flipped = bytes
        flipped[bytes.startIndex + bytes.count / 2] ^= 4
        return [flipped, bytes.dropLast(), Data()]
    }

    @Test func `a gateway does not serve a store that somebody has changed, and says what differs`() async throws {
        let workshop = try Workshop()
        try await workshop.found()
        try await workshop.serving { _ in
            try await workshop.populate()
            try await workshop.prepareTampering()
        }
        let intact = try workshop.copyOfGateway()
        for (sql, says) in [
            ("UPDATE leaf SET bytes = bytes || x'00' WHERE number = 3", "entry 3 of the ledger"),
            ("UPDATE leaf SET bytes = CAST(bytes || x'00' AS BLOB) WHERE number = 4", "entry 4 of the ledger"),
            ("DELETE FROM evidence WHERE leaf = 2", "the evidence of entry 2"),
            ("UPDATE state SET value = x'07' WHERE substr(key, 1, 1) = x'04'", "the contract's state"),
            ("DELETE FROM header", "the patient's own header"),
            ("UPDATE payload SET bytes = zeroblob(length(bytes)) WHERE bytes IS NOT NULL", "is damaged"),
        ] {
            try workshop.meddle(sql)
            let outcome = try await workshop.sh("cordon --as north serve")
            let isNamed = outcome.error.contains(says) && outcome.error.contains("It is not served")
            #expect(outcome.status == 5 && isNamed, "\(sql): \(outcome.all)")
            try workshop.restoreGateway(intact)
        }
        try await workshop.serving { _ in try await workshop.done("cordon --as ana patient records") }
    }

    /// The gateway holds the ledger's key and its member's, so all of this is well signed. The clients notice.
    @Test func `what a gateway swaps or takes back is caught with exit code 5`() async throws {
        let workshop = try Workshop()
        try await workshop.found()
        try await workshop.serving { _ in try await workshop.populate() }
        let early = try workshop.copyOfGateway()
        try await workshop.serving { _ in try await workshop.prepareTampering() }
        try workshop.meddle("UPDATE header SET bytes = (SELECT bytes FROM header AS other ORDER BY random() LIMIT 1)")
        try await workshop.serving { _ in
            try await workshop.isCaught(
                "cordon --as lakeside clinic request 1 && cordon --as lakeside clinic open 1", "record")
        }
        // An older state of the ledger, as it was signed then.
        try workshop.restoreGateway(early)
        try await workshop.serving { _ in
            for line in ["ana patient records", "ana patient log", "lakeside clinic request 1", "hillside clinic invite"] {
                try await workshop.isCaught("cordon --as \(line)", "an older state")
            }
            // And one that went on from there another way.
            try await workshop.admitMany(12)
            for line in ["ana patient records", "lakeside clinic request 1", "hillside clinic invite"] {
                try await workshop.isCaught("cordon --as \(line)", "not the one that was seen before")
            }
        }
    }
}

extension Workshop {
    /// Records, a grant to Lakeside, and what Lakeside got by it.
    fileprivate func prepareTampering() async throws {
        try await done(
            """
            set -e; cordon --as hillside clinic deposit --patient 12345 fixtures/records/ana.json
            cordon --as ana grant --to lakeside --category laboratory --yes
            cordon --as lakeside clinic inbox; cordon --as lakeside clinic request 1
            """)
    }

    fileprivate func isCaught(_ line: String, _ says: String) async throws {
        let outcome = try await sh(line)
        let isTold = outcome.error.contains("NOT VERIFIED") && outcome.error.contains(says)
        #expect(outcome.status == 5 && isTold, "\(line) ended with \(outcome.status): \(outcome.all)")
    }

    private var gatewayFolder: URL { folder.url.appending(path: "home/north/gateway") }

    /// Of a gateway that does not run.
    fileprivate func copyOfGateway() throws -> URL {
        let copy = folder.url.appending(path: UUID().uuidString)
        try FileManager.default.copyItem(at: gatewayFolder, to: copy)
        return copy
    }

    fileprivate func restoreGateway(_ copy: URL) throws {
        try FileManager.default.removeItem(at: gatewayFolder)
        try FileManager.default.copyItem(at: copy, to: gatewayFolder)
    }

    fileprivate func meddle(_ sql: String) throws {
        let queue = try DatabaseQueue(path: gatewayFolder.appending(path: "store.sqlite").path)
        try queue.write { try $0.execute(sql: sql) }
        try queue.close()
    }
}
