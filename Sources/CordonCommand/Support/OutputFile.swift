import CryptoPrimitives
import DurableFiles
import Foundation
import GatewayClient
import SystemPackage

/// Where opened content goes: a file, or standard output. Nothing is shown before all of it has been checked.
struct OutputFile: ~Copyable {
    private var writer: FileWriter
    private let path: FilePath
    private let isForStandardOutput: Bool

    /// - Parameter path: `nil` for standard output; the content then waits in a temporary file until it is known to be whole.
    init(_ path: String?) throws {
        let folder = path.map { InputFiles.absolute($0).removingLastComponent() } ?? FilePath(NSTemporaryDirectory())
        self.path = path.map { InputFiles.absolute($0) } ?? folder.appending("cordon-\(UUID().uuidString)")
        isForStandardOutput = path == nil
        do {
            writer = try FileWriter(in: folder)
        } catch {
            throw ClientError.localData(.file(error, path: folder.string))
        }
    }

    mutating func take(_ bytes: Span<UInt8>) throws(ClientError) {
        var copy: [UInt8] = []
        copy.append(copying: bytes)
        do {
            try writer.write(copy)
        } catch {
            throw .localData(.file(error, path: path.string))
        }
    }

    consuming func finish() throws {
        let (path, isForStandardOutput) = (path, isForStandardOutput)
        do {
            try writer.commit(to: path)
            guard isForStandardOutput else { return }
            defer { try? DurableFile.remove(path) }
            let reader = try FileReader(path)
            var offset: UInt64 = 0
            while true {
                let piece = try reader.read(at: offset, count: 1 << 20)
                guard !piece.isEmpty else { return }
                FileHandle.standardOutput.write(Data(piece))
                offset += UInt64(piece.count)
            }
        } catch {
            throw ClientError.localData(.file(error, path: path.string))
        }
    }
}
