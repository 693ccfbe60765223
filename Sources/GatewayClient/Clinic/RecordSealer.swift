package import CryptoPrimitives
import DurableFiles
import EnvelopeEncryption
import GatewayAPI
import NIOCore
package import SharingContract
import Synchronization
package import SystemPackage

/// Which version of which record a content becomes.
package struct Revision: Sendable {
    let record: Descriptor.RecordID
    let version: UInt32
    let state: Descriptor.State

    /// A record that was not there before.
    package static func first() -> Revision { Revision(record: .random(), version: 1, state: .current) }
}

/// One record on its way to a gateway: sealed under a fresh key into a file without a name, named by what it holds, committed to.
///
/// The gateway makes it durable; here it is gone with the process, and is sealed anew by the next try. The file key lives as long as this, so that headers can be made again when the recipient list has changed meanwhile.
package final class SealedRecord {
    let descriptor: Descriptor
    /// What its descriptor says of claims is about these.
    let claims: Claims?
    let digest: Hash
    private let fileKey: FileKey
    private let file: OpenFile

    /// What the record is about, apart from its content.
    package struct Subject {
        let origin: TextLine
        let compartment: Ed25519.PublicKey
        let facts: [UInt8]
        let revision: Revision
        let claims: Claims?

        package init(
            origin: TextLine, compartment: Ed25519.PublicKey, facts: [UInt8], revision: Revision = .first(), claims: Claims? = nil
        ) {
            (self.origin, self.compartment, self.facts, self.revision) = (origin, compartment, facts, revision)
            self.claims = claims
        }
    }

    /// Seals on all cores, in memory that does not grow with the content. What is committed to, named and digested are the very bytes that
    /// were sealed; a file that somebody wrote to meanwhile is refused all the same.
    package init(
        _ content: DepositItem.Content, _ subject: Subject, depositor: borrowing Ed25519.PrivateKey, folder: FilePath
    ) async throws(ClientError) {
        let fileKey = FileKey.random()
        let revision = subject.revision
        let binding = ContentBinding(
            origin: subject.origin, compartment: subject.compartment.value, record: revision.record.value,
            version: revision.version)
        let commitment = RunningCommitment(.init(fileKey: fileKey, binding: binding, size: content.size))
        let digest = RunningDigest()
        let scratch = try Self.scratch(in: folder)
        file = scratch.file
        let payload = try await Self.seal(content, under: fileKey, to: file, in: folder, commitment, digest)
        guard let commitment = commitment.finalize() else { throw .localData(.file(.changed, path: folder.string)) }
        let fields = Descriptor.Fields(
            record: revision.record, version: revision.version, state: revision.state, payload: payload.id,
            payloadSize: payload.size,
            contentCommitment: Hash(commitment.value), facts: subject.facts, claims: subject.claims?.anchor)
        claims = subject.claims
        descriptor = Descriptor(fields, signingWith: depositor, origin: subject.origin, compartment: subject.compartment)
        self.digest = digest.finalize()
        self.fileKey = fileKey
    }

    private static func seal(
        _ content: DepositItem.Content, under fileKey: borrowing FileKey, to output: OpenFile, in folder: FilePath,
        _ commitment: RunningCommitment, _ digest: RunningDigest
    ) async throws(ClientError) -> SealedPayload {
        let sealed = try await Payload.seal(
            size: content.size, under: fileKey,
            reading: { offset, span throws(ClientError) in try content.read(at: offset, into: &span) },
            writing: { offset, bytes throws(ClientError) in
                do throws(FileError) { try output.write(bytes, at: offset) } catch {
                    throw .localData(.file(error, path: folder.string))
                }
            },
            onContent: commitment.update, onPayload: digest.update, coreCount: Processor.coreCount)
        try content.requireUnchanged()
        return sealed
    }

    private static func scratch(in folder: FilePath) throws(ClientError) -> ScratchFile {
        do throws(FileError) {
            return try ScratchFile(in: folder)
        } catch {
            throw .localData(.file(error, path: folder.string))
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
    var pieces: PayloadPieces { PayloadPieces(file: file) }
}

/// The digest of the payload as it is sent, computed by a task of its own.
private final class RunningDigest: Sendable {
    private let hasher = Mutex(SHA256())

    func update(_ payload: Span<UInt8>) {
        hasher.withLock { $0.update(payload) }
    }

    func finalize() -> Hash {
        hasher.withLock { $0 }.finalize()
    }
}

/// A file in pieces of 1 MiB.
struct PayloadPieces: AsyncSequence, Sendable {
    typealias Element = ByteBuffer
    typealias Failure = any Error
    let file: OpenFile

    func makeAsyncIterator() -> Iterator { Iterator(file: file) }

    struct Iterator: AsyncIteratorProtocol {
        let file: OpenFile
        var offset: UInt64 = 0

        mutating func next() async throws -> ByteBuffer? {
            let piece = try file.read(at: offset, count: 1 << 20)
            offset += UInt64(piece.count)
            return piece.isEmpty ? nil : ByteBuffer(bytes: piece)
        }
    }
}
