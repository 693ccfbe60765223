import Glibc
package import SystemPackage

/// Held while one process works in a folder, so that a second one says so instead of spoiling it. The system lets go of it when the
/// process ends, however it ends.
package struct FolderLock: ~Copyable, Sendable {
    private let descriptor: FileDescriptor

    /// Throws `locked` at once when another process holds it.
    package init(_ folder: FilePath) throws(FileError) {
        let path = folder.appending("lock")
        let descriptor = try FileError.translating {
            try FileDescriptor.open(path, .readWrite, options: [.create, .closeOnExec], permissions: .ownerReadWrite)
        }
        guard flock(descriptor.rawValue, LOCK_EX | LOCK_NB) == 0 else {
            let error = Errno(rawValue: errno)
            try? descriptor.close()
            throw FileError(error)
        }
        self.descriptor = descriptor
    }

    /// Let go of by name: closing would not do while a child that is just being started still holds the descriptor.
    deinit {
        flock(descriptor.rawValue, LOCK_UN)
        try? descriptor.close()
    }
}
