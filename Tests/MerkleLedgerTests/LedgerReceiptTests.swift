import CryptoPrimitives
import MerkleLedger
import TestSupport
import Testing

@Suite struct LedgerReceipts {
    let tree = StoredTree(entries: entries(7))
    let logOrigin: TextLine
    let key: VerifierKey
    let receipt: LedgerReceipt
    let leaf = Array("entry 4".utf8)

    init() throws {
        logOrigin = try origin("log.example/a")
        let signer = try logSigner(1)
        key = signer.verifierKey
        let note = try signer.sign(Checkpoint(origin: logOrigin, size: 7, rootHash: tree.edge.root))
        let proof = try Tree.inclusionProof(index: 4, size: 7, readTile: tree.read)
        receipt = try LedgerReceipt(proof: proof, note: note)
    }

    private var text: String { String(decoding: receipt.bytes, as: UTF8.self) }

    @Test func `a receipt shows that its leaf is in the log`() throws {
        let verified = try LedgerReceipt(receipt.bytes).verified(leaf: leaf, origin: logOrigin, key: key)
        #expect(verified.index == 4)
        #expect(verified.checkpoint.checkpoint.size == 7)
        #expect(verified.checkpoint.note == receipt.note)
    }

    @Test func `a receipt comes back byte for byte, with and without extra data`() throws {
        #expect(text.hasPrefix("c2sp.org/tlog-proof@v1\nindex 4\n"))
        #expect(try LedgerReceipt(receipt.bytes) == receipt)
        let more = try LedgerReceipt(proof: receipt.proof, note: receipt.note, extra: [0, 1, 2])
        #expect(String(decoding: more.bytes, as: UTF8.self) == text.replacing("index", with: "extra AAEC\nindex"))
        #expect(try LedgerReceipt(more.bytes) == more)
        #expect(try more.verified(leaf: leaf, origin: logOrigin, key: key).index == 4)
    }

    @Test func `the only leaf needs no hashes`() throws {
        let leafHash = Hash.leaf(leaf)
        let signer = try logSigner(1)
        let note = try signer.sign(Checkpoint(origin: logOrigin, size: 1, rootHash: leafHash))
        let alone = try LedgerReceipt(proof: InclusionProof(index: 0, size: 1, hashes: []), note: note)
        #expect(alone.bytes.starts(with: "c2sp.org/tlog-proof@v1\nindex 0\n\nlog.example/a\n1\n".utf8))
        #expect(try LedgerReceipt(alone.bytes).verified(leaf: leaf, origin: logOrigin, key: key).index == 0)
    }

    @Test func `another leaf, log or key is refused`() throws {
        #expect(throws: ReceiptError.notIncluded) {
            try receipt.verified(leaf: Array("entry 5".utf8), origin: logOrigin, key: key)
        }
        #expect(throws: ReceiptError.notIncluded) { try receipt.verified(leaf: [], origin: logOrigin, key: key) }
        #expect(throws: ReceiptError.checkpoint(.otherOrigin)) {
            try receipt.verified(leaf: leaf, origin: origin("log.example/b"), key: key)
        }
        #expect(throws: ReceiptError.checkpoint(.unverified)) {
            try receipt.verified(leaf: leaf, origin: logOrigin, key: logSigner(2).verifierKey)
        }
    }

    @Test func `no bit of a receipt can change`() throws {
        for bit in 0..<8 * receipt.bytes.count {
            var changed = receipt.bytes
            changed[bit / 8] ^= 1 << (bit % 8)
            #expect(throws: ReceiptError.self) {
                try LedgerReceipt(changed).verified(leaf: leaf, origin: logOrigin, key: key)
            }
        }
    }

    @Test func `every cut is refused`() {
        for count in 0..<receipt.bytes.count {
            #expect(throws: ReceiptError.malformed) { try LedgerReceipt(Array(receipt.bytes.prefix(count))) }
        }
    }

    @Test func `lines left out, repeated or exchanged are refused`() throws {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        // Before the signature: a second one of the same key would be ignored, and its loss leaves no note.
        for position in lines.indices.dropLast() {
            var without = Array(lines)
            without.remove(at: position)
            try expectRefusal(without)
            var twice = Array(lines)
            twice.insert(lines[position], at: position)
            try expectRefusal(twice)
            var exchanged = Array(lines)
            exchanged.swapAt(position, position + 1)
            try expectRefusal(exchanged)
        }
    }

    private func expectRefusal(_ lines: [Substring]) throws {
        let text = lines.joined(separator: "\n") + "\n"
        #expect(throws: ReceiptError.self, "\(text)") {
            try LedgerReceipt(Array(text.utf8)).verified(leaf: leaf, origin: logOrigin, key: key)
        }
    }

    /// A line of the receipt, and what may not stand in its place.
    static let malformed: [(String, String)] = [
        ("@v1\n", "@v2\n"), ("@v1\n", "@v1 \n"), ("@v1\n", "@v1\r\n"), ("@v1\n", "@v1"), ("c2sp", "C2SP"), ("c2sp", "\nc2sp"),
        ("index 4", "index 04"), ("index 4", "index +4"), ("index 4", "index  4"), ("index 4", "index -4"), ("index 4", "index 4 "),
        ("index 4", "index"), ("index 4", "index "), ("index 4", "Index 4"), ("index 4", "index 7"), ("index 4", "index 6"),
        ("index 4", "index 18446744073709551615"), ("index 4", "index 18446744073709551616"),
        ("index 4", "extra \nindex 4"), ("index 4", "extra\nindex 4"), ("index 4", "extra AAEC\nextra AAEC\nindex 4"),
        ("index 4", "extra AAE\nindex 4"), ("index 4", "extra AAF=\nindex 4"), ("index 4", "extra AAEC \nindex 4"),
        ("index 4\n", "index 4\nextra AAEC\n"), ("index 4\n", "index 4\n\n"), ("index 4\n", "index 4\nAAEC\n"),
        ("\nlog", "\n\nlog"), ("\n\nlog", "\nlog"), ("a\n7\n", "a\n6\n"), ("a\n7\n", "a\n9\n"), ("a\n7\n", "a\n07\n"), ("— ", "- "),
    ]

    @Test(arguments: malformed) func `what is written otherwise is no receipt`(line: String, replacement: String) throws {
        let changed = text.replacing(line, with: replacement)
        #expect(changed != text)
        #expect(throws: ReceiptError.malformed) { try LedgerReceipt(Array(changed.utf8)) }
    }

    @Test func `a proof of another size than the checkpoint's makes no receipt`() throws {
        let other = try Tree.inclusionProof(index: 4, size: 6, readTile: tree.read)
        #expect(throws: ReceiptError.malformed) { try LedgerReceipt(proof: other, note: receipt.note) }
        let noCheckpoint = try logSigner(1).sign(Array("text\n".utf8))
        #expect(throws: ReceiptError.malformed) { try LedgerReceipt(proof: receipt.proof, note: noCheckpoint) }
    }

    @Test func `a receipt has a size bound, read or made`() throws {
        let extra = [UInt8](repeating: 0, count: LedgerReceipt.maximumSize)
        #expect(throws: ReceiptError.malformed) { try LedgerReceipt(proof: receipt.proof, note: receipt.note, extra: extra) }
        let long = text.replacing("index", with: "extra \(Base64.encode(extra))\nindex")
        #expect(throws: ReceiptError.malformed) { try LedgerReceipt(Array(long.utf8)) }
        let hashes = String(repeating: Base64.encode(Hash.emptyTree.bytes) + "\n", count: 65)
        #expect(throws: ReceiptError.malformed) {
            try LedgerReceipt(Array(text.replacing("index 4\n", with: "index 4\n\(hashes)").utf8))
        }
    }
}
