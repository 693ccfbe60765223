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

extension Row {
    func bytes(_ column: String) -> [UInt8] {
        let data: Data = self[column]
        return Array(data)
    }

    func bytes(ifAny column: String) -> [UInt8]? {
        let data: Data? = self[column]
        return data.map { Array($0) }
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
