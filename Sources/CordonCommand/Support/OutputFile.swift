import CryptoPrimitives
import Dispatch
import DurableFiles
import FoundationEssentials
import GatewayClient
import Glibc
import SystemPackage

/// Where opened content goes: a file, or standard output. Nothing is shown before all of it has been checked.
struct OutputFile: ~Copyable {
    private let path: FilePath
    private let file: OpenFile
    /// For a file.
    private var writer: FileWriter?
    /// For standard output: the content waits where nobody else finds it.
    private var scratch: ScratchFile?
    private let interruption: Interruption?

    /// - Parameter path: `nil` for standard output.
    init(_ path: String?) throws {
        self.path = path.map { InputFiles.absolute($0) } ?? .temporaryFolder
        if path != nil { try Self.requireReplaceable(self.path) }
        do {
            if path == nil {
                let made = try ScratchFile(in: self.path)
                file = made.file
                scratch = consume made
                writer = nil
                interruption = nil
            } else {
                let made = try FileWriter(in: self.path.removingLastComponent())
                file = made.file
                interruption = Interruption(removing: made.temporary)
                scratch = nil
                writer = consume made
            }
        } catch {
            throw ClientError.localData(.file(error, path: self.path.string))
        }
    }

    /// A file takes the place of a file. A pipe or a device that was named would be replaced by one.
    private static func requireReplaceable(_ path: FilePath) throws {
        let type = (try? FileManager.default.attributesOfItem(atPath: path.string))?[.type] as? FileAttributeType
        guard let type, type != .typeRegular else { return }
        throw Stop.localData("\(path) is there and is not a file", "Name another, or leave --out out for standard output.")
    }

    /// Takes content at any place, also from several tasks at once.
    var writing: @Sendable (UInt64, Span<UInt8>) throws(ClientError) -> Void {
        let (file, path) = (file, path)
        return { offset, bytes throws(ClientError) in
            do throws(FileError) { try file.write(bytes, at: offset) } catch { throw .localData(.file(error, path: path.string)) }
        }
    }

    consuming func finish() throws(ClientError) {
        let path = path
        do {
            if let writer = writer.take() { try writer.commit(to: path) }
            if let scratch = scratch.take() { try scratch.copy(to: .standardOutput) }
        } catch {
            throw .localData(.file(error, path: path.string))
        }
    }
}

/// Who stops a command must not leave half a record behind, open for reading: what was written is removed before the process ends.
private final class Interruption {
    private static let signals = [SIGINT, SIGTERM, SIGHUP]
    private let sources: [any DispatchSourceSignal]

    init(removing path: FilePath) {
        sources = Self.signals.map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                try? DurableFile.remove(path)
                exit(128 + number)
            }
            source.resume()
            return source
        }
    }

    deinit {
        for source in sources { source.cancel() }
        for number in Self.signals { signal(number, SIG_DFL) }
    }
}
