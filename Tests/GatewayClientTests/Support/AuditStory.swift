import AccessPolicy
import CryptoPrimitives
import GatewayAPI
import MedicalRecords
import MerkleLedger
import SharingContract
import TestSupport
import Testing

@testable import GatewayClient

/// A small ledger, the same in every run, with all its evidence: two clinics and an auditor, a deposit, a grant, a restriction, a release
/// that holds one record back, an erasure, a revocation and a refusal, then policies, and two emergencies under which nothing is released.
struct AuditStory {
    private(set) var world: World
    private(set) var evidence: [UInt64: Evidence] = [:]
    private(set) var release: UInt64 = 0
    private var descriptors: [Descriptor] = []

    static let compartment = "ana/laboratory"

    /// How the gateway decides wrongly the first time, and signs it.
    enum Lie {
        case purposeNotCovered
        case releasesMore
        case compilesOtherwise
        /// What the grants carry for proofs of consent is to payment.
        case commitsOtherwise
        /// The same, made in another grant's name.
        case commitsForAnother
        case unsignedRequest
        case otherDigest
        case noRecord
        /// The grant hangs on a delegation that was ended before.
        case revokedDelegation
    }

    private var lie: Lie?
    /// What is written down otherwise than it was decided, the first time.
    private var alter: (inout DecisionParts) -> Void
    /// In force when the gateway decides.
    private let policies: PoliciesInForce?
    /// Whether the grant was made by somebody in Ana's place.
    private let isDelegated: Bool

    init(
        _ lie: Lie? = nil, policies: PoliciesInForce? = nil, isDelegated: Bool = false,
        altering alter: @escaping (inout DecisionParts) -> Void = { _ in }
    ) throws {
        self.lie = lie
        self.alter = alter
        self.policies = policies
        self.isDelegated = isDelegated
        world = try World.begun()
        for name in ["hillside", "lakeside"] { try world.admit(name) }
        try admitAuditor()
        try world.open(Self.compartment)
        let first = world.list(Self.compartment)
        let deposit = try deposit(first)
        let second = world.list(Self.compartment, after: first, grants: ["grant"])
        try grant(second)
        // One recipient, for the order of several is drawn.
        let third = world.list(Self.compartment, after: second, grants: ["hide"])
        try hide(third)
        if lie == .revokedDelegation { try world.revoke("bea", list: third) }
        world.now = Minute(world.now.number + 7)
        release = try decide(nonce: 1)
        self.lie = nil
        self.alter = { _ in }
        for (index, step) in world.steps.enumerated() { evidence[UInt64(index)] = step.evidence }
        try erase(deposit)
        try revoke(after: third)
        try decide(nonce: 2)
        try world.publish(World.policies())
        try world.admit("desk", role: .emergencyDesk)
        // A patient whom the desk does not know; and one whose emergency was looked at.
        try world.declare(world.declaration("drawn"))
        try world.review(try world.declare(world.declaration("grant", nonce: 1)), .notJustified)
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
        // The first and the last may be seen.
        let labelled = try FormatFile("facts.json").bytes("laboratory", "bytes")
        let plain = RecordFacts(
            category: .laboratory, mediaType: .fhirJSON, types: [.init(type: "Observation", count: 3)], labels: [],
            isLabelled: true, days: nil, codes: [])
        let facts = try #require(plain.flatMap { StoredFacts($0) }).canonicalBytes
        descriptors = [("blood count", facts), ("viral load", labelled), ("liver panel", facts)].map { record, facts in
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
        let consent = try FormatFile("requests.json").bytes("consent", "bytes")
        guard isDelegated else { return try grant("grant", consent, list) }
        try grant("bea", consent, list, power: .deciding)
        try grant("grant", consent, list, under: "bea")
    }

    /// Hides what carries the label HIV from everyone.
    private mutating func hide(_ list: RecipientList) throws {
        try grant("hide", Consent(Restriction(.label(line("HIV"))), category: 3).canonicalBytes, list)
    }

    private mutating func grant(
        _ name: String, _ consent: [UInt8], _ list: RecipientList, power: GrantBody.Power = .none, under delegation: String? = nil
    ) throws {
        let plain = world.grant(name)
        let scope = ConsentScope(
            control: plain.control, compartment: publicKey(Self.compartment),
            grantee: power == .none ? publicKey("lakeside") : plain.release, from: plain.from, until: plain.until,
            holder: power.holder)
        let committed = committed(consent, scope, isUnderAuthority: delegation != nil)
        let grant = world.grant(name, commitment: committed?.commitment)
        let fields = GrantBody.Fields(
            grantee: scope.grantee, power: power,
            authority: delegation.map { .init(grant: publicKey($0), release: publicKey($0 + "/release")) }, consent: consent,
            compilation: lie == .compilesOtherwise ? Hash(.zero) : ConsentCompiler.compile(consent, scope).hash,
            sealedSeed: try FormatFile("keys.json").bytes("grant seed", "sealed"), recipient: recipient(name),
            recipientList: list.hash, proof: committed?.proof)
        let body = GrantBody(
            fields, of: grant, in: publicKey(Self.compartment),
            signingWith: key(delegation.map { $0 + "/release" } ?? Self.compartment), origin: world.origin)
        try world.append(.grant(grant), by: name, evidence: world.evidence(body))
    }

    /// Without a lie the grants carry none, as those from before proofs of consent.
    private func committed(_ consent: [UInt8], _ scope: ConsentScope, isUnderAuthority: Bool) -> GrantCommitment? {
        guard lie == .commitsOtherwise || lie == .commitsForAnother else { return nil }
        let consent = lie == .commitsOtherwise ? [0, 3, 1, 1, 0, 4, 0] : consent
        return HolderSecret(key: KeyFormats.secret("ana's holder key")).commitment(
            to: GrantAttributes(consent: consent, scope, isUnderAuthority: isUnderAuthority),
            of: lie == .commitsForAnother ? publicKey("another") : scope.control, origin: world.origin)
    }

    private mutating func revoke(after list: RecipientList) throws {
        // Who decides for a patient leaves the list as it is.
        try world.revoke("grant", list: isDelegated ? list : world.list(Self.compartment, after: list, grants: ["hide"]))
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
        let released = lie == .releasesMore ? record.records : record.released.map(\.record)
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
        Request(
            origin: world.origin, grant: publicKey("grant"), filter: .all,
            purpose: lie == .purposeNotCovered ? .research : .treatment, staff: line("Dr. Okafor"), actor: publicKey("lakeside"),
            nonce: SHA256.hash([nonce]).value)
    }

    /// As a gateway decides, and then as this one writes down.
    private func record(_ request: Request) throws -> DecisionRecord {
        let inputs = try inputs(request)
        var engine = DecisionEngine(lie == .purposeNotCovered ? try inputsForTreatment(request) : inputs)
        var draft = DecisionDraft()
        let candidates = try candidates().filter(engine.isAbout)
        draft.add(candidates, engine.rule(on: candidates))
        var parts = DecisionParts(draft.record(inputs, refusal: engine.refusal))
        alter(&parts)
        return try DecisionRecord(canonical: parts.bytes)
    }

    private func inputs(_ request: Request, asked: Request? = nil) throws -> DecisionInputs {
        let grant = try #require(try world.state.grant(request.grant))
        let terms = try #require(try world.state.terms(of: request.grant))
        let isRevoked = grant.revokedAt != nil
        let facts = GrantFacts(
            try scope("grant"), consent: terms.consent, compilation: terms.compilation, isRevoked: isRevoked, isReleaseSigned: true,
            authority: terms.authority)
        let hide = try #require(try world.state.terms(of: publicKey("hide")))
        let other = OtherConsent(try scope("hide"), consent: hide.consent, compilation: hide.compilation)
        return DecisionInputs(
            now: world.now, requestHash: .labelled(.request, (asked ?? request).canonicalBytes), request: request, grant: facts,
            consent: terms.consent, authorities: try authorities(of: terms), identifiers: line("NPI 1234567893"),
            others: isRevoked || lie == .compilesOtherwise ? [] : [other], policies: policies)
    }

    private func authorities(of terms: GrantTerms) throws -> [Authority] {
        try world.state.authorities(of: terms).map { known in
            let isRevoked = known.state.revokedAt != nil && lie != .revokedDelegation
            let facts = GrantFacts(
                try scope(of: known.state.grant.control), consent: known.terms.consent, compilation: known.terms.compilation,
                isRevoked: isRevoked, isReleaseSigned: false, authority: known.terms.authority)
            return Authority(facts, consent: known.terms.consent)
        }
    }

    /// What would be decided had the clinic asked for treatment.
    private func inputsForTreatment(_ request: Request) throws -> DecisionInputs {
        let treatment = Request(
            origin: request.origin, grant: request.grant, filter: request.filter, purpose: .treatment, staff: request.staff,
            actor: request.actor, nonce: request.nonce)
        return try inputs(treatment, asked: request)
    }

    private func scope(_ name: String) throws -> ConsentScope { try scope(of: publicKey(name)) }

    private func scope(of control: Ed25519.PublicKey) throws -> ConsentScope {
        let known = try #require(try world.state.knownGrant(control))
        let (grant, terms) = (known.state.grant, known.terms)
        return ConsentScope(
            control: control, compartment: terms.compartment, grantee: terms.grantee, from: grant.from, until: grant.until,
            holder: terms.power.holder)
    }

    private func candidates() throws -> [Candidate] {
        try descriptors.map { descriptor in
            let commitment = descriptor.commitment(salt: SHA256.hash(descriptor.canonicalBytes).value)
            let state = try #require(try world.state.descriptor(commitment))
            return Candidate(
                commitment: commitment, position: state.position, record: descriptor.record.value, depositor: descriptor.depositor,
                facts: descriptor.facts, isRetracted: false)
        }
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
