import CryptoPrimitives
import GatewayAPI
import SharingContract
import TestSupport

/// One value of each message, with everything optional in it.
struct CallSamples {
    let world: World
    private let first: RecipientList
    private let list: RecipientList

    init() throws {
        world = try World.withCompartment()
        first = world.list("ana/laboratory")
        list = world.list("ana/laboratory", after: first, grants: ["grant"])
    }

    var entry: PostEntry {
        let evidence = world.evidence(world.grantBody("grant", in: "ana/laboratory", to: "lakeside", list: list))
        return PostEntry(
            entry: world.entry(.grant(world.grant("grant")), by: ["grant"], evidence: evidence), evidence: evidence, list: list)
    }

    var permission: DepositPermission { world.permission("ana/laboratory", for: "hillside") }

    func descriptor(_ name: String = "lab 1") -> Descriptor { world.descriptor(name, in: "ana/laboratory", by: "hillside") }

    var tree: Evidence.Tree { world.tree([descriptor(), descriptor("lab 2")]) }

    var depositBody: DepositBody {
        DepositBody(compartment: publicKey("ana/laboratory"), recipientList: list.hash, permission: permission)
    }

    var deposit: DepositRecords {
        DepositRecords(body: depositBody, records: [.init(descriptor: descriptor(), headers: [[1, 2], [], [3]])])
    }

    var posted: PostedLeaf {
        PostedLeaf(index: 7, leaf: Leaf(time: world.now, entry: entry.entry), proof: Array("proof".utf8))
    }

    var proof: SlotProof { tree.slotTree.proof(of: 3) }

    func record(header: [UInt8] = [1, 2, 3]) -> StoredRecord {
        StoredRecord(deposit: 7, salt: World.salt, descriptor: descriptor(), proof: proof, header: header)
    }

    var item: RequestRecords.Answer.Item {
        .init(record: record(), releasedSalt: World.salt, releasedProof: proof, ticket: World.salt, obligations: [1, 3])
    }

    func released(_ items: [RequestRecords.Answer.Item], hasMore: Bool = true) -> RequestRecords.Answer {
        RequestRecords.Answer(decision: posted, outcome: .released(items, hasMore: hasMore))
    }

    /// One item with a tree of descriptors, one of them erased, and one without.
    var page: EvidencePage {
        let (slot, content) = tree.slots.sorted { $0.key < $1.key }[0]
        var slots = tree.slots
        slots[slot] = .erased(commitment: content.commitment)
        let erased = world.evidence(depositBody, tree: Evidence.Tree(seed: World.salt, slots: slots))
        return EvidencePage(items: [.init(leaf: 3, evidence: erased), .init(leaf: 9, evidence: .none)], next: 12)
    }

    var erasure: EraseRecords {
        let erasure = Erasure(basis: .law, commitments: [SHA256.hash([1]), SHA256.hash([2])])
        return EraseRecords(
            erasure: erasure, body: ErasureBody(of: erasure, signingWith: key("ana/laboratory"), origin: world.origin))
    }

    func messages(_ numbers: [UInt64]) -> FetchMessages.Answer {
        FetchMessages.Answer(messages: numbers.map { .init(number: $0, received: world.now, bytes: [1, 2]) })
    }
}
