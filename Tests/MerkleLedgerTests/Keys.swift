import CryptoPrimitives
import MerkleLedger
import Testing

/// Keys of tests: from a seed of one repeated byte, so that every run signs the same.
func privateKey(_ byte: UInt8) -> Ed25519.PrivateKey {
    privateKey(seed: [UInt8](repeating: byte, count: 32))
}

func privateKey(seed: [UInt8]) -> Ed25519.PrivateKey {
    Ed25519.PrivateKey(seed: SecretBytes(copying: seed.span))
}

func name(_ text: String) throws -> KeyName {
    try #require(KeyName(text))
}

func origin(_ text: String) throws -> TextLine {
    try #require(TextLine(text))
}

func logSigner(_ byte: UInt8, name text: String = "log.example/a") throws -> NoteSigner {
    NoteSigner(name: try name(text), key: privateKey(byte))
}

func cosigner(_ byte: UInt8, name text: String) throws -> Cosigner {
    Cosigner(name: try name(text), key: privateKey(byte))
}

func verifierKeys(cosigners bytes: [UInt8]) throws -> [VerifierKey] {
    try bytes.map { try cosigner($0, name: "cosigner.example/\($0)").verifierKey }
}

extension SignedNote {
    init(_ text: String) throws {
        try self.init(Array(text.utf8))
    }
}
