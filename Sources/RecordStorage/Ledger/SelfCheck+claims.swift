import CryptoPrimitives
import Foundation
import GRDB
import SharingContract

extension SelfCheck {
    /// Checks the claims files of descriptors after a position. Gives the last position, `nil` when there are no more.
    func checkClaims(after position: UInt64?, limit: Int) throws -> UInt64? {
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT slot.position, slot.descriptor, claims.bytes FROM slot LEFT JOIN claims ON claims.position = slot.position
                WHERE slot.position > ? AND descriptor IS NOT NULL ORDER BY slot.position LIMIT ?
                """, arguments: [position.flatMap { Int64(exactly: $0) } ?? -1, limit])
        var last: UInt64?
        while let row = try rows.next() {
            _ = try ClaimsTable.file(row)
            last = try row.unsigned("position")
        }
        return last
    }

    /// Throws where claims lie beside no descriptor.
    func checkStrayClaims() throws {
        let stray = try database.row(
            """
            SELECT claims.position FROM claims LEFT JOIN slot ON slot.position = claims.position
            WHERE slot.descriptor IS NULL LIMIT 1
            """, [])
        if let stray { throw StoreError.differs(.claims(try stray.unsigned("position"))) }
    }
}

extension SelfCheck {
    /// The tree of each publication that was replayed.
    func checkAnchors(_ published: [UInt64: AnchorPublication]) throws {
        for (leaf, publication) in published { try AnchorTables(database: database).verify(publication, at: leaf) }
    }

    /// No tree below this size of the ledger is of another leaf, and what waits is as it came.
    func checkOtherAnchors(than published: Set<UInt64>, below size: UInt64) throws {
        let leaves = try database.rows("SELECT DISTINCT leaf FROM anchorTree WHERE leaf < ?", [Int64(size)])
        for row in leaves where !published.contains(try row.unsigned("leaf")) {
            throw StoreError.differs(.anchors(try row.unsigned("leaf")))
        }
        let rows = try Row.fetchCursor(database, sql: "SELECT hash, digest, day FROM anchor")
        while let row = try rows.next() { _ = try AnchorTables.waiting(row) }
    }
}
