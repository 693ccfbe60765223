package import CryptoPrimitives

/// A passphrase, recipient and identity at once, for keyrings and for exports to stock age.
///
///     -> scrypt base64(salt, 16 bytes) work-factor
///     base64(ChaCha20-Poly1305(wrap key, zero nonce, file key))
///
///     wrap key = scrypt(passphrase, salt: "age-encryption.org/v1/scrypt" || salt, N: 2^work-factor, r: 8, p: 1)
package struct Passphrase: ~Copyable, Sendable {
    static let stanzaType = "scrypt"
    private static let saltSize = 16

    /// 256 MiB and about a second, what stock age writes.
    package static let defaultWorkFactor = 18
    /// 1 GiB. The file says how much work it wants and a stranger may have written it, so there must be an end.
    package static let maximumWorkFactor = 20

    private let secret: SecretBytes
    /// The base-two logarithm of scrypt's N, for wrapping. Unwrapping goes by the stanza.
    private let workFactor: Int

    package init(_ secret: consuming SecretBytes, workFactor: Int = defaultWorkFactor) {
        precondition((1...Self.maximumWorkFactor).contains(workFactor), "a work factor that could not be opened again")
        self.secret = secret
        self.workFactor = workFactor
    }

    private borrowing func wrapKey(salt: [UInt8], workFactor: Int) throws(PasswordHashingError) -> SecretBytes {
        try Scrypt.deriveKey(
            passphrase: secret, salt: Array("age-encryption.org/v1/scrypt".utf8) + salt, workFactor: workFactor)
    }
}

extension Passphrase: Recipient {
    package borrowing func wrap(_ fileKey: borrowing FileKey) throws(WrapError) -> Stanza {
        let salt = Random.bytes(Self.saltSize)
        guard let wrapKey = try? wrapKey(salt: salt, workFactor: workFactor) else { throw .outOfMemory }
        return Stanza(
            type: Self.stanzaType, arguments: [Base64.encode(salt, .unpadded), String(workFactor)],
            body: fileKey.wrapped(under: wrapKey))
    }
}

extension Passphrase: Identity {
    /// The parser has seen to it that a scrypt stanza stands alone.
    package borrowing func unwrap(_ stanzas: [Stanza]) throws(HeaderError) -> FileKey? {
        guard let stanza = stanzas.first, stanza.type == Self.stanzaType else { return nil }
        guard stanza.arguments.count == 2, let salt = Base64.decode(stanza.arguments[0], .unpadded), salt.count == Self.saltSize,
            stanza.body.count == FileKey.wrappedSize
        else { throw .malformed }
        let workFactor = try Self.workFactor(stanza.arguments[1])
        guard let wrapKey = try? wrapKey(salt: salt, workFactor: workFactor) else { throw .tooCostly }
        return FileKey(unwrapping: stanza.body, under: wrapKey)
    }

    /// A decimal number without sign or leading zero, whatever its length.
    private static func workFactor(_ text: String) throws(HeaderError) -> Int {
        guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }), !text.hasPrefix("0") else {
            throw .malformed
        }
        guard let workFactor = Int(text), workFactor <= maximumWorkFactor else { throw .tooCostly }
        return workFactor
    }
}
