import Glibc
internal import SystemPackage

/// A file that several tasks read or write at once, each at its own place. Closed when the last of them lets go of it.
package final class OpenFile: Sendable {
    let descriptor: FileDescriptor

    /// Files hold keys, records or both: one that is made may be read by its owner only.
    init(_ path: FilePath, _ mode: FileDescriptor.AccessMode, _ options: FileDescriptor.OpenOptions = []) throws(FileError) {
        descriptor = try FileError.translating {
            try FileDescriptor.open(path, mode, options: options.union(.closeOnExec), permissions: .ownerReadWrite)
        }
    }

    deinit { try? descriptor.close() }

    /// Fills the span with what stands at `offset`. Throws `changed` where the file ends before the span does: whoever calls knows its
    /// size.
    package func read(at offset: UInt64, into output: inout OutputSpan<UInt8>) throws(FileError) {
        while output.freeCapacity > 0 {
            let before = output.count
            try append(at: offset + UInt64(before), to: &output)
            if output.count == before { throw .changed }
        }
    }

    package func write(_ bytes: Span<UInt8>, at offset: UInt64) throws(FileError) {
        let descriptor = descriptor
        var rest = bytes
        while !rest.isEmpty {
            let place = Int64(offset) + Int64(bytes.count - rest.count)
            let count = try unsafe rest.withUnsafeBytes { rest throws(FileError) in
                try FileError.translating { try unsafe descriptor.write(toAbsoluteOffset: place, rest) }
            }
            rest = rest.extracting(droppingFirst: count)
        }
    }

    /// Up to `count` bytes from `offset` on; fewer only where the file ends. A pipe is read from where it is, and has no other places.
    package func read(at offset: UInt64, count: Int) throws(FileError) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(min(count, Self.pieceSize))
        while bytes.count < count {
            let before = bytes.count
            try bytes.append(addingCapacity: min(count - before, Self.pieceSize)) { output throws(FileError) in
                try append(at: offset + UInt64(before), to: &output)
            }
            if bytes.count == before { break }
        }
        return bytes
    }

    private static let pieceSize = 1 << 20

    /// What one call of the system gives. Nothing at the end.
    private func append(at offset: UInt64, to output: inout OutputSpan<UInt8>) throws(FileError) {
        let descriptor = descriptor
        try unsafe output.withUnsafeMutableBufferPointer { buffer, count throws(FileError) in
            let room = UnsafeMutableRawBufferPointer(buffer.extracting(count...))
            count += try FileError.translating {
                do {
                    return try unsafe descriptor.read(fromAbsoluteOffset: Int64(offset), into: room)
                } catch Errno.illegalSeek {
                    return try unsafe descriptor.read(into: room)
                }
            }
        }
    }
}

extension OpenFile {
    /// Which file it is and when it was last written to: whoever writes to it meanwhile changes this.
    package struct Stamp: Hashable, Sendable {
        package let size: UInt64
        /// Pipes and devices have neither a size nor places.
        package let isRegular: Bool
        fileprivate let numbers: [UInt64]
    }

    package func stamp() throws(FileError) -> Stamp {
        var status = stat()
        guard unsafe fstat(descriptor.rawValue, &status) == 0 else { throw FileError(Errno(rawValue: errno)) }
        let times = [status.st_mtim, status.st_ctim].flatMap { [UInt64(bitPattern: Int64($0.tv_sec)), UInt64($0.tv_nsec)] }
        return Stamp(
            size: UInt64(status.st_size), isRegular: status.st_mode & S_IFMT == S_IFREG,
            numbers: [UInt64(status.st_dev), UInt64(status.st_ino)] + times)
    }
}
