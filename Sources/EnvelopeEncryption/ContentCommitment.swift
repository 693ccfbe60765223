package import CryptoPrimitives

/// What a record's content is bound to, so that no record can stand in for another.
package struct ContentBinding: Hashable, Sendable {
    /// Of the ledger.
    package let origin: TextLine
    /// The compartment's public key.
    package let compartment: Bytes32
    package let record: Bytes32
    package let version: UInt32

    package init(origin: TextLine, compartment: Bytes32, record: Bytes32, version: UInt32) {
        self.origin = origin
        self.compartment = compartment
        self.record = record
        self.version = version
    }
}

/// A commitment to a record's content that only who holds the file key can check, or even test a guess against.
///
///     HMAC-SHA-256(HKDF-SHA-256(file key, salt: empty, info: "cordon/content/v1"),
///         length of origin (1 byte) || origin || compartment (32) || record (32) || version (4) ||
///         size of the content (8) || content)
///
/// Integers are big-endian. The value is public: it stands on the ledger, behind a salt.
package struct ContentCommitment: Value32 {
    package let value: Bytes32

    package init(_ value: Bytes32) {
        self.value = value
    }

    package init(to content: Span<UInt8>, bound binding: ContentBinding, under fileKey: borrowing FileKey) {
        var hasher = Hasher(fileKey: fileKey, binding: binding, size: UInt64(content.count))
        hasher.update(content)
        guard let commitment = hasher.finalize() else { preconditionFailure("the size is that of the content") }
        self = commitment
    }

    /// Computes the commitment to content that arrives in pieces, whose size is known beforehand.
    package struct Hasher: ~Copyable, Sendable {
        private var hmac: HMAC
        private let size: UInt64
        private var received: UInt64 = 0

        package init(fileKey: borrowing FileKey, binding: ContentBinding, size: UInt64) {
            var writer = CanonicalWriter()
            writer.text(binding.origin)
            writer.fixed(binding.compartment.bytes)
            writer.fixed(binding.record.bytes)
            writer.integer(binding.version)
            writer.integer(size)
            hmac = HMAC(key: fileKey.deriveKey(info: "cordon/content/v1"))
            hmac.update(writer.bytes)
            self.size = size
        }

        package mutating func update(_ content: Span<UInt8>) {
            received += UInt64(content.count)
            hmac.update(content)
        }

        /// `nil` unless exactly as many bytes came as were announced.
        package consuming func finalize() -> ContentCommitment? {
            guard received == size else { return nil }
            return ContentCommitment(hmac.finalize().value)
        }
    }
}
