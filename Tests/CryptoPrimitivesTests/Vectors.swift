import CryptoPrimitives
import Foundation
import TestSupport

/// Wycheproof's file layout, cut to what all files share.
struct Wycheproof<Group: Decodable>: Decodable {
    let numberOfTests: Int
    let testGroups: [Group]
}

/// The layout of `crypto-vectors`.
struct VectorFile<Vector: Decodable>: Decodable {
    let tests: [Vector]
}

enum Verdict: String, Decodable {
    case valid, invalid, acceptable
}

/// Bytes written in hexadecimal in a vector file.
struct Hex: Decodable {
    let bytes: [UInt8]

    init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let bytes = Hexadecimal.decode(text.lowercased()) else { throw CocoaError(.coderInvalidValue) }
        self.bytes = bytes
    }
}

func secret(_ bytes: [UInt8]) -> SecretBytes {
    SecretBytes(copying: bytes.span)
}

func exposed(_ secret: borrowing SecretBytes) -> [UInt8] {
    secret.withBytes { span in span.indices.map { span[$0] } }
}

/// What `make` makes, or `nil` when it refuses.
func exposed(ifMade make: () throws -> SecretBytes) -> [UInt8]? {
    guard let secret = try? make() else { return nil }
    return exposed(secret)
}
