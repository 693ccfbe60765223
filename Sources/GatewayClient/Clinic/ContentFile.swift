import CryptoPrimitives
import DurableFiles
import EnvelopeEncryption
import GatewayAPI
package import SystemPackage

/// A file that is deposited as it is, read at any place, so that it need not fit into memory.
package final class ContentFile: Sendable {
    package let path: FilePath
    /// In bytes.
    let size: UInt64
    private let file: OpenFile
    private let stamp: OpenFile.Stamp

    /// What fits into one read.
    private static let pieceSize: UInt64 = 1 << 20

    /// `nil` for a pipe or a device, which cannot be read twice. Throws `tooLarge` before anything is read if no gateway takes it.
    package init?(_ path: FilePath) throws(ClientError) {
        do {
            file = try FileReader(path).file
            stamp = try file.stamp()
        } catch {
            throw .localData(.file(error, path: path.string))
        }
        guard stamp.isRegular else { return nil }
        guard let layout = PayloadLayout(plaintextSize: stamp.size), layout.payloadSize <= PayloadPath.maximumSize else {
            throw .localData(.file(.tooLarge, path: path.string))
        }
        self.path = path
        size = stamp.size
    }

    /// The first bytes, `count` of them or all there are.
    package func start(_ count: Int) throws(ClientError) -> [UInt8] {
        var bytes: [UInt8] = []
        try bytes.append(addingCapacity: Int(min(size, UInt64(count)))) { output throws(ClientError) in
            try read(at: 0, into: &output)
        }
        return bytes
    }

    /// Fills the span. Throws `changed` where the file has become shorter.
    func read(at offset: UInt64, into output: inout OutputSpan<UInt8>) throws(ClientError) {
        do {
            try file.read(at: offset, into: &output)
        } catch {
            throw .localData(.file(error, path: path.string))
        }
    }

    /// Throws unless the file is as it was when it was opened.
    func requireUnchanged() throws(ClientError) {
        do throws(FileError) {
            guard try file.stamp() == stamp else { throw FileError.changed }
        } catch {
            throw .localData(.file(error, path: path.string))
        }
    }

    /// SHA-256 of all of it.
    func digest() throws(ClientError) -> Hash {
        var hasher = SHA256()
        var piece: [UInt8] = []
        for offset in stride(from: 0, to: size, by: Int(Self.pieceSize)) {
            piece.removeAll(keepingCapacity: true)
            try piece.append(addingCapacity: Int(min(size - offset, Self.pieceSize))) { output throws(ClientError) in
                try read(at: offset, into: &output)
            }
            hasher.update(piece)
        }
        try requireUnchanged()
        return hasher.finalize()
    }
}
