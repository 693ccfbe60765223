import CryptoPrimitives
import GatewayAPI
import MerkleLedger
import SharingContract
import TestSupport
import Testing
import HTTPTypes

@testable import GatewayClient

/// Leaves as a gateway may show them to one client and to no other, under a checkpoint that the ledger's key signs.
struct ShadowLedger: Sendable {
    var leaves: [[UInt8]]
    var signer = "ledger"
    var origin = World().origin
    /// Instead of the root of the leaves.
    var root: Hash?
    /// Instead of their number.
    var size: Int?

    init(_ leaves: [Leaf]) {
        self.leaves = leaves.map(\.canonicalBytes)
    }

    /// What this client has seen so far.
    init(_ replica: LedgerReplica) throws {
        self.init(try (0..<replica.size).map { try replica.leaf($0) })
    }

    func note() throws -> SignedNote {
        let size = size ?? leaves.count
        let root = root ?? MerklePath.root(leaves.prefix(size).map { Hash.leaf($0) }[...])
        return try NoteSigner(name: try #require(KeyName(origin.text)), key: key(signer)).sign(
            try Checkpoint(origin: origin, size: UInt64(size), rootHash: root))
    }

    /// Shows these leaves to everybody who asks from now on.
    func show(at gateway: LyingGateway) throws {
        let (note, leaves) = (try note().bytes, leaves)
        gateway.lie("/checkpoint") { exchange in
            exchange.status = .ok
            exchange.answer = note
        }
        gateway.lie("/tile") { exchange in
            let coordinate = try Tile.Coordinate(entriesPath: String(exchange.path.dropFirst()))
            let first = Int(coordinate.index) << Tile.height
            exchange.status = .ok
            exchange.answer = try EntryBundle(entries: Array(leaves[first..<min(first + coordinate.width, leaves.count)])).bytes
        }
    }
}

extension ShadowLedger {
    /// Adds a deposit that no gateway would take, signed by the member who runs one.
    mutating func appendDeposit(of descriptor: Descriptor) -> StoredRecord {
        let salt = SHA256.hash([17]).value
        let tree = SlotTree(seed: World.salt, commitments: [17: descriptor.commitment(salt: salt)])
        let event = Event.deposit(Deposit(root: tree.root))
        let evidence = Evidence(salt: World.salt, body: [])
        let leaf = Leaf(time: World().now, entry: World().entry(event, by: ["north"], evidence: evidence))
        leaves.append(leaf.canonicalBytes)
        return StoredRecord(
            deposit: UInt64(leaves.count - 1), salt: salt, descriptor: descriptor, proof: tree.proof(of: 17), header: [])
    }
}
