import CryptoPrimitives
import Foundation
import MerkleLedger
import TestSupport

/// A tree of RFC 6962 that grows leaf by leaf, with its root asked for after every batch, as a ledger's is. The peer is Go's own, which
/// the logs of its module mirror and checksum database are made with. Both must end with the same root.
enum TreeContest {
    private static let leafCount = 1 << 16
    private static let batchSize = 256
    private static let leafSize = 300

    static func all(in folder: ScratchFolder) throws -> [Contest] {
        let leaves = (0..<leafCount).map { leaf($0) }
        var root = Hash.emptyTree
        let peer = try goProgram(in: folder)
        let name = peer.map { "x/mod/sumdb/tlog, \($0.greeting)" } ?? "x/mod/sumdb/tlog"
        return [
            Contest(
                title: "append a leaf of 300 bytes to the tree", peer: name,
                ours: {
                    try ThreadClock.measure { root = try grow(leaves) } / leafCount
                },
                theirs: peer.map { peer in
                    {
                        let answer = try peer.round()
                        guard answer.result == root.description else { throw TreeContestError.otherRoot }
                        return answer.time / leafCount
                    }
                })
        ]
    }

    private static func grow(_ leaves: [[UInt8]]) throws -> Hash {
        var edge = TreeEdge()
        var root = Hash.emptyTree
        var tileCount = 0
        for (number, leaf) in leaves.enumerated() {
            tileCount += edge.append(Hash.leaf(leaf)).count
            if (number + 1).isMultiple(of: batchSize) { root = edge.root }
        }
        guard tileCount == leafCount / Tile.fullWidth + 1 else { throw TreeContestError.otherRoot }
        return root
    }

    /// The leaf's number, eight bytes big-endian, then zeroes.
    private static func leaf(_ number: Int) -> [UInt8] {
        var writer = CanonicalWriter()
        writer.integer(UInt64(number))
        writer.fixed([UInt8](repeating: 0, count: leafSize - 8))
        return writer.bytes
    }

    /// `nil` without Go, or without Debian's copy of the module: nothing is fetched.
    private static func goProgram(in folder: ScratchFolder) throws -> PeerProgram? {
        let packages = "/usr/share/gocode"
        guard let go = PeerProgram.installed("go"),
            FileManager.default.fileExists(atPath: "\(packages)/src/golang.org/x/mod/sumdb/tlog/tlog.go")
        else { return nil }
        let program = folder.url.appending(path: "tree")
        let build = Process()
        build.executableURL = go
        build.arguments = ["build", "-o", program.path, PeerProgram.source("tree.go").path]
        build.environment = ProcessInfo.processInfo.environment.merging(["GO111MODULE": "off", "GOPATH": packages]) { $1 }
        try build.run()
        build.waitUntilExit()
        guard build.terminationStatus == 0 else { throw TreeContestError.peerDoesNotBuild }
        return try PeerProgram(program, ["\(leafCount)", "\(batchSize)", "\(leafSize)"])
    }
}

enum TreeContestError: Error {
    /// The two trees differ: then no time means anything.
    case otherRoot
    case peerDoesNotBuild
}
