import Foundation
import MedicalRecords
import TestSupport

/// A FHIR bundle, checked and read. The peer parses it into objects of its own language and knows nothing of FHIR.
enum ScanningContests {
    private static let bundle = "fhir-synthea/bundles/v24-2513dd98-e1c9-4476-b879-5a2142caccde.json.gz"
    private static let fixture = "records/ana.json"

    static func all(in folder: ScratchFolder) throws -> [Contest] {
        let bytes = Corpora.arePresent ? try Array(Corpora.gunzip(bundle)) : try Fixtures.bytes(fixture)
        let size = "\((bytes.count + 512) / 1_024) KiB"
        let peer = try pythonProgram(for: bytes, in: folder)
        let source = try RecordSource(bytes)
        return [
            contest("check the JSON of a FHIR bundle of \(size)", peer) {
                try JSONCursor.checkDocument(bytes)
            },
            contest("find its \(source.resources.count) resources, dates and codes", peer) {
                guard try RecordSource(bytes).resources.count == source.resources.count else { throw ScanningError.wrongCount }
            },
            contest("split it into records with full facts", peer) {
                let records = try RecordSource(bytes).split(facts: .full)
                guard SplitCounts(records).resources == source.resources.count else { throw ScanningError.wrongCount }
            },
        ]
    }

    private static func contest(_ title: String, _ peer: PeerProgram?, ours: @escaping () throws -> Void) -> Contest {
        Contest(
            title: title, peer: peer?.greeting ?? "Python", ours: { try ThreadClock.measure(5, ours) },
            theirs: peer.map { peer in { try peer.round().time } })
    }

    private static func pythonProgram(for bytes: [UInt8], in folder: ScratchFolder) throws -> PeerProgram? {
        guard let python = PeerProgram.installed("python3") else { return nil }
        let file = folder.url.appending(path: "bundle.json")
        try Data(bytes).write(to: file)
        return try PeerProgram(python, [PeerProgram.source("json_loads.py").path, file.path])
    }
}

enum ScanningError: Error {
    /// Resources were lost: then no time means anything.
    case wrongCount
}
