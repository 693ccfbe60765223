import CryptoPrimitives
import Foundation
import TestSupport

/// One published vector of the two drafts, whatever its kind.
struct Vector {
    private let fields: [String: Any]

    static func all(_ file: String) throws -> [Vector] {
        let object = try JSONSerialization.jsonObject(with: Corpora.data("zk-sigma/\(file).json")) as? [String: Any]
        return (object?["tests"] as? [[String: Any]] ?? []).map(Vector.init)
    }

    struct Missing: Error {
        let name: String
    }

    private init(_ fields: [String: Any]) { self.fields = fields }

    var id: String { fields["Id"] as? String ?? "" }
    var mustAccept: Bool { fields["Expected"] as? String != "reject" }
    var operations: [Vector] { (fields["Operations"] as? [[String: Any]] ?? []).map(Vector.init) }
    func has(_ name: String) -> Bool { fields[name] != nil }

    func text(_ name: String) throws -> String {
        guard let text = fields[name] as? String else { throw Missing(name: name) }
        return text
    }

    func bytes(_ name: String) throws -> [UInt8] {
        guard let bytes = Hexadecimal.decode(try text(name)) else { throw Missing(name: name) }
        return bytes
    }

    func bytes32(_ name: String) throws -> Bytes32 {
        guard let bytes = Bytes32(try bytes(name)) else { throw Missing(name: name) }
        return bytes
    }

    func integer(_ name: String) throws -> Int {
        guard let integer = fields[name] as? Int else { throw Missing(name: name) }
        return integer
    }

    /// Numbers are hexadecimal with 0x in front: their bytes, the first first.
    func number(_ name: String) throws -> [UInt8] {
        try Self.number(try text(name))
    }

    func numbers(_ name: String) throws -> [[UInt8]] {
        guard let texts = fields[name] as? [String] else { throw Missing(name: name) }
        return try texts.map(Self.number)
    }

    func integers(_ name: String) throws -> [UInt64] {
        guard let integers = fields[name] as? [Int] else { throw Missing(name: name) }
        return integers.map(UInt64.init)
    }

    func small(_ name: String) throws -> UInt64 {
        try number(name).reduce(0) { $0 << 8 | UInt64($1) }
    }

    private static func number(_ text: String) throws -> [UInt8] {
        let digits = text.dropFirst(2)
        guard let bytes = Hexadecimal.decode(digits.count.isMultiple(of: 2) ? String(digits) : "0" + digits) else {
            throw Missing(name: text)
        }
        return bytes
    }
}
