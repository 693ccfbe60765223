import AccessPolicy
import CryptoPrimitives
import GatewayAPI
import MedicalRecords
import MerkleLedger
import SharingContract
import TestSupport
import Testing

@testable import GatewayClient

/// A small ledger, the same in every run, with all its evidence: two clinics and an auditor, a deposit, a grant, a release, an erasure,
/// a revocation and a refusal.
struct AuditStory {
    private(set) var world: World
    private(set) var evidence: [UInt64: Evidence] = [:]
    private(set) var release: UInt64 = 0
    private var descriptors: [Descriptor] = []

    static let compartment = "ana/laboratory"

    /// How the gateway decides wrongly the first time, and signs it.
    enum Lie {
        case purposeNotCovered
        case inventsRevocation
        case otherCategory
        case otherMinute
        case inventsRecord
        case releasesMore
        case unsignedRequest
        case otherDigest
        case noRecord
    }

    private var lie: Lie?

    init(_ lie: Lie? = nil) throws {
        self.lie = lie
        world = try World.begun()
        for name in ["hillside", "lakeside"] { try world.admit(name) }
        try admitAuditor()
        try world.open(Self.compartment)
        let first = world.list(Self.compartment)
        let deposit = try deposit(first)
        let second = world.list(Self.compartment, after: first, grants: ["grant"])
        try grant(second)
        world.now = Minute(world.now.number + 7)
        release = try decide(nonce: 1)
        self.lie = nil
        for (index, step) in world.steps.enumerated() { evidence[UInt64(index)] = step.evidence }
        try erase(deposit)
        try revoke(after: second)
        try decide(nonce: 2)
        for (index, step) in world.steps.enumerated().dropFirst(evidence.count) { evidence[UInt64(index)] = step.evidence }
    }

    var leaves: [Leaf] { world.leaves }

    var pin: Pin {
        Pin(
            origin: world.origin, genesis: Hash.leaf(leaves[0].canonicalBytes), ledgerKey: publicKey("ledger"),
            address: line("http://127.0.0.1:8460"))
    }

    func export() throws -> AuditExport {
        AuditExport(note: try note(leaves.count), leaves: leaves, evidence: evidence)
    }

    /// The ledger's checkpoint at a size.
    func note(_ size: Int, root: Hash? = nil, by signer: String = "ledger", origin: TextLine? = nil) throws -> SignedNote {
        let origin = origin ?? world.origin
        let name = try #require(KeyName(origin.text))
        let root = root ?? MerklePath.root(hashes.prefix(size))
        return try NoteSigner(name: name, key: key(signer)).sign(
            try Checkpoint(origin: origin, size: UInt64(size), rootHash: root))
    }

    private var hashes: [Hash] { leaves.map { Hash.leaf($0.canonicalBytes) } }

    func receipt(_ index: UInt64) throws -> PostedLeaf {
        let path = MerklePath.path(Int(index), in: hashes[...])
        let proof = try InclusionProof(index: index, size: UInt64(leaves.count), hashes: path)
        let receipt = try LedgerReceipt(proof: proof, note: try note(leaves.count))
        return PostedLeaf(index: index, leaf: leaves[Int(index)], proof: receipt.bytes)
    }
}

// What happens in it.
extension AuditStory {
    private mutating func admitAuditor() throws {
        let evidence = world.evidence(ActorBody(identifiers: line("")))
        try world.append(.actor(world.actor("state auditor", role: .auditor)), by: "north", evidence: evidence)
    }

    private mutating func deposit(_ list: RecipientList) throws -> UInt64 {
        let facts = try FormatFile("facts.json").bytes("laboratory", "bytes")
        descriptors = ["blood count", "liver panel"].map { record in
            let fields = Descriptor.Fields(
                record: Descriptor.RecordID(SHA256.hash(Array(record.utf8)).value), version: 1, state: .current,
                payload: PayloadID(SHA256.hash(Array(record.utf8), [1]).value), payloadSize: 1_337,
                contentCommitment: SHA256.hash(Array(record.utf8), [2]), facts: facts)
            return Descriptor(
                fields, signingWith: key("hillside"), origin: world.origin, compartment: publicKey(Self.compartment))
        }
        return try world.deposit(descriptors, in: Self.compartment, by: "hillside", list: list)
    }

    private mutating func grant(_ list: RecipientList) throws {
        let fields = GrantBody.Fields(
            grantee: publicKey("lakeside"), consent: try FormatFile("requests.json").bytes("consent", "bytes"),
            sealedSeed: try FormatFile("keys.json").bytes("grant seed", "sealed"), recipient: recipient("grant"),
            recipientList: list.hash)
        let grant = world.grant("grant")
        let body = GrantBody(fields, of: grant, signingWith: key(Self.compartment), origin: world.origin)
        try world.append(.grant(grant), by: "grant", evidence: world.evidence(body))
    }

    private mutating func revoke(after list: RecipientList) throws {
        try world.revoke("grant", list: world.list(Self.compartment, after: list))
    }

    /// The second record goes; what is kept of it is its commitment.
    private mutating func erase(_ deposit: UInt64) throws {
        let tree = try #require(evidence[deposit]?.tree)
        let (slot, gone) = try #require(tree.slots.max { $0.key < $1.key })
        let erasure = Erasure(basis: .patientsWish, commitments: [gone.commitment])
        let body = ErasureBody(of: erasure, signingWith: key(Self.compartment), origin: world.origin)
        try world.append(.erasure(erasure), by: "north", evidence: world.evidence(body))
        var slots = tree.slots
        slots[slot] = .erased(commitment: gone.commitment)
        let before = try #require(evidence[deposit])
        evidence[deposit] = Evidence(salt: before.salt, body: before.body, tree: .init(seed: tree.seed, slots: slots))
    }
}

// What the gateway decides in it.
extension AuditStory {
    @discardableResult
    private mutating func decide(nonce: UInt8) throws -> UInt64 {
        let request = request(nonce)
        let hash = RequestHash(of: request.canonicalBytes)
        let signature = key("grant/release").sign(.release, origin: world.origin, hash.releaseBytes(grant: publicKey("grant")))
        let record = try record(request)
        let released = lie == .releasesMore ? try candidates() : record.released
        let base = base(RequestRecords(request: request.canonicalBytes, releaseSignature: signature), nonce: request.nonce)
        let body = DecisionBody(
            compartment: publicKey(Self.compartment), request: request.canonicalBytes, releaseSignature: signature,
            signatureBase: base.bytes, httpSignature: key(lie == .unsignedRequest ? "north" : "lakeside").sign(base.bytes),
            blind: World.salt, record: lie == .noRecord ? [] : record.canonicalBytes, seed: World.salt,
            released: zip(stride(from: 40 as UInt8, to: 255, by: 60), released).map { slot, candidate in
                .init(slot: slot, salt: SHA256.hash([slot]).value, descriptorCommitment: candidate.commitment)
            })
        let outcome: Decision.Outcome =
            released.isEmpty
            ? .refused(.init(blind: body.blind, request: hash))
            : .released(.init(grant: publicKey("grant"), request: hash, signature: signature))
        return try world.append(
            .decision(Decision(root: body.tree.root, outcome: outcome)), by: "north", evidence: world.evidence(body))
    }

    private func request(_ nonce: UInt8) -> Request {
        let first = lie == .releasesMore ? Filter(records: [descriptors[0].record.value], after: nil) : nil
        return Request(
            origin: world.origin, grant: publicKey("grant"), filter: first ?? .all,
            purpose: lie == .purposeNotCovered ? .research : .treatment, staff: line("Dr. Okafor"), actor: publicKey("lakeside"),
            nonce: SHA256.hash([nonce]).value)
    }

    private func record(_ request: Request) throws -> DecisionRecord {
        let grant = try #require(try world.state.grant(request.grant))
        let terms = try #require(try world.state.terms(of: request.grant))
        let isRevoked = grant.revokedAt != nil
        let facts = GrantFacts(
            control: request.grant, compartment: terms.compartment, grantee: terms.grantee, consent: terms.consent,
            from: grant.grant.from, until: grant.grant.until, isRevoked: isRevoked || lie == .inventsRevocation,
            isReleaseSigned: true)
        let inputs = DecisionInputs(
            now: Minute(world.now.number + (lie == .otherMinute ? 1 : 0)),
            requestHash: Hash.labelled(.request, request.canonicalBytes), request: request, grant: facts,
            records: isRevoked ? [] : try candidates())
        return DecisionRecord(inputs, verdict: lie == .purposeNotCovered ? .allowed([0, 1]) : PlainEngine.decide(inputs))
    }

    private func candidates() throws -> [CandidateFacts] {
        let known = try descriptors.map { descriptor in
            let commitment = descriptor.commitment(salt: SHA256.hash(descriptor.canonicalBytes).value)
            let state = try #require(try world.state.descriptor(commitment))
            return CandidateFacts(
                commitment: commitment, position: state.position, record: descriptor.record.value,
                category: lie == .otherCategory ? 4 : 3, isRetracted: false)
        }
        guard lie == .inventsRecord, let last = known.last else { return known }
        let invented = CandidateFacts(
            commitment: SHA256.hash([1]), position: last.position + 1, record: SHA256.hash([2]).value, category: 4,
            isRetracted: false)
        return known + [invented]
    }

    /// As a client would have signed it, at the minute of the decision.
    private func base(_ call: RequestRecords, nonce: Bytes32) -> SignatureBase {
        let created = world.now.secondsSince1970
        let parameters =
            ";created=\(created);expires=\(created + 120);nonce=\"\(nonce)\";keyid=\"\(publicKey("lakeside"))\";tag=\"cordon/v1\""
        return SignatureBase(
            components: [
                .init("\"@method\"", "POST"), .init("\"@target-uri\"", "\(pin.address)\(RequestRecords.path)"),
                .init("\"content-digest\"", ContentDigest(of: lie == .otherDigest ? [] : call.canonicalBytes).fieldValue),
                .init("\"content-type\"", ContentType.message),
            ], parameters: parameters)
    }
}

/// RFC 6962, sections 2.1 and 2.1.1, as they stand there.
enum MerklePath {
    static func root(_ leaves: ArraySlice<Hash>) -> Hash {
        guard leaves.count > 1 else { return leaves.first ?? .emptyTree }
        let middle = leaves.startIndex + split(leaves.count)
        return .node(root(leaves[..<middle]), root(leaves[middle...]))
    }

    static func path(_ index: Int, in leaves: ArraySlice<Hash>) -> [Hash] {
        guard leaves.count > 1 else { return [] }
        let middle = leaves.startIndex + split(leaves.count)
        return index < middle
            ? path(index, in: leaves[..<middle]) + [root(leaves[middle...])]
            : path(index, in: leaves[middle...]) + [root(leaves[..<middle])]
    }

    /// The largest power of two below the count.
    private static func split(_ count: Int) -> Int {
        var power = 1
        while power * 2 < count { power *= 2 }
        return power
    }
}
