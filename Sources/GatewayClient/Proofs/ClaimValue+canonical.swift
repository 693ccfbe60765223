package import CryptoPrimitives
package import MedicalRecords

// Claims as bytes. docs/proofs.md, section 3.

extension CanonicalReader {
    /// Longer texts are not claimed.
    private static let maximumTextSize = 255

    package mutating func claimsSchema() throws(FormatError) -> ClaimsSchema {
        let name = try text()
        let version = try integer(UInt16.self)
        // Exactly: people's words for it are other bytes.
        let schema = ClaimsSchema.all.first { $0.version == version && $0.name.utf8.elementsEqual(name.text.utf8) }
        guard let schema else { throw .unknownTag }
        return schema
    }

    package mutating func claimValue() throws(FormatError) -> ClaimValue {
        switch try integer(UInt8.self) {
        case 0: return .absent
        case 1: return .date(try integer(UInt16.self))
        case 2: return .number(Int64(bitPattern: try integer(UInt64.self)))
        case 3: return .code(try integer(UInt16.self))
        case 4: return .openCode(Coding(system: try claimText(), code: try claimText()))
        case 5: return .text(try claimText())
        default: throw .unknownTag
        }
    }

    private mutating func claimText() throws(FormatError) -> String {
        let bytes = try string(length: UInt16.self, atMost: Self.maximumTextSize)
        guard !bytes.isEmpty, let text = String(validating: bytes, as: UTF8.self) else { throw .notCanonical }
        return text
    }
}

extension CanonicalWriter {
    package mutating func claimsSchema(_ schema: ClaimsSchema) {
        guard let name = TextLine(schema.name) else { preconditionFailure("a schema's name is a line of text") }
        text(name)
        integer(schema.version)
    }

    package mutating func claimValue(_ value: ClaimValue) {
        switch value {
        case .absent: integer(0 as UInt8)
        case .date(let days):
            integer(1 as UInt8)
            integer(days)
        case .number(let scaled):
            integer(2 as UInt8)
            integer(UInt64(bitPattern: scaled))
        case .code(let index):
            integer(3 as UInt8)
            integer(index)
        case .openCode(let coding):
            integer(4 as UInt8)
            string(Array(coding.system.utf8), length: UInt16.self)
            string(Array(coding.code.utf8), length: UInt16.self)
        case .text(let text):
            integer(5 as UInt8)
            string(Array(text.utf8), length: UInt16.self)
        }
    }
}

extension ClaimsSchema: Hashable {
    /// A schema never changes: what is done otherwise is another version.
    package static func == (left: ClaimsSchema, right: ClaimsSchema) -> Bool {
        left.name == right.name && left.version == right.version
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(name)
        hasher.combine(version)
    }
}

extension ClaimValue {
    /// Whether the field can have it.
    package func fits(_ field: ClaimField) -> Bool {
        switch (self, field.kind) {
        case (.absent, _), (.date, .date), (.openCode, .coding), (.text, .text): true
        case (.number(let steps), .number), (.number(let steps), .floor): steps.magnitude < 1 << 62
        case (.code(let index), .code): Int(index) < field.codeList?.codes.count ?? 0
        default: false
        }
    }
}
