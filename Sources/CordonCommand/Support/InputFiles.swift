import DurableFiles
import Foundation
import GatewayClient
import SystemPackage

/// Files that people name on the command line.
enum InputFiles {
    static func read(_ path: String, atMost limit: Int) throws -> [UInt8] {
        do {
            return try DurableFile.read(FilePath(path), atMost: limit)
        } catch {
            throw ClientError.localData(.file(error, path: path))
        }
    }

    static func paper<Kind: Paper>(_ path: String, as _: Kind.Type = Kind.self) throws -> Kind {
        try Kind(text: try read(path, atMost: Kind.maximumTextSize))
    }

    static func write(_ bytes: [UInt8], to path: String) throws {
        do {
            try DurableFile.write(bytes, to: FilePath(FileManager.default.currentDirectoryPath).pushing(FilePath(path)))
        } catch {
            throw ClientError.localData(.file(error, path: path))
        }
    }

    /// A path from where the command was started.
    static func absolute(_ path: String) -> FilePath {
        FilePath(FileManager.default.currentDirectoryPath).pushing(FilePath(path))
    }
}
