import Foundation
import MedicalRecords

/// The resources of a FHIR file as they stand in it.
enum Resources {
    static func of(_ file: Data) throws -> [[UInt8]] {
        let source = try RecordSource(Array(file))
        return source.resources.map { Array(source.bytes[$0.range]) }
    }
}
