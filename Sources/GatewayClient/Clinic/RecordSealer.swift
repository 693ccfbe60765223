import CryptoPrimitives
import DurableFiles
import EnvelopeEncryption
import GatewayAPI
import NIOCore
import SharingContract
import SystemPackage

/// Which version of which record a content becomes.
struct Revision {
    let record: Descriptor.RecordID
    let version: UInt32
    let state: Descriptor.State

    /// A record that was not there before.
    static func first() -> Revision { Revision(record: .random(), version: 1, state: .current) }
}

/// One record on its way to a gateway: sealed into a temporary file under a fresh key, named, committed to.
///
/// The file key lives as long as this, so that headers can be made again when the recipient list has changed meanwhile.
final class SealedRecord {
    let descriptor: Descriptor
    let digest: Hash
    private let fileKey: FileKey
    private let path: FilePath

    /// What the record is about, apart from its content.
    struct Subject {
        let origin: TextLine
        let compartment: Ed25519.PublicKey
        let facts: [UInt8]
        let revision: Revision
    }

    init(
        _ content: [UInt8], _ subject: Subject, depositor: borrowing Ed25519.PrivateKey, folder: FilePath
    ) throws(ClientError) {
        let fileKey = FileKey.random()
        let revision = subject.revision
        let binding = ContentBinding(
            origin: subject.origin, compartment: subject.compartment.value, record: revision.record.value,
            version: revision.version)
        let commitment = ContentCommitment(to: content.span, bound: binding, under: fileKey)
        path = folder.appending("\(revision.record).payload")
        let payload = try Self.seal(content, under: fileKey, to: path)
        let fields = Descriptor.Fields(
            record: revision.record, version: revision.version, state: revision.state, payload: payload.sealed.id,
            payloadSize: payload.sealed.size,
            contentCommitment: Hash(commitment.value), facts: subject.facts)
        descriptor = Descriptor(fields, signingWith: depositor, origin: subject.origin, compartment: subject.compartment)
        digest = payload.digest
        self.fileKey = fileKey
    }

    deinit { try? DurableFile.remove(path) }

    private static func seal(
        _ content: [UInt8], under fileKey: borrowing FileKey, to path: FilePath
    ) throws(ClientError) -> (sealed: SealedPayload, digest: Hash) {
        var sealer = PayloadSealer(fileKey: fileKey)
        var digest = SHA256()
        var output: [UInt8] = []
        do {
            var writer = try FileWriter(in: path.removingLastComponent())
            var rest = content.span
            while !rest.isEmpty {
                let piece = rest.extracting(first: 1 << 20)
                sealer.seal(piece, appendingTo: &output)
                rest = rest.extracting(droppingFirst: piece.count)
                digest.update(output)
                try writer.write(output)
                output.removeAll(keepingCapacity: true)
            }
            let sealed = sealer.finish(appendingTo: &output)
            digest.update(output)
            try writer.write(output)
            try writer.commit(to: path)
            return (sealed, digest.finalize())
        } catch {
            throw .localData(.file(error, path: path.string))
        }
    }

    /// One header for each recipient. Every header is hybrid.
    func headers(for recipients: [RecipientKey]) throws(ClientError) -> [[UInt8]] {
        try recipients.map { recipient throws(ClientError) in
            do {
                return try Header.wrap(fileKey, to: recipient.hybrid).bytes
            } catch {
                throw .notVerified(.listNotAuthentic)
            }
        }
    }

    /// The payload as it is sent.
    var pieces: PayloadPieces { PayloadPieces(path: path) }
}

/// A file in pieces of 1 MiB.
struct PayloadPieces: AsyncSequence, Sendable {
    typealias Element = ByteBuffer
    typealias Failure = any Error
    let path: FilePath

    func makeAsyncIterator() -> Iterator { Iterator(path: path) }

    struct Iterator: AsyncIteratorProtocol {
        let path: FilePath
        var offset: UInt64 = 0

        mutating func next() async throws -> ByteBuffer? {
            let piece = try FileReader(path).read(at: offset, count: 1 << 20)
            offset += UInt64(piece.count)
            return piece.isEmpty ? nil : ByteBuffer(bytes: piece)
        }
    }
}
