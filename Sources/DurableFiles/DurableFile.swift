import FoundationEssentials
import Glibc
package import SystemPackage

/// Whole small files.
package enum DurableFile {
    /// Writes so that a reader, or a power failure, sees the old bytes or the new ones. Only the owner may read them.
    package static func write(_ bytes: [UInt8], to path: FilePath) throws(FileError) {
        var writer = try FileWriter(in: path.removingLastComponent())
        try writer.write(bytes)
        try writer.commit(to: path)
    }

    /// Puts bytes behind the first `offset` bytes of a file, throws away what was there, and syncs. Makes the file if there is none.
    package static func append(_ bytes: [UInt8], to path: FilePath, at offset: UInt64) throws(FileError) {
        let descriptor = try FileError.translating {
            try FileDescriptor.open(path, .writeOnly, options: [.create, .closeOnExec], permissions: .ownerReadWrite)
        }
        defer { try? descriptor.close() }
        try FileError.translating {
            try descriptor.resize(to: Int64(offset))
            _ = try descriptor.writeAll(toAbsoluteOffset: Int64(offset), bytes)
        }
        try FileWriter.sync(descriptor)
    }

    /// Puts bytes at the start of a file, by one call and without a sync. Makes the file if there is none. After a power failure it holds
    /// what it held before, these bytes, or some of both.
    package static func overwrite(_ bytes: [UInt8], at path: FilePath) throws(FileError) {
        try OpenFile(path, .writeOnly, .create).write(bytes.span, at: 0)
    }

    /// The file's bytes, unless there are more than `limit`.
    package static func read(_ path: FilePath, atMost limit: Int) throws(FileError) -> [UInt8] {
        // A folder can be opened like a file, and then not be read.
        guard !exists(path.appending(".")) else { throw .isFolder }
        let reader = try FileReader(path)
        let size = try reader.size()
        guard size <= UInt64(limit) else { throw .tooLarge }
        let bytes = try reader.read(at: 0, count: limit + 1)
        // A pipe has no size, and a file may have grown.
        guard bytes.count <= limit else { throw .tooLarge }
        return bytes
    }

    package static func exists(_ path: FilePath) -> Bool {
        FileManager.default.fileExists(atPath: path.string)
    }

    package static func remove(_ path: FilePath) throws(FileError) {
        do {
            try FileManager.default.removeItem(atPath: path.string)
        } catch {
            throw FileError(foundation: error)
        }
    }

    /// Makes a folder that only its owner may enter, and those above it. One that is there already stays as it is.
    package static func makeFolder(_ path: FilePath) throws(FileError) {
        do {
            try FileManager.default.createDirectory(
                atPath: path.string, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw FileError(foundation: error)
        }
    }

    /// Bytes that can still be written to the disk on which this lies.
    package static func freeSpace(at path: FilePath) throws(FileError) -> UInt64 {
        do {
            let attributes = try FileManager.default.attributesOfFileSystem(forPath: path.string)
            // A number of its own or, in a program that has all of Foundation, one of its objects: both can be cast.
            return attributes[.systemFreeSize] as? UInt64 ?? 0
        } catch {
            throw FileError(foundation: error)
        }
    }

    /// Names in a folder, in no order.
    package static func names(in folder: FilePath) throws(FileError) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder.string)
        } catch {
            throw FileError(foundation: error)
        }
    }
}

extension FileError {
    /// Foundation wraps what the system said.
    fileprivate init(foundation error: any Error) {
        guard let error = error as? CocoaError, let underlying = error.underlying as? POSIXError else {
            self = .system(.ioError)
            return
        }
        self.init(Errno(rawValue: underlying.code.rawValue))
    }
}
