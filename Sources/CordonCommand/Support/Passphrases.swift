import CryptoPrimitives
import EnvelopeEncryption
import FoundationEssentials
import GatewayClient
import SystemPackage

enum Passphrases {
    static let maximumSize = 1_024
    static let variable = "CORDON_PASSPHRASE_FILE"

    /// The passphrase of a profile that exists.
    static func existing(_ profile: String) throws -> SecretBytes {
        if let secret = try fromFile() { return secret }
        return try Terminal.readSecret("Passphrase of \(profile):", atMost: maximumSize)
    }

    /// A passphrase for a new profile, typed twice.
    static func new(_ profile: String) throws -> SecretBytes {
        if let secret = try fromFile() { return secret }
        let first = try Terminal.readSecret("New passphrase for \(profile):", atMost: maximumSize)
        guard first.count >= 8 else { throw Stop.usage("a passphrase has at least 8 characters", "Four random words are good.") }
        let second = try Terminal.readSecret("The same again:", atMost: maximumSize)
        guard first.isEqual(to: second) else { throw Stop.usage("the two passphrases differ") }
        return first
    }

    private static func fromFile() throws -> SecretBytes? {
        guard let path = ProcessInfo.processInfo.environment[variable], !path.isEmpty else { return nil }
        guard let descriptor = try? FileDescriptor.open(FilePath(path), .readOnly) else {
            throw Stop.localData("the passphrase file \(path) cannot be read", "See \(variable).")
        }
        defer { try? descriptor.close() }
        guard let secret = try? SecretBytes.read(upTo: .line, from: descriptor.rawValue, atMost: maximumSize) else {
            throw Stop.localData("the passphrase file \(path) does not begin with a line of at most \(maximumSize) bytes")
        }
        guard secret.count > 0 else { throw Stop.localData("the passphrase file \(path) is empty") }
        return secret
    }
}
