package import SystemPackage

/// A file without a name: bytes that wait on the disk until they are known to be good, and are gone with the process however it ends.
package struct ScratchFile: ~Copyable {
    /// To write at any place, and by several tasks at once.
    package let file: OpenFile
    private var size: Int64 = 0
    private static let pieceSize = 1 << 20

    package init(in folder: FilePath) throws(FileError) {
        let path = folder.appending("cordon-\(String(UInt64.random(in: .min ... .max), radix: 16))")
        let file = try OpenFile(path, .readWrite, [.create, .exclusiveCreate])
        try DurableFile.remove(path)
        self.file = file
    }

    package mutating func write(_ bytes: [UInt8]) throws(FileError) {
        let (descriptor, end) = (file.descriptor, size)
        try FileError.translating { _ = try descriptor.writeAll(toAbsoluteOffset: end, bytes) }
        size += Int64(bytes.count)
    }

    /// Lets `body` read all of it, from the start and once: a child process may have it as its standard input.
    package borrowing func reading<Result, Failure>(_ body: (FileDescriptor) throws(Failure) -> Result) throws(Failure) -> Result {
        try body(file.descriptor)
    }

    /// Copies everything to a descriptor, such as that of standard output.
    package consuming func copy(to output: FileDescriptor) throws(FileError) {
        var done: UInt64 = 0
        while true {
            let piece = try file.read(at: done, count: Self.pieceSize)
            guard !piece.isEmpty else { return }
            try FileError.translating { _ = try output.writeAll(piece) }
            done += UInt64(piece.count)
        }
    }
}
