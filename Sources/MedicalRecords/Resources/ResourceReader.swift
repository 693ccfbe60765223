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
    /// The top-level element that is read, if it may say whose the resource is.
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
            let role = ElementRole(ofElement: key, in: json.bytes)
            switch role {
            case .resourceType: type = json.sharedText(of: try json.string())
            case .id: id = try json.text()
            case .person:
                reader.element = json.sharedText(of: key)
                try reader.readValue(role, &json)
            default: try reader.readValue(role, &json)
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

    private mutating func resource(type: String, id: String?, range: Range<Int>) -> Resource {
        otherCodings.removeAll(where: \.system.isEmpty)
        let elements = SubjectElement.all(of: type)
        let subjects = people.compactMap { person in
            elements.first { $0.name == person.element }.map {
                Resource.Subject(reference: person.reference, isExclusive: $0.isExclusive)
            }
        }
        return Resource(
            type: type, id: id, range: range, codes: codes, categories: categories, otherCodings: otherCodings,
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
        case .string: takeString(try json.string(), role, &json)
        case .number, .literal: try json.skip()
        }
    }

    /// A bare string as the value of an element.
    private mutating func takeString(_ string: JSONString, _ role: ElementRole, _ json: inout JSONCursor) {
        switch role {
        case .category: categories.append(Coding(system: "", code: json.sharedText(of: string)))
        case .confidentiality: statedLabels.append(Coding(system: Confidentiality.system, code: json.sharedText(of: string)))
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
            let member = Member.named.meaning(of: key, in: json.bytes)
            if let string = try json.stringIfNext() {
                if let member { parts.take(string, for: member) }
                if member == .date, role == .date { takeDate(string, json) }
            } else {
                try readValue(Self.role(below: role, member), &json)
            }
        }
        if role == .person {
            // What stands beside a literal reference, such as an identifier, only repeats it.
            if parts.reference != nil { people.removeLast(people.count - peopleBefore) }
            if let reference = parts.patientReference(&json) { people.append((element, reference)) }
        }
        if let code = parts.code { takeCoding(code, system: parts.system, role, &json) }
        // Whatever it labels, an element or an extension: the label is one of the whole.
        if let url = parts.url, json.matches(url, Self.inlineLabel) {
            statedLabels += otherCodings[codingsBefore...]
            otherCodings.removeSubrange(codingsBefore...)
        }
    }

    private mutating func takeCoding(_ code: JSONString, system: JSONString?, _ role: ElementRole, _ json: inout JSONCursor) {
        let coding = Coding(system: system.map { json.sharedText(of: $0) } ?? "", code: json.sharedText(of: code))
        switch role {
        case .code: codes.append(coding)
        case .category: categories.append(coding)
        case .security: statedLabels.append(coding)
        default:
            // A quantity's unit has the same two members as a coding.
            if coding.system != "http://unitsofmeasure.org" { otherCodings.append(coding) }
        }
    }

    private static func role(below role: ElementRole, _ member: Member?) -> ElementRole {
        if role == .meta { return member == .security ? .security : .ignored }
        switch member {
        // Of a resource within this one: its labels are labels of the whole.
        case .meta: return .meta
        case .extension: return .other
        default: return role
        }
    }

    /// Of Data Segmentation for Privacy: a label of an element.
    private static let inlineLabel = Array(
        "http://hl7.org/fhir/uv/security-label-ds4p/StructureDefinition/extension-inline-sec-label".utf8)
}

extension ResourceReader {
    /// What the reader takes from an object below a top-level element, by its name.
    private enum Member {
        case system, code, value, reference, url
        case date
        case meta, security, `extension`

        static let named = JSONNames<Member>([
            "system": .system, "code": .code, "value": .value, "reference": .reference, "url": .url,
            "start": .date, "end": .date, "collectedDateTime": .date,
            "meta": .meta, "security": .security, "extension": .extension, "modifierExtension": .extension,
        ])
    }

    /// The members of an object that make it a coding, an identifier or a reference.
    private struct Parts {
        var system: JSONString?
        var code: JSONString?
        var value: JSONString?
        var reference: JSONString?
        var url: JSONString?

        mutating func take(_ string: JSONString, for member: Member) {
            switch member {
            case .system: system = string
            case .code: code = string
            case .value: value = string
            case .reference: reference = string
            case .url: url = string
            case .date, .meta, .security, .extension: break
            }
        }

        func patientReference(_ json: inout JSONCursor) -> PatientReference? {
            if let reference { return .literal(json.sharedText(of: reference)) }
            guard let value, code == nil else { return nil }
            return .logical(Identifier(system: system.map { json.sharedText(of: $0) }, value: json.sharedText(of: value)))
        }
    }
}
