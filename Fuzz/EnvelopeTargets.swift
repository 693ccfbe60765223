import CryptoPrimitives
import EnvelopeEncryption

/// What strangers send as an age file: the header, the armor around it, keys as text, and whole files for known identities.
enum EnvelopeTargets {
    static let all = [
        FuzzTarget(name: "header", check: checkHeader),
        FuzzTarget(name: "armor", check: checkArmor),
        FuzzTarget(name: "bech32", check: checkKeys),
        FuzzTarget(name: "envelope", check: checkEnvelope),
    ]

    /// A header is written anew from its stanzas alone, by another hand than the one that reads it.
    private static func checkHeader(_ bytes: [UInt8]) {
        guard let header = try? Header(startOf: bytes) else { return }
        require(bytes.starts(with: header.bytes), "a header is the start of its file")
        require((try? Header(header.bytes))?.stanzas == header.stanzas, "a header stands by itself")
        var written = "age-encryption.org/v1\n"
        for stanza in header.stanzas {
            written += (["->", stanza.type] + stanza.arguments).joined(separator: " ") + "\n"
            var body = Base64.encode(stanza.body, .unpadded)[...]
            while body.utf8.count >= 64 {
                written += body.prefix(64) + "\n"
                body = body.dropFirst(64)
            }
            written += body + "\n"
        }
        written += "--- "
        let code = header.bytes.dropFirst(written.utf8.count)
        require(header.bytes.starts(with: written.utf8) && code.count == 44 && code.last == 0x0A, "a header has one form")
        require((try? header.unwrap(with: identity)) == nil || written.contains("-> X25519 "), "only its own stanza unwraps")
        require((try? header.unwrap(with: hybrid)) == nil || written.contains("-> mlkem768x25519 "), "only its own stanza unwraps")
        unwrap(header, with: "correct horse battery staple")
    }

    /// Where a file asks for much work, trying it would say nothing of the parser.
    private static func unwrap(_ header: Header, with passphrase: String) {
        guard let stanza = header.stanzas.first, stanza.type == "scrypt",
            stanza.arguments.count != 2 || UInt64(stanza.arguments[1]).map({ $0 <= 4 || $0 > 20 }) ?? true
        else { return }
        let isOpened = (try? header.unwrap(with: Passphrase(SecretBytes(copying: Array(passphrase.utf8).span)))) != nil
        require(!isOpened || header.stanzas.count == 1, "a passphrase stands alone")
    }

    /// Around the armor blank space is forgiven, and carriage returns at the end of its lines.
    private static func checkArmor(_ bytes: [UInt8]) {
        guard let file = try? Armor.decode(bytes) else { return }
        let strict = Armor.encode(file)
        require((try? Armor.decode(strict)) == file, "armor comes back")
        let isBlank: (UInt8) -> Bool = { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
        let lines = bytes.filter { $0 != 0x0D }.drop(while: isBlank)
        let end = lines.lastIndex { !isBlank($0) } ?? lines.startIndex
        require(lines[...end].elementsEqual(strict.dropLast()), "armor has one form but for blank space")
    }

    private static func checkKeys(_ bytes: [UInt8]) {
        guard bytes.count <= 4_096 else { return }
        let secret = SecretBytes(copying: bytes.span)
        if let identity = X25519Identity(text: secret) {
            let isSame = identity.exportedText().isEqual(to: secret)
            require(isSame, "an X25519 identity has one form")
        }
        if let identity = HybridIdentity(text: secret) {
            let isSame = identity.exportedText().isEqual(to: secret)
            require(isSame, "a hybrid identity has one form")
        }
        guard let text = text(bytes) else { return }
        if let recipient = X25519Recipient(text) {
            require(recipient.description.utf8.elementsEqual(bytes), "an X25519 recipient has one form")
        }
        if let recipient = HybridRecipient(text) {
            require(recipient.description.utf8.elementsEqual(bytes), "a hybrid recipient has one form")
        }
    }

    /// In memory and as a stream, a file gives the same content or none.
    private static func checkEnvelope(_ bytes: [UInt8]) {
        let content = try? Envelope.open(bytes, with: identity)
        var rest = bytes[...]
        var streamed: [UInt8] = []
        let isOpened: Void? = try? Envelope.open(
            from: { output in
                // Odd pieces, so that chunks and header are cut anywhere.
                let piece = rest.prefix(min(1_001, output.freeCapacity))
                for byte in piece { output.append(byte) }
                rest = rest.dropFirst(piece.count)
            }, with: identity, into: { streamed.append(copying: $0) })
        require((isOpened != nil) == (content != nil), "a stream opens what memory opens")
        require(content == nil || content == streamed, "a stream gives what memory gives")
    }

    private static var hybrid: HybridIdentity {
        HybridIdentity(seed: SecretBytes(copying: SHA256.hash(Array("hybrid".utf8)).bytes.span))
    }

    /// That of `fixtures/envelopes/v1/x25519.age`.
    private static var identity: X25519Identity {
        let text = Array("AGE-SECRET-KEY-1K5X3NE06QD00QWRAKUV0D0L3RXV6MME7QPNWKD5EG266KAHYENKSQW9XLF".utf8)
        guard let identity = X25519Identity(text: SecretBytes(copying: text.span)) else {
            fatalError("a fixture's identity is one")
        }
        return identity
    }
}
