import Glibc
package import SystemPackage

/// A file that is either there whole and durable, or not there at all.
///
/// It is written under a temporary name in its own folder; `commit` syncs it, renames it, and syncs the folder, so that after a
/// power failure its name leads to all of its bytes or to what was there before. Not committed, it is gone when the writer ends.
package struct FileWriter: ~Copyable {
    /// To write at any place, and by several tasks at once. What is written through it is no part of `size`.
    package let file: OpenFile
    /// Where it lies until it is committed, for whoever ends the process without ending the writer.
    package let temporary: FilePath
    private var isCommitted = false
    package private(set) var size: UInt64 = 0

    /// Temporary files are called so; what a killed process leaves behind is found by it.
    package static let temporarySuffix = ".partial"

    package init(in folder: FilePath) throws(FileError) {
        let name = String(UInt64.random(in: .min ... .max), radix: 16) + Self.temporarySuffix
        let path = folder.appending(name)
        temporary = path
        file = try OpenFile(path, .writeOnly, [.create, .exclusiveCreate])
    }

    package mutating func write(_ bytes: [UInt8]) throws(FileError) {
        let descriptor = file.descriptor
        try FileError.translating { _ = try descriptor.writeAll(bytes) }
        size += UInt64(bytes.count)
    }

    /// Makes the file durable under `path`, which must lie in the same folder. Replaces what is there.
    package consuming func commit(to path: FilePath) throws(FileError) {
        try Self.sync(file.descriptor)
        try Self.rename(temporary, to: path)
        isCommitted = true
        try Self.syncFolder(of: path)
    }

    deinit {
        if !isCommitted { try? DurableFile.remove(temporary) }
    }
}

extension FileWriter {
    static func sync(_ descriptor: FileDescriptor) throws(FileError) {
        while fsync(descriptor.rawValue) != 0 {
            guard errno == EINTR else { throw FileError(Errno(rawValue: errno)) }
        }
    }

    /// A rename is durable when the folder is.
    static func syncFolder(of path: FilePath) throws(FileError) {
        let folder = path.removingLastComponent()
        let descriptor = try FileError.translating {
            try FileDescriptor.open(folder, .readOnly, options: [.directory, .closeOnExec])
        }
        defer { try? descriptor.close() }
        try sync(descriptor)
    }

    /// The system's own call, for it replaces what is there in one step; neither swift-system nor Foundation offers that.
    static func rename(_ old: FilePath, to new: FilePath) throws(FileError) {
        let status = unsafe old.withPlatformString { old in unsafe new.withPlatformString { new in unsafe Glibc.rename(old, new) } }
        guard status == 0 else { throw FileError(Errno(rawValue: errno)) }
    }
}
