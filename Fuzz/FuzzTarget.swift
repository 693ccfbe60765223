import CryptoPrimitives

/// A group of parsers that take the same kind of bytes, and what must hold for whatever they accept.
///
/// Each input goes to every parser of the group: most give up at the first field, and an input that pleases one of them is soon a
/// good beginning for another.
struct FuzzTarget: Sendable {
    /// After `fuzz-`, and the name of the corpus.
    let name: String
    let check: @Sendable ([UInt8]) -> Void
}

extension FuzzTarget {
    /// Formats with one encoding: what is accepted is, encoded again, the same bytes.
    static func canonical(_ name: String, _ formats: [any (CanonicalCodable & SendableMetatype).Type]) -> FuzzTarget {
        FuzzTarget(name: name) { bytes in
            for format in formats { requireCanonical(format, bytes) }
        }
    }
}

func requireCanonical<Format: CanonicalCodable>(_ format: Format.Type, _ bytes: [UInt8]) {
    guard let value = try? Format(canonical: bytes) else { return }
    require(value.canonicalBytes == bytes, "\(Format.self) has a second encoding")
}

/// Ends the process unless the property holds. The message names the property and nothing of the input, which is kept anyway.
func require(_ holds: Bool, _ property: @autoclosure () -> String, file: StaticString = #file, line: UInt = #line) {
    guard holds else { fatalError(property(), file: file, line: line) }
}

/// The text that these bytes are, if they are UTF-8.
func text(_ bytes: [UInt8]) -> String? {
    String(validating: bytes, as: UTF8.self)
}
