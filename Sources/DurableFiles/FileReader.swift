import Foundation
import Glibc
package import SystemPackage

/// A file that is read in pieces.
package struct FileReader: ~Copyable, Sendable {
    private let descriptor: FileDescriptor

    package init(_ path: FilePath) throws(FileError) {
        descriptor = try FileError.translating { try FileDescriptor.open(path, .readOnly, options: [.closeOnExec]) }
    }

    deinit { try? descriptor.close() }

    package func size() throws(FileError) -> UInt64 {
        let descriptor = descriptor
        let end = try FileError.translating { () throws -> Int64 in
            do {
                return try descriptor.seek(offset: 0, from: .end)
            } catch Errno.illegalSeek {
                return 0
            }
        }
        return UInt64(end)
    }

    /// Up to `count` bytes from `offset` on; fewer only where the file ends.
    package func read(at offset: UInt64, count: Int) throws(FileError) -> [UInt8] {
        let handle = FileHandle(fileDescriptor: descriptor.rawValue, closeOnDealloc: false)
        do {
            // A pipe cannot seek, and is read from where it is.
            if (try? handle.seek(toOffset: offset)) == nil, offset > 0 { throw FileError.system(.illegalSeek) }
            var bytes: [UInt8] = []
            while bytes.count < count, let piece = try handle.read(upToCount: min(count - bytes.count, 1 << 20)), !piece.isEmpty {
                bytes += piece
            }
            return bytes
        } catch let error as FileError {
            throw error
        } catch {
            throw .system(.ioError)
        }
    }
}
