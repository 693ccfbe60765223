import DurableFiles
import GatewayClient
import SystemPackage

/// QR codes, drawn and read by programs that others maintain.
enum QRCode {
    private static let writer = HelperProgram(
        name: "qrencode", package: "qrencode", instead: "hand over what is on standard output as a file.")
    private static let reader = HelperProgram(
        name: "zbarimg", package: "zbar-tools", instead: "read the code with a telephone and name a file that holds its text.")

    enum Form: String {
        case image = "PNG"
        /// In blocks, black on white whatever the terminal's colours are.
        case coloured = "ANSIUTF8"
        /// In blocks that are the light part of it.
        case plain = "UTF8"
    }

    static func requireWriter() throws(Stop) { _ = try writer.path() }

    /// - Parameter text: as a paper's `code`.
    static func draw(_ text: String, as form: Form) throws(Stop) -> [UInt8] {
        let input = try waiting(text)
        defer { try? input.close() }
        let (status, output) = try writer.run(
            ["--level=L", "--margin=4", "--size=6", "--type=\(form.rawValue)", "--output=-"], input: input,
            outputAtMost: 1 << 20)
        guard status == 0, let output, !output.isEmpty else { throw .localData("qrencode drew no code (it ended with \(status))") }
        return output
    }

    /// In a pipe, which takes more than a code holds.
    private static func waiting(_ text: String) throws(Stop) -> FileDescriptor {
        do {
            let (output, input) = try FileDescriptor.pipe(options: .closeOnExec)
            defer { try? input.close() }
            try input.writeAll(text.utf8)
            return output
        } catch {
            throw .localData("the program qrencode could not be started")
        }
    }
}

// Reading.
extension QRCode {
    /// A photograph in full.
    static let maximumImageSize = 16 << 20

    /// What its program is told that an image is, by the first bytes; `nil` for anything else.
    private static func format(_ bytes: [UInt8]) -> String? {
        if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) { return "png" }
        return bytes.starts(with: [0xFF, 0xD8, 0xFF]) ? "jpeg" : nil
    }

    static func isImage(_ bytes: [UInt8]) -> Bool { format(bytes) != nil }

    /// The text of the only code in an image, which is of nobody's making that is trusted: what reads it is told which of two formats it
    /// is, and has little memory and time.
    static func text(in image: [UInt8]) throws(Stop) -> [UInt8] {
        guard let format = format(image) else { throw unreadable }
        let file: ScratchFile
        do {
            file = try waiting(image)
        } catch {
            throw Stop(Explanation(.localData(.file(error, path: FilePath.temporaryFolder.string))))
        }
        let (status, output) = try file.reading { file throws(Stop) in
            try reader.run(
                ["--quiet", "--nodbus", "-Sdisable", "-Sqrcode.enable", "\(format):-"], input: file, outputAtMost: 1 << 16,
                environment: limits)
        }
        let start = Array("QR-Code:".utf8)
        let count = output?.split(separator: UInt8(ascii: "\n")).count { $0.starts(with: start) } ?? 2
        switch (count, status) {
        case (0, 4): throw .localData("there is no QR code in this image", "Is all of the code in it, sharp and straight?")
        case (0, _): throw unreadable
        case (1, _): return output.map { Array($0.dropFirst(start.count)) } ?? []
        default: throw .localData("there is more than one QR code in this image", "Cut out the one that is meant.")
        }
    }

    private static var unreadable: Stop {
        .localData("this image cannot be read", "Make a smaller one: a PNG or JPEG of the code alone.")
    }

    /// In a file without a name: a pipe would have to be filled while the answer is read.
    private static func waiting(_ bytes: [UInt8]) throws(FileError) -> ScratchFile {
        var file = try ScratchFile(in: .temporaryFolder)
        try file.write(bytes)
        return file
    }

    /// What decodes images goes by these.
    private static let limits = [
        "MAGICK_MEMORY_LIMIT": "256MiB", "MAGICK_MAP_LIMIT": "512MiB", "MAGICK_WIDTH_LIMIT": "16KP",
        "MAGICK_HEIGHT_LIMIT": "16KP", "MAGICK_DISK_LIMIT": "0B", "MAGICK_TIME_LIMIT": "60",
    ]
}
