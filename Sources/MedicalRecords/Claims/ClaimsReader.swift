/// Reads the fields of one resource from the elements in which they stand.
///
/// Where an element repeats: of codes, the first that the rule of `codings` finds; of texts, the first; of dates and numbers there must be
/// one, as nothing says which of two is meant.
struct ClaimsReader {
    private let members: [String: JSONTree]
    private let units = ClaimsSchema.data.units
    /// What an observation measured, as far as LOINC says it.
    private let measured: String?

    init(_ resource: Resource, _ bytes: [UInt8], _ schema: ClaimsSchema) throws(ClaimsError) {
        let members: [String: JSONTree]
        do throws(JSONError) {
            var json = try JSONCursor(bytes, in: resource.range)
            members = try Self.members(&json, schema.elements)
        } catch {
            throw .json(error)
        }
        guard !members.keys.contains(where: Self.modifiers.contains), !members.values.contains(where: Self.isModified) else {
            throw .modified
        }
        self.members = members
        measured = try members["code"].flatMap { code throws(ClaimsError) in try Self.measured(code) }
    }

    func value(of field: ClaimField) throws(ClaimsError) -> ClaimValue {
        let nodes = try nodes(of: field)
        switch field.form {
        case .date: return try Self.date(nodes, field)
        case .text: return try Self.text(nodes, field)
        case .flag, .code: return try Self.bareCode(nodes, field)
        case .concept: return try Self.listedCode(nodes, field)
        case .coding: return try Self.openCode(nodes, field)
        case .number, .floor: return try number(nodes, field)
        case .unit: return try unit(nodes, field)
        }
    }
}

// Elements
extension ClaimsReader {
    private static let modifiers: Set<String> = ["modifierExtension", "implicitRules"]

    private static func members(_ json: inout JSONCursor, _ elements: Set<String>) throws(JSONError) -> [String: JSONTree] {
        var members: [String: JSONTree] = [:]
        try json.beginObject()
        while let key = try json.nextKey() {
            let name = json.text(of: key)
            if elements.contains(name) || modifiers.contains(name) {
                members[name] = try JSONTree(&json)
            } else {
                try json.skip()
            }
        }
        return members
    }

    private static func isModified(_ tree: JSONTree) -> Bool {
        switch tree {
        case .object(let members): members.contains { modifiers.contains($0.name) || isModified($0.value) }
        case .list(let elements): elements.contains(where: isModified)
        case .text, .number, .flag, .null: false
        }
    }

    /// What stands at the field's paths, lists as what is in them.
    private func nodes(of field: ClaimField) throws(ClaimsError) -> [JSONTree] {
        var nodes: [JSONTree] = []
        if let code = field.component {
            let component = try component(code, field)
            for path in field.paths { nodes += try Self.nodes(at: path[...], below: component, field) }
        } else {
            for path in field.paths { nodes += try Self.nodes(at: path.dropFirst(), below: Self.flat(members[path[0]]), field) }
        }
        return nodes
    }

    private static func nodes(at path: ArraySlice<String>, below parents: [JSONTree], _ field: ClaimField) throws(ClaimsError)
        -> [JSONTree]
    {
        var nodes = parents
        for name in path {
            var children: [JSONTree] = []
            for node in nodes {
                guard case .object = node else { throw .wrongKind(field: field.name) }
                children += flat(node[name])
            }
            nodes = children
        }
        return nodes
    }

    /// The one component with this code of LOINC. None if there are several.
    private func component(_ code: String, _ field: ClaimField) throws(ClaimsError) -> [JSONTree] {
        var found: [JSONTree] = []
        for component in Self.flat(members["component"]) {
            guard case .object = component else { throw .wrongKind(field: field.name) }
            let codings = try Self.codings(Self.flat(component["code"]), field.name)
            if codings.contains(Coding(system: ClaimUnits.loinc, code: code)) { found.append(component) }
        }
        return found.count == 1 ? found : []
    }

    private static func flat(_ tree: JSONTree?) -> [JSONTree] {
        switch tree {
        case nil, .null: []
        case .list(let elements): elements.filter { if case .null = $0 { false } else { true } }
        case .some(let value): [value]
        }
    }
}

// Dates and texts
extension ClaimsReader {
    private static func date(_ nodes: [JSONTree], _ field: ClaimField) throws(ClaimsError) -> ClaimValue {
        let texts = try texts(nodes, field)
        guard texts.count == 1, let day = ClinicalDay(fhir: texts[0])?.claimDay else { return .absent }
        return .date(day)
    }

    private static func text(_ nodes: [JSONTree], _ field: ClaimField) throws(ClaimsError) -> ClaimValue {
        guard let text = try texts(nodes, field).first, isBounded(text) else { return .absent }
        return .text(text)
    }

    private static func texts(_ nodes: [JSONTree], _ field: ClaimField) throws(ClaimsError) -> [String] {
        var texts: [String] = []
        for node in nodes {
            guard case .text(let text) = node else { throw .wrongKind(field: field.name) }
            texts.append(text)
        }
        return texts
    }

    private static func isBounded(_ text: String) -> Bool { (1...255).contains(text.utf8.count) }
}

// Codes
extension ClaimsReader {
    /// `boolean` or `code`: the element's definition leaves no other list.
    private static func bareCode(_ nodes: [JSONTree], _ field: ClaimField) throws(ClaimsError) -> ClaimValue {
        var first: String?
        for node in nodes {
            switch (node, field.form) {
            case (.flag(let flag), .flag): first = first ?? String(flag)
            case (.text(let code), .code): first = first ?? code
            default: throw .wrongKind(field: field.name)
            }
        }
        guard let first, let index = field.codeList?.index(of: first) else { return .absent }
        return .code(index)
    }

    /// The first coding of the list's system; absent if its code is not on the list.
    private static func listedCode(_ nodes: [JSONTree], _ field: ClaimField) throws(ClaimsError) -> ClaimValue {
        guard let list = field.codeList,
            let coding = try codings(nodes, field.name).first(where: { $0.system == list.system }),
            let index = list.index(of: coding.code)
        else { return .absent }
        return .code(index)
    }

    /// The first coding of the preferred system, else the first with system and code.
    private static func openCode(_ nodes: [JSONTree], _ field: ClaimField) throws(ClaimsError) -> ClaimValue {
        let codings = try codings(nodes, field.name)
        guard let coding = codings.first(where: { $0.system == field.preferredSystem }) ?? codings.first,
            isClaimable(coding)
        else { return .absent }
        return .openCode(coding)
    }

    /// A system is a URI, and with a bar in it a code could not be told from a system and a code.
    static func isClaimable(_ coding: Coding) -> Bool {
        isBounded(coding.system) && isBounded(coding.code) && coding.system.utf8.contains(UInt8(ascii: ":"))
            && !coding.code.utf8.contains(UInt8(ascii: "|"))
    }

    /// The codings of CodeableConcepts that have a system and a code, all in their order.
    private static func codings(_ concepts: [JSONTree], _ field: String) throws(ClaimsError) -> [Coding] {
        var codings: [Coding] = []
        for concept in concepts {
            guard case .object = concept else { throw .wrongKind(field: field) }
            for coding in flat(concept["coding"]) {
                let (system, code) = (try member("system", of: coding, field), try member("code", of: coding, field))
                if let system, let code { codings.append(Coding(system: system, code: code)) }
            }
        }
        return codings
    }

    private static func member(_ name: String, of node: JSONTree, _ field: String) throws(ClaimsError) -> String? {
        guard case .object = node else { throw .wrongKind(field: field) }
        switch node[name] {
        case nil, .null: return nil
        case .text(let text): return text
        default: throw .wrongKind(field: field)
        }
    }

    private static func measured(_ code: JSONTree) throws(ClaimsError) -> String? {
        try codings(flat(code), "code").first { $0.system == ClaimUnits.loinc }?.code
    }
}

// Numbers
extension ClaimsReader {
    private func number(_ nodes: [JSONTree], _ field: ClaimField) throws(ClaimsError) -> ClaimValue {
        if field.unit == "1" { return try Self.bareNumber(nodes, field) }
        guard let quantity = try quantity(nodes, field), let value = quantity.value, !value.isBound else { return .absent }
        return Self.number(value.digits, quantity.factor, field)
    }

    private static func bareNumber(_ nodes: [JSONTree], _ field: ClaimField) throws(ClaimsError) -> ClaimValue {
        var numbers: [String] = []
        for node in nodes {
            guard case .number(let digits) = node else { throw .wrongKind(field: field.name) }
            numbers.append(digits)
        }
        return numbers.count == 1 ? number(numbers[0], .one, field) : .absent
    }

    private static func number(_ digits: String, _ factor: UnitFactor, _ field: ClaimField) -> ClaimValue {
        guard let decimal = ExactDecimal(digits) else { return .absent }
        let steps =
            field.form == .floor ? decimal.floorSteps(scale: field.scale, factor) : decimal.steps(scale: field.scale, factor)
        return steps.map { .number($0) } ?? .absent
    }

    /// The unit in which the numbers of this resource are claimed.
    private func unit(_ nodes: [JSONTree], _ field: ClaimField) throws(ClaimsError) -> ClaimValue {
        guard let quantity = try quantity(nodes, field) else { return .absent }
        let coding = Coding(system: ClaimUnits.system, code: quantity.unit)
        return Self.isClaimable(coding) ? .openCode(coding) : .absent
    }

    private struct Quantity {
        struct Value {
            let digits: String
            /// It is only above or below these digits.
            let isBound: Bool
        }

        let value: Value?
        let unit: String
        let factor: UnitFactor
    }

    /// In the unit that is claimed: the field's, else the table's for what was measured, else its own. `nil` if there is not one quantity,
    /// if its unit is not of UCUM, or if that is not exactly convertible.
    private func quantity(_ nodes: [JSONTree], _ field: ClaimField) throws(ClaimsError) -> Quantity? {
        var quantities: [(value: Quantity.Value?, unit: String?)] = []
        for node in nodes {
            let isBound = try Self.member("comparator", of: node, field.name) != nil
            let system = try Self.member("system", of: node, field.name)
            let code = try Self.member("code", of: node, field.name)
            let value = try Self.digits(of: node, field).map { Quantity.Value(digits: $0, isBound: isBound) }
            quantities.append((value, system == ClaimUnits.system ? code : nil))
        }
        guard quantities.count == 1, let unit = quantities[0].unit else { return nil }
        let target = field.unit.isEmpty ? measured.flatMap(units.unit(ofCode:)) ?? unit : field.unit
        guard let factor = units.factor(from: unit, to: target) else { return nil }
        return Quantity(value: quantities[0].value, unit: target, factor: factor)
    }

    private static func digits(of quantity: JSONTree, _ field: ClaimField) throws(ClaimsError) -> String? {
        switch quantity["value"] {
        case nil, .null: return nil
        case .number(let digits): return digits
        default: throw .wrongKind(field: field.name)
        }
    }
}
