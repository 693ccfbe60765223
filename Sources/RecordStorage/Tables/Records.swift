package import CryptoPrimitives
import Foundation
import GRDB
package import SharingContract

/// A descriptor with what the gateway keeps beside it.
package struct DepositedRecord: Sendable {
    package let position: UInt64
    package let salt: Bytes32
    package let descriptor: Descriptor
    package let commitment: Hash
    /// The header for the reader that was asked for.
    package let header: [UInt8]

    package var deposit: UInt64 { position >> 8 }
    package var slot: UInt8 { UInt8(truncatingIfNeeded: position) }

    fileprivate init(_ row: Row) throws {
        position = try row.unsigned("position")
        guard let salt = try Bytes32(row.bytes("salt")), let commitment = try Hash(row.bytes("commitment")),
            let descriptor = try? Descriptor(canonical: row.bytes("descriptor")),
            Evidence.Slot.descriptor(descriptor, salt: salt).commitment == commitment
        else { throw StoreError.differs(.slot(position)) }
        self.salt = salt
        self.commitment = commitment
        self.descriptor = descriptor
        header = try row.bytes("bytes")
    }
}

extension StoreView {
    /// Of these records, the newest versions in this compartment that have a header for `recipient`, in order.
    package func records(
        _ records: [Descriptor.RecordID], of compartment: Ed25519.PublicKey, for recipient: RecipientKey, after position: UInt64?
    ) throws -> [DepositedRecord] {
        guard let after = Int64(exactly: position ?? 0) else { return [] }
        return try records.compactMap { record in
            try database.row(
                """
                SELECT slot.position, salt, commitment, descriptor, header.bytes FROM slot
                JOIN header ON header.position = slot.position AND header.recipient = ?
                WHERE record = ? AND compartment = ? AND slot.position > ? AND isNewest AND descriptor IS NOT NULL
                """, [recipient.name.blob, record.blob, compartment.blob, position == nil ? -1 : after]
            ).map { try DepositedRecord($0) }
        }.sorted { $0.position < $1.position }
    }

    /// The newest version of each record of a compartment whose facts begin so and that has a header for `recipient`, after a position,
    /// in order.
    ///
    /// - Parameter beginning: the first three bytes of the facts.
    package func records(
        of compartment: Ed25519.PublicKey, for recipient: RecipientKey, factsBeginning beginning: [UInt8], after position: UInt64?,
        limit: Int
    ) throws -> [DepositedRecord] {
        guard let after = Int64(exactly: position ?? 0) else { return [] }
        return try database.rows(
            """
            SELECT slot.position, salt, commitment, descriptor, header.bytes FROM slot INDEXED BY slotByFacts
            CROSS JOIN header ON header.position = slot.position AND header.recipient = ?
            WHERE compartment = ? AND substr(descriptor, 112, 3) = ? AND slot.position > ? AND isNewest AND descriptor IS NOT NULL
            ORDER BY slot.position LIMIT ?
            """, [recipient.name.blob, compartment.blob, beginning.blob, position == nil ? -1 : after, limit]
        ).map { try DepositedRecord($0) }
    }

    /// The newest version of each record of a compartment that has a header for `recipient`, after a position, in order.
    package func records(
        of compartment: Ed25519.PublicKey, for recipient: RecipientKey, after position: UInt64?, limit: Int
    ) throws -> [DepositedRecord] {
        guard let after = Int64(exactly: position ?? 0) else { return [] }
        return try database.rows(
            """
            SELECT slot.position, salt, commitment, descriptor, header.bytes FROM slot
            JOIN header ON header.position = slot.position AND header.recipient = ?
            WHERE compartment = ? AND slot.position > ? AND isNewest AND descriptor IS NOT NULL ORDER BY slot.position LIMIT ?
            """, [recipient.name.blob, compartment.blob, position == nil ? -1 : after, limit]
        ).map { try DepositedRecord($0) }
    }

    /// The same for the patient, who holds a header for every record: optionally only those that another recipient has none for.
    package func records(
        of compartment: Ed25519.PublicKey, own: RecipientKey, missing recipient: Hash?, after position: UInt64?, limit: Int
    ) throws -> [DepositedRecord] {
        guard let recipient else { return try records(of: compartment, for: own, after: position, limit: limit) }
        guard let after = Int64(exactly: position ?? 0) else { return [] }
        return try database.rows(
            """
            SELECT slot.position, salt, commitment, descriptor, header.bytes FROM slot
            JOIN header ON header.position = slot.position AND header.recipient = ?
            WHERE compartment = ? AND slot.position > ? AND isNewest AND descriptor IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM header AS other WHERE other.position = slot.position AND other.recipient = ?)
            ORDER BY slot.position LIMIT ?
            """, [own.name.blob, compartment.blob, position == nil ? -1 : after, recipient.blob, limit]
        ).map { try DepositedRecord($0) }
    }

    /// The payload of a record that has not been erased.
    package func payload(at position: UInt64, of compartment: Ed25519.PublicKey) throws -> PayloadID? {
        guard let number = Int64(exactly: position) else { return nil }
        return try database.row(
            "SELECT payload FROM slot WHERE position = ? AND compartment = ? AND payload IS NOT NULL", [number, compartment.blob]
        ).flatMap { try PayloadID($0.bytes("payload")) }
    }

    /// The descriptor tree of a deposit.
    package func slotTree(of deposit: UInt64) throws -> SlotTree {
        guard let row = try database.row("SELECT seed FROM evidence WHERE leaf = ?", [Int64(deposit)]),
            let seed = try row.bytes(ifAny: "seed").flatMap({ Bytes32($0) })
        else { throw StoreError.differs(.evidenceMissing(deposit)) }
        let first = EvidenceRules.position(leaf: deposit, slot: 0)
        let rows = try database.rows(
            "SELECT position, commitment FROM slot WHERE position BETWEEN ? AND ?", [Int64(first), Int64(first) + 255])
        var commitments: [UInt8: Hash] = [:]
        for row in rows {
            commitments[UInt8(truncatingIfNeeded: try row.unsigned("position"))] = try Hash(row.bytes("commitment"))
        }
        return SlotTree(seed: seed, commitments: commitments)
    }
}

extension StoreTransaction {
    /// Replaces what a reader's header was, if there was one.
    package func storeHeader(_ header: [UInt8], for recipient: RecipientKey, at position: UInt64) throws {
        try database.run(
            "INSERT OR REPLACE INTO header (recipient, position, bytes) VALUES (?, ?, ?)",
            [recipient.name.blob, Int64(position), header.blob])
    }

    /// What a recipient could open of a compartment, it cannot fetch any more. Whoever named the same recipient elsewhere loses nothing.
    package func deleteHeaders(for recipient: RecipientKey, in compartment: Ed25519.PublicKey) throws {
        try database.run(
            "DELETE FROM header WHERE recipient = ? AND position IN (SELECT position FROM slot WHERE compartment = ?)",
            [recipient.name.blob, compartment.blob])
    }

    package func hasHeader(for recipient: RecipientKey, at position: UInt64) throws -> Bool {
        guard let number = Int64(exactly: position) else { return false }
        return try database.row("SELECT 1 FROM header WHERE recipient = ? AND position = ?", [recipient.name.blob, number]) != nil
    }

    package func hasSlot(at position: UInt64, of compartment: Ed25519.PublicKey) throws -> Bool {
        try view.payload(at: position, of: compartment) != nil
    }

    /// Keeps the list as its compartment's newest.
    package func storeList(_ list: RecipientList) throws {
        try database.run(
            "INSERT OR REPLACE INTO list (compartment, bytes) VALUES (?, ?)", [list.compartment.blob, list.canonicalBytes.blob])
    }

    /// Destroys salts, descriptors, headers and payloads behind these commitments. Returns the payloads that nothing else needs,
    /// whose files go when this is durable.
    package func erase(_ commitments: [Hash]) throws -> [PayloadID] {
        var payloads: [PayloadID] = []
        for commitment in commitments {
            guard let row = try database.row("SELECT position, payload FROM slot WHERE commitment = ?", [commitment.blob]) else {
                continue
            }
            let position = Int64(try row.unsigned("position"))
            try database.run("DELETE FROM header WHERE position = ?", [position])
            try deleteClaims(at: position)
            try database.run(
                "UPDATE slot SET salt = NULL, descriptor = NULL, record = NULL, payload = NULL WHERE position = ?", [position])
            guard let payload = try row.bytes(ifAny: "payload"),
                try database.number("SELECT COUNT(*) FROM slot WHERE payload = ?", [payload.blob]) == 0
            else { continue }
            try database.run("DELETE FROM payload WHERE id = ?", [payload.blob])
            if let payload = PayloadID(payload) { payloads.append(payload) }
        }
        return payloads
    }
}
