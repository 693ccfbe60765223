package import CryptoPrimitives
import Foundation
import GRDB
import SharingContract

/// Sealed claims files, by the position of the descriptor that names them. Nothing but the bytes is kept of them: which anchors came with
/// which file is written nowhere.
package struct ClaimsFile: Hashable, Sendable {
    package let position: UInt64
    package let bytes: [UInt8]
}

extension StoreView {
    /// The claims files of a compartment's newest versions, after a position, in order: as many as fit so many bytes, and at least one.
    /// Throws `differs` at one that is missing or is not what was deposited.
    ///
    /// - Returns: the files, and whether there are more.
    package func claims(
        of compartment: Ed25519.PublicKey, after position: UInt64?, atMost size: Int, limit: Int
    ) throws -> (files: [ClaimsFile], hasMore: Bool) {
        guard let after = Int64(exactly: position ?? 0) else { return ([], false) }
        let sql = """
            SELECT slot.position, slot.descriptor, claims.bytes FROM slot INDEXED BY slotWithClaims
            LEFT JOIN claims ON claims.position = slot.position
            WHERE compartment = ? AND slot.position > ? AND isNewest AND hasClaims AND descriptor IS NOT NULL ORDER BY slot.position
            """
        let rows = try Row.fetchCursor(
            database.cachedStatement(sql: sql), arguments: [compartment.blob, position == nil ? -1 : after])
        var files: [ClaimsFile] = []
        var room = size
        while let row = try rows.next() {
            guard let file = try ClaimsTable.file(row) else { continue }
            guard files.isEmpty || (file.bytes.count <= room && files.count < limit) else { return (files, true) }
            room -= file.bytes.count
            files.append(file)
        }
        return (files, false)
    }
}

extension StoreTransaction {
    /// Keeps a claims file beside its descriptor.
    package func storeClaims(_ file: [UInt8], at position: UInt64) throws {
        try database.run("INSERT INTO claims (position, bytes) VALUES (?, ?)", [Int64(position), file.blob])
        wrote(file.count)
    }

    func deleteClaims(at position: Int64) throws {
        try database.run("DELETE FROM claims WHERE position = ?", [position])
    }
}

/// What the table must hold: for each descriptor with claims the file that it names, and nothing else.
enum ClaimsTable {
    /// - Parameter row: `position`, `descriptor`, and `bytes` of the claims, if any.
    /// - Returns: `nil` where the descriptor has no claims.
    static func file(_ row: Row) throws -> ClaimsFile? {
        let position = try row.unsigned("position")
        guard let descriptor = try? Descriptor(canonical: row.bytes("descriptor")) else {
            throw StoreError.differs(.slot(position))
        }
        let bytes = try row.bytes(ifAny: "bytes")
        guard let claims = descriptor.claims else {
            guard bytes == nil else { throw StoreError.differs(.claims(position)) }
            return nil
        }
        guard let bytes else { throw StoreError.differs(.claimsMissing(position)) }
        guard SHA256.hash(bytes) == claims.file else { throw StoreError.differs(.claims(position)) }
        return ClaimsFile(position: position, bytes: bytes)
    }
}
