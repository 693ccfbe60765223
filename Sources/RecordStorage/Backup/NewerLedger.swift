package import CryptoPrimitives
import DurableFiles
import Foundation
import GRDB
package import MerkleLedger
import SharingContract
package import SystemPackage

/// What is known of a ledger beyond a backup of it: from an auditor's export, or from the folder of a store that cannot serve any more.
///
/// It says how far the ledger had come, and what was erased since. It is believed only as far as it continues the backup, is signed,
/// and keeps the ledger's rules.
package struct NewerLedger: Sendable {
    package let size: UInt64
    package let root: Hash
    /// Descriptors that were erased behind the backup.
    package let erasures: [Hash]

    package enum ReadError: Error {
        /// Neither an audit file nor the folder of a store.
        case unreadable
        /// Its entries break the ledger's rules, are not those that were signed, or are another ledger's.
        case notThisLedger
        /// It is not the backup's ledger, continued: one of the two was changed.
        case forked
    }

    /// - Parameters:
    ///   - backup: what the backup holds.
    ///   - key: of the ledger.
    package init(reading path: FilePath, after backup: StoreCopy.Contents, key: VerifierKey) throws(ReadError) {
        let source = DurableFile.exists(path.appending(".")) ? try Self.store(path) : try Self.auditFile(path)
        try self.init(source, backup, key)
    }

    private struct Source {
        let note: SignedNote?
        /// What the source says that its root is.
        let root: Hash?
        let leaves: [[UInt8]]
    }

    private init(_ source: Source, _ backup: StoreCopy.Contents, _ key: VerifierKey) throws(ReadError) {
        var (state, tree, time) = (MemoryState(), TreeAccumulator(), Minute?.none)
        var erasures: [Hash] = []
        for bytes in source.leaves {
            let index = tree.count
            do {
                let leaf = try Leaf(canonical: bytes)
                state.apply(try Contract.apply(leaf, at: index, after: time, to: state))
                time = leaf.time
                if case .erasure(let erasure) = leaf.entry.event, index >= backup.size { erasures += erasure.commitments }
            } catch {
                throw .notThisLedger
            }
            tree.append(Hash.leaf(bytes))
            if tree.count == backup.size, tree.root != backup.root { throw .forked }
        }
        guard let ledger = try? state.ledger(), ledger.origin == backup.origin, ledger.genesis.ledgerKey == key.publicKey else {
            throw .notThisLedger
        }
        if let root = source.root, root != tree.root { throw .notThisLedger }
        if let note = source.note { try Self.check(note, tree, origin: ledger.origin, key) }
        (size, root, self.erasures) = (tree.count, tree.root, erasures)
    }

    private static func check(_ note: SignedNote, _ tree: TreeAccumulator, origin: TextLine, _ key: VerifierKey) throws(ReadError) {
        guard let checkpoint = try? Checkpoint.open(note, origin: origin, key: key).checkpoint,
            checkpoint.size == tree.count, checkpoint.rootHash == tree.root
        else { throw .notThisLedger }
    }
}

extension NewerLedger {
    private static func auditFile(_ path: FilePath) throws(ReadError) -> Source {
        do {
            let file = try AuditFile(try DurableFile.read(path, atMost: AuditFile.maximumSize))
            return Source(note: file.note, root: nil, leaves: file.leaves)
        } catch {
            throw .unreadable
        }
    }

    /// The leaves of a store as they lie in its folder. The entries are signed by those who made them; no checkpoint covers the last
    /// ones, so only the store's own root is compared.
    private static func store(_ folder: FilePath) throws(ReadError) -> Source {
        let path = folder.appending(LedgerStore.databaseName)
        guard DurableFile.exists(path) else { throw .unreadable }
        do {
            var configuration = Configuration()
            configuration.readonly = true
            let queue = try DatabaseQueue(path: path.string, configuration: configuration)
            defer { try? queue.close() }
            return try queue.read { database in
                guard let head = try database.row("SELECT size, root FROM head", []), let root = try Hash(head.bytes("root")) else {
                    throw ReadError.unreadable
                }
                let leaves = try database.rows("SELECT bytes FROM leaf ORDER BY number", []).map { try $0.bytes("bytes") }
                return Source(note: nil, root: root, leaves: leaves)
            }
        } catch {
            throw .unreadable
        }
    }
}
