import HTTPTypes

/// An HTTP answer as it came, byte for byte. It is read by hand, so that what is compared is what was on the wire.
struct Answer: Sendable {
    let status: Int
    let fields: HTTPFields
    let body: [UInt8]
    /// Whether the body is as long as it was announced.
    let isWhole: Bool

    /// The first answer in these bytes and what follows it; `nil` while its head is not there.
    static func first(in bytes: [UInt8]) -> (answer: Answer, rest: [UInt8])? {
        guard let end = headEnd(in: bytes) else { return nil }
        let lines = String(decoding: bytes.prefix(end), as: UTF8.self).split(separator: "\r\n").map(String.init)
        guard let first = lines.first, first.hasPrefix("HTTP/1.1 "), let status = Int(first.dropFirst(9).prefix(3)) else {
            return nil
        }
        var fields = HTTPFields()
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":"), let name = HTTPField.Name(String(line[..<colon])) else { return nil }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            fields.append(HTTPField(name: name, value: String(value)))
        }
        let behind = bytes.dropFirst(end)
        let length = fields[.contentLength].flatMap { Int($0) } ?? 0
        let answer = Answer(
            status: status, fields: fields, body: Array(behind.prefix(length)), isWhole: behind.count >= length)
        return (answer, Array(behind.dropFirst(length)))
    }

    private static func headEnd(in bytes: [UInt8]) -> Int? {
        let blank = Array("\r\n\r\n".utf8)
        guard bytes.count >= blank.count else { return nil }
        return (0...bytes.count - blank.count).first { bytes[$0..<$0 + blank.count].elementsEqual(blank) }.map { $0 + blank.count }
    }
}
