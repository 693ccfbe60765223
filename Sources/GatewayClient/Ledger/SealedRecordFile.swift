package import CryptoPrimitives
import DurableFiles
import EnvelopeEncryption
package import GatewayAPI
import SharingContract
package import SystemPackage

/// A sealed record on disk, as an age file that stock age could open too: the reader's header, then the payload.
///
/// It is checked twice: when it is fetched, that the payload is the one the depositor named; when it is opened, that the content is the
/// one he committed to.
package struct SealedRecordFile: Sendable {
    package let record: StoredRecord
    package let compartment: Ed25519.PublicKey
    package let origin: TextLine
    package let path: FilePath

    package init(record: StoredRecord, compartment: Ed25519.PublicKey, origin: TextLine, path: FilePath) {
        self.record = record
        self.compartment = compartment
        self.origin = origin
        self.path = path
    }

    /// Keeps the payload that `fetch` hands over, if it is the one that was described.
    func store(
        fetching fetch: ((consuming [UInt8]) throws(ClientError) -> Void) async throws(ClientError) -> Void
    ) async throws(ClientError) {
        let intake = try Intake(record, in: path.removingLastComponent())
        try await fetch { bytes throws(ClientError) in try intake.take(bytes) }
        try intake.finish(record.descriptor, at: path)
    }

    /// Opens the record on all cores, into what `writing` writes to. It is whole and the depositor's own only when this returns.
    func open(
        with identity: borrowing HybridIdentity, writing: @escaping Payload.Writing<ClientError>
    ) async throws(ClientError) {
        let fileKey = try fileKey(identity)
        guard let layout = PayloadLayout(payloadSize: record.descriptor.payloadSize) else { throw .notVerified(.payloadOther) }
        let commitment = RunningCommitment(.init(fileKey: fileKey, binding: binding, size: layout.plaintextSize))
        let start = UInt64(record.header.count)
        let file = try sealedFile(size: start + layout.payloadSize)
        try await Payload.open(
            payloadSize: layout.payloadSize, under: fileKey, refusal: ClientError.notVerified(.payloadOther),
            reading: { offset, output throws(ClientError) in
                do throws(FileError) { try file.read(at: start + offset, into: &output) } catch {
                    throw .localData(.file(error, path: path.string))
                }
            },
            writing: writing, onContent: commitment.update, coreCount: Processor.coreCount)
        guard commitment.finalize()?.value == record.descriptor.contentCommitment.value else { throw .notVerified(.contentOther) }
    }

    private func sealedFile(size: UInt64) throws(ClientError) -> OpenFile {
        do {
            let file = try FileReader(path).file
            guard try file.stamp().size == size else { throw ClientError.notVerified(.payloadOther) }
            return file
        } catch let error as FileError {
            throw .localData(.file(error, path: path.string))
        } catch {
            throw .notVerified(.payloadOther)
        }
    }

    /// Opens a record that fits into memory. `sink` gets the content in pieces; it is whole and the depositor's own only when this returns.
    func open(
        with identity: borrowing HybridIdentity, into sink: (Span<UInt8>) throws(ClientError) -> Void
    ) throws(ClientError) {
        let fileKey = try fileKey(identity)
        guard let layout = PayloadLayout(payloadSize: record.descriptor.payloadSize) else { throw .notVerified(.payloadOther) }
        var commitment = ContentCommitment.Hasher(fileKey: fileKey, binding: binding, size: layout.plaintextSize)
        var opener = PayloadOpener(fileKey: fileKey)
        var content: [UInt8] = []
        var offset = UInt64(record.header.count)
        while let piece = try read(at: offset) {
            offset += UInt64(piece.count)
            do { try opener.open(piece.span, appendingTo: &content) } catch { throw .notVerified(.payloadOther) }
            commitment.update(content.span)
            try sink(content.span)
            content.removeAll(keepingCapacity: true)
        }
        do { try opener.finish(appendingTo: &content) } catch { throw .notVerified(.payloadOther) }
        commitment.update(content.span)
        try sink(content.span)
        guard commitment.finalize()?.value == record.descriptor.contentCommitment.value else { throw .notVerified(.contentOther) }
    }

    private func read(at offset: UInt64) throws(ClientError) -> [UInt8]? {
        do {
            let piece = try FileReader(path).read(at: offset, count: 1 << 20)
            return piece.isEmpty ? nil : piece
        } catch {
            throw .localData(.file(error, path: path.string))
        }
    }

    private func fileKey(_ identity: borrowing HybridIdentity) throws(ClientError) -> FileKey {
        do {
            let header = try Header(record.header)
            try header.requireHybrid()
            return try header.unwrap(with: identity)
        } catch {
            throw .notVerified(.recordNotForUs)
        }
    }

    private var binding: ContentBinding {
        ContentBinding(
            origin: origin, compartment: compartment.value, record: record.descriptor.record.value,
            version: record.descriptor.version)
    }
}

/// Takes in a payload behind its header, hashing as it comes.
private final class Intake {
    private var writer: FileWriter?
    private var names = PayloadID.Hasher()
    private let folder: FilePath
    private let size: UInt64

    init(_ record: StoredRecord, in folder: FilePath) throws(ClientError) {
        self.folder = folder
        size = record.descriptor.payloadSize
        do {
            try DurableFile.makeFolder(folder)
            writer = try FileWriter(in: folder)
            try writer?.write(record.header)
        } catch {
            throw .localData(.file(error, path: folder.string))
        }
    }

    func take(_ bytes: [UInt8]) throws(ClientError) {
        names.update(bytes)
        // No more is stored than the depositor described.
        guard names.size <= size else { throw .notVerified(.payloadOther) }
        do {
            try writer?.write(bytes)
        } catch {
            throw .localData(.file(error, path: folder.string))
        }
    }

    func finish(_ descriptor: Descriptor, at path: FilePath) throws(ClientError) {
        guard names.size == descriptor.payloadSize, names.finalize() == descriptor.payload, let writer = writer.take() else {
            throw .notVerified(.payloadOther)
        }
        do {
            try writer.commit(to: path)
        } catch {
            throw .localData(.file(error, path: path.string))
        }
    }
}

extension Header {
    /// A classical header is never taken for one that may be shared: its file key would not withstand a quantum computer.
    func requireHybrid() throws(HeaderError) {
        guard stanzas.allSatisfy({ $0.type == "mlkem768x25519" }) else { throw .malformed }
    }
}
