import CryptoPrimitives
import DurableFiles
import EnvelopeEncryption
import Foundation
import GatewayClient
import SharingContract
import SystemPackage

/// What this program does when it is started to be measured as a whole: one file, sealed or opened by the code that deposits and
/// readers use. It ends by writing its peak memory, in KiB, beside the output.
///
///     Benchmarks seal-file RECIPIENT IN OUT      as an age file: X25519 header, then the payload
///     Benchmarks seal-record IN FOLDER           as a deposit does: also the content commitment and the digest of what is sent
///     Benchmarks open-file IDENTITY-FILE IN OUT  what seal-file or age made
enum FileModes {
    /// False if these arguments name no mode.
    static func run(_ arguments: [String]) async throws -> Bool {
        switch arguments.first {
        case "seal-file" where arguments.count == 4: try await seal(arguments[1], arguments[2], arguments[3])
        case "seal-record" where arguments.count == 3: try await sealRecord(arguments[1], FilePath(arguments[2]))
        case "open-file" where arguments.count == 4: try await open(arguments[1], arguments[2], arguments[3])
        default: return false
        }
        try peakMemory().write(toFile: "\(arguments[arguments.count - 1]).peak", atomically: false, encoding: .utf8)
        return true
    }

    enum ModeError: Error {
        case notAnAgeFile
    }

    private static let coreCount = ProcessInfo.processInfo.activeProcessorCount

    private static func seal(_ recipient: String, _ input: String, _ output: String) async throws {
        guard let recipient = X25519Recipient(recipient) else { throw ModeError.notAnAgeFile }
        let reader = try FileReader(FilePath(input))
        let (source, size) = (reader.file, try reader.size())
        let writer = try FileWriter(in: FilePath(output).removingLastComponent())
        let target = writer.file
        let fileKey = FileKey.random()
        let header = try Header.wrap(fileKey, to: recipient).bytes
        try target.write(header.span, at: 0)
        _ = try await Payload.seal(
            size: size, under: fileKey,
            reading: { offset, span throws(FileError) in try source.read(at: offset, into: &span) },
            writing: { offset, bytes throws(FileError) in try target.write(bytes, at: UInt64(header.count) + offset) },
            coreCount: coreCount)
        try keep(writer, output)
    }

    /// Under its name, and not synced: the peer does not sync either.
    private static func keep(_ writer: borrowing FileWriter, _ output: String) throws {
        _ = try? FileManager.default.removeItem(atPath: output)
        try FileManager.default.moveItem(atPath: writer.temporary.string, toPath: output)
    }

    private static func sealRecord(_ input: String, _ folder: FilePath) async throws {
        guard let file = try ContentFile(FilePath(input)), let origin = TextLine("benchmark") else { throw ModeError.notAnAgeFile }
        let key = Ed25519.PrivateKey.random()
        let subject = SealedRecord.Subject(origin: origin, compartment: key.publicKey, facts: [])
        let sealed = try await SealedRecord(.file(file), subject, depositor: key, folder: folder)
        withExtendedLifetime(sealed) {}
    }

    private static func open(_ identity: String, _ input: String, _ output: String) async throws {
        let lines = try String(contentsOfFile: identity, encoding: .utf8).split(separator: "\n")
        let text = SecretBytes(copying: Array((lines.first { $0.hasPrefix("AGE-SECRET-KEY-") } ?? "").utf8).span)
        let reader = try FileReader(FilePath(input))
        let (source, size) = (reader.file, try reader.size())
        guard let identity = X25519Identity(text: text) else { throw ModeError.notAnAgeFile }
        let header = try Header(startOf: try reader.read(at: 0, count: Header.maximumSize))
        let start = UInt64(header.bytes.count)
        let writer = try FileWriter(in: FilePath(output).removingLastComponent())
        let target = writer.file
        try await Payload.open(
            payloadSize: size - start, under: header.unwrap(with: identity), refusal: FileError.changed,
            reading: { offset, span throws(FileError) in try source.read(at: start + offset, into: &span) },
            writing: { offset, bytes throws(FileError) in try target.write(bytes, at: offset) }, coreCount: coreCount)
        try keep(writer, output)
    }

    /// `VmHWM`, which starts anew with the program, in KiB.
    private static func peakMemory() throws -> String {
        let lines = try String(contentsOfFile: "/proc/self/status", encoding: .utf8).split(separator: "\n")
        return lines.first { $0.hasPrefix("VmHWM:") }?.filter(\.isNumber) ?? ""
    }
}
