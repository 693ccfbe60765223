package import CryptoPrimitives

/// Whole age files, header and payload together: for what fits into memory. `Envelope+stream.swift` is for what does not.
package enum Envelope {
    /// What `openSecret` takes, in bytes of content: one chunk. The arena for keys is no place for more.
    package static let maximumSecretSize = Payload.chunkSize

    /// Seals for one recipient, be it a public key or a passphrase.
    package static func seal(
        _ plaintext: Span<UInt8>, to recipient: borrowing some Recipient & ~Copyable
    ) throws(WrapError) -> [UInt8] {
        let fileKey = FileKey.random()
        return assemble(try Header.wrap(fileKey, to: recipient), plaintext, under: fileKey)
    }

    /// Seals for several recipients of one type.
    package static func seal<R: Recipient>(_ plaintext: Span<UInt8>, to recipients: [R]) throws(WrapError) -> [UInt8] {
        let fileKey = FileKey.random()
        return assemble(try Header.wrap(fileKey, to: recipients), plaintext, under: fileKey)
    }

    /// The content, all of it or none.
    package static func open(
        _ file: [UInt8], with identity: borrowing some Identity & ~Copyable
    ) throws(OpenError) -> [UInt8] {
        let payload = try InMemoryPayload(of: file, with: identity)
        var plaintext: [UInt8] = []
        plaintext.reserveCapacity(Int(payload.layout.plaintextSize))
        var rest = file.span.extracting(droppingFirst: payload.chunksStart)
        do throws(PayloadError) {
            for index in 0..<payload.layout.chunkCount {
                let chunk = rest.extracting(first: Payload.sealedChunkSize)
                try payload.cipher.open(chunk, at: payload.layout.position(of: index), appendingTo: &plaintext)
                rest = rest.extracting(droppingFirst: chunk.count)
            }
        } catch {
            throw .payload(error)
        }
        return plaintext
    }

    /// The content as key material, which never leaves the arena. For keyrings.
    package static func openSecret(
        _ file: [UInt8], with identity: borrowing some Identity & ~Copyable
    ) throws(OpenError) -> SecretBytes {
        let payload = try InMemoryPayload(of: file, with: identity)
        guard payload.layout.plaintextSize <= maximumSecretSize else { throw .tooLarge }
        let chunk = file.span.extracting(droppingFirst: payload.chunksStart)
        do throws(PayloadError) {
            return try payload.cipher.openSecret(chunk, at: payload.layout.position(of: 0))
        } catch {
            throw .payload(error)
        }
    }
}

package enum OpenError: Error, Equatable {
    /// The header gave no file key. Nothing of the payload was looked at.
    case header(HeaderError)
    /// The payload is not what was sealed behind this header.
    case payload(PayloadError)
    /// Authentic or not, this is more than `Envelope.maximumSecretSize`.
    case tooLarge
}

extension Envelope {
    private static func assemble(_ header: Header, _ plaintext: Span<UInt8>, under fileKey: borrowing FileKey) -> [UInt8] {
        guard let layout = PayloadLayout(plaintextSize: UInt64(plaintext.count)) else {
            preconditionFailure("no memory holds 2^62 bytes")
        }
        let nonce = Random.bytes(Payload.nonceSize)
        let cipher = ChunkCipher(fileKey: fileKey, nonce: nonce)
        var file: [UInt8] = []
        file.reserveCapacity(header.bytes.count + Int(layout.payloadSize))
        file += header.bytes
        file += nonce
        var rest = plaintext
        for index in 0..<layout.chunkCount {
            let chunk = rest.extracting(first: Payload.chunkSize)
            cipher.seal(chunk, at: layout.position(of: index), appendingTo: &file)
            rest = rest.extracting(droppingFirst: chunk.count)
        }
        return file
    }
}

/// The payload of a file whose header was unwrapped: what it takes to open its chunks.
private struct InMemoryPayload: ~Copyable {
    let cipher: ChunkCipher
    let layout: PayloadLayout
    /// Where in the file they begin.
    let chunksStart: Int

    init(of file: [UInt8], with identity: borrowing some Identity & ~Copyable) throws(OpenError) {
        let header = try UnwrappedHeader.read(startOf: file, with: identity)
        guard let layout = PayloadLayout(payloadSize: UInt64(file.count - header.size)) else {
            throw .payload(.notAuthentic)
        }
        self.layout = layout
        chunksStart = header.size + Payload.nonceSize
        cipher = ChunkCipher(fileKey: header.fileKey, nonce: Array(file[header.size..<chunksStart]))
    }
}
