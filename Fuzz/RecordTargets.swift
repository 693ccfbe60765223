import MedicalRecords

/// What a clinic deposits: FHIR in JSON or lines of it, or any other file.
enum RecordTargets {
    static let all = [
        FuzzTarget(name: "records", check: checkSource),
        FuzzTarget(name: "content", check: checkContent),
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
}
