internal import COpenSSL
internal import CSodium

package enum PasswordHashingError: Error {
    /// The work factor needs more memory than the machine gives.
    case outOfMemory
    /// The parameters lie outside what the function is defined for.
    case invalidParameters
}

/// scrypt (RFC 7914) by libsodium, with r = 8 and p = 1 as age fixes them. Memory is 1 KiB times 2^workFactor.
package enum Scrypt {
    package static func deriveKey(
        passphrase: borrowing SecretBytes, salt: [UInt8], workFactor: Int
    ) throws(PasswordHashingError) -> SecretBytes {
        guard (1...30).contains(workFactor) else { throw .invalidParameters }
        Sodium.initialize()
        return try unsafe SecretBytes(writtenByC: 32) { output throws(PasswordHashingError) in
            let status = unsafe passphrase.withUnsafeBytes { passphrase in
                unsafe crypto_pwhash_scryptsalsa208sha256_ll(
                    passphrase.baseAddress!, passphrase.count, salt, salt.count, 1 << UInt64(workFactor), 8, 1, output, 32)
            }
            guard status == 0 else { throw .outOfMemory }
        }
    }
}

/// Argon2id version 1.3 (RFC 9106) by libsodium: one lane, 16 bytes of salt.
package enum Argon2id {
    package static let saltSize = 16

    /// - Parameters:
    ///   - passes: RFC 9106's `t`.
    ///   - memory: bytes, at least 8 KiB.
    package static func deriveKey(
        passphrase: borrowing SecretBytes, salt: [UInt8], passes: Int, memory: Int, count: Int = 32
    ) throws(PasswordHashingError) -> SecretBytes {
        guard salt.count == saltSize, passes >= Int(crypto_pwhash_argon2id_opslimit_min()),
            memory >= crypto_pwhash_argon2id_memlimit_min(), count >= crypto_pwhash_argon2id_bytes_min()
        else { throw .invalidParameters }
        Sodium.initialize()
        return try unsafe SecretBytes(writtenByC: count) { output throws(PasswordHashingError) in
            let status = unsafe passphrase.withUnsafeBytes { passphrase in
                unsafe crypto_pwhash_argon2id(
                    output, UInt64(count), UnsafeRawPointer(passphrase.baseAddress!).assumingMemoryBound(to: CChar.self),
                    UInt64(passphrase.count), salt, UInt64(passes), memory, crypto_pwhash_argon2id_alg_argon2id13())
            }
            guard status == 0 else { throw .outOfMemory }
        }
    }
}

/// PBKDF2-HMAC-SHA-512 (RFC 8018) by OpenSSL, for BIP-39 alone.
package enum PBKDF2 {
    package static func deriveKey(passphrase: borrowing SecretBytes, salt: [UInt8], iterations: Int, count: Int) -> SecretBytes {
        precondition(iterations > 0 && count > 0, "PBKDF2 needs at least one iteration and one byte")
        return unsafe SecretBytes(writtenByC: count) { output in
            let status = unsafe passphrase.withUnsafeBytes { passphrase in
                unsafe PKCS5_PBKDF2_HMAC(
                    UnsafeRawPointer(passphrase.baseAddress!).assumingMemoryBound(to: CChar.self), CInt(passphrase.count),
                    salt, CInt(salt.count), CInt(iterations), EVP_sha512(), CInt(count), output)
            }
            precondition(status == 1, "PBKDF2 cannot fail")
        }
    }
}
