import CryptoPrimitives
import Foundation
import GRDB

// SQLite speaks Data, the rest of Cordon [UInt8].

extension [UInt8] {
    var blob: Data { Data(self) }
}

extension Value32 {
    var blob: Data { Data(bytes) }
}

// A damaged file may hold a value of another kind than its column, or a number that nobody wrote. GRDB's conversions end the process over it.

extension Row {
    func bytes(_ column: String) throws(StoreError) -> [UInt8] {
        guard let bytes = try bytes(ifAny: column) else { throw .differs(.database) }
        return bytes
    }

    func bytes(ifAny column: String) throws(StoreError) -> [UInt8]? {
        let value: DatabaseValue = self[column]
        switch value.storage {
        case .null: return nil
        case .blob(let data): return Array(data)
        case .int64, .double, .string: throw .differs(.database)
        }
    }

    func unsigned(_ column: String) throws(StoreError) -> UInt64 {
        let value: DatabaseValue = self[column]
        guard case .int64(let number) = value.storage, number >= 0 else { throw .differs(.database) }
        return UInt64(number)
    }

    func flag(_ column: String) throws(StoreError) -> Bool {
        let number = try unsigned(column)
        guard number <= 1 else { throw .differs(.database) }
        return number == 1
    }
}

extension Database {
    /// Runs a statement that was compiled before, with arguments by position.
    func run(_ sql: String, _ arguments: StatementArguments) throws {
        try cachedStatement(sql: sql).execute(arguments: arguments)
    }

    func row(_ sql: String, _ arguments: StatementArguments) throws -> Row? {
        try Row.fetchOne(cachedStatement(sql: sql), arguments: arguments)
    }

    func rows(_ sql: String, _ arguments: StatementArguments) throws -> [Row] {
        try Row.fetchAll(cachedStatement(sql: sql), arguments: arguments)
    }

    /// Runs `body`, and undoes what it wrote if it throws. GRDB compiles its savepoints anew each time, which takes longer than most
    /// bodies do.
    func undoingOnError<Result>(_ body: () throws -> Result) throws -> Result {
        try run("SAVEPOINT writer", [])
        do {
            let result = try body()
            try run("RELEASE writer", [])
            return result
        } catch {
            // A disk error may have ended the transaction already, and then there is nothing to go back to.
            try? run("ROLLBACK TO writer", [])
            try? run("RELEASE writer", [])
            throw error
        }
    }

    func number(_ sql: String, _ arguments: StatementArguments) throws -> Int64? {
        try Int64.fetchOne(cachedStatement(sql: sql), arguments: arguments)
    }
}
