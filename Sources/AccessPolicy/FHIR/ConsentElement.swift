import MedicalRecords

/// An element of a Consent with its place, read by what it should be. Of what is only for people nothing is read.
struct ConsentElement {
    let value: JSONTree
    let place: String

    init(_ value: JSONTree, _ place: String) {
        self.value = value
        self.place = place
    }

    func malformed(_ expected: String) -> FHIRConsentError { .malformed(place: place, expected: expected) }

    /// FHIR has no empty texts.
    func text() throws(FHIRConsentError) -> String {
        guard let text = value.text, !text.isEmpty else { throw malformed("a text") }
        return text
    }

    /// FHIR has no empty lists.
    func list() throws(FHIRConsentError) -> [ConsentElement] {
        guard case .list(let elements) = value, !elements.isEmpty else { throw malformed("a list") }
        return elements.enumerated().map { ConsentElement($1, "\(place)[\($0)]") }
    }

    func members() throws(FHIRConsentError) -> [(name: String, element: ConsentElement)] {
        guard case .object(let members) = value, !members.isEmpty else { throw malformed("an object") }
        return members.map { ($0.name, ConsentElement($0.value, place.isEmpty ? $0.name : "\(place).\($0.name)")) }
    }

    subscript(name: String) -> ConsentElement? {
        value[name].map { ConsentElement($0, place.isEmpty ? name : "\(place).\(name)") }
    }

    /// Each element of the list of that name; none if there is no such list.
    func each<Result>(
        _ name: String, _ read: (ConsentElement) throws(FHIRConsentError) -> Result
    ) throws(FHIRConsentError) -> [Result] {
        guard let list = self[name] else { return [] }
        var results: [Result] = []
        for element in try list.list() { results.append(try read(element)) }
        return results
    }
}

// FHIR's data types
extension ConsentElement {
    /// Its version and its words aside.
    func coding() throws(FHIRConsentError) -> Coding {
        _ = try members()
        guard let code = try self["code"]?.text() else { throw malformed("a code") }
        return Coding(system: try self["system"]?.text() ?? "", code: code)
    }

    /// Empty if there are only words.
    func concept() throws(FHIRConsentError) -> [Coding] {
        _ = try members()
        return try each("coding") { element throws(FHIRConsentError) in try element.coding() }
    }

    func reference() throws(FHIRConsentError) -> ConsentReference {
        _ = try members()
        var reference = ConsentReference(address: try self["reference"]?.text(), type: try self["type"]?.text())
        if let identifier = self["identifier"], let value = try identifier["value"]?.text() {
            reference.identifier = Identifier(system: try identifier["system"]?.text(), value: value)
        }
        return reference
    }

    func period() throws(FHIRConsentError) -> ConsentPeriod {
        _ = try members()
        let period = ConsentPeriod(start: try self["start"]?.instant(), end: try self["end"]?.instant())
        guard period.start != nil || period.end != nil else { throw malformed("a start or an end") }
        return period
    }

    private func instant() throws(FHIRConsentError) -> ConsentInstant {
        guard let instant = ConsentInstant(try text()) else { throw malformed("a date, or a time with its zone") }
        return instant
    }
}
