/// Reads one JSON value (RFC 8259) and nothing after it.
///
/// Stricter than most readers: a name stands once in an object, a number is an integer of 64 bits and never goes through a floating
/// point value, no byte order mark. Size and depth are bounded before anything is built.
package struct JSONReader {
    private let bytes: [UInt8]
    private var position = 0

    private let depthLimit: Int

    private init(_ bytes: [UInt8], depthLimit: Int) {
        self.bytes = bytes
        self.depthLimit = depthLimit
    }

    package static func value(_ bytes: [UInt8], depthLimit: Int = Limits.valueDepth) throws(JSONError) -> JSONValue {
        guard bytes.count <= Limits.sourceBytes else { throw JSONError(.tooLarge, at: 0, in: bytes) }
        var reader = JSONReader(bytes, depthLimit: depthLimit)
        let value = try reader.value(depth: 0)
        reader.skipSpace()
        guard reader.position == bytes.count else { throw reader.error(.trailingBytes) }
        return value
    }

    private func error(_ reason: JSONError.Reason) -> JSONError {
        JSONError(reason, at: position, in: bytes)
    }

    private mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }

    private mutating func nextByte() throws(JSONError) -> UInt8 {
        skipSpace()
        guard position < bytes.count else { throw error(.cut) }
        return bytes[position]
    }

    private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
        switch try nextByte() {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .long(try long())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        default: throw error(.unexpectedByte)
        }
    }

    private mutating func literal(_ text: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
        for byte in text.description.utf8 {
            guard position < bytes.count else { throw error(.cut) }
            guard bytes[position] == byte else { throw error(.unexpectedByte) }
            position += 1
        }
        return value
    }
}

// Containers.
extension JSONReader {
    private mutating func object(depth: Int) throws(JSONError) -> JSONValue {
        guard depth < depthLimit else { throw error(.tooDeep) }
        let start = position
        position += 1
        var members: [JSONObject.Member] = []
        if try nextByte() == UInt8(ascii: "}") {
            position += 1
        } else {
            repeat {
                guard try nextByte() == UInt8(ascii: "\"") else { throw error(.unexpectedByte) }
                let name = try string()
                guard try nextByte() == UInt8(ascii: ":") else { throw error(.unexpectedByte) }
                position += 1
                members.append(JSONObject.Member(name: name, value: try value(depth: depth + 1)))
            } while try isFollowed(closing: UInt8(ascii: "}"))
        }
        guard let object = JSONObject(members) else { throw JSONError(.duplicateName, at: start, in: bytes) }
        return .object(object)
    }

    private mutating func array(depth: Int) throws(JSONError) -> JSONValue {
        guard depth < depthLimit else { throw error(.tooDeep) }
        position += 1
        var elements: [JSONValue] = []
        if try nextByte() == UInt8(ascii: "]") {
            position += 1
            return .array([])
        }
        repeat {
            elements.append(try value(depth: depth + 1))
        } while try isFollowed(closing: UInt8(ascii: "]"))
        return .array(elements)
    }

    private mutating func isFollowed(closing: UInt8) throws(JSONError) -> Bool {
        let byte = try nextByte()
        guard byte == closing || byte == UInt8(ascii: ",") else { throw error(.unexpectedByte) }
        position += 1
        return byte != closing
    }
}

// Scalars.
extension JSONReader {
    private mutating func long() throws(JSONError) -> Int64 {
        let start = position
        let isNegative = bytes[position] == UInt8(ascii: "-")
        if isNegative { position += 1 }
        let digits = position
        while position < bytes.count, case UInt8(ascii: "0")...UInt8(ascii: "9") = bytes[position] { position += 1 }
        guard position > digits else { throw error(position < bytes.count ? .unexpectedByte : .cut) }
        guard bytes[digits] != UInt8(ascii: "0") || position == digits + 1 else { throw error(.unexpectedByte) }
        let isFraction =
            position < bytes.count && [UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E")].contains(bytes[position])
        // `-0` is a floating point value and no integer.
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        guard !isFraction, text != "-0", let value = Int64(text) else { throw JSONError(.notALong, at: start, in: bytes) }
        return value
    }

    private mutating func string() throws(JSONError) -> CedarString {
        position += 1
        let start = position
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                let text = try text(bytes[start..<position], from: start)
                position += 1
                return text
            case UInt8(ascii: "\\"): return try escapedString(from: start)
            case ..<0x20: throw error(.controlCharacter)
            default: position += 1
            }
        }
        throw error(.cut)
    }

    private func text(_ utf8: some Collection<UInt8>, from start: Int) throws(JSONError) -> CedarString {
        guard let text = String(validating: utf8, as: UTF8.self) else { throw JSONError(.notUTF8, at: start, in: bytes) }
        return CedarString(text)
    }

    private mutating func escapedString(from start: Int) throws(JSONError) -> CedarString {
        var utf8 = Array(bytes[start..<position])
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                let text = try text(utf8, from: start)
                position += 1
                return text
            case UInt8(ascii: "\\"): utf8.append(contentsOf: String(try escapedScalar()).utf8)
            case ..<0x20: throw error(.controlCharacter)
            default:
                utf8.append(bytes[position])
                position += 1
            }
        }
        throw error(.cut)
    }

    private mutating func escapedScalar() throws(JSONError) -> Unicode.Scalar {
        position += 1
        guard position < bytes.count else { throw error(.cut) }
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try hexadecimalScalar()
        default: throw error(.escape)
        }
    }

    private mutating func hexadecimalScalar() throws(JSONError) -> Unicode.Scalar {
        let first = try codeUnit()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard UTF16.isLeadSurrogate(first), position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
            bytes[position + 1] == UInt8(ascii: "u")
        else { throw error(.escape) }
        position += 2
        let second = try codeUnit()
        guard UTF16.isTrailSurrogate(second),
            let scalar = Unicode.Scalar(0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00))
        else { throw error(.escape) }
        return scalar
    }

    private mutating func codeUnit() throws(JSONError) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard position < bytes.count else { throw error(.cut) }
            guard let digit = Character(Unicode.Scalar(bytes[position])).hexDigitValue else { throw error(.escape) }
            unit = unit << 4 | UInt16(digit)
            position += 1
        }
        return unit
    }
}
