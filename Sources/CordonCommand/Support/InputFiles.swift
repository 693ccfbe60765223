import DurableFiles
import FoundationEssentials
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

    /// A paper's text, or an image of its QR code.
    static func paper<Kind: Paper>(_ path: String, as _: Kind.Type = Kind.self) throws -> Kind {
        do {
            let bytes = try read(path, atMost: max(Kind.maximumTextSize, QRCode.maximumImageSize))
            return try Kind(text: QRCode.isImage(bytes) ? try QRCode.text(in: bytes) : bytes)
        } catch ClientError.localData(.file(.tooLarge, _)) {
            throw ClientError.localData(.notA(kind: Kind.name))
        }
    }

    /// Refuses a path that nothing can be written to, before anything is done that would have to be written there.
    static func requireWritable(_ path: String) throws {
        let folder = absolute(path).removingLastComponent()
        guard FileManager.default.isWritableFile(atPath: folder.string) else {
            throw Stop.localData("\(path) cannot be written", "Is there such a folder, and may you write to it?")
        }
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
