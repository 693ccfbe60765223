package import SystemPackage

/// A file that is read in pieces.
package struct FileReader: ~Copyable, Sendable {
    package let file: OpenFile

    package init(_ path: FilePath) throws(FileError) {
        file = try OpenFile(path, .readOnly)
    }

    /// In bytes. A pipe has none.
    package func size() throws(FileError) -> UInt64 {
        let descriptor = file.descriptor
        let end = try FileError.translating { () throws -> Int64 in
            do {
                return try descriptor.seek(offset: 0, from: .end)
            } catch Errno.illegalSeek {
                return 0
            }
        }
        return UInt64(end)
    }

    /// Up to `count` bytes from `offset` on; fewer only where the file ends. A pipe is read from where it is.
    package func read(at offset: UInt64, count: Int) throws(FileError) -> [UInt8] {
        try file.read(at: offset, count: count)
    }
}
