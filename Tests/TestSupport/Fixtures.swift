package import Foundation

/// Committed test data under `fixtures/`: what could be read once must be readable always.
package enum Fixtures {
    package static let repository = URL(filePath: #filePath).appending(path: "../../..").standardizedFileURL
    private static let folder = repository.appending(path: "fixtures")

    package static func url(_ path: String) -> URL {
        folder.appending(path: path)
    }

    package static func bytes(_ path: String) throws -> [UInt8] {
        Array(try Data(contentsOf: url(path)))
    }

    package static func json<Value: Decodable>(_ path: String, as _: Value.Type = Value.self) throws -> Value {
        try JSONDecoder().decode(Value.self, from: Data(contentsOf: url(path)))
    }
}
