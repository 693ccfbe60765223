/// One field of a schema: what it is called, how its value is written, and where the resource says it.
package struct ClaimField: Sendable {
    /// The number is part of a schema's bytes.
    package enum Kind: UInt8, Sendable {
        case date = 1
        /// Exact, or absent.
        case number = 2
        /// A code of a closed list.
        case code = 3
        /// A code of any system.
        case coding = 4
        case text = 5
        /// A number cut to its scale: the largest step that is not above the value. Whether it is below a bound, or not, is then exactly
        /// whether the value is.
        case floor = 6
    }

    /// As FHIR has it, or nearly.
    package let name: String
    /// For people; the first is what a program shows.
    package let words: [String]
    package let kind: Kind
    /// A code of UCUM. Empty for anything but a number, and for a number whose unit depends on what was measured.
    package let unit: String
    /// Decimals of a number.
    package let scale: Int
    /// Of a code.
    package let codeList: ClaimCodeList?
    /// The system that is looked for first, of a coding; empty if there is none.
    package let preferredSystem: String
    /// Whether a verifier is shown it whatever it asks: FHIR says that it can change the meaning of all else.
    package let isAlwaysShown: Bool
    /// Within these steps a comparison with one side is made, of a number or a date.
    package let bounds: ClosedRange<Int64>

    let form: Form
    /// Elements below the resource, one after another. There may be several paths, of which a resource has one.
    let paths: [[String]]
    /// The LOINC code of the component that the paths start from.
    let component: String?

    /// What FHIR gives the element, of the types that a kind of value is read from.
    enum Form: String {
        case date, text
        /// A Quantity; a bare number where the unit is `1`.
        case number, floor
        /// `boolean`, `code`, and CodeableConcept as a code of the list.
        case flag, code, concept
        /// CodeableConcept as a code of any system.
        case coding
        /// The unit of a Quantity.
        case unit
    }

    /// What schemas hash: the code list by name, or the preferred system.
    var listName: String { codeList?.name ?? preferredSystem }
}

extension ClaimField {
    private static let keys: Set<String> = [
        "name", "type", "list", "always", "path", "words", "scale", "unit", "bounds", "component",
    ]
    /// 10^18 is the largest power below the bound of numbers.
    private static let maximumScale = 18

    init(_ node: RuleNode, _ codes: ClaimCodes, _ units: ClaimUnits) throws(RuleError) {
        var members: [String: RuleNode] = [:]
        for (name, member) in try node.members() {
            guard Self.keys.contains(name) else { throw member.error(.unknownKey) }
            members[name] = member
        }
        guard let name = members["name"], let type = members["type"], let path = members["path"], let words = members["words"]
        else {
            throw node.error(.missingKey)
        }
        self.name = try name.bounded()
        self.words = try Self.texts(words)
        guard let form = Form(rawValue: try type.text()) else { throw type.error(.unknownKey) }
        self.form = form
        kind = form.kind
        unit = try members["unit"]?.bounded() ?? ""
        if let node = members["unit"], !units.has(unit) { throw node.error(.unknownUnit) }
        scale = try members["scale"]?.number() ?? 0
        guard (0...Self.maximumScale).contains(scale) else { throw (members["scale"] ?? node).error(.tooLarge) }
        let list = try members["list"]?.bounded()
        codeList = kind == .code ? list.flatMap { codes.lists[$0] } : nil
        if kind == .code, codeList == nil { throw node.error(.unknownCodeList) }
        preferredSystem = kind == .coding ? list ?? "" : ""
        isAlwaysShown = try members["always"]?.flag() ?? false
        bounds = try Self.bounds(members["bounds"], kind)
        paths = try Self.texts(path).map { $0.split(separator: ".").map(String.init) }
        component = try members["component"]?.text()
    }

    private static func texts(_ node: RuleNode) throws(RuleError) -> [String] {
        var texts: [String] = []
        for text in try node.list() { texts.append(try text.bounded()) }
        guard !texts.isEmpty else { throw node.error(.missingKey) }
        return texts
    }

    private static func bounds(_ node: RuleNode?, _ kind: Kind) throws(RuleError) -> ClosedRange<Int64> {
        guard let node else { return 0...(kind == .date ? Int64(UInt16.max) : ExactDecimal.bound - 1) }
        var ends: [Int64] = []
        for end in try node.list() {
            guard let number = Int64(try end.text()), abs(number) < ExactDecimal.bound else { throw end.error(.tooLarge) }
            ends.append(number)
        }
        guard ends.count == 2, ends[0] <= ends[1] else { throw node.error(.wrongKind) }
        return ends[0]...ends[1]
    }
}

extension ClaimField.Form {
    fileprivate var kind: ClaimField.Kind {
        switch self {
        case .date: .date
        case .number: .number
        case .flag, .code, .concept: .code
        case .coding, .unit: .coding
        case .text: .text
        case .floor: .floor
        }
    }
}

extension RuleNode {
    /// A text of 1 to 255 bytes.
    fileprivate func bounded() throws(RuleError) -> String {
        let text = try text()
        guard (1...255).contains(text.utf8.count) else { throw error(.tooLarge) }
        return text
    }
}
