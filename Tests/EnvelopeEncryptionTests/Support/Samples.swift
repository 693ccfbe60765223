import CryptoPrimitives

@testable import EnvelopeEncryption

func secret(_ bytes: [UInt8]) -> SecretBytes {
    SecretBytes(copying: bytes.span)
}

func secret(_ text: String) -> SecretBytes {
    secret(Array(text.utf8))
}

func exposed(_ secret: borrowing SecretBytes) -> [UInt8] {
    secret.withBytes { span in span.indices.map { span[$0] } }
}

func exposed(_ fileKey: borrowing FileKey) -> [UInt8] {
    fileKey.withBytes { span in span.indices.map { span[$0] } }
}

/// A passphrase that costs nothing to try.
func quickPassphrase(_ text: String = "correct horse") -> Passphrase {
    Passphrase(secret(text), workFactor: 4)
}

/// Content whose every 64 KiB differ.
func content(_ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 16) }
}

/// Hands out bytes in pieces of given lengths, over and over, as a file or a connection would.
struct Pieces {
    private var rest: ArraySlice<UInt8>
    private let lengths: [Int]
    private var turn = 0

    init(_ bytes: [UInt8], lengths: [Int]) {
        rest = bytes[...]
        self.lengths = lengths
    }

    mutating func next(atMost capacity: Int = .max) -> ArraySlice<UInt8> {
        let piece = rest.prefix(min(capacity, lengths[turn % lengths.count]))
        turn += 1
        rest = rest.dropFirst(piece.count)
        return piece
    }

    mutating func next(into output: inout OutputSpan<UInt8>) {
        for byte in next(atMost: output.freeCapacity) { output.append(byte) }
    }
}

/// Opens with the streaming interface. Gives what came out, also before a failure.
func stream(
    _ file: [UInt8], pieces lengths: [Int] = [.max], with identity: borrowing some Identity & ~Copyable
) -> (content: [UInt8], failure: OpenError?) {
    var pieces = Pieces(file, lengths: lengths)
    var content: [UInt8] = []
    do {
        try Envelope.open(
            from: { pieces.next(into: &$0) },
            with: identity,
            into: { content.append(copying: $0) })
    } catch {
        return (content, error as? OpenError)
    }
    return (content, nil)
}
