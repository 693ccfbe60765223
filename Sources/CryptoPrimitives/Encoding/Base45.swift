/// Base 45: two bytes in three of the characters that a QR code has a mode of its own for. RFC 9285.
package enum Base45 {
    private static let digits = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:".utf8)

    package static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 2) {
            let group = bytes[start..<min(start + 2, bytes.count)]
            var number = group.reduce(0) { $0 << 8 | Int($1) }
            for _ in 0...group.count {
                text.append(digits[number % digits.count])
                number /= digits.count
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// `nil` unless the text is what `encode` makes of some bytes.
    package static func decode(_ text: some StringProtocol) -> [UInt8]? {
        let text = Array(text.utf8)
        var bytes: [UInt8] = []
        for start in stride(from: 0, to: text.count, by: 3) {
            let group = text[start..<min(start + 3, text.count)]
            var number = 0
            for character in group.reversed() {
                guard let digit = digits.firstIndex(of: character) else { return nil }
                number = number * digits.count + digit
            }
            switch group.count {
            case 3 where number <= 0xFFFF: bytes += [UInt8(number >> 8), UInt8(number & 0xFF)]
            case 2 where number <= 0xFF: bytes.append(UInt8(number))
            default: return nil
            }
        }
        return bytes
    }
}
