import CryptoPrimitives
import Foundation
import MerkleLedger
import TestSupport
import Testing

/// Go's `sumdb/note` and `sumdb/tlog` read what we write.
@Suite(.enabled(if: Notecheck.isAvailable, "go and golang.org/x/mod are not installed"))
struct ForeignVerifier {
    private func fixture(_ name: String) -> String {
        Fixtures.url("\(LedgerFixtures.folder)/\(name)").path
    }

    private func logKey() throws -> String {
        try Fixtures.json("\(LedgerFixtures.folder)/keys.json", as: LedgerFixtures.Keys.self).log.vkey
    }

    @Test func `Go verifies the committed checkpoint, proofs and receipt`() throws {
        try Notecheck.withProgram { notecheck in
            #expect(try notecheck("checkpoint", logKey(), fixture("600.checkpoint")).hasPrefix("ok 600 "))
            #expect(try notecheck("inclusion", fixture("inclusion-proof.json")) == "ok 300 of 600\n")
            #expect(try notecheck("consistency", fixture("consistency-proof.json")) == "ok 257 to 600\n")
            let entry = try notecheck.file("entry", Array("entry 300".utf8))
            #expect(try notecheck("receipt", logKey(), fixture("entry-300.tlog-proof"), entry) == "ok 300 of 600\n")
        }
    }

    @Test func `Go refuses another entry, another key and another root`() throws {
        try Notecheck.withProgram { notecheck in
            let entry = try notecheck.file("entry", Array("entry 301".utf8))
            #expect(try notecheck("receipt", logKey(), fixture("entry-300.tlog-proof"), entry) == "refused")
            #expect(try notecheck("checkpoint", VerifierKeys.vkey, fixture("600.checkpoint")) == "refused")
            for (kind, root) in [("inclusion", "root"), ("consistency", "oldRoot"), ("consistency", "newRoot")] {
                let proof = String(decoding: try Fixtures.bytes("\(LedgerFixtures.folder)/\(kind)-proof.json"), as: UTF8.self)
                let start = "\"\(root)\": \""
                let digit = try #require(proof.range(of: start)).upperBound
                let changed = proof[..<digit] + (proof[digit] == "0" ? "1" : "0") + proof[proof.index(after: digit)...]
                #expect(try notecheck(kind, notecheck.file("proof", Array(changed.utf8))) == "refused")
            }
        }
    }

    @Test func `Go verifies receipts that we write`() throws {
        let tree = StoredTree(entries: entries(300))
        let signer = try logSigner(5)
        let key = signer.verifierKey.description
        let note = try signer.sign(Checkpoint(origin: origin("log.example/a"), size: 300, rootHash: tree.edge.root))
        try Notecheck.withProgram { notecheck in
            for index in [0, 1, 255, 256, 299] as [UInt64] {
                let proof = try Tree.inclusionProof(index: index, size: 300, readTile: tree.read)
                let receipt = try notecheck.file("receipt", LedgerReceipt(proof: proof, note: note, extra: [1, 2]).bytes)
                let entry = try notecheck.file("entry", Array("entry \(index)".utf8))
                #expect(try notecheck("receipt", key, receipt, entry) == "ok \(index) of 300\n")
            }
        }
    }
}
