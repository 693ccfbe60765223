import DurableFiles
import Foundation
import SystemPackage
import TestSupport
import Testing

@Suite struct WholeFiles {
    let folder: TemporaryFolder
    let path: FilePath

    init() throws {
        folder = try TemporaryFolder()
        path = FilePath(folder.path("file"))
    }

    @Test func `what is written is read, replaced whole, and the owner's alone`() throws {
        try DurableFile.write([1, 2, 3], to: path)
        try DurableFile.write([4, 5], to: path)
        #expect(try DurableFile.read(path, atMost: 2) == [4, 5])
        let attributes = try FileManager.default.attributesOfItem(atPath: path.string)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        #expect(try DurableFile.names(in: FilePath(folder.url.path)) == ["file"])
    }

    @Test func `a file above the limit is not read`() throws {
        try DurableFile.write([UInt8](repeating: 1, count: 100), to: path)
        #expect(throws: FileError.tooLarge) { try DurableFile.read(path, atMost: 99) }
        #expect(try DurableFile.read(path, atMost: 100).count == 100)
    }

    @Test func `an endless device is refused as too large`() {
        #expect(throws: FileError.tooLarge) { try DurableFile.read("/dev/zero", atMost: 1_000) }
    }

    @Test func `errors have names`() throws {
        #expect(throws: FileError.notFound) { try DurableFile.read(path, atMost: 1) }
        #expect(throws: FileError.notFound) { try DurableFile.remove(path) }
        #expect(throws: FileError.notFound) { try DurableFile.write([], to: FilePath(folder.path("none/file"))) }
        try FileManager.default.createDirectory(atPath: path.string, withIntermediateDirectories: false)
        #expect(throws: FileError.self) { try DurableFile.write([1], to: path) }
        #expect(try DurableFile.names(in: FilePath(folder.url.path)) == ["file"])
    }

    @Test func `a full disk is named`() throws {
        let full = try FileDescriptor.open("/dev/full", .writeOnly)
        defer { try? full.close() }
        do {
            try full.writeAll([1])
            Issue.record("/dev/full took a byte")
        } catch let error as Errno {
            #expect(FileError(error) == .noSpace)
        }
    }

    @Test func `a writer that is not committed leaves nothing`() throws {
        do {
            var writer = try FileWriter(in: FilePath(folder.url.path))
            try writer.write([1, 2, 3])
            #expect(try DurableFile.names(in: FilePath(folder.url.path)).count == 1)
        }
        #expect(try DurableFile.names(in: FilePath(folder.url.path)).isEmpty)
    }

    @Test func `pieces are read from where they are`() throws {
        let bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 / 7) }
        try DurableFile.write(bytes, to: path)
        let reader = try FileReader(path)
        #expect(try reader.size() == 3_000_000)
        #expect(try reader.read(at: 1_000_000, count: 1_500_000) == Array(bytes[1_000_000..<2_500_000]))
        #expect(try reader.read(at: 2_999_990, count: 100) == Array(bytes.suffix(10)))
        #expect(try reader.read(at: 3_000_000, count: 1).isEmpty)
    }
}

@Suite struct Folders {
    @Test func `a lock is held by one, and let go at the end`() throws {
        let folder = try TemporaryFolder()
        let path = FilePath(folder.url.path)
        do {
            let lock = try FolderLock(path)
            #expect(throws: FileError.locked) { _ = try FolderLock(path) }
            withExtendedLifetime(lock) {}
        }
        _ = try FolderLock(path)
    }

    /// Between fork and exec a child has every descriptor of its parent, and with them its locks.
    @Test func `a lock is let go although somebody still has its descriptor`() throws {
        let folder = try TemporaryFolder()
        let path = FilePath(folder.url.path)
        var copy: FileDescriptor?
        do {
            let lock = try FolderLock(path)
            let numbers = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap { CInt($0) }
            let held = numbers.first { number in
                (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(number)"))
                    == path.appending("lock").string
            }
            copy = try FileDescriptor(rawValue: try #require(held)).duplicate()
            withExtendedLifetime(lock) {}
        }
        #expect(throws: Never.self) { _ = try FolderLock(path) }
        try copy?.close()
    }

    @Test func `a folder is made with those above it, and again`() throws {
        let folder = try TemporaryFolder()
        let path = FilePath(folder.path("a/b/c"))
        try DurableFile.makeFolder(path)
        try DurableFile.makeFolder(path)
        #expect(try DurableFile.names(in: path).isEmpty)
        #expect(throws: FileError.notFound) { try DurableFile.names(in: path.appending("d")) }
    }
}

@Suite struct WholeFolders {
    @Test func `a folder has its name only when it is whole`() throws {
        let above = try TemporaryFolder()
        let path = FilePath(above.path("a/folder"))
        let writer = try FolderWriter(for: path)
        try DurableFile.makeFolder(writer.path.appending("inner"))
        try DurableFile.write([1, 2], to: writer.path.appending("inner/file"))
        #expect(!DurableFile.exists(path))
        try writer.commit()
        #expect(try DurableFile.read(path.appending("inner/file"), atMost: 2) == [1, 2])
        #expect(try DurableFile.names(in: path.removingLastComponent()) == ["folder"])
        let attributes = try FileManager.default.attributesOfItem(atPath: path.string)
        #expect(attributes[.posixPermissions] as? Int == 0o700)
    }

    @Test func `one that is not committed leaves nothing`() throws {
        let above = try TemporaryFolder()
        func begin() throws {
            let writer = try FolderWriter(for: FilePath(above.path("folder")))
            try DurableFile.write([1], to: writer.path.appending("file"))
        }
        try begin()
        #expect(try DurableFile.names(in: FilePath(above.url.path)).isEmpty)
    }

    @Test func `what is there is not replaced, not even an empty folder, nor one that came meanwhile`() throws {
        let above = try TemporaryFolder()
        let path = FilePath(above.path("folder"))
        let writer = try FolderWriter(for: path)
        try DurableFile.makeFolder(path)
        #expect(throws: FileError.exists) { _ = try FolderWriter(for: path) }
        do {
            try writer.commit()
            Issue.record("a folder was replaced")
        } catch {
            #expect(error == .exists)
        }
        #expect(try DurableFile.names(in: FilePath(above.url.path)) == ["folder"])
    }
}
