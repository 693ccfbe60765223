package import CryptoPrimitives

/// Why the store cannot serve, or cannot do one thing.
package enum StoreError: Error, Equatable {
    /// Another process has the store open.
    case inUse
    /// There is no store in this folder.
    case absent
    /// There is a store in this folder already.
    case exists
    /// The disk is full, read-only or failing. Nothing of the batch was kept.
    case cannotWrite
    /// Too many writers are waiting.
    case busy
    /// `synchronous` or `journal_mode` is not what durability needs, and SQLite does not take what we ask for.
    case notDurable
    /// The store does not agree with itself. It does not serve.
    case differs(Difference)

    /// What the start-up check found, by name.
    package enum Difference: Equatable, Sendable {
        /// SQLite's own check.
        case database
        /// Tables, columns or indexes that this version did not make.
        case schema
        case leafMissing(UInt64)
        case leafUnreadable(UInt64)
        case leafRefused(UInt64)
        case tile(level: Int, index: UInt64)
        case root
        case checkpoint
        case evidenceMissing(UInt64)
        case evidence(UInt64)
        case state
        case history
        case slot(UInt64)
        case headerMissing(UInt64)
        case list
        case payloadMissing(PayloadID)
        case payload(PayloadID)
        case claimsMissing(UInt64)
        case claims(UInt64)
        /// By the leaf that published them.
        case anchors(UInt64)
        case anchorsWaiting
        /// The store is another ledger's, or has another ledger key.
        case otherLedger
        /// The snapshot is not the member's, or not of this tree.
        case snapshot
        /// The member signed a snapshot of a longer ledger: this one was put back.
        case olderThanSnapshot
        /// The ledger's key signed a checkpoint of a longer ledger: the log lost its end, or this one was put back.
        case olderThanCheckpoint
    }
}

extension StoreError.Difference: CustomStringConvertible {
    package var description: String {
        switch self {
        case .database: "SQLite finds the database file damaged"
        case .schema: "the tables of the database are not those that this version of Cordon makes"
        case .leafMissing(let index): "entry \(index) of the ledger is missing"
        case .leafUnreadable(let index): "entry \(index) of the ledger cannot be read"
        case .leafRefused(let index): "entry \(index) of the ledger breaks its rules"
        case .tile(let level, let index): "tree tile \(index) of level \(level) does not follow from the entries"
        case .root: "the tree's root does not follow from the entries"
        case .checkpoint: "the entries do not extend the last checkpoint that was signed"
        case .evidenceMissing(let index): "the evidence of entry \(index) is missing"
        case .evidence(let index): "the evidence of entry \(index) is not what the entry committed to"
        case .state: "the contract's state does not follow from the entries"
        case .history: "the index of a patient's history does not follow from the evidence"
        case .slot(let position): "the record at position \(position) is not what was deposited"
        case .headerMissing(let position): "the patient's own header of the record at position \(position) is missing"
        case .list: "a recipient list is not the newest one that was signed"
        case .payloadMissing(let payload): "payload \(payload) is missing"
        case .payload(let payload): "payload \(payload) is damaged"
        case .claimsMissing(let position): "the claims of the record at position \(position) are missing"
        case .claims(let position): "the claims of the record at position \(position) are not what was deposited"
        case .anchors(let index): "the marks of claims that entry \(index) published are not those of the entry"
        case .anchorsWaiting: "a mark of a claim that waits to be published is damaged"
        case .snapshot: "the snapshot is not one that this gateway made of this ledger"
        case .olderThanSnapshot: "the ledger is shorter than it was when its last snapshot was made"
        case .olderThanCheckpoint:
            "the ledger is shorter than the last checkpoint that was signed: entries are missing of which somebody was told"
        case .otherLedger: "the key file belongs to another ledger"
        }
    }
}
