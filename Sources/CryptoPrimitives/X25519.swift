internal import CSodium

/// X25519 (RFC 7748) by libsodium.
package enum X25519 {
    package struct PublicKey: Value32 {
        package let value: Bytes32

        package init(_ value: Bytes32) {
            self.value = value
        }
    }

    package enum AgreementError: Error {
        /// The other side sent a point of small order: the shared secret would be all zero.
        case smallOrderPoint
    }

    package struct PrivateKey: ~Copyable, Sendable {
        package static let count = 32
        private let scalar: SecretBytes
        package let publicKey: PublicKey

        package init(_ scalar: consuming SecretBytes) {
            precondition(scalar.count == Self.count, "an X25519 key is 32 bytes")
            Sodium.initialize()
            let publicKey = unsafe Bytes32 { output in
                let status = unsafe scalar.withUnsafeBytes { unsafe crypto_scalarmult_base(output, $0.baseAddress!) }
                precondition(status == 0, "crypto_scalarmult_base cannot fail")
            }
            self.publicKey = PublicKey(publicKey)
            self.scalar = scalar
        }

        package static func random() -> PrivateKey {
            PrivateKey(SecretBytes.random(count: count))
        }

        package borrowing func sharedSecret(with other: PublicKey) throws(AgreementError) -> SecretBytes {
            try unsafe SecretBytes(writtenByC: 32) { output throws(AgreementError) in
                let status = unsafe scalar.withUnsafeBytes { scalar in
                    unsafe other.value.withUnsafePointer { unsafe crypto_scalarmult(output, scalar.baseAddress!, $0) }
                }
                guard status == 0 else { throw .smallOrderPoint }
            }
        }

        /// For tests against published vectors and for writing an identity file.
        package borrowing func withBytes<Result: ~Copyable>(_ body: (Span<UInt8>) -> Result) -> Result {
            scalar.withBytes(body)
        }
    }
}
