/// What a file is, by its content; names and extensions are not asked.
package enum MediaType: String, Sendable {
    case fhirJSON = "application/fhir+json"
    case pdf = "application/pdf"
    case dicom = "application/dicom"
    case text = "text/plain"
    case octets = "application/octet-stream"

    /// A file that starts as a JSON object counts as FHIR, so that a broken one is refused and not stored as mere text.
    init(sniffing bytes: [UInt8]) {
        if bytes.starts(with: Array("%PDF-".utf8)) {
            self = .pdf
        } else if bytes.count >= 132, bytes[128..<132].elementsEqual("DICM".utf8) {
            // DICOM PS3.10, section 7.1. Files without this preamble exist; they pass as octets.
            self = .dicom
        } else if Self.startsAsObject(bytes) {
            self = .fhirJSON
        } else {
            self = Self.isText(bytes) ? .text : .octets
        }
    }

    /// `nil` unless the start settles it: PDF, DICOM, and what holds a control character, which is neither JSON nor text.
    init?(ofFileStartingWith start: [UInt8]) {
        self.init(sniffing: start)
        switch self {
        case .pdf, .dicom: return
        case .octets: guard start.contains(where: Self.isControl) else { return nil }
        case .fhirJSON, .text: return nil
        }
    }

    /// Other than those that lay out a page.
    private static func isControl(_ byte: UInt8) -> Bool {
        byte < 0x20 && !(0x09...0x0D).contains(byte) || byte == 0x7F
    }

    private static func startsAsObject(_ bytes: [UInt8]) -> Bool {
        var start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        start = JSONToken.endOfSpace(from: start, in: bytes.span)
        return bytes[start...].first == UInt8(ascii: "{") && !bytes[start...].starts(with: Array("{\\rtf".utf8))
    }

    /// UTF-8 without control characters other than those that lay out a page.
    private static func isText(_ bytes: [UInt8]) -> Bool {
        guard !bytes.contains(where: isControl) else { return false }
        return (try? UTF8Span(validating: bytes.span)) != nil
    }
}
