import Foundation
import MedicalRecords
import TestSupport

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

func source(_ text: String) throws(SourceError) -> RecordSource {
    try RecordSource(bytes(text))
}

/// A file of `fixtures/`.
func fixture(_ path: String) throws -> [UInt8] {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    return try Array(Data(contentsOf: root.appending(path: "fixtures/\(path)")))
}

/// The files of a corpus folder and of those in it, with their content. Compressed ones are decompressed.
func corpus(_ folder: String, withSuffixes suffixes: [String]) throws -> [(name: String, bytes: [UInt8])] {
    let root = try Corpora.url(folder)
    let names = try FileManager.default.subpathsOfDirectory(atPath: root.path).sorted()
    return try names.filter { name in suffixes.contains { name.hasSuffix($0) } }.map { name in
        let path = "\(folder)/\(name)"
        return (name, Array(name.hasSuffix(".gz") ? try Corpora.gunzip(path) : try Corpora.data(path)))
    }
}

/// The content of a JSON file as Foundation reads it, to judge our output by a reader that is not ours.
func foundationObject(_ bytes: [UInt8]) throws -> [String: Any] {
    guard let object = try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any] else {
        throw CocoaError(.coderInvalidValue)
    }
    return object
}

/// A Bundle of these entries' resources, with `fullUrl` numbered from 0.
func bundle(_ resources: [String], type: String = "collection", meta: String = "{}") -> String {
    let entries = resources.enumerated().map { #"{"fullUrl":"urn:uuid:\#($0)","resource":\#($1)}"# }
    return #"{"resourceType":"Bundle","type":"\#(type)","meta":\#(meta),"entry":[\#(entries.joined(separator: ","))]}"#
}

func coding(_ system: String, _ code: String) -> Coding {
    Coding(system: system, code: code)
}

let actCode = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
let confidentiality = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
let snomed = "http://snomed.info/sct"
let loinc = "http://loinc.org"
let observationCategory = "http://terminology.hl7.org/CodeSystem/observation-category"
