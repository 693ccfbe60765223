import Foundation
import TestSupport

/// The files of one tar.gz of the Cedar corpora, by name.
struct CorpusArchive: Sendable {
    private let archive: Data
    private let files: [String: Range<Int>]

    static let cases = Result { try CorpusArchive("cedar/corpus-tests.tar.gz") }
    static let verdicts = Result { try CorpusArchive("cedar/corpus-tests-validation.tar.gz") }
    static let jsonSchemas = Result { try CorpusArchive("cedar/corpus-tests-json-schemas.tar.gz") }
    static let consents = Result { try CorpusArchive("cedar/consent-multi.tar.gz") }

    init(_ path: String) throws {
        archive = try Corpora.gunzip(path)
        files = Self.files(archive)
    }

    var names: [String] { files.keys.sorted() }

    subscript(name: String) -> [UInt8]? { files[name].map { Array(archive[$0]) } }

    func bytes(_ name: String) throws -> [UInt8] {
        guard let bytes = self[name] else { throw CocoaError(.fileNoSuchFile) }
        return bytes
    }

    func text(_ name: String) throws -> String {
        try String(decoding: bytes(name), as: UTF8.self)
    }

    func decoded<Content: Decodable>(_ name: String, as _: Content.Type = Content.self) throws -> Content {
        try JSONDecoder().decode(Content.self, from: Data(bytes(name)))
    }

    /// Blocks of 512 bytes: a header with a name and a size in octal digits, then the content (POSIX.1-1988, ustar).
    private static func files(_ archive: Data) -> [String: Range<Int>] {
        var files: [String: Range<Int>] = [:]
        var offset = 0
        func text(_ range: Range<Int>) -> String { String(decoding: archive[range].prefix { $0 != 0 }, as: UTF8.self) }
        while offset + 512 <= archive.count, archive[offset] != 0 {
            let size = Int(text(offset + 124..<offset + 136).trimmingCharacters(in: .whitespaces), radix: 8) ?? 0
            let content = offset + 512..<offset + 512 + size
            if archive[offset + 156] == UInt8(ascii: "0") { files[text(offset..<offset + 100)] = content }
            offset = content.lowerBound + (size + 511) / 512 * 512
        }
        return files
    }
}
