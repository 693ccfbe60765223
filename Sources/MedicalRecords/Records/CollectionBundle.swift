/// What a record of FHIR resources holds: a `collection` Bundle with the exact bytes of each resource, in their original order.
///
///     {"resourceType":"Bundle","meta":{"security":[{"system":"…v3-Confidentiality","code":"R"}]},"type":"collection","entry":[
///      {"fullUrl":"urn:uuid:…","resource":{…}},…]}
///
/// without the line breaks. `security` holds the labels of all its resources, of the confidentialities only the highest: a bundle is
/// marked as high as its highest part. What a transaction or a searchset says about an entry is left out, as a collection may not have
/// it (bdl-3). Nothing says what else stood in the file the entries came from.
struct CollectionBundle {
    struct Entry {
        /// A JSON string with its quotes.
        let fullURL: ArraySlice<UInt8>?
        let resource: ArraySlice<UInt8>
    }

    /// Containers around each resource: the Bundle, the list, the entry.
    static let depth = 3

    let labels: [Coding]
    let entries: [Entry]
    /// Whether one of the entries is a Patient.
    let holdsPatient: Bool

    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(entries.reduce(512 + 128 * labels.count) { $0 + $1.resource.count + ($1.fullURL?.count ?? 0) + 32 })
        bytes += #"{"resourceType":"Bundle","#.utf8
        bytes += Self.meta(labels).utf8
        bytes += #""type":"collection","entry":["#.utf8
        for (index, entry) in entries.enumerated() {
            bytes += (index == 0 ? "{" : ",{").utf8
            if let fullURL = entry.fullURL {
                bytes += #""fullUrl":"#.utf8
                bytes += fullURL
                bytes += ",".utf8
            }
            bytes += #""resource":"#.utf8
            bytes += entry.resource
            bytes += "}".utf8
        }
        bytes += "]}".utf8
        return bytes
    }

    private static func meta(_ labels: [Coding]) -> String {
        let highest = labels.compactMap(Confidentiality.init(label:)).max()
        let codings = labels.filter { Confidentiality(label: $0) == highest || Confidentiality(label: $0) == nil }.map { label in
            label.system.isEmpty
                ? #"{"code":\#(quoted(label.code))}"# : #"{"system":\#(quoted(label.system)),"code":\#(quoted(label.code))}"#
        }
        return codings.isEmpty ? "" : #""meta":{"security":[\#(codings.joined(separator: ","))]},"#
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case "\u{0}"..<"\u{20}":
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}

extension CollectionBundle {
    /// Reads what `bytes` writes for a record. `nil` if this is anything else.
    init?(record bytes: [UInt8]) {
        guard let source = try? RecordSource(bytes), source.form == .bundle(.collection) else { return nil }
        self.init(
            labels: source.bundleLabels,
            entries: source.resources.map { resource in
                Entry(fullURL: resource.fullURL.map { bytes[$0.quotedRange] }, resource: source.bytes(of: resource))
            },
            holdsPatient: source.resources.contains { $0.type == "Patient" })
    }
}
