package import SystemPackage

/// A folder that is either there whole and durable, or not there at all.
///
/// It is filled under a temporary name beside its own; `commit` syncs every file in it, renames it, and syncs the folder above. Not
/// committed, it is gone when the writer ends; what a killed process leaves behind ends in `FileWriter.temporarySuffix`.
package struct FolderWriter: ~Copyable {
    /// Where it is filled.
    package let path: FilePath
    private let final: FilePath
    private var isCommitted = false

    /// Throws `exists` if there is something of that name already.
    package init(for final: FilePath) throws(FileError) {
        let path = try Self.makeTemporary(for: final)
        self.final = final
        self.path = path
    }

    private static func makeTemporary(for final: FilePath) throws(FileError) -> FilePath {
        guard !DurableFile.exists(final) else { throw .exists }
        guard let name = final.lastComponent?.string else { throw .isFolder }
        let suffix = String(UInt64.random(in: .min ... .max), radix: 16) + FileWriter.temporarySuffix
        let path = final.removingLastComponent().appending("\(name).\(suffix)")
        try DurableFile.makeFolder(path)
        return path
    }

    package consuming func commit() throws(FileError) {
        try Self.syncAll(in: path)
        // A rename would replace a folder that is empty, and one that came meanwhile is somebody's.
        guard !DurableFile.exists(final) else { throw .exists }
        try FileWriter.rename(path, to: final)
        isCommitted = true
        try FileWriter.syncFolder(of: final)
    }

    deinit { if !isCommitted { try? DurableFile.remove(path) } }

    private static func syncAll(in folder: FilePath) throws(FileError) {
        for name in try DurableFile.names(in: folder) {
            let path = folder.appending(name)
            guard !DurableFile.exists(path.appending(".")) else {
                try syncAll(in: path)
                continue
            }
            let descriptor = try FileError.translating { try FileDescriptor.open(path, .readOnly, options: [.closeOnExec]) }
            defer { try? descriptor.close() }
            try FileWriter.sync(descriptor)
        }
        try FileWriter.syncFolder(of: folder.appending("."))
    }
}
