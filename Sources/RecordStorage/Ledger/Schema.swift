import GRDB

/// The tables, as a list of migrations that is only ever added to.
enum Schema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 ledger") { try $0.execute(sql: ledger) }
        migrator.registerMigration("1 records") { try $0.execute(sql: records) }
        migrator.registerMigration("1 messages") { try $0.execute(sql: messages) }
        migrator.registerMigration("2 restored") { try $0.execute(sql: restored) }
        migrator.registerMigration("2 facts") { try $0.execute(sql: facts) }
        migrator.registerMigration("2 times") { try $0.execute(sql: times) }
        migrator.registerMigration("3 claims") { try $0.execute(sql: claims + AnchorTables.sql) }
        return migrator
    }

    /// What the ledger is: leaves, tree, state, evidence. All of it follows from `leaf`, `evidence` and `slot`, and is checked against
    /// them at every start.
    private static let ledger = """
        CREATE TABLE head (only INTEGER PRIMARY KEY CHECK (only = 1), size INTEGER NOT NULL, root BLOB NOT NULL, checkpoint BLOB);
        CREATE TABLE leaf (number INTEGER PRIMARY KEY, bytes BLOB NOT NULL);
        CREATE TABLE tile (level INTEGER NOT NULL, number INTEGER NOT NULL, hashes BLOB NOT NULL, PRIMARY KEY (level, number))
            WITHOUT ROWID;
        CREATE TABLE state (key BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
        CREATE TABLE evidence (leaf INTEGER PRIMARY KEY, salt BLOB NOT NULL, body BLOB NOT NULL, seed BLOB);
        CREATE TABLE history (compartment BLOB NOT NULL, leaf INTEGER NOT NULL, PRIMARY KEY (compartment, leaf)) WITHOUT ROWID;
        """

    /// Descriptors stand in `slot`; a position is the deposit's leaf times 256 plus the slot. An erased slot keeps its commitment.
    private static let records = """
        CREATE TABLE slot (
            position INTEGER PRIMARY KEY, compartment BLOB NOT NULL, commitment BLOB NOT NULL, salt BLOB, descriptor BLOB, record BLOB,
            payload BLOB, isNewest INTEGER NOT NULL);
        CREATE INDEX slotByCompartment ON slot (compartment, position);
        CREATE INDEX slotByCommitment ON slot (commitment);
        CREATE INDEX slotByRecord ON slot (record) WHERE record IS NOT NULL;
        CREATE INDEX slotByPayload ON slot (payload) WHERE payload IS NOT NULL;
        CREATE TABLE header (recipient BLOB NOT NULL, position INTEGER NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (recipient, position))
            WITHOUT ROWID;
        CREATE INDEX headerByPosition ON header (position);
        CREATE TABLE list (compartment BLOB PRIMARY KEY, bytes BLOB NOT NULL) WITHOUT ROWID;
        CREATE TABLE payload (
            id BLOB PRIMARY KEY, size INTEGER NOT NULL, digest BLOB NOT NULL, chunks BLOB NOT NULL, bytes BLOB, stored INTEGER NOT NULL)
            WITHOUT ROWID;
        """

    /// Records by how their facts begin, so that many of another kind in front cost nothing. A descriptor has 109 bytes of fixed fields
    /// and two for the length of its facts: docs/formats.md, section 4.3.
    private static let facts = """
        CREATE INDEX slotByFacts ON slot (compartment, substr(descriptor, 112, 3)) WHERE isNewest AND descriptor IS NOT NULL;
        """

    /// What housekeeping looks for, so that it need not walk past what stays.
    private static let times = """
        ALTER TABLE payload ADD COLUMN isPending INTEGER NOT NULL DEFAULT 0;
        UPDATE payload SET isPending = 1 WHERE NOT EXISTS (SELECT 1 FROM slot WHERE slot.payload = payload.id);
        CREATE INDEX pendingByTime ON payload (stored) WHERE isPending;
        CREATE INDEX messageByTime ON message (received);
        """

    /// Claims files by the descriptor's position, and anchors that wait for a tree, in no other order than that of their bytes.
    private static let claims = """
        CREATE TABLE claims (position INTEGER PRIMARY KEY, bytes BLOB NOT NULL);
        CREATE TABLE anchor (hash BLOB PRIMARY KEY, digest BLOB NOT NULL, day INTEGER NOT NULL) WITHOUT ROWID;
        CREATE INDEX anchorByDay ON anchor (day);
        ALTER TABLE slot ADD COLUMN hasClaims INTEGER NOT NULL DEFAULT 0;
        CREATE INDEX slotWithClaims ON slot (compartment, position) WHERE isNewest AND hasClaims;

        """

    /// What is kept for a time and is no part of the ledger.
    private static let messages = """
        CREATE TABLE nonce (id BLOB PRIMARY KEY, expires INTEGER NOT NULL) WITHOUT ROWID;
        CREATE INDEX nonceByExpiry ON nonce (expires);
        CREATE TABLE answered (request BLOB PRIMARY KEY) WITHOUT ROWID;
        CREATE TABLE message (
            number INTEGER PRIMARY KEY AUTOINCREMENT, address BLOB NOT NULL, sender BLOB NOT NULL, received INTEGER NOT NULL,
            bytes BLOB NOT NULL);
        CREATE INDEX messageByAddress ON message (address, number);
        CREATE INDEX messageBySender ON message (sender);
        CREATE TABLE backup (fetchKey BLOB PRIMARY KEY, owner BLOB NOT NULL, bytes BLOB NOT NULL) WITHOUT ROWID;
        """

    /// Of a store that came back from a backup: descriptors whose erasure stands on a part of the ledger that was lost.
    private static let restored = "CREATE TABLE lostErasure (commitment BLOB PRIMARY KEY) WITHOUT ROWID;"
}
