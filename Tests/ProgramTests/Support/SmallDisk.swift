import Foundation
import TestSupport

/// A file system in memory with a size of its own.
struct SmallDisk {
    private let folder: URL

    static let canMount: Bool = {
        guard let folder = try? TemporaryFolder(), let disk = try? SmallDisk(folder.url, megabytes: 1) else { return false }
        disk.unmount()
        return true
    }()

    init(_ folder: URL, megabytes: Int) throws {
        self.folder = folder
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Self.run("mount", "-t", "tmpfs", "-o", "size=\(megabytes)m", "cordon-test", folder.path)
    }

    func grow(megabytes: Int) throws {
        try? FileManager.default.removeItem(at: ballast)
        try Self.run("mount", "-o", "remount,size=\(megabytes)m", folder.path)
    }

    /// As an administrator does, or a system whose disk fails. Refused by the system while a file on it is open for writing.
    func remount(readOnly: Bool) throws {
        try Self.run("mount", "-o", "remount,\(readOnly ? "ro" : "rw")", folder.path)
    }

    private var ballast: URL { folder.appending(path: "ballast") }

    func fill() throws {
        try? Self.run("dd", "if=/dev/zero", "of=\(ballast.path)", "bs=4096", "status=none")
    }

    func unmount() {
        try? Self.run("umount", "--lazy", folder.path)
    }

    private struct Failed: Error {}

    private static func run(_ arguments: String...) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = arguments
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failed() }
    }
}
