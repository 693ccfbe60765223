/// One JSON document that is a FHIR resource: a Bundle, read entry by entry, or any other. Its grammar is checked, all of it; whether
/// a Bundle is one that can be deposited is for `RecordSource` to say.
enum FHIRDocument {
    case resource(Resource)
    case bundle(Bundle)

    struct Bundle {
        var type: String?
        var labels: [Coding] = []
        var resources: [Resource] = []
        /// Of the first entry without a resource, counted from 0.
        var emptyEntry: Int?
    }

    /// `nil` if the document is JSON, but no resource.
    init?(_ bytes: [UInt8]) throws(JSONError) {
        var json = try JSONCursor(bytes)
        guard let type = try Self.resourceType(json) else { return nil }
        if type == "Bundle" {
            self = .bundle(try Self.readBundle(&json))
            try json.expectEnd()
        } else {
            guard let resource = try Self.resource(bytes, in: bytes.indices) else { return nil }
            self = .resource(resource)
        }
    }

    /// Any resource as one, a Bundle too. `nil` if it is none. One that would be too deep within a record is too deep here: what is
    /// sealed must be readable to whoever opens it.
    static func resource(_ bytes: [UInt8], in range: Range<Int>) throws(JSONError) -> Resource? {
        var json = try JSONCursor(bytes, in: range, maximumDepth: JSONCursor.maximumDepth - CollectionBundle.depth)
        let resource = try ResourceReader.read(&json)
        try json.expectEnd()
        return resource
    }

    /// Mostly the first member; where it is not, the document is read twice.
    private static func resourceType(_ json: consuming JSONCursor) throws(JSONError) -> String? {
        try json.beginObject()
        while let key = try json.nextKey() {
            if json.text(of: key) == "resourceType" { return try json.text() }
            try json.skip()
        }
        return nil
    }

    private static func readBundle(_ json: inout JSONCursor) throws(JSONError) -> Bundle {
        var bundle = Bundle()
        try json.beginObject()
        while let key = try json.nextKey() {
            switch json.text(of: key) {
            case "type": bundle.type = try json.text()
            case "meta": bundle.labels = try ResourceReader.readLabels(ofMeta: &json)
            case "entry":
                try json.beginArray()
                while try json.nextElement() {
                    if let resource = try readEntry(&json) {
                        bundle.resources.append(resource)
                    } else if bundle.emptyEntry == nil {
                        bundle.emptyEntry = bundle.resources.count
                    }
                }
            default: try json.skip()
            }
        }
        return bundle
    }

    private static func readEntry(_ json: inout JSONCursor) throws(JSONError) -> Resource? {
        var fullURL: JSONString?
        var resource: Resource?
        try json.beginObject()
        while let key = try json.nextKey() {
            switch json.text(of: key) {
            case "fullUrl": fullURL = try json.string()
            case "resource": resource = try ResourceReader.read(&json)
            default: try json.skip()
            }
        }
        resource?.fullURL = fullURL
        return resource
    }
}
