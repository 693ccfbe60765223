package import CryptoPrimitives
import Foundation

/// A file of `fixtures/vectors/formats`, or of another folder of vectors: examples by name. Tests build every example anew and compare
/// to the byte; `CORDON_WRITE_FIXTURES=1` writes instead, which is right for a new format and never for one that people use.
package struct FormatFile: Sendable {
    package let name: String
    private let folder: String

    package init(_ name: String, in folder: String = "formats") {
        self.name = name
        self.folder = folder
    }

    package static let isWriting = ProcessInfo.processInfo.environment["CORDON_WRITE_FIXTURES"] == "1"

    private var url: URL { Fixtures.url("vectors/\(folder)/\(name)") }

    /// What differs between the examples as they are built now and the committed file; `nil` if nothing does.
    package func difference(from examples: [(name: String, value: Shown)]) throws -> String? {
        let built = Shown.fields(examples).description + "\n"
        if Self.isWriting {
            try Data(built.utf8).write(to: url)
            return nil
        }
        let lines = try String(contentsOf: url, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false)
        let builtLines = built.split(separator: "\n", omittingEmptySubsequences: false)
        if let (number, pair) = zip(lines, builtLines).enumerated().first(where: { $0.element.0 != $0.element.1 }) {
            return "\(name), line \(number + 1): committed \(pair.0.prefix(120)), built \(pair.1.prefix(120))"
        }
        return lines.count == builtLines.count ? nil : "\(name): \(lines.count) lines are committed, \(builtLines.count) are built"
    }

    /// A committed value, by the names on the way to it.
    private func committed(_ path: [String]) throws -> Any? {
        guard let data = try? Data(contentsOf: url) else { return nil }
        return path.reduce(try JSONSerialization.jsonObject(with: data)) { node, name in
            (node as? [String: Any])?[name] as Any
        }
    }

    package struct Missing: Error {
        let file: String
        let path: [String]
    }

    package func text(_ path: String...) throws -> String {
        guard let text = try committed(path) as? String else { throw Missing(file: name, path: path) }
        return text
    }

    package func bytes(_ path: String...) throws -> [UInt8] {
        try bytes(path)
    }

    private func bytes(_ path: [String]) throws -> [UInt8] {
        guard let text = try committed(path) as? String, let bytes = Hexadecimal.decode(text) else {
            throw Missing(file: name, path: path)
        }
        return bytes
    }

    /// Bytes that are random by nature, such as a sealed file: made once, and only read from then on.
    package func once(_ path: String..., make: () throws -> [UInt8]) throws -> [UInt8] {
        do {
            return try bytes(path)
        } catch let missing as Missing {
            guard Self.isWriting else { throw missing }
            return try make()
        }
    }
}

/// An example of a format: its fields, then the bytes that the real code makes of them and reads back.
package func example<Value: CanonicalCodable>(
    _ value: Value, _ pairs: ShownFields, more: ShownFields = [:]
) throws -> Shown {
    let bytes = value.canonicalBytes
    guard try Value(canonical: bytes).canonicalBytes == bytes else { throw FormatError.notCanonical }
    return .fields(
        [("fields", fields(pairs)), ("bytes", bytes.shown)] + more.map { ($0.key, $0.value?.shown ?? .absent) })
}
