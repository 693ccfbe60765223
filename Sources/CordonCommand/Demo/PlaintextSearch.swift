import DurableFiles
import MedicalRecords
import SystemPackage

/// Looks for passages of the records in the files of a gateway, as whoever stole its disk would.
struct PlaintextSearch {
    private static let passageSize = 32
    private static let passageCount = 12
    /// More than any file of a demo has.
    private static let sizeLimit = 1 << 32
    private let passages: Int
    let found: Int
    private let size: Int

    init(_ source: RecordSource, in folder: FilePath) throws {
        let step = max(1, source.resources.count / Self.passageCount)
        let passages = stride(from: 0, to: source.resources.count, by: step).prefix(Self.passageCount).map { index in
            let range = source.resources[index].range
            let middle = range.lowerBound + range.count / 2
            return Array(source.bytes[middle..<min(middle + Self.passageSize, range.upperBound)])
        }
        var (found, size) = (0, 0)
        for path in Self.files(in: folder) {
            guard let file = try? DurableFile.read(path, atMost: Self.sizeLimit) else { continue }
            size += file.count
            found += passages.count { Self.holds(file.span, $0.span) }
        }
        (self.passages, self.found, self.size) = (passages.count, found, size)
    }

    var words: String {
        "\(passages) passages of the records were searched for in the \(size) bytes of the gateway's files: \(found) found."
    }

    private static func files(in folder: FilePath) -> [FilePath] {
        let names = (try? DurableFile.names(in: folder)) ?? []
        return names.flatMap { name in
            let path = folder.appending(name)
            return DurableFile.exists(path.appending(".")) ? files(in: path) : [path]
        }
    }

    /// The standard library's search of collections takes a hundred times as long.
    private static func holds(_ file: Span<UInt8>, _ passage: Span<UInt8>) -> Bool {
        guard file.count >= passage.count, !passage.isEmpty else { return false }
        for start in 0...(file.count - passage.count) where file[start] == passage[0] {
            var length = 1
            while length < passage.count, file[start + length] == passage[length] { length += 1 }
            if length == passage.count { return true }
        }
        return false
    }
}
