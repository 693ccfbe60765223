internal import COpenSSL

/// HMAC-SHA-256 (RFC 2104), streaming, over OpenSSL's SHA-256.
///
/// Both hash states hold key material, so they live in the arena and not on the stack.
package struct HMAC: ~Copyable, Sendable {
    /// `SHA256_CTX` twice: inner, then outer.
    private let states: SecretBytes

    private static let blockSize = 64
    private static let stateSize = MemoryLayout<SHA256_CTX>.stride

    package init(key: Span<UInt8>) {
        states = SecretBytes(zeroesOfCount: 2 * Self.stateSize)
        let block = SecretBytes(count: Self.blockSize) { block in
            if key.count > Self.blockSize {
                var hasher = SHA256()
                hasher.update(key)
                let digest = hasher.finalize()
                digest.value.withBytes { for index in $0.indices { block[index] = $0[index] } }
            } else {
                for index in key.indices { block[index] = key[index] }
            }
        }
        absorb(block, xor: 0x36, intoStateAt: 0)
        absorb(block, xor: 0x5c, intoStateAt: 1)
    }

    package init(key: borrowing SecretBytes) {
        self = key.withBytes { HMAC(key: $0) }
    }

    package mutating func update(_ bytes: Span<UInt8>) {
        let status = unsafe bytes.withUnsafeBytes { source in
            unsafe withState(0) { unsafe SHA256_Update($0, source.baseAddress, source.count) }
        }
        precondition(status == 1, "SHA256_Update cannot fail")
    }

    package mutating func update(_ bytes: [UInt8]) {
        update(bytes.span)
    }

    package consuming func finalize() -> Hash {
        Hash(unsafe Bytes32 { unsafe finish(into: $0) })
    }

    /// The code as key material, which never leaves the arena.
    package consuming func finalizeSecret() -> SecretBytes {
        unsafe SecretBytes(writtenByC: 32) { unsafe finish(into: $0) }
    }

    private borrowing func finish(into output: UnsafeMutablePointer<UInt8>) {
        let inner = unsafe SecretBytes(writtenByC: 32) { digest in
            let status = unsafe withState(0) { unsafe SHA256_Final(digest, $0) }
            precondition(status == 1, "SHA256_Final cannot fail")
        }
        let status = unsafe inner.withUnsafeBytes { digest in
            unsafe withState(1) { state in
                unsafe SHA256_Update(state, digest.baseAddress, digest.count) & SHA256_Final(output, state)
            }
        }
        precondition(status == 1, "SHA256_Final cannot fail")
    }

    private borrowing func absorb(_ block: borrowing SecretBytes, xor pad: UInt8, intoStateAt index: Int) {
        let padded = block.withBytes { block in
            SecretBytes(count: Self.blockSize) { padded in
                for index in block.indices { padded[index] = block[index] ^ pad }
            }
        }
        let status = unsafe padded.withUnsafeBytes { bytes in
            unsafe withState(index) { state in
                unsafe SHA256_Init(state) & SHA256_Update(state, bytes.baseAddress, bytes.count)
            }
        }
        precondition(status == 1, "SHA256_Update cannot fail")
    }

    private borrowing func withState(_ index: Int, _ body: (UnsafeMutablePointer<SHA256_CTX>) -> CInt) -> CInt {
        unsafe states.withUnsafeBytes { bytes in
            let base = unsafe UnsafeMutableRawPointer(mutating: bytes.baseAddress! + index * Self.stateSize)
            return unsafe body(base.assumingMemoryBound(to: SHA256_CTX.self))
        }
    }

    package static func authenticationCode(for bytes: [UInt8], key: borrowing SecretBytes) -> Hash {
        var hmac = HMAC(key: key)
        hmac.update(bytes)
        return hmac.finalize()
    }
}
