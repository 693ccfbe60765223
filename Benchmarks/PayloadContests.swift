import CSodium
import CryptoPrimitives
import EnvelopeEncryption

/// A large payload, from memory to memory. The peer seals the same chunks under one key and does nothing else: it does not name the
/// payload by hashing it, and it does not copy.
enum PayloadContests {
    private static let size = 64 << 20
    private static let chunkCount = size / Payload.chunkSize

    static func all() throws -> [Contest] {
        let content = Random.bytes(size)
        var payload: [UInt8] = []
        payload.reserveCapacity(size + (chunkCount + 1) * ChaCha20Poly1305.tagSize)
        let holder = KeyHolder()
        let source = MemorySource(content)
        _ = try Payload.seal(from: source.read, under: holder.key) { payload.append(copying: $0) }
        let sealed = MemorySource(payload)
        let peer = ChunkPeer(content)
        return [
            contest("seal a payload of 64 MiB", "libsodium ChaCha20-Poly1305, same chunks") {
                source.rewind()
                _ = try Payload.seal(from: source.read, under: holder.key) { _ in }
            } theirs: {
                peer.seal()
            },
            contest("open a payload of 64 MiB", "libsodium ChaCha20-Poly1305, same chunks") {
                sealed.rewind()
                var count = 0
                try Payload.open(from: sealed.read, under: holder.key) { count += $0.count }
                guard count == size else { throw SealingError.wrongContent }
            } theirs: {
                guard peer.open() else { throw SealingError.wrongContent }
            },
        ]
    }

    private static func contest(
        _ title: String, _ peer: String, ours: @escaping () throws -> Void, theirs: @escaping () throws -> Void
    ) -> Contest {
        Contest(
            title: title, peer: peer, ours: { try ThreadClock.measure(1, ours) }, theirs: { try ThreadClock.measure(1, theirs) })
    }
}

private final class KeyHolder {
    let key = FileKey.random()
}

/// Bytes in memory, read from the start as a file would be.
private final class MemorySource {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    func rewind() { position = 0 }

    func read(into output: inout OutputSpan<UInt8>) {
        let bytes = bytes
        let piece = bytes.span.extracting(droppingFirst: position).extracting(first: output.freeCapacity)
        unsafe output.withUnsafeMutableBufferPointer { buffer, count in
            let rest = unsafe UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: buffer[count...]))
            unsafe piece.withUnsafeBytes { unsafe rest.copyMemory(from: $0) }
            count += piece.count
        }
        position += piece.count
    }
}

/// The peer: chunk after chunk into a buffer that is used again.
private final class ChunkPeer {
    private static let sealedSize = Payload.chunkSize + ChaCha20Poly1305.tagSize

    private let content: [UInt8]
    private let key = Random.bytes(ChaCha20Poly1305.keySize)
    private var sealed: [UInt8]
    private var output = [UInt8](repeating: 0, count: sealedSize)

    init(_ content: [UInt8]) {
        self.content = content
        sealed = []
        for number in 0..<content.count / Payload.chunkSize {
            seal(number)
            sealed += output
        }
    }

    func seal() {
        for number in 0..<content.count / Payload.chunkSize { seal(number) }
    }

    func open() -> Bool {
        (0..<content.count / Payload.chunkSize).allSatisfy(open)
    }

    private func seal(_ number: Int) {
        let status = unsafe content.withUnsafeBufferPointer { content in
            unsafe crypto_aead_chacha20poly1305_ietf_encrypt(
                &output, nil, content.baseAddress! + number * Payload.chunkSize, UInt64(Payload.chunkSize), nil, 0, nil,
                Self.nonce(number), key)
        }
        precondition(status == 0, "ChaCha20-Poly1305 cannot fail to encrypt")
    }

    private func open(_ number: Int) -> Bool {
        unsafe sealed.withUnsafeBufferPointer { sealed in
            unsafe crypto_aead_chacha20poly1305_ietf_decrypt(
                &output, nil, nil, sealed.baseAddress! + number * Self.sealedSize, UInt64(Self.sealedSize), nil, 0,
                Self.nonce(number), key)
        } == 0
    }

    private static func nonce(_ number: Int) -> [UInt8] {
        [0, 0, 0, 0, 0, 0, 0, 0] + (0..<4).reversed().map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }
}
