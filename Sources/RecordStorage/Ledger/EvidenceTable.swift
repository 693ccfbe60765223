import CryptoPrimitives
import Foundation
import GRDB
import SharingContract

extension StoreTransaction {
    /// Evidence, its descriptors, and the line of the patient's history that it belongs to.
    func store(_ evidence: Evidence, of leaf: Leaf, at index: UInt64) throws {
        try database.run(
            "INSERT INTO evidence (leaf, salt, body, seed) VALUES (?, ?, ?, ?)",
            [Int64(index), evidence.salt.bytes.blob, evidence.body.blob, evidence.tree?.seed.bytes.blob])
        if let tree = evidence.tree, let compartment = try DepositBody.compartment(in: evidence) {
            for (slot, content) in tree.slots {
                try store(content, at: EvidenceRules.position(leaf: index, slot: slot), of: compartment)
            }
        }
        if let owner = try EvidenceTable.historyOwner(of: leaf, evidence, state: state) {
            try database.run("INSERT INTO history (compartment, leaf) VALUES (?, ?)", [owner.blob, Int64(index)])
        }
    }

    private func store(_ slot: Evidence.Slot, at position: UInt64, of compartment: Ed25519.PublicKey) throws {
        guard case .descriptor(let descriptor, let salt) = slot else { preconditionFailure("nothing is deposited erased") }
        try database.run("UPDATE slot SET isNewest = 0 WHERE record = ?", [descriptor.record.blob])
        try database.run(
            """
            INSERT INTO slot (position, compartment, commitment, salt, descriptor, record, payload, isNewest, hasClaims)
            VALUES (?, ?, ?, ?, ?, ?, ?, 1, ?)
            """,
            [
                Int64(position), compartment.blob, slot.commitment.blob, salt.bytes.blob, descriptor.canonicalBytes.blob,
                descriptor.record.blob, descriptor.payload.blob, descriptor.claims != nil,
            ])
        try database.run("UPDATE payload SET isPending = 0 WHERE id = ?", [descriptor.payload.blob])
    }
}

extension DepositBody {
    fileprivate static func compartment(in evidence: Evidence) throws -> Ed25519.PublicKey? {
        try DepositBody(canonical: evidence.body).compartment
    }
}

/// Reads evidence back.
struct EvidenceTable {
    let database: Database

    func evidence(of leaf: UInt64) throws -> Evidence? {
        guard let row = try database.row("SELECT salt, body, seed FROM evidence WHERE leaf = ?", [Int64(leaf)]),
            let salt = try Bytes32(row.bytes("salt"))
        else { return nil }
        guard let seed = try row.bytes(ifAny: "seed") else { return Evidence(salt: salt, body: try row.bytes("body")) }
        guard let seed = Bytes32(seed) else { return nil }
        let first = EvidenceRules.position(leaf: leaf, slot: 0)
        let rows = try database.rows(
            "SELECT position, commitment, salt, descriptor FROM slot WHERE position BETWEEN ? AND ?",
            [Int64(first), Int64(first) + 255])
        var slots: [UInt8: Evidence.Slot] = [:]
        for row in rows {
            let position = try row.unsigned("position")
            guard let slot = try Self.slot(row) else { return nil }
            slots[UInt8(truncatingIfNeeded: position)] = slot
        }
        return Evidence(salt: salt, body: try row.bytes("body"), tree: Evidence.Tree(seed: seed, slots: slots))
    }

    private static func slot(_ row: Row) throws -> Evidence.Slot? {
        guard let descriptor = try row.bytes(ifAny: "descriptor"), let salt = try row.bytes(ifAny: "salt") else {
            return try Hash(row.bytes("commitment")).map { .erased(commitment: $0) }
        }
        guard let parsed = try? Descriptor(canonical: descriptor), let salt = Bytes32(salt) else { return nil }
        return .descriptor(parsed, salt: salt)
    }

    /// The name under which a leaf stands in the table of histories. A decision or an emergency about a grant that does not exist has an
    /// empty one, and nobody reads it: without it such a call would be answered sooner than one about a grant that is there.
    static func historyOwner(of leaf: Leaf, _ evidence: Evidence, state: some StateReader) throws -> [UInt8]? {
        if let compartment = try historyCompartment(of: leaf, evidence, state: state) { return compartment.bytes }
        switch leaf.entry.event {
        case .decision, .emergencyAccess, .review: return []
        default: return nil
        }
    }

    /// Whose history a leaf belongs to: that of the compartment that a grant, revocation, decision, emergency or review is about.
    static func historyCompartment(
        of leaf: Leaf, _ evidence: Evidence, state: some StateReader
    ) throws -> Ed25519.PublicKey? {
        switch leaf.entry.event {
        case .grant: return try GrantBody(canonical: evidence.body).compartment
        case .revocation(let revocation): return try state.terms(of: revocation.grant)?.compartment
        case .decision: return try DecisionBody.compartment(ofCanonical: evidence.body)
        case .emergencyAccess(let access): return try state.terms(of: access.grant)?.compartment
        case .review(let review):
            guard let emergency = try state.emergency(review.emergency) else { return nil }
            return try state.terms(of: emergency.grant)?.compartment
        case .erasure: return try ErasureBody(canonical: evidence.body).compartment
        case .member, .actor, .keyRevocation, .compartment, .deposit, .policySet, .claimsAnchors: return nil
        }
    }
}
