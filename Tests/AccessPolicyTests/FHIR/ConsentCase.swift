import Cedar
import Foundation
import MedicalRecords
import TestSupport

@testable import AccessPolicy

/// A case of corpora/fhir-consent: consents on file, a request, and what is expected.
struct ConsentCase: Decodable {
    struct Code: Decodable {
        let system: String?
        let code: String

        var coding: Coding { Coding(system: system ?? "", code: code) }
    }

    struct Number: Decodable {
        let system: String?
        let value: String

        var name: String { "\(system ?? "")|\(value)" }
    }

    struct Entry: Decodable {
        let identifier: [Number]?
        let members: [String]?
    }

    struct Actor: Decodable {
        let identifiers: [Number]?
        let references: [String]?
    }

    struct Question: Decodable {
        let category: [Code]?
        let purposeOfUse: [Code]?
        let actor: Actor?
        let `class`: [Code]?
    }

    struct Resource: Decodable {
        let reference: String
        let labels: [Code]
        let author: String?
        let encounter: String?
        let date: String?
    }

    struct Obligation: Decodable {
        struct Parameters: Decodable {
            let codes: [Code]?
            let exceptAnyOfCodes: [Code]?
        }

        let id: Code
        let parameters: Parameters
    }

    struct Expected: Decodable {
        let decision: String
        let release: Bool?
        let obligations: [Obligation]?
        let obligationsMatch: String?
    }

    let id: String
    let clock: String?
    let nonconformantInput: Bool?
    let directory: [String: Entry]?
    let request: Question?
    let resource: Resource?
    let implicitPolicy: String?
    let expected: Expected?
    let expectedByRule: [String: Expected]?
    /// The documents as they stand in the file.
    private(set) var documents: [[UInt8]] = []

    private enum CodingKeys: String, CodingKey {
        case id, clock, nonconformantInput, directory, request, resource, implicitPolicy, expected, expectedByRule
    }

    static func all(_ folder: String) throws -> [ConsentCase] {
        let url = try Corpora.url("fhir-consent/\(folder)")
        return try FileManager.default.contentsOfDirectory(atPath: url.path).sorted().filter { $0.hasSuffix(".json") }.map { name in
            let data = try Data(contentsOf: url.appending(path: name))
            var item = try JSONDecoder().decode(ConsentCase.self, from: data)
            let object = try JSONSerialization.jsonObject(with: data) as? [String: Any]
            let consents = object?["consents"] as? [[String: Any]] ?? []
            item.documents = try consents.map { consent in
                Array(try JSONSerialization.data(withJSONObject: consent["resource"] ?? [:] as [String: Any]))
            }
            return item
        }
    }
}

extension ConsentCase {
    /// Those that the request asks about.
    func consents() throws -> [FHIRConsent] {
        let wanted = request?.category?.map(\.coding)
        return try documents.map { try FHIRConsent($0) }.filter { consent in
            guard let wanted else { return true }
            return wanted.contains { consent.scope.contains($0) || consent.category.contains($0) }
        }
    }

    var asked: ConsentRequest {
        let actor = request?.actor
        var names = Set(actor?.references ?? []).union(actor?.identifiers?.map(\.name) ?? [])
        // Whoever has its identifier, and whatever he is a member of.
        var count = -1
        while count != names.count {
            count = names.count
            for (reference, entry) in directory ?? [:] {
                let isIt = entry.identifier?.contains { names.contains($0.name) } ?? false
                let isMember = entry.members?.contains(where: names.contains) ?? false
                if isIt || isMember { names.insert(reference) }
            }
        }
        let purposes = request?.purposeOfUse?.map(\.coding) ?? []
        return ConsentRequest(
            now: clock.flatMap(ConsentInstant.init)?.first ?? 0, requester: names,
            purposes: Set(purposes.flatMap { ConsentCodes.purposes($0, .permit) }))
    }

    var record: ConsentRecord? {
        guard let resource else { return nil }
        let labels = resource.labels.map(\.coding)
        let topics = labels.filter { ConsentCodes.rank($0) == nil }.map(SensitivityCodes.name)
        var record = ConsentRecord(
            isLabelled: !labels.isEmpty, confidentiality: labels.compactMap(ConsentCodes.rank).max() ?? 3, labels: Set(topics),
            sensitivities: Set(labels.filter(SensitivityCodes.isSensitive).map(SensitivityCodes.name)),
            types: Set(resource.reference.split(separator: "/").prefix(1).map(String.init)),
            authors: Set([resource.author].compactMap { $0 }))
        record.earliest = resource.date.flatMap(ConsentInstant.init)?.first
        record.latest = record.earliest
        (record.codes, record.dependsOn) = ([], [])
        record.resources = [resource.reference]
        record.refersTo = Set([resource.encounter, resource.author].compactMap { $0 })
        return record
    }
}
