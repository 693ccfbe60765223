import CryptoPrimitives
import SharingContract
import TestSupport
import Testing
import MerkleLedger
import GatewayAPI

@testable import GatewayClient

/// The examples that docs/formats.md names in sections 4.7, 4.9 and 8: a whole ledger, and the state after it.
@Suite struct AuditFormats {
    @Test func `an audit export is as the document says`() throws {
        let story = try AuditStory()
        let export = try story.export()
        let report = Replay.run(try AuditExport(export.bytes), pin: story.pin, decisions: true) { _, _ in }
        #expect(report.findings == [])
        let receipt = try story.receipt(story.release)
        let example = fields([
            "fields": fields([
                "checkpoint": String(decoding: export.note.bytes, as: UTF8.self), "leaves": export.leaves.map(\.canonicalBytes),
                "evidence": export.evidence.sorted { $0.key < $1.key }.map {
                    fields(["leaf": $0.key, "evidence": $0.value.canonicalBytes])
                },
            ]), "bytes": export.bytes,
        ])
        let receiptExample = try TestSupport.example(
            receipt, ["index": receipt.index, "leaf": receipt.leaf.canonicalBytes, "receipt": receipt.proof],
            more: ["text": String(decoding: receipt.proof, as: UTF8.self)])
        let pin = try TestSupport.example(
            story.pin,
            [
                "origin": story.pin.origin, "genesis": story.pin.genesis, "ledger key": story.pin.ledgerKey,
                "address": story.pin.address,
            ])
        let difference = try FormatFile("audit.json").difference(from: [
            ("pin", pin), ("export", example), ("receipt", receiptExample),
        ])
        #expect(difference == nil)
    }

    @Test func `the state after these leaves is as the document says`() throws {
        let story = try AuditStory()
        var lines: [[UInt8]: [UInt8]] = [:]
        var state = MemoryState()
        var time: Minute?
        for (index, leaf) in story.leaves.enumerated() {
            var changes = try Contract.apply(leaf, at: UInt64(index), after: time, to: state)
            changes += try EvidenceRules.apply(try #require(story.evidence[UInt64(index)]), of: leaf, at: UInt64(index), to: state)
            state.apply(changes)
            for change in changes { lines[change.key.bytes] = change.bytes }
            time = leaf.time
        }
        #expect(lines.count == state.count)
        let sorted = lines.sorted { $0.key.lexicographicallyPrecedes($1.key) }
        let shown = Shown.list(sorted.map { fields(["key": $0.key, "value": $0.value]) })
        #expect(try FormatFile("state.json").difference(from: [("state", shown)]) == nil)
    }
}
