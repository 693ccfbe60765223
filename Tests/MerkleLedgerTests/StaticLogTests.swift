import CryptoPrimitives
import Foundation
import MerkleLedger
import TestSupport
import Testing

/// A small log that Tessera wrote, with a checkpoint, a tile and an entry bundle for every size it had.
@Suite(.enabled(if: Corpora.arePresent, Comment(rawValue: Corpora.comment)))
struct StaticLog {
    static let vkey = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"

    let sizes: ClosedRange<UInt64>
    let checkpoints: [VerifiedCheckpoint]

    init() throws {
        let key = try VerifierKey(Self.vkey)
        let origin = try origin("example.com/log/testdata")
        func open(_ path: String) throws -> VerifiedCheckpoint {
            try Checkpoint.open(SignedNote(Self.bytes(path)), origin: origin, key: key)
        }
        sizes = 0...(try open("checkpoint").checkpoint.size)
        checkpoints = try sizes.map { try open("checkpoints/\($0)") }
    }

    private static func bytes(_ path: String) throws -> [UInt8] {
        Array(try Corpora.data("tlog-static-log/\(path)"))
    }

    private static func read(_ coordinate: Tile.Coordinate) throws -> [Hash] {
        try Tile(coordinate, bytes: bytes(coordinate.path)).hashes
    }

    private static func bundle(_ width: UInt64) throws -> EntryBundle {
        try EntryBundle(bytes("tile/entries/000.p/\(width)"), width: Int(width))
    }

    @Test func `every checkpoint is signed and says the size it stands under`() {
        #expect(checkpoints.map(\.checkpoint.size) == Array(sizes))
        #expect(checkpoints.count >= 16)
    }

    @Test func `every root follows from the tiles, and from the entries`() throws {
        for size in sizes {
            let root = checkpoints[Int(size)].checkpoint.rootHash
            #expect(try Tree.root(size: size, readTile: Self.read) == root)
            let leafHashes = size == 0 ? [] : try Self.bundle(size).leafHashes
            #expect(StoredTree(leafHashes).edge.root == root)
        }
    }

    @Test func `every leaf is proven at every size`() throws {
        for size in sizes where size > 0 {
            let leafHashes = try Self.bundle(size).leafHashes
            for index in 0..<size {
                let proof = try Tree.inclusionProof(index: index, size: size, readTile: Self.read)
                try proof.verify(leafHashes[Int(index)], against: checkpoints[Int(size)].checkpoint.rootHash)
            }
        }
    }

    @Test func `every two sizes are consistent`() throws {
        for to in sizes where to > 0 {
            for from in 1...to {
                let proof = try Tree.consistencyProof(from: from, to: to, readTile: Self.read)
                let (old, new) = (checkpoints[Int(from)].checkpoint.rootHash, checkpoints[Int(to)].checkpoint.rootHash)
                try proof.verify(from: old, to: new)
                if from < to { #expect(throws: ProofError.notProven) { try proof.verify(from: new, to: old) } }
            }
        }
    }

    @Test func `we write the same tiles and bundles`() throws {
        let entries = try Self.bundle(sizes.upperBound).entries
        var edge = TreeEdge()
        for (count, entry) in zip(1..., entries) {
            _ = edge.append(.leaf(entry))
            let tile = try #require(edge.partialTiles.first)
            #expect(tile.coordinate.path == "tile/0/000.p/\(count)")
            #expect(try tile.bytes == Self.bytes(tile.coordinate.path))
            #expect(try EntryBundle(entries: Array(entries.prefix(count))).bytes == Self.bytes(tile.coordinate.entriesPath))
        }
    }
}
