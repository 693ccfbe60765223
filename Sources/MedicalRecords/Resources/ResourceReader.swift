/// Reads one resource in one pass, checking all of its grammar and picking out what `Resource` holds.
///
/// Only the names of top-level elements count. Below them the reader does not ask where FHIR allows what: whatever looks like a
/// coding is one, so that no extension and no contained resource hides what a record is about.
struct ResourceReader {
    private var codes: [Coding] = []
    private var categories: [Coding] = []
    /// Those without a system too, until the end: an inline label may have none.
    private var otherCodings: [Coding] = []
    private var statedLabels: [Coding] = []
    private var people: [(element: String, reference: PatientReference)] = []
    private var days: DaySpan?
    private var element = ""

    /// `nil` if the object is no resource, because nothing in it says of what type.
    static func read(_ json: inout JSONCursor) throws(JSONError) -> Resource? {
        var reader = ResourceReader()
        var type: String?
        var id: String?
        _ = try json.kind()
        let start = json.position
        try json.beginObject()
        while let key = try json.nextKey() {
            reader.element = json.text(of: key)
            switch reader.element {
            case "resourceType": type = json.text(of: try json.string())
            case "id": id = json.text(of: try json.string())
            default: try reader.readValue(ElementRole(ofElement: reader.element), &json)
            }
        }
        guard let type, Self.isTypeName(type) else { return nil }
        return reader.resource(type: type, id: id, range: start..<json.position)
    }

    /// The labels in a Bundle's own `meta`.
    static func readLabels(ofMeta json: inout JSONCursor) throws(JSONError) -> [Coding] {
        var reader = ResourceReader()
        try reader.readValue(.meta, &json)
        return reader.statedLabels
    }

    private func resource(type: String, id: String?, range: Range<Int>) -> Resource {
        let elements = SubjectElement.all(of: type)
        let subjects = people.compactMap { person in
            elements.first { $0.name == person.element }.map {
                Resource.Subject(reference: person.reference, isExclusive: $0.isExclusive)
            }
        }
        return Resource(
            type: type, id: id, range: range, codes: codes, categories: categories,
            otherCodings: otherCodings.filter { !$0.system.isEmpty },
            statedLabels: statedLabels, subjects: subjects, days: days)
    }

    private static func isTypeName(_ text: String) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= 64, (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(first) else {
            return false
        }
        return text.utf8.allSatisfy { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0 | 0x20) }
    }
}

extension ResourceReader {
    private mutating func readValue(_ role: ElementRole, _ json: inout JSONCursor) throws(JSONError) {
        if role == .ignored {
            try json.skip()
            return
        }
        switch try json.kind() {
        case .object: try readObject(role, &json)
        case .array:
            try json.beginArray()
            while try json.nextElement() { try readValue(role, &json) }
        case .string: takeString(try json.string(), role, json)
        case .number, .literal: try json.skip()
        }
    }

    /// A bare string as the value of an element.
    private mutating func takeString(_ string: JSONString, _ role: ElementRole, _ json: borrowing JSONCursor) {
        switch role {
        case .category: categories.append(Coding(system: "", code: json.text(of: string)))
        case .confidentiality: statedLabels.append(Coding(system: Confidentiality.system, code: json.text(of: string)))
        case .date: takeDate(string, json)
        default: break
        }
    }

    private mutating func takeDate(_ string: JSONString, _ json: borrowing JSONCursor) {
        let span = string.hasEscapes ? DaySpan(json.text(of: string)) : DaySpan(json.bytes.span.extracting(string.range))
        guard let span else { return }
        if days == nil { days = span } else { days?.include(span) }
    }

    private mutating func readObject(_ role: ElementRole, _ json: inout JSONCursor) throws(JSONError) {
        let (peopleBefore, codingsBefore) = (people.count, otherCodings.count)
        var parts = Parts()
        try json.beginObject()
        while let key = try json.nextKey() {
            if try json.kind() == .string {
                let string = try json.string()
                if parts.take(string, for: key, json) { continue }
                if role == .date, Self.isDate(key, json) { takeDate(string, json) }
            } else {
                try readValue(Self.role(below: role, key, json), &json)
            }
        }
        if role == .person {
            // What stands beside a literal reference, such as an identifier, only repeats it.
            if parts.reference != nil { people.removeLast(people.count - peopleBefore) }
            if let reference = parts.patientReference(json) { people.append((element, reference)) }
        }
        if let code = parts.code { takeCoding(code, system: parts.system, role, json) }
        // Whatever it labels, an element or an extension: the label is one of the whole.
        if let url = parts.url, json.matches(url, Names.inlineLabel) {
            statedLabels += otherCodings[codingsBefore...]
            otherCodings.removeSubrange(codingsBefore...)
        }
    }

    private mutating func takeCoding(_ code: JSONString, system: JSONString?, _ role: ElementRole, _ json: borrowing JSONCursor) {
        let coding = Coding(system: json.text(ifAny: system) ?? "", code: json.text(of: code))
        switch role {
        case .code: codes.append(coding)
        case .category: categories.append(coding)
        case .security: statedLabels.append(coding)
        default:
            // A quantity's unit has the same two members as a coding.
            if coding.system != "http://unitsofmeasure.org" { otherCodings.append(coding) }
        }
    }

    private static func isDate(_ key: JSONString, _ json: borrowing JSONCursor) -> Bool {
        for name in Names.dates where json.matches(key, name) { return true }
        return false
    }

    private static func role(below role: ElementRole, _ key: JSONString, _ json: borrowing JSONCursor) -> ElementRole {
        if role == .meta { return json.matches(key, Names.security) ? .security : .ignored }
        // Of a resource within this one: its labels are labels of the whole.
        if json.matches(key, Names.meta) { return .meta }
        return json.matches(key, Names.extension) || json.matches(key, Names.modifierExtension) ? .other : role
    }
}

extension ResourceReader {
    /// The members of an object that make it a coding, an identifier or a reference.
    private struct Parts {
        var system: JSONString?
        var code: JSONString?
        var value: JSONString?
        var reference: JSONString?
        var url: JSONString?

        /// Whether the member is one of them.
        mutating func take(_ string: JSONString, for key: JSONString, _ json: borrowing JSONCursor) -> Bool {
            if json.matches(key, Names.code) {
                code = string
            } else if json.matches(key, Names.system) {
                system = string
            } else if json.matches(key, Names.value) {
                value = string
            } else if json.matches(key, Names.reference) {
                reference = string
            } else if json.matches(key, Names.url) {
                url = string
            } else {
                return false
            }
            return true
        }

        func patientReference(_ json: borrowing JSONCursor) -> PatientReference? {
            if let reference { return .literal(json.text(of: reference)) }
            guard let value, code == nil else { return nil }
            return .logical(Identifier(system: json.text(ifAny: system), value: json.text(of: value)))
        }
    }

    private enum Names {
        static let system = Array("system".utf8)
        static let code = Array("code".utf8)
        static let value = Array("value".utf8)
        static let reference = Array("reference".utf8)
        static let url = Array("url".utf8)
        /// Of Data Segmentation for Privacy: a label of an element.
        static let inlineLabel = Array(
            "http://hl7.org/fhir/uv/security-label-ds4p/StructureDefinition/extension-inline-sec-label".utf8)
        static let meta = Array("meta".utf8)
        static let security = Array("security".utf8)
        static let `extension` = Array("extension".utf8)
        static let modifierExtension = Array("modifierExtension".utf8)
        static let dates = ["start", "end", "collectedDateTime"].map { Array($0.utf8) }
    }
}
