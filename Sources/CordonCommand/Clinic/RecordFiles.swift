import AccessPolicy
import CryptoPrimitives
import DurableFiles
import GatewayAPI
import GatewayClient
import MedicalRecords
import SharingContract

/// Opened records, each in a file of its own, called by its id.
struct RecordFiles {
    let folder: String

    private struct Written: Encodable {
        let files: [String]
    }

    func makeFolder() throws {
        do {
            try DurableFile.makeFolder(InputFiles.absolute(folder))
        } catch {
            throw ClientError.localData(.file(error, path: folder))
        }
    }

    func write(
        _ records: [StoredRecord], of received: ReceivedGrant, by clinic: ClinicClient, _ cordon: Cordon
    ) async throws {
        try makeFolder()
        var files: [String] = []
        var bad = BadRecords()
        for record in records {
            // Authors choose ids: all of it, so that no two records have one name.
            let path = "\(folder)/\(record.descriptor.record).\(Self.suffix(record))"
            do {
                let output = try OutputFile(path)
                try await clinic.open(record, received, writing: output.writing)
                try output.finish()
                files.append(path)
            } catch ClientError.notVerified(let discrepancy) {
                bad.add(record, discrepancy, clinic.session)
            } catch {
                // A lie that was found before is what has to be told.
                try bad.report()
                throw error
            }
        }
        try cordon.show(Written(files: files), files.joined(separator: "\n"))
        try bad.report()
    }

    private static func suffix(_ record: StoredRecord) -> String {
        guard let facts = try? StoredFacts(canonical: record.descriptor.facts), let type = MediaType(rawValue: facts.mediaType.text)
        else {
            return "bin"
        }
        switch type {
        case .fhirJSON: return "json"
        case .pdf: return "pdf"
        case .dicom: return "dcm"
        case .text: return "txt"
        case .octets: return "bin"
        }
    }
}
