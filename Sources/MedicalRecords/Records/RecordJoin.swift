/// Why record contents cannot be joined. Records are counted from 0, in the order they were given.
package enum JoinError: Error, Hashable, Sendable {
    /// These bytes are not what splitting makes of FHIR resources.
    case notARecord(Int)
}

/// Records put back together in one Bundle: the patient first, then record after record, each in its own order.
///
/// The order across records is not the source's. To restore it, records would have to say where in the source they stood, and a reader
/// of some would see from the gaps that there are others, which a restriction must not show.
///
/// A resource that stands in two records, byte for byte and under one `fullUrl`, is given once.
package struct RecordJoin: Sendable {
    package var resourceCount: Int { bundle.entries.count }
    private let bundle: CollectionBundle

    /// - Parameters:
    ///   - records: the contents of records, from any deposits and not necessarily all of one.
    ///   - labels: what they are labelled with now, if it is not what they were sealed with.
    package init(_ records: [[UInt8]], labels: Set<Coding>? = nil) throws(JoinError) {
        var bundles: [CollectionBundle] = []
        for (number, content) in records.enumerated() {
            guard let bundle = CollectionBundle(record: content) else { throw .notARecord(number) }
            bundles.append(bundle)
        }
        let ordered = bundles.filter(\.holdsPatient) + bundles.filter { !$0.holdsPatient }
        var seen: [ArraySlice<UInt8>: [ArraySlice<UInt8>]] = [:]
        var entries: [CollectionBundle.Entry] = []
        for entry in ordered.flatMap(\.entries) {
            if let fullURL = entry.fullURL {
                if seen[fullURL]?.contains(entry.resource) == true { continue }
                seen[fullURL, default: []].append(entry.resource)
            }
            entries.append(entry)
        }
        bundle = CollectionBundle(
            labels: (labels ?? Set(bundles.flatMap(\.labels))).sorted(), entries: entries, holdsPatient: false)
    }

    /// One collection Bundle, with every resource as it was deposited.
    package var bundleBytes: [UInt8] { bundle.bytes }

    /// NDJSON, a resource a line. Line breaks between the members of a resource are left out; all else of it is as deposited. Within
    /// strings JSON has none (RFC 8259, section 7).
    package var lineBytes: [UInt8] {
        var bytes: [UInt8] = []
        for entry in bundle.entries {
            bytes += entry.resource.filter { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
            bytes.append(UInt8(ascii: "\n"))
        }
        return bytes
    }
}
