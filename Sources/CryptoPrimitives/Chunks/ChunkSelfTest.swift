/// Whether an engine does what libsodium does, to the byte. Some 0.3 ms, once in a process that seals.
enum ChunkSelfTest {
    /// Around the blocks of the cipher (64), of its vector code (4 and 8 of them) and of the authenticator (16).
    private static let sizes = [0, 1, 15, 16, 17, 63, 64, 65, 255, 256, 257, 511, 512, 513, 1_023, 4_097, 65_536]

    static func passes(_ candidate: any ChunkEngine.Type) -> Bool {
        knowsTheAnswer(candidate) && agreesWithSodium(candidate)
    }

    /// Key, nonce and message of RFC 8439, section 2.8.2, without its associated data: the ciphertext is the same, the tag is not.
    private static func knowsTheAnswer(_ candidate: any ChunkEngine.Type) -> Bool {
        let key = SecretBytes(count: ChaCha20Poly1305.keySize) { span in
            for index in span.indices { span[index] = 0x80 + UInt8(index) }
        }
        guard let engine = candidate.init(key: key) else { return false }
        let nonce = ChaCha20Poly1305.Nonce { byte in byte == 0 ? 7 : byte < 4 ? 0 : 0x3c + UInt8(byte) }
        let message = Array(
            "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it."
                .utf8)
        let answer = """
            d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b6\
            7ecd3b3692ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc3ff4def08e4b7a9de576d26586cec64b61166a23a4681fd5\
            9456aea1d29f82477216
            """
        return Hexadecimal.encode(engine.sealed(message, nonce)) == answer
    }

    private static func agreesWithSodium(_ candidate: any ChunkEngine.Type) -> Bool {
        let key = SecretBytes.random(count: ChaCha20Poly1305.keySize)
        guard let engine = candidate.init(key: key), let sodium = SodiumEngine(key: key) else { return false }
        return sizes.allSatisfy { size in
            let noise = Random.bytes(12)
            let (message, nonce) = (Random.bytes(size), ChaCha20Poly1305.Nonce { noise[$0] })
            let sealed = sodium.sealed(message, nonce)
            var forged = sealed
            forged[Int.random(in: forged.indices)] ^= 1 << UInt8.random(in: 0..<8)
            return engine.sealed(message, nonce) == sealed && engine.opened(sealed, nonce) == message
                && engine.opened(forged, nonce) == nil
        }
    }
}

extension ChunkEngine {
    func sealed(_ message: [UInt8], _ nonce: Nonce) -> [UInt8] {
        var output = [UInt8](repeating: 0, count: message.count + ChaCha20Poly1305.tagSize)
        var span = output.mutableSpan
        seal(message.span, nonce: nonce, into: &span)
        return output
    }

    func opened(_ sealed: [UInt8], _ nonce: Nonce) -> [UInt8]? {
        var output = [UInt8](repeating: 0, count: max(0, sealed.count - ChaCha20Poly1305.tagSize))
        var span = output.mutableSpan
        guard (try? open(sealed.span, nonce: nonce, into: &span)) != nil else { return nil }
        return output
    }
}
