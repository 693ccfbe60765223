import CryptoPrimitives
import TestSupport
import Testing

/// Expected values are those of FIPS 202's examples, and of Python's hashlib for the longer ones.
@Suite struct SHAKETests {
    @Test func `SHAKE128 of nothing is as FIPS 202 says`() {
        #expect(
            Hexadecimal.encode(SHAKE.hash(.bits128, count: 32))
                == "7f9c2ba4e88f827d616045507605853ed73b8093f6efbc88eb1a6eacfa66ef26")
    }

    @Test func `SHAKE256 of abc is as hashlib says`() {
        #expect(
            Hexadecimal.encode(SHAKE.hash(.bits256, Array("abc".utf8), count: 32))
                == "483366601360a8771c6863080cc4114d8db44530f8f1e1ee4f94ea37e78b5739")
    }

    @Test func `output longer than a block continues shorter output`() {
        let message = (0..<1_000).map { UInt8($0 % 251) }
        let long = SHAKE.hash(.bits128, message, count: 200)
        #expect(Hexadecimal.encode(long.suffix(32)) == "7ad47fbb929819bd47dea3f407a8d14285e2ab4f96a07f13312d73f25c0b28a4")
        #expect(Array(long.prefix(7)) == SHAKE.hash(.bits128, message, count: 7))
        #expect(SHAKE.hash(.bits128, message, count: 0).isEmpty)
    }

    @Test func `taking output does not end absorbing`() {
        var hasher = SHAKE(.bits128)
        hasher.absorb([1])
        #expect(hasher.output(32) == hasher.output(32))
        hasher.absorb([2, 3])
        #expect(hasher.output(32) == SHAKE.hash(.bits128, [1, 2, 3], count: 32))
    }

    @Test func `a copy absorbs for itself`() {
        var first = SHAKE(.bits256)
        first.absorb([1])
        var second = first
        second.absorb([2])
        #expect(first.output(16) == SHAKE.hash(.bits256, [1], count: 16))
        #expect(second.output(16) == SHAKE.hash(.bits256, [1, 2], count: 16))
    }

    @Test func `secrets give the same output in the arena`() {
        var hasher = SHAKE(.bits256)
        hasher.absorb(secret([1, 2]))
        #expect(exposed(hasher.secretOutput(48)) == SHAKE.hash(.bits256, [1, 2], count: 48))
    }
}
