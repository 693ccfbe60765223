/// `claim-schemas.json`: for a type of resource, what is claimed of it and in which order.
///
/// A schema never changes. What is done otherwise, in its fields, in how they are read, in a list or a unit, is another version. Its bytes
/// stand for it:
///
///     text name, u16 version, list8 of (text name, u8 kind, text unit, u8 scale, text list)
///
/// with texts of UTF-8 behind their length as u8, and integers big-endian.
package struct ClaimsSchema: Sendable {
    /// A set of claims has 16 places, of which three are taken: the schema's hash, the holder's secret, the expiry.
    package static let maximumFieldCount = 13

    /// The type of resource.
    package let name: String
    package let version: UInt16
    /// What people call it; the first is what a program shows.
    package let words: [String]
    package let fields: [ClaimField]
    /// The elements of the resource in which fields stand.
    let elements: Set<String>

    package var canonicalBytes: [UInt8] {
        var bytes = Self.bytes(name) + [UInt8(version >> 8), UInt8(version & 0xFF), UInt8(fields.count)]
        for field in fields {
            bytes += Self.bytes(field.name) + [field.kind.rawValue]
            bytes += Self.bytes(field.unit) + [UInt8(field.scale)]
            bytes += Self.bytes(field.listName)
        }
        return bytes
    }

    private static func bytes(_ text: String) -> [UInt8] { [UInt8(text.utf8.count)] + Array(text.utf8) }
}

extension ClaimsSchema {
    /// In the order of the file.
    package static let all = data.schemas

    /// By the type of resource, or by a word for it: `Immunization`, `vaccination`.
    package static func named(_ word: String) -> ClaimsSchema? {
        let typed = ClaimWords(word)
        return all.first { $0.name == word } ?? all.first { typed.isOne(of: [$0.name] + $0.words) }
    }

    /// By its name, or by a word for it: `occurrence`, `date given`. With its place among the fields, from 0.
    package func field(named word: String) -> (index: Int, field: ClaimField)? {
        let typed = ClaimWords(word)
        let index = fields.firstIndex { $0.name == word } ?? fields.firstIndex { typed.isOne(of: [$0.name] + $0.words) }
        return index.map { ($0, fields[$0]) }
    }
}

/// Words as people type them: the case of letters does not count, nor how wide a space is.
struct ClaimWords {
    /// A text that is longer is no word of ours.
    static let maximumSize = 255

    private let plain: [String]

    init(_ text: String) {
        plain = text.utf8.count <= Self.maximumSize ? Self.plain(text) : []
    }

    func isOne(of words: [String]) -> Bool {
        !plain.isEmpty && words.contains { Self.plain($0) == plain }
    }

    private static func plain(_ text: String) -> [String] {
        text.split(whereSeparator: \.isWhitespace).map { $0.lowercased() }
    }
}

extension ClaimsSchema {
    /// What the program was built with.
    static let data: ClaimData = {
        do throws(RuleError) {
            return try ClaimData(
                schemas: PackageResources.claim_schemas_json, codes: PackageResources.claim_codes_json,
                units: PackageResources.claim_units_json)
        } catch {
            preconditionFailure("\(error.file.rawValue): \(error.rule): \(error.reason)")
        }
    }()

    fileprivate init(name: String, _ node: RuleNode, _ codes: ClaimCodes, _ units: ClaimUnits) throws(RuleError) {
        let parts = try node.members(named: ["version", "words", "fields"])
        self.name = name
        guard let version = UInt16(exactly: try parts[0].number()) else { throw parts[0].error(.tooLarge) }
        self.version = version
        var words: [String] = []
        for word in try parts[1].list() { words.append(try word.text()) }
        self.words = words
        var fields: [ClaimField] = []
        for field in try parts[2].list() { fields.append(try ClaimField(field, codes, units)) }
        guard fields.count <= Self.maximumFieldCount else { throw parts[2].error(.tooLarge) }
        guard Set(fields.map(\.name)).count == fields.count else { throw parts[2].error(.repeated) }
        self.fields = fields
        elements = Set(fields.flatMap { field in field.component == nil ? field.paths.compactMap(\.first) : ["component"] })
    }
}

/// The three files together.
struct ClaimData: Sendable {
    let schemas: [ClaimsSchema]
    let codes: ClaimCodes
    let units: ClaimUnits

    init(schemas: [UInt8], codes: [UInt8], units: [UInt8]) throws(RuleError) {
        self.codes = try ClaimCodes(codes)
        self.units = try ClaimUnits(units)
        var read: [ClaimsSchema] = []
        for (name, schema) in try RuleNode(file: .claimSchemas, schemas).members() {
            read.append(try ClaimsSchema(name: name, schema, self.codes, self.units))
        }
        self.schemas = read
    }
}
