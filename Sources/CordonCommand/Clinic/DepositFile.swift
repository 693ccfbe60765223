import GatewayClient
import MedicalRecords

/// A file that a clinic deposits, read as far as it has to be.
struct DepositFile {
    enum Content {
        /// Not looked into, and not held in memory.
        case large(ContentFile, RecordFacts)
        case records(RecordSource)
    }

    let content: Content

    /// The largest file that is held in memory, in bytes: FHIR while it is split, and text.
    private static let maximumSize = 1 << 30
    /// By so many bytes, most files that are not looked into show that they are none.
    private static let startSize = 1 << 16

    /// - Parameter category: what the depositor says its records are.
    init(_ path: String, category: MedicalRecords.Category?) throws {
        guard let large = try ContentFile(InputFiles.absolute(path)) else {
            content = .records(try Self.readIntoMemory(path, category))
            return
        }
        let start = try large.start(Self.startSize)
        try Self.requireUnpacked(start, path, category)
        guard let facts = RecordSource.facts(ofFileStartingWith: start, category: category) else {
            content = .records(try Self.readIntoMemory(path, category))
            return
        }
        content = .large(large, facts)
    }

    /// Nobody can see what an archive holds, so somebody has to say it.
    private static func requireUnpacked(_ start: [UInt8], _ path: String, _ category: MedicalRecords.Category?) throws {
        guard category != nil || !RecordSource.isPacked(start) else {
            throw Stop.refused(
                "\(path) is packed, so its category and labels cannot be seen",
                "Unpack it first, or name what it is with --category.")
        }
    }

    private static func readIntoMemory(_ path: String, _ category: MedicalRecords.Category?) throws -> RecordSource {
        let bytes = try InputFiles.read(path, atMost: maximumSize)
        try requireUnpacked(bytes, path, category)
        do {
            return try RecordSource(bytes)
        } catch {
            throw Stop.localData("\(path) cannot be deposited: \(error.words)", "Nothing was stored.")
        }
    }
}

extension DepositFile {
    /// Everything that could have been deposited of this file: its records, however finely it was split, and the file as it is.
    func candidates() throws -> [DepositItem] {
        switch content {
        case .large(let file, let facts): return [try DepositItem(file, facts: facts)]
        case .records(let source):
            let records = source.split() + (source.resources.isEmpty ? [] : source.split(granularity: .resource))
            let whole = records.first.map { Record(facts: $0.facts, content: source.bytes) }
            return (records + [whole].compactMap { $0 }).map { DepositItem($0) }
        }
    }
}
