import CryptoPrimitives
@testable import EnvelopeEncryption
import Foundation
import GatewayAPI
@testable import GatewayClient
import MedicalRecords
import SharingContract
import Subprocess
import TestSupport
import Testing
import SystemPackage

/// P1: a gateway cannot read a record, even if its whole disk and memory are copied.
@Suite struct SecrecyTests {
    @Test func `the gateway's program has no symbol of the module that opens envelopes`() async throws {
        let workshop = try Workshop()
        let programs = Workshop.programs.string
        #expect(try await workshop.done("nm '\(programs)/cordon' | grep -c EnvelopeEncryption") != "0\n")
        let found = try await workshop.sh("nm '\(programs)/cordon-gateway' | grep -c EnvelopeEncryption")
        #expect(found.output == "0\n" && found.status == 1)
    }

    /// Recognisable content takes the whole road. Then everything is searched that a thief of the gateway would have.
    @Test func `neither files nor memory nor output of a gateway hold content, keys, words or passphrases`() async throws {
        let workshop = try Workshop()
        let planted = "PLANTED-\(UUID().uuidString)"
        try Data(String(repeating: "\(planted) says the letter. ", count: 5_000).utf8)
            .write(to: workshop.folder.url.appending(path: "letter.txt"))
        try await workshop.found()
        try await workshop.serving(options: ["--verbose"]) { gateway in
            try await workshop.populate()
            try await workshop.done(
                """
                set -e; cordon --as hillside clinic deposit --patient 12345 --category general letter.txt
                cordon --as hillside clinic deposit --patient 12345 fixtures/records/ana.json
                cordon --as ana grant --to lakeside --category general --unlabelled --yes
                cordon --as lakeside clinic inbox; cordon --as lakeside clinic request 1
                cordon --as lakeside clinic open 1 --as files --out received; grep -q \(planted) received/*
                """)
            let words = try String(contentsOf: workshop.folder.url.appending(path: "words.txt"), encoding: .utf8)
            let secrets = [planted, "Velorin", "Thirst and tiredness", words, String(words.prefix(40)), Workshop.passphrase]
            let names = ["north-consortium.cordon"]
            let keys = try await workshop.keys()
            #expect(keys.count >= 12 && keys.allSatisfy { $0.bytes.count >= 16 })
            var search = Search((secrets + names).map { Needle(name: $0, bytes: Array($0.utf8)) } + keys)
            try search.memory(of: gateway.process)
            try search.folder(workshop.folder.url.appending(path: "home/north"))
            #expect(search.byteCount > 10_000_000)
            // The ledger's name is public and everywhere: were it not found, nothing would have been searched.
            #expect(names.allSatisfy { search.found[$0] ?? 0 > 3 }, "\(search.found)")
            for secret in secrets + keys.map(\.name) {
                #expect(search.found[secret] == nil, "\(secret.prefix(8))…: \(search.places[secret] ?? [])")
            }
        }
    }
}

/// Bytes to look for. Content and words are their own names; a key is not shown.
private struct Needle {
    let name: String
    let bytes: [UInt8]

    init(name: String, bytes: [UInt8]) {
        (self.name, self.bytes) = (name, bytes)
    }

    init(_ name: String, _ secret: borrowing SecretBytes) {
        self.init(name: name, bytes: secret.withBytes { span in span.indices.map { span[$0] } })
    }
}

extension Workshop {
    /// Of each record that Ana has: its file key, and the keys of its payload and its header that follow from it. Of Ana and of Lakeside:
    /// the seed in the keyring.
    fileprivate func keys() async throws -> [Needle] {
        let lakeside = try await asClinic("lakeside") { clinic in Needle("Lakeside's seed", clinic.session.keyring.seed) }
        return try await asPatient("ana") { patient in
            try await patient.sync()
            var keys = [lakeside, Needle("Ana's seed", patient.session.keyring.seed)]
            for category in [MedicalRecords.Category.general, .laboratory] {
                for record in try await patient.records(category.code) {
                    let header = try Header(record.header)
                    let fileKey = try header.unwrap(with: patient.session.keyring.compartmentIdentity(category.code))
                    let name = "record \(record.descriptor.record)"
                    keys.append(
                        Needle(name: "\(name)'s file key", bytes: fileKey.withBytes { span in span.indices.map { span[$0] } }))
                    keys.append(Needle("\(name)'s header key", fileKey.deriveKey(info: "header")))
                }
            }
            return keys
        }
    }
}

/// Counts strings in files and in the memory of a process.
private struct Search {
    let needles: [Needle]
    private(set) var found: [String: Int] = [:]
    private(set) var places: [String: [String]] = [:]
    private(set) var byteCount = 0

    init(_ needles: [Needle]) {
        self.needles = needles
    }

    private mutating func look(in data: Data, _ place: String) {
        byteCount += data.count
        for needle in needles where data.range(of: Data(needle.bytes)) != nil {
            found[needle.name, default: 0] += 1
            places[needle.name, default: []].append(place)
        }
    }

    mutating func folder(_ folder: URL) throws {
        let paths = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
        for path in paths {
            guard let data = FileManager.default.contents(atPath: folder.appending(path: path).path) else { continue }
            look(in: data, path)
        }
    }

    /// Everything that the process can write to, as a core of it would hold.
    mutating func memory(of process: ProcessIdentifier) throws {
        let maps = try String(contentsOfFile: "/proc/\(process.value)/maps", encoding: .utf8)
        let memory = try FileHandle(forReadingFrom: URL(filePath: "/proc/\(process.value)/mem"))
        for line in maps.split(separator: "\n") {
            let fields = line.split(separator: " ", omittingEmptySubsequences: true)
            let bounds = fields[0].split(separator: "-").compactMap { UInt64($0, radix: 16) }
            guard fields[1].hasPrefix("rw"), bounds.count == 2, bounds[0] < 1 << 63 else { continue }
            try memory.seek(toOffset: bounds[0])
            guard let data = try? memory.read(upToCount: Int(bounds[1] - bounds[0])) else { continue }
            look(in: data, "memory \(fields.last ?? "")")
        }
    }
}
