import CryptoPrimitives
import GatewayAPI
import Testing

@Suite struct GatewayKeyFiles {
    private func passphrase(_ text: String) -> SecretBytes {
        SecretBytes(copying: Array(text.utf8).span)
    }

    @Test func `a key file opens with its passphrase, and in no other way`() throws {
        let keys = MemberKeys.random()
        let file = try keys.sealed(passphrase: passphrase("correct horse"))
        let opened = try MemberKeys(opening: file, passphrase: passphrase("correct horse"))
        let (here, there) = (opened.publicKeys, keys.publicKeys)
        #expect(here == there)
        #expect(here.member != here.ledger)
        #expect(throws: MemberKeys.OpenError.notAuthentic) {
            _ = try MemberKeys(opening: file, passphrase: passphrase("wrong")).publicKeys
        }
        for index in [25, 40, file.count - 1] {
            var changed = file
            changed[index] ^= 1
            #expect(throws: MemberKeys.OpenError.notAuthentic) {
                _ = try MemberKeys(opening: changed, passphrase: passphrase("correct horse")).publicKeys
            }
        }
    }

    /// The nonce is always the same, so the key must not be.
    @Test func `the same keys under the same passphrase are another file each time`() throws {
        let keys = MemberKeys.random()
        let (one, other) = (
            try keys.sealed(passphrase: passphrase("correct horse")), try keys.sealed(passphrase: passphrase("correct horse"))
        )
        let header = MemberKeys.fileSize - 64 - ChaCha20Poly1305.tagSize
        #expect(one.count == MemberKeys.fileSize && other.count == MemberKeys.fileSize)
        #expect(one[(header - 16)..<header] != other[(header - 16)..<header])
        #expect(one[header...] != other[header...])
    }

    @Test func `a key file that is cut, or has something behind it, is none`() throws {
        let file = try MemberKeys.random().sealed(passphrase: passphrase("correct horse"))
        for wrong in (0..<file.count).map({ Array(file.prefix($0)) }) + [file + [0], [0] + file, file + file] {
            #expect(throws: MemberKeys.OpenError.malformed) {
                _ = try MemberKeys(opening: wrong, passphrase: passphrase("correct horse")).publicKeys
            }
        }
    }

    @Test func `what is not a key file is refused before the passphrase is tried`() {
        for file in [[], Array("cordon-gateway-keys-v1".utf8), [UInt8](repeating: 0, count: MemberKeys.fileSize)] {
            #expect(throws: MemberKeys.OpenError.malformed) {
                _ = try MemberKeys(opening: file, passphrase: passphrase("x")).publicKeys
            }
        }
    }
}

extension MemberKeys {
    struct Public: Equatable {
        let member: Ed25519.PublicKey
        let ledger: Ed25519.PublicKey
    }

    var publicKeys: Public { Public(member: member.publicKey, ledger: ledger.publicKey) }
}
