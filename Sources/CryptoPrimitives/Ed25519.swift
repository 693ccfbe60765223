internal import CSodium

/// Ed25519 (RFC 8032) by libsodium. Verification refuses non-canonical S, small-order keys and small-order R.
package enum Ed25519 {
    package struct PublicKey: Value32 {
        package let value: Bytes32

        package init(_ value: Bytes32) {
            self.value = value
        }

        /// Throws unless this key signed exactly `message`.
        package func verify(_ signature: Signature, of message: [UInt8]) throws(SignatureError) {
            Sodium.initialize()
            let status = unsafe signature.bytes.withUnsafeBufferPointer { signature in
                unsafe value.withUnsafePointer { key in
                    unsafe crypto_sign_verify_detached(signature.baseAddress!, message, UInt64(message.count), key)
                }
            }
            guard status == 0 else { throw .notAuthentic }
        }
    }

    /// 64 bytes: R, then S.
    package struct Signature: Hashable, Sendable {
        package static let count = 64
        package let bytes: [UInt8]

        package init?(_ bytes: [UInt8]) {
            guard bytes.count == Self.count else { return nil }
            self.bytes = bytes
        }
    }

    package enum SignatureError: Error {
        /// This key did not sign this message. Nothing more is said, on purpose.
        case notAuthentic
    }

    package struct PrivateKey: ~Copyable, Sendable {
        package static let seedSize = 32
        /// libsodium's form: seed, then public key.
        private let expanded: SecretBytes
        package let publicKey: PublicKey

        package init(seed: borrowing SecretBytes) {
            precondition(seed.count == Self.seedSize, "an Ed25519 seed is 32 bytes")
            Sodium.initialize()
            var publicKey = Bytes32.zero
            expanded = unsafe SecretBytes(writtenByC: Int(crypto_sign_SECRETKEYBYTES)) { secret in
                publicKey = unsafe Bytes32 { output in
                    let status = unsafe seed.withUnsafeBytes { unsafe crypto_sign_seed_keypair(output, secret, $0.baseAddress!) }
                    precondition(status == 0, "crypto_sign_seed_keypair cannot fail")
                }
            }
            self.publicKey = PublicKey(publicKey)
        }

        package static func random() -> PrivateKey {
            PrivateKey(seed: SecretBytes.random(count: seedSize))
        }

        /// A second handle to the same key, for an owner that outlives this one.
        package borrowing func duplicate() -> PrivateKey {
            PrivateKey(seed: seed())
        }

        /// The key's 32 bytes, for a program that is started to work with it.
        package borrowing func seed() -> SecretBytes {
            expanded.withBytes { SecretBytes(copying: $0.extracting(0..<Self.seedSize)) }
        }

        /// Deterministic: the same message gives the same signature.
        package borrowing func sign(_ message: [UInt8]) -> Signature {
            let bytes = unsafe [UInt8](unsafeUninitializedCapacity: Signature.count) { buffer, initializedCount in
                let status = unsafe expanded.withUnsafeBytes { secret in
                    unsafe crypto_sign_detached(
                        buffer.baseAddress!, nil, message, UInt64(message.count), secret.baseAddress!)
                }
                precondition(status == 0, "crypto_sign_detached cannot fail")
                initializedCount = Signature.count
            }
            guard let signature = Signature(bytes) else { preconditionFailure("a signature is 64 bytes") }
            return signature
        }
    }
}
