import CryptoPrimitives
import DurableFiles
import Foundation
import GatewayAPI
import LedgerMirror
import RecordStorage
import SystemPackage
import TestSupport
import Testing

/// What a mirror keeps of payloads: exactly what their names say, and nothing that its leader no longer names.
@Suite struct MirrorPayloads {
    /// A row, the largest row, the smallest file, more than one piece.
    private static let sizes = [32, 500, 65_535, 65_536, 200_000]

    @Test func `payloads come once, large ones as files of their names, small ones as rows`() async throws {
        let (site, shown) = (try MirrorSite(), ShownPayloads.made(Self.sizes))
        #expect(try await site.follow(shown).fetched == Self.sizes.count)
        #expect(try await site.holds(shown.names) == Set(shown.names))
        let large = shown.payloads.filter { $0.value.count >= 65_536 }
        #expect(try site.files() == Set(large.keys.map(\.description)))
        for (name, bytes) in large {
            #expect(try DurableFile.read(site.payloadFolder.appending(name.description), atMost: 1 << 20) == bytes)
        }
        #expect(try await site.follow(shown) == PayloadFollower.Outcome())
    }

    @Test func `what the leader names no more is forgotten, its file too`() async throws {
        let site = try MirrorSite()
        var shown = ShownPayloads.made(Self.sizes)
        try await site.follow(shown)
        let row = try #require(shown.payloads.first { $0.value.count == 500 })
        let file = try #require(shown.payloads.first { $0.value.count == 200_000 })
        for gone in [row, file] { shown.payloads[gone.key] = nil }
        try await site.follow(shown)
        #expect(try await site.holds([row.key, file.key]).isEmpty)
        #expect(try await site.holds(shown.names).count == Self.sizes.count - 2)
        #expect(try !site.files().contains(file.key.description))
        // Nor in a free page of the database or of its log.
        for name in ["mirror.sqlite", "mirror.sqlite-wal"] where DurableFile.exists(site.path.appending(name)) {
            let bytes = try DurableFile.read(site.path.appending(name), atMost: 64 << 20)
            #expect(bytes.firstRange(of: row.value.prefix(64)) == nil, "\(name)")
        }
        shown.payloads = [:]
        try await site.follow(shown)
        #expect(try site.files().isEmpty)
    }

    // MARK: Leaders that lie

    /// What becomes of one payload that is told a lie about, between two that are not.
    private func outcome(
        _ size: Int = 200_000, _ change: (inout ShownPayloads, PayloadID, [UInt8]) -> Void
    ) async throws -> PayloadFollower.Outcome {
        let site = try MirrorSite()
        let shown = ShownPayloads.made([500, size, 70_000])
        var lying = shown
        let (name, bytes) = try #require(shown.payloads.first { $0.value.count == size })
        change(&lying, name, bytes)
        let outcome = try await site.follow(lying)
        #expect(try await site.holds(shown.names) == Set(shown.names).subtracting([name]), "the others are here")
        #expect(try !site.files().contains { $0 == name.description || $0.hasSuffix(".partial") })
        // With the truth it comes.
        try await site.follow(shown)
        #expect(try await site.holds(shown.names) == Set(shown.names))
        return outcome
    }

    private func fault(
        _ size: Int = 200_000, _ change: (inout ShownPayloads, PayloadID, [UInt8]) -> Void
    ) async throws -> PayloadFault? {
        let outcome = try await outcome(size, change)
        #expect(outcome.fetched == 2)
        return outcome.faults.values.first
    }

    @Test(arguments: [600, 200_000]) func `bytes that do not lead to the name are not kept`(size: Int) async throws {
        for place in [0, 15, 16, size / 2, size - 1] {
            let fault = try await fault(size) { shown, name, bytes in
                var wrong = bytes
                wrong[place] ^= 1
                shown.lies[name] = [wrong]
            }
            #expect(fault == .otherPayload, "byte \(place)")
        }
        // Another payload altogether, as large.
        #expect(try await fault(size) { $0.lies[$1] = [[UInt8](repeating: 7, count: $2.count)] } == .otherPayload)
    }

    @Test(arguments: [600, 200_000]) func `bytes that were not signed are not kept`(size: Int) async throws {
        #expect(try await fault(size) { shown, name, _ in shown.unsigned = [name] } == .notSigned)
    }

    @Test(arguments: [600, 200_000]) func `fewer bytes than were named are not kept`(size: Int) async throws {
        #expect(try await fault(size) { $0.lies[$1] = [Array($2.dropLast())] } == .otherSize)
        #expect(try await fault(size) { $0.lies[$1] = [Array($2.prefix(20))] } == .otherSize)
        #expect(try await fault(size) { shown, name, _ in shown.lies[name] = [] } == .otherSize)
    }

    @Test(arguments: [600, 200_000]) func `more bytes than were named are not even read`(size: Int) async throws {
        #expect(try await fault(size) { $0.lies[$1] = [$2, [1]] } == .otherSize)
        // As many as there is time for.
        #expect(try await fault(size) { $0.lies[$1] = [[UInt8]](repeating: $2, count: 100_000) } == .otherSize)
    }

    @Test func `a payload that ends on the way, or is refused, is left out until later`() async throws {
        for change in [
            { shown, name, _ in shown.cut = [name] }, { shown, name, _ in shown.refused[name] = .unavailable },
            { shown, name, _ in shown.refused[name] = .notFound },
        ] as [(inout ShownPayloads, PayloadID, [UInt8]) -> Void] {
            let outcome = try await outcome(600, change)
            #expect(outcome.fetched == 2 && outcome.withheld.count == 1 && outcome.faults.isEmpty)
        }
    }

    @Test func `what came wrong is counted, and not asked for again at once`() async throws {
        let (site, shown) = (try MirrorSite(), ShownPayloads.made([500, 600]))
        var lying = shown
        lying.lies = shown.payloads.mapValues { _ in [[1]] }
        try await site.opened { store in
            let follower = PayloadFollower(store, lying.leader, reserving: 0)
            try await follower.list()
            #expect(try await follower.fetch().faults.count == 2 && follower.faults == 2)
            #expect(try await follower.fetch() == PayloadFollower.Outcome() && follower.faults == 2)
            follower.retry()
            #expect(try await follower.fetch().faults.count == 2 && follower.faults == 4)
        }
    }

    // MARK: Lists

    /// Expects that a list is refused, and that everything that was here stays here.
    private func expectRefused(
        _ error: PayloadError, sourceLocation: SourceLocation = #_sourceLocation, _ change: (inout ShownPayloads) -> Void
    ) async throws {
        let (site, shown) = (try MirrorSite(), ShownPayloads.made([500, 600, 70_000, 80_000]))
        try await site.follow(shown)
        var lying = shown
        change(&lying)
        await #expect(throws: error, sourceLocation: sourceLocation) { try await site.follow(lying) }
        #expect(try await site.holds(shown.names) == Set(shown.names), "something is gone", sourceLocation: sourceLocation)
    }

    private func pages(_ pages: [StoredPayload]?...) -> [ListPayloads.Answer?] {
        pages.enumerated().map { index, page in page.map { ListPayloads.Answer(payloads: $0, hasMore: index < pages.count - 1) } }
    }

    @Test func `a list out of order, or that names twice, is none`() async throws {
        try await expectRefused(.fault(.badList)) { $0.pages = pages($0.listed.reversed()) }
        try await expectRefused(.fault(.badList)) { $0.pages = pages([$0.listed[0], $0.listed[0]]) }
        try await expectRefused(.fault(.badList)) { $0.pages = pages([$0.listed[2]], [$0.listed[1]]) }
        try await expectRefused(.fault(.badList)) { $0.pages = pages([$0.listed[1]], [$0.listed[1]]) }
        try await expectRefused(.fault(.badList)) { $0.pages = pages([], [$0.listed[1]]) }
    }

    @Test func `a list of sizes that no payload has is none`() async throws {
        for size in [0, 31, PayloadPath.maximumSize + 1, .max] {
            try await expectRefused(.fault(.badList)) { shown in
                shown.pages = pages([StoredPayload(payload: shown.names[0], size: size)])
            }
        }
    }

    @Test func `a list without an end is given up`() async throws {
        try await expectRefused(.fault(.badList)) { $0.isEndless = true }
    }

    /// Nothing is deleted unless the leader named everything from the first name to the last.
    @Test func `a list that breaks off deletes nothing`() async throws {
        try await expectRefused(.unreachable) { $0.pages = pages([$0.listed[0]], nil) }
        try await expectRefused(.unreachable) { $0.pages = pages(nil) }
        try await expectRefused(.unreachable) { $0.pages = pages([$0.listed[0]], [$0.listed[1]], nil) }
    }

    @Test func `a list in pages is put together`() async throws {
        let site = try MirrorSite()
        var shown = ShownPayloads.made([500, 600, 700])
        shown.pages = pages([shown.listed[0]], [shown.listed[1]], [shown.listed[2]])
        #expect(try await site.follow(shown).fetched == 3)
        shown.pages = pages([shown.listed[0]], [shown.listed[2]])
        try await site.follow(shown)
        #expect(try await site.holds(shown.names) == [shown.names[0], shown.names[2]])
    }

    // MARK: The mirror's own disk

    @Test func `a disk that is nearly full keeps its rest for the ledger`() async throws {
        let (site, shown) = (try MirrorSite(), ShownPayloads.made([500, 70_000]))
        try await site.opened { store in
            let full = PayloadFollower(store, shown.leader, reserving: .max)
            try await full.list()
            #expect(try await full.fetch().tooLarge == 2)
            #expect(try site.files().isEmpty)
            #expect(try await PayloadFollower(store, shown.leader, reserving: 0).fetch().fetched == 2)
        }
    }

    @Test func `what a killed mirror left half done is thrown away`() async throws {
        let (site, shown) = (try MirrorSite(), ShownPayloads.made([70_000]))
        _ = try await site.opened { _ in }
        // Written without its row, and not written to its end.
        try DurableFile.write([1, 2, 3], to: site.payloadFolder.appending(shown.names[0].description))
        try DurableFile.write([1, 2, 3], to: site.payloadFolder.appending("7f.partial"))
        let left = try await site.opened { _ in try site.files() }
        #expect(left.isEmpty)
        #expect(try await site.follow(shown).fetched == 1)
        #expect(try await site.holds(shown.names) == Set(shown.names))
    }

    @Test func `a file that is gone or has another size is fetched again after the next start`() async throws {
        let (site, shown) = (try MirrorSite(), ShownPayloads.made([500, 70_000, 80_000]))
        try await site.follow(shown)
        let files = try site.files().sorted()
        try DurableFile.remove(site.payloadFolder.appending(files[0]))
        try DurableFile.append([1], to: site.payloadFolder.appending(files[1]), at: 60_000)
        #expect(try await site.follow(shown).fetched == 2)
        #expect(try await site.holds(shown.names) == Set(shown.names))
    }

    @Test func `a changed byte is never handed out, and found by comparing all`() async throws {
        let (site, shown) = (try MirrorSite(), ShownPayloads.made([500, 70_000, 200_000]))
        try await site.follow(shown)
        for name in try site.files() {
            let path = site.payloadFolder.appending(name)
            var bytes = try DurableFile.read(path, atMost: 1 << 20)
            bytes[60_000] ^= 1
            try DurableFile.write(bytes, to: path)
        }
        try site.meddle("UPDATE payload SET bytes = zeroblob(length(bytes)) WHERE bytes IS NOT NULL")
        for name in shown.names {
            await #expect(throws: StoreError.differs(.payload(name))) { _ = try await site.holds([name]) }
        }
        let damaged = try await site.opened { try $0.openPayloads(comparingAll: true) }
        #expect(try Set(damaged) == Set(shown.names) && site.files().isEmpty)
        #expect(try await site.follow(shown).fetched == 3)
        #expect(try await site.holds(shown.names) == Set(shown.names))
    }
}
