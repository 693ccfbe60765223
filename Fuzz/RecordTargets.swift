@testable import MedicalRecords

/// What a clinic deposits: FHIR in JSON or lines of it, or any other file.
enum RecordTargets {
    static let all = [
        FuzzTarget(name: "records", check: checkSource),
        FuzzTarget(name: "content", check: checkContent),
        FuzzTarget(name: "claims", check: checkClaims),
        FuzzTarget(name: "rules", check: checkRules),
    ]

    private static func checkSource(_ bytes: [UInt8]) {
        guard let source = try? RecordSource(bytes, brokenLines: .skipped) else { return }
        for granularity in [Granularity.type, .resource] {
            let records = source.split(granularity: granularity, facts: .full)
            guard case .opaque = source.form else {
                checkJoin(of: records, from: source)
                continue
            }
            require(records.map(\.content) == [bytes], "a file that is not looked into is one record")
        }
        for patient in source.patients { _ = try? patient.verify(source.selecting(patient)) }
    }

    /// No resource is lost, changed or given twice. Two that are the same under one `fullUrl` and land in different records are one.
    private static func checkJoin(of records: [Record], from source: RecordSource) {
        require(SplitCounts(records).resources == source.resources.count, "every resource is in a record")
        guard let join = try? RecordJoin(records.map(\.content)), let joined = try? RecordSource(join.bundleBytes) else {
            fatalError("what was split can be joined")
        }
        require(joined.resources.count == join.resourceCount, "a join has the resources that it says")
        require(resources(of: joined) == resources(of: source), "resources come back byte for byte")
    }

    private static func resources(of source: RecordSource) -> Set<[UInt8]> {
        Set(
            source.resources.map { resource in
                let address = resource.fullURL.map { Array(source.bytes[$0.quotedRange]) } ?? []
                return address + [0] + source.bytes(of: resource)
            })
    }

    /// A record's content as a reader gets it: joined, or refused.
    private static func checkContent(_ bytes: [UInt8]) {
        guard let join = try? RecordJoin([bytes]) else { return }
        let bundle = join.bundleBytes
        guard let again = try? RecordJoin([bundle]) else { fatalError("what was joined can be joined") }
        require(again.bundleBytes == bundle, "joining again changes nothing")
        _ = join.lineBytes
    }

    /// One resource or a source of them, as a depositor's program reads its claims; and its words, as values of every field.
    private static func checkClaims(_ bytes: [UInt8]) {
        if let source = try? RecordSource(bytes, brokenLines: .skipped) {
            let record = RecordClaims(source)
            require(record.claims.count + record.refusals.count <= source.resources.count, "a resource has its claims once")
            for claims in record.claims { check(claims) }
        }
        if let claims = try? ResourceClaims(resource: bytes) { check(claims) }
        guard bytes.count <= 600, let text = text(bytes) else { return }
        for field in ClaimsSchema.all.flatMap(\.fields) {
            guard let value = try? field.value(text) else { continue }
            require((try? field.value(field.text(of: value))) == value, "a value is shown as what is read as it")
        }
    }

    private static func check(_ claims: ResourceClaims) {
        require(claims.values.count == claims.schema.fields.count, "every field has a value")
        for (field, value) in zip(claims.schema.fields, claims.values) where value != .absent {
            switch (field.kind, value) {
            case (.date, .date), (.coding, .openCode): break
            case (.number, .number(let steps)), (.floor, .number(let steps)): require(abs(steps) < 1 << 62, "a number is in bounds")
            case (.code, .code(let index)): require(Int(index) < field.codeList?.codes.count ?? 0, "a code is on its list")
            case (.text, .text(let text)): require((1...255).contains(text.utf8.count), "a text is in bounds")
            default: fatalError("a value is of its field's kind")
            }
            require((try? field.value(field.text(of: value))) == value, "a claim is shown as what is read as it")
        }
    }

    /// A file of rules, as each of the three, beside the two that are built in. Whatever rules are taken judge the same each time.
    private static func checkRules(_ bytes: [UInt8]) {
        let (categories, labels) = (PackageResources.categories_json, PackageResources.labels_json)
        // To read the built-in lists anew for every input would take most of the time.
        if (try? CodeLists(bytes)) != nil { judge(bytes, categories, labels) }
        if (try? CategoryRules(bytes, lists)) != nil { judge(PackageResources.code_lists_json, bytes, labels) }
        if (try? LabelRules(bytes, lists)) != nil { judge(PackageResources.code_lists_json, categories, bytes) }
    }

    private static func judge(_ lists: [UInt8], _ categories: [UInt8], _ labels: [UInt8]) {
        guard let rules = try? RecordRules(codeLists: lists, categories: categories, labels: labels) else { return }
        let facts = sample.split(by: rules).map(\.facts)
        require(facts == sample.split(by: rules).map(\.facts), "rules always say the same")
        require(facts.map(\.types).joined().reduce(0) { $0 + $1.count } == sample.resources.count, "rules pass over nothing")
    }

    private static let lists: CodeLists = {
        guard let lists = try? CodeLists(PackageResources.code_lists_json) else { fatalError("the built-in lists are good") }
        return lists
    }()

    private static let sample: RecordSource = {
        let resources = #"""
            {"resourceType":"Bundle","type":"collection","entry":[
            {"resource":{"resourceType":"Observation","category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"laboratory"}]}],"code":{"coding":[{"system":"http://loinc.org","code":"75622-1"}]}}},
            {"resource":{"resourceType":"Condition","meta":{"security":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"HIV"}]},"code":{"coding":[{"system":"http://snomed.info/sct","code":"86406008"}]}}}]}
            """#
        guard let source = try? RecordSource(Array(resources.utf8)) else { fatalError("two resources are a source") }
        return source
    }()
}
