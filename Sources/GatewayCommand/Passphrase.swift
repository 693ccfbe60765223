import CryptoPrimitives
import Foundation
import SystemPackage

enum Passphrase {
    static let maximumSize = 1_024

    /// From the file that CORDON_PASSPHRASE_FILE names, else from standard input.
    static func read(mayBeEmpty: Bool = false) throws -> SecretBytes {
        let passphrase = try fromFile() ?? line(from: .standardInput)
        guard mayBeEmpty || passphrase.count > 0 else {
            throw Failure.usage("no passphrase: name a file that holds it in CORDON_PASSPHRASE_FILE, or give it on standard input")
        }
        return passphrase
    }

    private static func fromFile() throws -> SecretBytes? {
        guard let path = ProcessInfo.processInfo.environment["CORDON_PASSPHRASE_FILE"] else { return nil }
        guard let descriptor = try? FileDescriptor.open(FilePath(path), .readOnly) else {
            throw Failure.localData("the passphrase file \(path) cannot be read; see CORDON_PASSPHRASE_FILE")
        }
        defer { try? descriptor.close() }
        return try line(from: descriptor)
    }

    private static func line(from descriptor: FileDescriptor) throws -> SecretBytes {
        do {
            return try SecretBytes.read(upTo: .line, from: descriptor.rawValue, atMost: maximumSize)
        } catch {
            throw Failure.usage("a passphrase is one line of at most \(maximumSize) bytes")
        }
    }
}
