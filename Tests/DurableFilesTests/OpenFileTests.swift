import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import DurableFiles

@Suite struct OpenFiles {
    private let folder: TemporaryFolder
    private var path: FilePath { FilePath(folder.path("file")) }

    init() throws {
        folder = try TemporaryFolder()
    }

    private func file(_ bytes: [UInt8]) throws -> OpenFile {
        try DurableFile.write(bytes, to: path)
        return try FileReader(path).file
    }

    private func read(_ file: OpenFile, at offset: UInt64, _ count: Int) throws(FileError) -> [UInt8] {
        var bytes: [UInt8] = []
        try bytes.append(addingCapacity: count) { output throws(FileError) in try file.read(at: offset, into: &output) }
        return bytes
    }

    @Test func `a span is filled from anywhere, as long as there is enough`() throws {
        let bytes = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 / 3) }
        let file = try file(bytes)
        #expect(try read(file, at: 0, 200_000) == bytes)
        #expect(try read(file, at: 199_990, 10) == Array(bytes.suffix(10)))
        #expect(try read(file, at: 200_000, 0).isEmpty)
    }

    @Test func `a file that ends before the span does has changed`() throws {
        let file = try file([1, 2, 3])
        #expect(throws: FileError.changed) { try read(file, at: 0, 4) }
        #expect(throws: FileError.changed) { try read(file, at: 4, 1) }
    }

    @Test func `pieces may be written in any order, and are all there when the file is`() throws {
        let writer = try FileWriter(in: FilePath(folder.url.path))
        try writer.file.write([4, 5].span, at: 3)
        try writer.file.write([1, 2, 3].span, at: 0)
        try writer.commit(to: path)
        #expect(try DurableFile.read(path, atMost: 10) == [1, 2, 3, 4, 5])
    }

    @Test func `what is not committed is gone although somebody still writes to it`() throws {
        var file: OpenFile?
        do {
            let writer = try FileWriter(in: FilePath(folder.url.path))
            file = writer.file
        }
        try file?.write([1].span, at: 0)
        #expect(try DurableFile.names(in: FilePath(folder.url.path)).isEmpty)
    }

    @Test func `a full disk is named`() throws {
        let file = try OpenFile("/dev/full", .writeOnly)
        #expect(throws: FileError.noSpace) { try file.write([1].span, at: 0) }
    }

    @Test func `whoever writes to a file, or makes it shorter or longer, changes its stamp`() throws {
        let file = try file([1, 2, 3])
        let before = try file.stamp()
        #expect(before.size == 3 && before.isRegular)
        #expect(try file.stamp() == before)
        let writer = try FileDescriptor.open(path, .writeOnly)
        defer { try? writer.close() }
        try writer.resize(to: 2)
        let after = try file.stamp()
        #expect(after != before && after.size == 2)
    }

    @Test func `a device is no regular file`() throws {
        #expect(try !FileReader("/dev/null").file.stamp().isRegular)
    }
}
