import TestSupport
import Testing

@testable import CryptoPrimitives

private func nonce(_ byte: UInt8) -> ChaCha20Poly1305.Nonce { .init(repeating: byte) }

private func made(_ type: any ChunkEngine.Type, _ key: borrowing SecretBytes) -> any ChunkEngine {
    guard let engine = type.init(key: key) else { preconditionFailure("this engine can be made") }
    return engine
}

@Suite struct ChunkEngines {
    @Test func `OpenSSL's cipher is the one that is used here`() {
        #expect(ChaCha20Poly1305.engine == OpenSSLEngine.self)
    }

    /// The seed stands in every message, so that a failure can be had again.
    @Test(arguments: [20_261_121, 8] as [UInt64]) func `both engines give the same bytes, and each opens the other's`(seed: UInt64)
    {
        var generator = SeededGenerator(seed: seed)
        let key = SecretBytes.random(count: 32)
        let (sodium, openSSL) = (made(SodiumEngine.self, key), made(OpenSSLEngine.self, key))
        var failures = Failures()
        for round in 0..<400 {
            let size = round < 200 ? round : Int.random(in: 0...65_536, using: &generator)
            let message = Random.bytes(size)
            let nonce = ChaCha20Poly1305.Nonce { _ in UInt8.random(in: 0...255, using: &generator) }
            let sealed = sodium.sealed(message, nonce)
            failures.check(openSSL.sealed(message, nonce) == sealed, "seed \(seed): \(size) bytes are sealed differently")
            failures.check(sodium.opened(sealed, nonce) == message, "seed \(seed): libsodium does not open \(size) bytes")
            failures.check(openSSL.opened(sealed, nonce) == message, "seed \(seed): OpenSSL does not open \(size) bytes")
        }
        #expect(failures.isEmpty, "\(failures)")
    }

    @Test func `both refuse every flipped bit, every cut, another nonce and another key`() {
        let key = SecretBytes.random(count: 32)
        let other = SecretBytes.random(count: 32)
        let message = Array("glucose 5.4 mmol/L, fasting; repeat in three months, sooner if thirst or weight loss".utf8)
        for type in [SodiumEngine.self, OpenSSLEngine.self] as [any ChunkEngine.Type] {
            let engine = made(type, key)
            let sealed = engine.sealed(message, nonce(9))
            #expect(engine.opened(sealed, nonce(9)) == message)
            var failures = Failures()
            for bit in 0..<8 * sealed.count {
                var changed = sealed
                changed[bit / 8] ^= 1 << (bit % 8)
                failures.check(engine.opened(changed, nonce(9)) == nil, "\(type), bit \(bit)")
            }
            for count in 0..<sealed.count {
                failures.check(engine.opened(Array(sealed.prefix(count)), nonce(9)) == nil, "\(type), \(count) bytes")
            }
            failures.check(engine.opened(sealed + [0], nonce(9)) == nil, "\(type), a byte more")
            failures.check(engine.opened(sealed, nonce(8)) == nil, "\(type), another nonce")
            failures.check(made(type, other).opened(sealed, nonce(9)) == nil, "\(type), another key")
            // A refusal leaves nothing behind that would spoil the next message.
            failures.check(engine.opened(sealed, nonce(9)) == message, "\(type), after refusals")
            #expect(failures.isEmpty, "\(failures)")
        }
    }

    @Test func `a flipped bit in a whole chunk is refused wherever it is`() {
        let key = SecretBytes.random(count: 32)
        let message = Random.bytes(65_536)
        for type in [SodiumEngine.self, OpenSSLEngine.self] as [any ChunkEngine.Type] {
            let engine = made(type, key)
            var sealed = engine.sealed(message, nonce(1))
            for position in stride(from: 0, to: sealed.count, by: 997) + [65_535, 65_536, 65_551] {
                sealed[position] ^= 0x10
                #expect(engine.opened(sealed, nonce(1)) == nil, "\(type), byte \(position)")
                sealed[position] ^= 0x10
            }
        }
    }
}

@Suite struct ChunkEngineChoice {
    /// libsodium's, with one thing wrong.
    class Broken: ChunkEngine, @unchecked Sendable {
        let engine: SodiumEngine

        required init?(key: borrowing SecretBytes) {
            guard let engine = SodiumEngine(key: key) else { return nil }
            self.engine = engine
        }

        func seal(_ plaintext: Span<UInt8>, nonce: Nonce, into output: inout MutableSpan<UInt8>) {
            engine.seal(plaintext, nonce: nonce, into: &output)
        }

        func open(
            _ ciphertext: Span<UInt8>, nonce: Nonce, into output: inout MutableSpan<UInt8>
        ) throws(ChaCha20Poly1305.OpenError) {
            try engine.open(ciphertext, nonce: nonce, into: &output)
        }
    }

    final class Missing: Broken, @unchecked Sendable {
        required init?(key: borrowing SecretBytes) { nil }
    }

    /// As a fault in the code for long messages would be: short ones are right.
    final class WrongInLongMessages: Broken, @unchecked Sendable {
        override func seal(_ plaintext: Span<UInt8>, nonce: Nonce, into output: inout MutableSpan<UInt8>) {
            super.seal(plaintext, nonce: nonce, into: &output)
            if plaintext.count > 60_000 { output[50_000] ^= 1 }
        }
    }

    final class OpensAnything: Broken, @unchecked Sendable {
        override func open(
            _ ciphertext: Span<UInt8>, nonce: Nonce, into output: inout MutableSpan<UInt8>
        ) throws(ChaCha20Poly1305.OpenError) {
            do {
                try super.open(ciphertext, nonce: nonce, into: &output)
            } catch {}
        }
    }

    final class OpensNothing: Broken, @unchecked Sendable {
        override func open(
            _ ciphertext: Span<UInt8>, nonce: Nonce, into output: inout MutableSpan<UInt8>
        ) throws(ChaCha20Poly1305.OpenError) { throw .notAuthentic }
    }

    final class IgnoresTheNonce: Broken, @unchecked Sendable {
        override func seal(_ plaintext: Span<UInt8>, nonce: Nonce, into output: inout MutableSpan<UInt8>) {
            super.seal(plaintext, nonce: .init(repeating: 0), into: &output)
        }
    }

    @Test(
        arguments: [
            Missing.self, WrongInLongMessages.self, OpensAnything.self, OpensNothing.self, IgnoresTheNonce.self,
        ] as [any ChunkEngine.Type])
    func `an engine that fails its self-test is passed over for libsodium's`(type: any ChunkEngine.Type) {
        #expect(ChaCha20Poly1305.engine(preferring: type) == SodiumEngine.self)
    }

    @Test func `one that is right is taken`() {
        #expect(ChaCha20Poly1305.engine(preferring: Broken.self) == Broken.self)
    }

    @Test func `what one engine seals, the cipher with the other opens`() throws {
        let key = SecretBytes.random(count: 32)
        let ciphers = [
            MessageCipher(key: key.duplicate(), engine: SodiumEngine.self),
            MessageCipher(key: key.duplicate(), engine: OpenSSLEngine.self),
        ]
        let message = Random.bytes(10_000)
        for (sealing, opening) in [(0, 1), (1, 0)] {
            var sealed: [UInt8] = []
            sealed.append(addingCapacity: message.count + 16) {
                ciphers[sealing].seal(message.span, nonce: nonce(3), appendingTo: &$0)
            }
            var opened: [UInt8] = []
            try opened.append(addingCapacity: message.count) {
                try ciphers[opening].open(sealed.span, nonce: nonce(3), appendingTo: &$0)
            }
            #expect(opened == message)
        }
    }

    @Test func `an engine that cannot be made gives way to libsodium's`() {
        let key = SecretBytes.random(count: 32)
        let message = Array("0123456789".utf8)
        let expected = ChaCha20Poly1305.seal(message.span, key: key, nonce: nonce(1))
        let cipher = MessageCipher(key: key, engine: Missing.self)
        var sealed: [UInt8] = []
        sealed.append(addingCapacity: 26) { cipher.seal(message.span, nonce: nonce(1), appendingTo: &$0) }
        #expect(sealed == expected)
    }

    @Test func `a refused message leaves no bytes of it`() {
        let cipher = MessageCipher(key: .random(count: 32))
        var output: [UInt8] = [7]
        #expect(throws: ChaCha20Poly1305.OpenError.notAuthentic) {
            try output.append(addingCapacity: 100) {
                try cipher.open([UInt8](repeating: 1, count: 116).span, nonce: nonce(1), appendingTo: &$0)
            }
        }
        #expect(output == [7])
    }
}
