import CryptoPrimitives
import MerkleLedger
import TestSupport
import Testing

@Suite struct TilePaths {
    static let examples: [(path: String, level: Int, index: UInt64, width: Int)] = [
        ("tile/0/000", 0, 0, 256),
        ("tile/0/005", 0, 5, 256),
        ("tile/0/999", 0, 999, 256),
        ("tile/0/x001/000", 0, 1_000, 256),
        ("tile/0/x001/x234/067", 0, 1_234_067, 256),
        ("tile/1/000.p/17", 1, 0, 17),
        ("tile/2/x010/x000/001.p/255", 2, 10_000_001, 255),
        ("tile/63/x018/x446/x744/x073/x709/x551/615.p/1", 63, .max, 1),
    ]

    @Test(arguments: examples) func `a path and its tile`(path: String, level: Int, index: UInt64, width: Int) throws {
        let coordinate = try #require(Tile.Coordinate(level: level, index: index, width: width))
        #expect(coordinate.path == path)
        #expect(try Tile.Coordinate(path: path) == coordinate)
    }

    @Test func `an entry bundle has the place of its level 0 tile`() throws {
        let coordinate = try Tile.Coordinate(entriesPath: "tile/entries/x001/x234/067.p/8")
        #expect(try coordinate == Tile.Coordinate(path: "tile/0/x001/x234/067.p/8"))
        #expect(coordinate.entriesPath == "tile/entries/x001/x234/067.p/8")
    }

    @Test(arguments: [
        "", "/", "tile", "tile/", "tile/0", "tile/0/", "tile//000", "/tile/0/000", "tile/0/000/", "tiles/0/000", "Tile/0/000",
        "tile/64/000", "tile/-1/000", "tile/+1/000", "tile/00/000", "tile/01/000", "tile/x/000", "tile/entries/000",
        "tile/0/0", "tile/0/00", "tile/0/0000", "tile/0/1000", "tile/0/x000", "tile/0/000/000", "tile/0/x000/000",
        "tile/0/001/000", "tile/0/x001/x000", "tile/0/xx01/000", "tile/0/00x", "tile/0/x01/000", "tile/0/-01", "tile/0/+01",
        "tile/0/ 01", "tile/0/0x1", "tile/0/٠٠٠", "tile/0/x018/x446/x744/x073/x709/x551/616",
        "tile/0/x001/x018/x446/x744/x073/x709/x551/615", "tile/0/000.p", "tile/0/000.p/", "tile/0/000.p/0", "tile/0/000.p/256",
        "tile/0/000.p/01", "tile/0/000.p/+1", "tile/0/000.p/1/", "tile/0/000.p/1/2", "tile/0/000.P/1", "tile/0/000/p/1",
        "tile/0/.p/1", "tile/0.p/1", "tile/0/000.p/x1", "tile/0/x001.p/000", "tile/0/../000", "tile/0/000?x", "tile/0/000\n",
        "tile/0/000\u{301}", "https://a/tile/0/000",
    ]) func `what is written otherwise is no tile's path`(path: String) {
        #expect(throws: TileError.malformed) { try Tile.Coordinate(path: path) }
    }

    @Test(arguments: ["tile/0/000", "tile/entries/0", "tile/entries/000.p/256", "tile/Entries/000", "entries/000"])
    func `nor is it an entry bundle's`(path: String) {
        #expect(throws: TileError.malformed) { try Tile.Coordinate(entriesPath: path) }
    }

    @Test func `a path of a million groups is refused by its length`() {
        let path = "tile/0/" + String(repeating: "x000/", count: 1_000_000) + "000"
        #expect(throws: TileError.malformed) { try Tile.Coordinate(path: path) }
    }

    @Test func `any coordinate comes back from its path`() throws {
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<2_000 {
            let index = UInt64.random(in: 0...(.max), using: &generator) >> UInt64.random(in: 0..<64, using: &generator)
            let level = Int.random(in: 0...63, using: &generator)
            let width = Int.random(in: 1...256, using: &generator)
            let coordinate = try #require(Tile.Coordinate(level: level, index: index, width: width))
            #expect(try Tile.Coordinate(path: coordinate.path) == coordinate, "seed 11")
        }
    }

    @Test(arguments: [(-1, 1), (64, 1), (0, 0), (0, -1), (0, 257), (.max, .max)]) func `levels and widths have bounds`(
        level: Int, width: Int
    ) {
        #expect(Tile.Coordinate(level: level, index: 0, width: width) == nil)
    }
}

@Suite struct TileBytes {
    @Test func `a tile is its hashes one after another`() throws {
        let tile = try #require(StoredTree(entries: entries(3)).edge.partialTiles.first)
        #expect(tile.bytes == entries(3).flatMap { Hash.leaf($0).bytes })
        #expect(try Tile(tile.coordinate, bytes: tile.bytes) == tile)
    }

    @Test(arguments: [0, 1, 31, 32, 95, 97, 128, 8_192]) func `bytes of another width are refused`(count: Int) throws {
        let coordinate = try Tile.Coordinate(path: "tile/0/000.p/3")
        #expect(throws: TileError.malformed) { try Tile(coordinate, bytes: [UInt8](repeating: 0, count: count)) }
    }
}

@Suite struct EntryBundles {
    let bytes: [UInt8] = [0, 3, 0x6F, 0x6E, 0x65, 0, 0, 0, 3, 0x74, 0x77, 0x6F]
    let entries = [Array("one".utf8), [], Array("two".utf8)]

    @Test func `entries stand behind their lengths`() throws {
        #expect(try EntryBundle(entries: entries).bytes == bytes)
        #expect(try EntryBundle(bytes, width: 3).entries == entries)
        #expect(try EntryBundle(bytes, width: 3).leafHashes == entries.map { Hash.leaf($0) })
    }

    @Test func `every cut is refused`() {
        for count in 0..<bytes.count {
            #expect(throws: TileError.malformed) { try EntryBundle(Array(bytes.prefix(count)), width: 3) }
        }
    }

    @Test(arguments: [Int.min, -1, 0, 1, 2, 4, 256, 257, .max]) func `another number of entries is refused`(width: Int) {
        #expect(throws: TileError.malformed) { try EntryBundle(bytes, width: width) }
    }

    @Test func `what follows is refused, and a length beyond the end`() {
        #expect(throws: TileError.malformed) { try EntryBundle(bytes + [0], width: 3) }
        #expect(throws: TileError.malformed) { try EntryBundle(bytes + [0, 0], width: 3) }
        #expect(throws: TileError.malformed) { try EntryBundle([0xFF, 0xFF, 0], width: 1) }
    }

    @Test func `entries and bundles have bounds`() throws {
        let longest = try EntryBundle(entries: [[UInt8](repeating: 7, count: 65_535)])
        #expect(try EntryBundle(longest.bytes, width: 1) == longest)
        #expect(throws: TileError.outOfBounds) { try EntryBundle(entries: [[UInt8](repeating: 7, count: 65_536)]) }
        #expect(throws: TileError.outOfBounds) { try EntryBundle(entries: []) }
        #expect(throws: TileError.outOfBounds) { try EntryBundle(entries: Array(repeating: [1], count: 257)) }
    }
}
