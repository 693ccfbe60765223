/// The lines of a file that have something on them, with their numbers from 1. A line ends with LF or CR LF; the last may end with
/// the file.
struct BulkLines: Sequence, IteratorProtocol {
    struct Line {
        let number: Int
        let range: Range<Int>

        func resource(in bytes: [UInt8]) throws(SourceError) -> Resource {
            let resource: Resource?
            do throws(JSONError) {
                resource = try FHIRDocument.resource(bytes, in: range)
            } catch {
                throw .json(error)
            }
            guard let resource else { throw .notFHIR }
            if resource.isBundle { throw .bundleWithin }
            return resource
        }
    }

    private let bytes: [UInt8]
    private var start = 0
    private var number = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func next() -> Line? {
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            let range = start..<end
            start = end + 1
            number += 1
            if JSONToken.endOfSpace(from: range.lowerBound, in: bytes.span.extracting(..<end)) < end {
                return Line(number: number, range: range)
            }
        }
        return nil
    }

    /// Whether a file that is no JSON document reads as bulk NDJSON: one of its first two lines is a resource by itself, so that a
    /// broken line is reported by its number even if it is the first.
    static func areLikely(in bytes: [UInt8]) -> Bool {
        let lines = Array(BulkLines(bytes).prefix(2))
        return lines.count == 2 && lines.contains { ((try? FHIRDocument.resource(bytes, in: $0.range)) ?? nil) != nil }
    }
}
