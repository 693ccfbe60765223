import DurableFiles
import GRDB

extension StoreError {
    /// Runs something that looks at everything, and names whatever it comes upon: where SQLite or a decoder gives up, the file is damaged.
    /// What the system refuses, such as a file descriptor, says nothing of the store and is thrown on.
    static func naming<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as StoreError {
            throw error
        } catch let error as FileError {
            if error == .denied || error == .noSpace { throw StoreError.cannotWrite }
            throw error
        } catch let error as DatabaseError {
            if let named = StoreError(error) { throw named }
            throw error
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            throw StoreError.differs(.database)
        }
    }

    /// The same for a reader, whose own errors are his own.
    static func namingDamage<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as DatabaseError {
            guard StoreError(error) == .differs(.database) else { throw error }
            throw StoreError.differs(.database)
        }
    }

    /// `nil` for what has nothing to do with the disk.
    private init?(_ error: DatabaseError) {
        switch error.resultCode {
        case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_FORMAT, .SQLITE_ERROR, .SQLITE_CONSTRAINT, .SQLITE_MISMATCH, .SQLITE_SCHEMA,
            .SQLITE_TOOBIG:
            self = .differs(.database)
        case .SQLITE_FULL, .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_IOERR, .SQLITE_PERM: self = .cannotWrite
        default: return nil
        }
    }
}
