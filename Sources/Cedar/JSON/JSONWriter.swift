/// Writes JSON on one line, members in the order they are given.
struct JSONWriter {
    private(set) var bytes: [UInt8] = []
    /// Whether a value already stands before the next one in the same container.
    private var needsComma = false

    mutating func string(_ text: CedarString) {
        separate()
        quote(text)
        needsComma = true
    }

    mutating func long(_ value: Int64) {
        separate()
        bytes.append(contentsOf: String(value).utf8)
        needsComma = true
    }

    mutating func bool(_ value: Bool) {
        separate()
        bytes.append(contentsOf: (value ? "true" : "false").utf8)
        needsComma = true
    }

    mutating func array<Failure: Error>(_ write: (inout JSONWriter) throws(Failure) -> Void) throws(Failure) {
        try container(UInt8(ascii: "["), UInt8(ascii: "]"), write)
    }

    mutating func object<Failure: Error>(_ write: (inout JSONWriter) throws(Failure) -> Void) throws(Failure) {
        try container(UInt8(ascii: "{"), UInt8(ascii: "}"), write)
    }

    /// The next value is the member's.
    mutating func name(_ name: CedarString) {
        separate()
        quote(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    private mutating func container<Failure: Error>(
        _ opening: UInt8, _ closing: UInt8, _ write: (inout JSONWriter) throws(Failure) -> Void
    ) throws(Failure) {
        open(opening)
        try write(&self)
        close(closing)
    }

    /// For what cannot be written by going into it: whoever opens closes.
    mutating func open(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
        needsComma = false
    }

    mutating func close(_ bracket: UInt8) {
        bytes.append(bracket)
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
    }

    private mutating func quote(_ text: CedarString) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case UInt8(ascii: "\n"): bytes.append(contentsOf: "\\n".utf8)
            case UInt8(ascii: "\t"): bytes.append(contentsOf: "\\t".utf8)
            case UInt8(ascii: "\r"): bytes.append(contentsOf: "\\r".utf8)
            case ..<0x20:
                let digits = String(byte, radix: 16)
                bytes.append(contentsOf: ("\\u00" + (digits.utf8.count == 1 ? "0" : "") + digits).utf8)
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
