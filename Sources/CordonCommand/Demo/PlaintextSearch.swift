import DurableFiles
import Foundation
import MedicalRecords
import SystemPackage

/// Looks for passages of the records in the files of a gateway, as whoever stole its disk would.
struct PlaintextSearch {
    private static let passageSize = 32
    private static let passageCount = 12
    private let passages: Int
    let found: Int
    private let size: Int

    init(_ source: RecordSource, in folder: FilePath) throws {
        let step = max(1, source.resources.count / Self.passageCount)
        let passages = stride(from: 0, to: source.resources.count, by: step).prefix(Self.passageCount).map { index in
            let range = source.resources[index].range
            let middle = range.lowerBound + range.count / 2
            return Data(source.bytes[middle..<min(middle + Self.passageSize, range.upperBound)])
        }
        var (found, size) = (0, 0)
        for path in FileManager.default.enumerator(atPath: folder.string)?.compactMap({ $0 as? String }) ?? [] {
            guard let file = FileManager.default.contents(atPath: folder.appending(path).string) else { continue }
            size += file.count
            found += passages.count { file.range(of: $0) != nil }
        }
        (self.passages, self.found, self.size) = (passages.count, found, size)
    }

    var words: String {
        "\(passages) passages of the records were searched for in the \(size) bytes of the gateway's files: \(found) found."
    }
}
