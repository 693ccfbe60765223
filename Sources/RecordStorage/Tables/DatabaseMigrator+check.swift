import GRDB

extension DatabaseMigrator {
    /// Brings a database up to date, and holds its tables against those that these migrations make in an empty one: SQLite's own check
    /// does not notice a table or column of another name until somebody asks for it.
    ///
    /// - Throws: `StoreError.differs(.schema)`.
    func migrateAndCheck(_ database: some DatabaseWriter) throws {
        try migrate(database)
        let empty = try DatabaseQueue()
        try migrate(empty)
        guard try database.read(Self.tables) == empty.read(Self.tables) else { throw StoreError.differs(.schema) }
    }

    /// Statistics that SQLite may keep are not ours.
    private static func tables(_ database: Database) throws -> [Row] {
        let sql = "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_stat%' ORDER BY type, name"
        return try Row.fetchAll(database, sql: sql)
    }
}
