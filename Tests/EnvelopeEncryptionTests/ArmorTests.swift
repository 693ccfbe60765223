import EnvelopeEncryption
import TestSupport
import Testing

@Suite struct ArmoredText {
    static let begin = "-----BEGIN AGE ENCRYPTED FILE-----"
    static let end = "-----END AGE ENCRYPTED FILE-----"
    static let full = String(repeating: "QUJD", count: 16)

    private func decoded(_ text: String) -> [UInt8]? {
        try? Armor.decode(Array(text.utf8))
    }

    @Test func `files of all lengths come back, in lines of 64 characters`() {
        var failures = Failures()
        for count in 0...200 {
            let text = Armor.encode(content(count))
            let lines = String(decoding: text, as: UTF8.self).split(separator: "\n")
            failures.check((try? Armor.decode(text)) == content(count), "\(count) bytes")
            failures.check(lines.dropFirst().dropLast(2).allSatisfy { $0.utf8.count == 64 }, "lines of \(count) bytes")
        }
        #expect(failures.isEmpty, "\(failures)")
    }

    @Test(arguments: [
        "\(begin)\nZm9v\n\(end)\n", "\(begin)\r\nZm9v\r\n\(end)\r\n", "\(begin)\nZm9v\n\(end)",
        "\n \t\r\n\(begin)\nZm9v\n\(end)\n\n \t",
    ])
    func `line endings of mail, blank space around and a missing last line feed are taken`(text: String) {
        #expect(decoded(text) == Array("foo".utf8))
    }

    @Test(arguments: [
        "", begin, "\(begin)\n", "\(begin)\nZm9v", "\(begin)\nZm9v\n", "Zm9v\n\(end)\n", "\(begin)\nZm9v\n\(begin)\n",
        "x\n\(begin)\nZm9v\n\(end)\n", " \(begin)\nZm9v\n\(end)\n", "\(begin)\nZm9v\n\(end)\nx", "\(begin) \nZm9v\n\(end)\n",
        "\(begin)\nZm9v\n\(end) x\n", "\(begin)\n\n\(end)\n", "\(begin)\nZm9v\n\n\(end)\n", "\(begin)\n\nZm9v\n\(end)\n",
        "\(begin)\nZm 9v\n\(end)\n", "\(begin)\nZm9v\nZm9v\n\(end)\n", "\(begin)\n\(full)QUJD\n\(end)\n",
        "\(begin)\nZg\n\(end)\n", "\(begin)\nZg=\n=\n\(end)\n", "\(begin)\nZh==\n\(end)\n", "\(begin)\nZg==\nZg==\n\(end)\n",
        "\(begin)\n\(full)\n\n\(end)\n", "\(begin)\nComment: none\n\nZm9v\n\(end)\n", "\(begin)\nZm9v\u{0B}\n\(end)\n",
        "-----BEGIN PGP MESSAGE-----\nZm9v\n-----END PGP MESSAGE-----\n", "\(begin)\rZm9v\r\(end)\r",
    ])
    func `text that is not strict PEM of one age file is refused`(text: String) {
        #expect(decoded(text) == nil)
    }
}
