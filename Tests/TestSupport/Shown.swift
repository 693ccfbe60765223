package import CryptoPrimitives
package import SharingContract

/// A value as a committed example shows it: docs/formats.md names the fields, bytes are hexadecimal.
package indirect enum Shown {
    case number(UInt64)
    case text(String)
    case flag(Bool)
    case absent
    case list([Shown])
    case fields([(name: String, value: Shown)])
}

/// What an example can show.
package protocol Showable {
    var shown: Shown { get }
}

package typealias ShownFields = KeyValuePairs<String, (any Showable)?>

/// Fields in the order of the format.
package func fields(_ pairs: ShownFields) -> Shown {
    .fields(pairs.map { ($0.key, $0.value?.shown ?? .absent) })
}

extension Shown: Showable {
    package var shown: Shown { self }
}

extension UInt8: Showable { package var shown: Shown { .number(UInt64(self)) } }
extension UInt16: Showable { package var shown: Shown { .number(UInt64(self)) } }
extension UInt32: Showable { package var shown: Shown { .number(UInt64(self)) } }
extension UInt64: Showable { package var shown: Shown { .number(self) } }
extension Int: Showable { package var shown: Shown { .number(UInt64(self)) } }
extension Bool: Showable { package var shown: Shown { .flag(self) } }
extension String: Showable { package var shown: Shown { .text(self) } }
extension TextLine: Showable { package var shown: Shown { .text(text) } }
extension Day: Showable { package var shown: Shown { .number(UInt64(number)) } }
extension Minute: Showable { package var shown: Shown { .number(UInt64(number)) } }
extension Bytes32: Showable { package var shown: Shown { .text(description) } }
extension Hash: Showable { package var shown: Shown { .text(description) } }
extension Ed25519.PublicKey: Showable { package var shown: Shown { .text(description) } }
extension Ed25519.Signature: Showable { package var shown: Shown { bytes.shown } }
extension PayloadID: Showable { package var shown: Shown { .text(description) } }
extension RequestHash: Showable { package var shown: Shown { .text(description) } }
extension Descriptor.RecordID: Showable { package var shown: Shown { .text(description) } }
extension RecipientKey: Showable { package var shown: Shown { bytes.shown } }

extension Array: Showable where Element: Showable {
    package var shown: Shown {
        // Bytes are shown as bytes. An empty array could be cast to any other, so the type is asked first.
        guard Element.self == UInt8.self, let bytes = self as? [UInt8] else { return .list(map(\.shown)) }
        return .text(Hexadecimal.encode(bytes))
    }
}

extension Shown: CustomStringConvertible {
    /// JSON, in which the fields keep their order.
    package var description: String { json(indentation: "") }

    private func json(indentation: String) -> String {
        let inner = indentation + "  "
        switch self {
        case .number(let number): return String(number)
        case .text(let text): return Self.quoted(text)
        case .flag(let flag): return flag ? "true" : "false"
        case .absent: return "null"
        case .list(let items):
            let lines = items.map { "\n\(inner)\($0.json(indentation: inner))" }
            return items.isEmpty ? "[]" : "[" + lines.joined(separator: ",") + "\n\(indentation)]"
        case .fields(let fields):
            let lines = fields.map { "\n\(inner)\(Self.quoted($0.name)): \($0.value.json(indentation: inner))" }
            return fields.isEmpty ? "{}" : "{" + lines.joined(separator: ",") + "\n\(indentation)}"
        }
    }

    private static func quoted(_ text: String) -> String {
        let escaped = text.unicodeScalars.map { scalar in
            switch scalar {
            case "\"", "\\": "\\\(scalar)"
            case "\n": "\\n"
            default: "\(scalar)"
            }
        }
        return "\"" + escaped.joined() + "\""
    }
}
