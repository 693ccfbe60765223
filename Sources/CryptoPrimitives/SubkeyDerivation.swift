internal import CSodium

/// libsodium's `crypto_kdf`: BLAKE2b of nothing, keyed with the parent, salted with the number, personalised with the context.
package enum SubkeyDerivation {
    package static let parentSize = 32
    package static let contextSize = 8

    /// - Parameter context: eight ASCII characters that name the use.
    package static func deriveKey(
        from parent: borrowing SecretBytes, number: UInt64, context: StaticString, count: Int = 32
    ) -> SecretBytes {
        precondition(parent.count == parentSize, "a parent key is 32 bytes")
        precondition(context.utf8CodeUnitCount == contextSize && context.isASCII, "a context is eight ASCII characters")
        precondition((16...64).contains(count), "crypto_kdf gives 16 to 64 bytes")
        Sodium.initialize()
        return unsafe SecretBytes(writtenByC: count) { output in
            let status = unsafe parent.withUnsafeBytes { parent in
                unsafe crypto_kdf_derive_from_key(
                    output, count, number, UnsafeRawPointer(context.utf8Start).assumingMemoryBound(to: CChar.self),
                    parent.baseAddress!)
            }
            precondition(status == 0, "crypto_kdf cannot fail")
        }
    }
}
