import ArgumentParser
import CryptoPrimitives
import GatewayClient

/// A paper as a QR code, beside its text on standard output.
struct CodeOptions: ParsableArguments {
    @Flag(name: .customLong("qr"), help: "Show it as a QR code too, on the terminal.") var isShown = false
    @Option(name: .customLong("qr-file"), help: "Write it as a QR code too: a PNG file.") var file: String?

    /// Before anything is done that could not be done again.
    func require() throws {
        guard isShown || file != nil else { return }
        try QRCode.requireWriter()
        if let file { try InputFiles.requireWritable(file) }
    }

    /// Throws if one is wanted of what is too long for it.
    func requireNone(_ reason: String) throws {
        guard isShown || file != nil else { return }
        throw Stop.usage(reason, "Leave out --qr and --qr-file, and hand over the text.")
    }

    /// After the paper's text was written, so that nothing is lost with a code that cannot be made.
    func show<Kind: Paper>(_ paper: Kind) throws {
        guard isShown || file != nil else { return }
        guard let code = paper.code else {
            throw Stop.refused(
                "this \(Kind.name) has \(paper.canonicalBytes.count) bytes, and a QR code of one holds \(Kind.maximumSizeInCode)",
                "It is on standard output whole: hand over that, such as with `> \(Kind.fileName)`.")
        }
        if let file { try InputFiles.write(try QRCode.draw(code, as: .image), to: file) }
        if isShown { try show(code, Kind.fileName) }
    }

    private func show(_ code: String, _ fileName: String) throws {
        let form: QRCode.Form = Terminal.showsProgress ? .coloured : .plain
        let text = String(decoding: try QRCode.draw(code, as: form), as: UTF8.self)
        // Two rows of its squares in a line, and as many squares in a row as there are rows.
        let columns = text.count { $0 == "\n" } * 2 - 1
        if let available = Terminal.columns, available < columns {
            throw Stop.refused(
                "the QR code is \(columns) letters wide, and this terminal \(available)",
                "Write it with --qr-file, or make the letters smaller. The text on standard output is the same: `> \(fileName)`.")
        }
        Terminal.note(text, newline: false)
    }
}

extension Paper {
    /// As examples call it.
    fileprivate static var fileName: String { "\(name.split(separator: " ").last ?? "paper").txt" }
}
