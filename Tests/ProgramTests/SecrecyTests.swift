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
        let (planted, wish) = ("PLANTED-\(UUID().uuidString)", "WISHED-\(UUID().uuidString)")
        try Data(String(repeating: "\(planted) says the letter. ", count: 5_000).utf8)
            .write(to: workshop.folder.url.appending(path: "letter.txt"))
        try await workshop.found()
        try await workshop.serving(options: ["--verbose"], log: "gateway.log") { gateway in
            try await workshop.populate()
            try await workshop.tellStory(planted, wish)
            let words = try String(contentsOf: workshop.folder.url.appending(path: "words.txt"), encoding: .utf8)
            let secrets = [planted, wish, "Velorin", "Thirst and tiredness", words, String(words.prefix(40)), Workshop.passphrase]
            let names = ["north-consortium.cordon"]
            let keys = try await workshop.keys()
            #expect(keys.count >= 50 && keys.allSatisfy { $0.bytes.count >= 16 })
            #expect(Set(keys.map(\.name)).count == keys.count)
            let kinds = ["claims", "payload key", "grant seed", "compartment"]
            #expect(kinds.allSatisfy { kind in keys.contains { $0.name.contains(kind) } }, "\(keys.map(\.name))")
            var search = Search((secrets + names).map { Needle(name: $0, bytes: Array($0.utf8)) } + keys)
            // It stands still while its memory is read: what is there when the reading begins is there when it ends.
            try gateway.kill(.suspend)
            try await workshop.done("until grep -q 'State:.T' /proc/\(gateway.process.value)/status; do :; done")
            try search.memory(of: gateway.process)
            try gateway.kill(.resume)
            let home = workshop.folder.url
            try search.folder(home.appending(path: "home/north"), "gateway/")
            try search.folder(home.appending(path: "kept"), "backup/")
            for name in ["gateway.log", "exported"] { try search.file(home.appending(path: name), name) }
            #expect(search.byteCount > 10_000_000)
            #expect(search.regionCount > 10 && search.unread.isEmpty, "\(search.regionCount) read, but not \(search.unread)")
            // The ledger's name is public and everywhere: were it not found, nothing would have been searched.
            for place in ["memory", "gateway/", "backup/", "exported"] {
                #expect(names.allSatisfy { search.places[$0]?.contains { $0.hasPrefix(place) } == true }, "\(place)")
            }
            for secret in secrets + keys.map(\.name) {
                #expect(search.found[secret] == nil, "\(secret.prefix(8))…: \(search.places[secret] ?? [])")
            }
            let said = try String(contentsOf: home.appending(path: "gateway.log"), encoding: .utf8)
            #expect(!said.isEmpty)
            for identifier in try await workshop.identifiers() { #expect(!said.contains(identifier), "\(identifier)") }
        }
    }
}

extension Workshop {
    /// Deposits, grants, releases and a refusal, a wish that is granted, a restriction, a revocation, a proof, an export of the audit in
    /// `exported`, and a backup of the gateway in `kept`.
    fileprivate func tellStory(_ planted: String, _ wish: String) async throws {
        try await done(
            """
            set -e; cordon --as hillside clinic deposit --patient 12345 --category general letter.txt
            cordon --as hillside clinic deposit --patient 12345 fixtures/records/ana.json
            cordon --as ana grant --to lakeside --category general --unlabelled --yes
            cordon --as ana grant --to lakeside --category laboratory --yes
            cordon --as lakeside clinic inbox; cordon --as lakeside clinic request 1; cordon --as lakeside clinic request 2
            cordon --as lakeside clinic open 1 --as files --out received; grep -q \(planted) received/*
            until=$(date -d '+30 days' +%F)
            cordon --as lakeside clinic ask --grant 1 --category medication --until $until --note '\(wish)'
            cordon --as ana patient inbox > inbox; grep -q '\(wish)' inbox; cordon --as ana approve 1 --yes
            cordon --as lakeside clinic inbox; cordon --as lakeside clinic request 3
            cordon --as ana restrict --category laboratory --yes
            if cordon --as lakeside clinic request 2; then exit 1; fi
            cordon --as ana revoke --to lakeside --category general
            cordon --as north member anchors
            cordon --as lakeside proof ask --purpose 'a study' --prove 'patient: 18 or older on 2026-11-21' > request
            cordon --as ana proof make request --yes > presentation
            cordon --as lakeside proof verify presentation --sync
            cordon --as ana patient sync; cordon --as aud audit export --out exported; cordon --as north backup kept
            """)
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

    /// A subkey, as `Keyring` and `GrantSeed` derive them.
    init(_ name: String, from parent: borrowing SecretBytes, _ number: UInt64, _ context: StaticString) {
        self.init(name, SubkeyDerivation.deriveKey(from: parent, number: number, context: context))
    }

    init(_ name: String, _ fileKey: borrowing FileKey) {
        self.init(name: name, bytes: fileKey.withBytes { span in span.indices.map { span[$0] } })
    }
}

extension Workshop {
    private static let categories: [MedicalRecords.Category] = [.general, .medication, .laboratory]

    /// What nobody but their holders may have: seeds, what follows from them, and the keys of all that lies sealed at the gateway.
    fileprivate func keys() async throws -> [Needle] {
        let (lakeside, ana) = (try await lakesidesKeys(), try await anasKeys())
        return lakeside + ana
    }

    /// Lakeside's own, the grants' that it was given, and the payloads' that it has read by them.
    private func lakesidesKeys() async throws -> [Needle] {
        try await asClinic("lakeside") { clinic -> [Needle] in
            var keys = [
                Needle("Lakeside's seed", clinic.session.keyring.seed),
                Needle("Lakeside's signing key", from: clinic.session.keyring.seed, 0, "cdn-sign"),
                Needle("Lakeside's identity", from: clinic.session.keyring.seed, 0, "cdn-seal"),
            ]
            for received in clinic.state.grants {
                let (slip, name) = (received.content, "grant \(received.number)")
                let seed = try Envelope.openSecret(slip.body.sealedSeed, with: clinic.session.keyring.actorIdentity())
                keys.append(Needle("grant seed of \(name)", seed))
                keys.append(Needle("release key of \(name)", from: seed, 0, "cdn-rlse"))
                keys.append(Needle("identity of \(name)", from: seed, 0, "cdn-gsal"))
                let grant = try GrantSeed.open(slip.body.sealedSeed, with: clinic.session.keyring.actorIdentity())
                let folder = clinic.session.folder.receivedFolder.appending(slip.grant.description).string
                for file in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() where file != "index.age" {
                    // As age has it: the header, 16 bytes of nonce, and the chunks.
                    let bytes = [UInt8](try Data(contentsOf: URL(filePath: "\(folder)/\(file)")))
                    let header = try Header(startOf: bytes)
                    let nonce = Array(bytes[header.bytes.count..<header.bytes.count + 16])
                    let fileKey = try header.unwrap(with: grant.identity())
                    keys.append(Needle("payload key of \(file), \(name)", fileKey.deriveKey(salt: nonce, info: "payload")))
                }
            }
            return keys
        }
    }

    /// Ana's own; of each record that she has, its file key and the key of its header that follows from it; of each record's claims, the
    /// file key.
    private func anasKeys() async throws -> [Needle] {
        try await asPatient("ana") { patient -> [Needle] in
            try await patient.sync()
            var keys = [
                Needle("Ana's seed", patient.session.keyring.seed),
                Needle("Ana's inbox key", from: patient.session.keyring.seed, 0, "cdn-inbx"),
                Needle("Ana's inbox identity", from: patient.session.keyring.seed, 0, "cdn-inbs"),
                Needle("Ana's state identity", from: patient.session.keyring.seed, 0, "cdn-stat"),
            ]
            for given in patient.state.grants {
                keys.append(Needle("control key \(given.number)", from: patient.session.keyring.seed, given.number, "cdn-ctrl"))
            }
            for category in Self.categories {
                let number = Epoch.number(category.code, 0)
                keys.append(Needle("key of compartment \(category.id)", from: patient.session.keyring.seed, number, "cdn-sign"))
                keys.append(
                    Needle("identity of compartment \(category.id)", from: patient.session.keyring.seed, number, "cdn-seal"))
                for record in try await patient.records(category.code) {
                    let header = try Header(record.header)
                    let fileKey = try header.unwrap(with: patient.session.keyring.compartmentIdentity(category.code))
                    let name = "record \(record.descriptor.record)"
                    keys.append(Needle("\(name)'s file key", fileKey))
                    keys.append(Needle("\(name)'s header key", fileKey.deriveKey(info: "header")))
                }
                var claims: [(record: StoredRecord, file: [UInt8])] = []
                _ = try await patient.claims(category.code) { record, file in claims.append((record, file)) }
                for (record, file) in claims {
                    let header = try Header(startOf: file)
                    let fileKey = try header.unwrap(with: patient.session.keyring.compartmentIdentity(category.code))
                    keys.append(Needle("file key of the claims of record \(record.descriptor.record)", fileKey))
                }
            }
            return keys
        }
    }

    /// By what a patient could be told from others, as it would be written: her keys, her grants and her records.
    fileprivate func identifiers() async throws -> [String] {
        try await asPatient("ana") { patient -> [String] in
            var identifiers = ["\(patient.session.keyring.inboxKey().publicKey)"]
            for given in patient.state.grants { identifiers.append("\(given.control)") }
            for category in Self.categories {
                identifiers.append("\(patient.session.keyring.compartmentKey(category.code).publicKey)")
                identifiers += try await patient.records(category.code).map { "\($0.descriptor.record)" }
            }
            return identifiers
        }
    }
}

/// Counts strings in files and in the memory of a process.
private struct Search {
    private let needles: [(name: String, bytes: Data)]
    private(set) var found: [String: Int] = [:]
    private(set) var places: [String: [String]] = [:]
    private(set) var byteCount = 0
    /// Regions of memory that were read, and those of the process's own that could not be.
    private(set) var regionCount = 0
    private(set) var unread: [String] = []

    init(_ needles: [Needle]) {
        self.needles = needles.map { ($0.name, Data($0.bytes)) }
    }

    private mutating func look(in data: Data, _ place: String) {
        byteCount += data.count
        for needle in needles where data.range(of: needle.bytes) != nil {
            found[needle.name, default: 0] += 1
            places[needle.name, default: []].append(place)
        }
    }

    mutating func file(_ file: URL, _ place: String) throws {
        look(in: try Data(contentsOf: file), place)
    }

    mutating func folder(_ folder: URL, _ place: String) throws {
        let paths = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
        for path in paths {
            guard let data = FileManager.default.contents(atPath: folder.appending(path: path).path) else { continue }
            look(in: data, place + path)
        }
    }

    /// Everything that the process can write to, as a core of it would hold, and what it once wrote and can only read now. The arena for
    /// keys, which is kept out of cores, is read too. What lies behind pages that the process itself cannot read is not: guards, and room
    /// that nothing was ever put into.
    mutating func memory(of process: ProcessIdentifier) throws {
        let maps = try String(contentsOfFile: "/proc/\(process.value)/maps", encoding: .utf8)
        let memory = try FileHandle(forReadingFrom: URL(filePath: "/proc/\(process.value)/mem"))
        for line in maps.split(separator: "\n") {
            let fields = line.split(separator: " ", omittingEmptySubsequences: true)
            let bounds = fields[0].split(separator: "-").compactMap { UInt64($0, radix: 16) }
            let name = fields.count > 5 ? fields[5] : ""
            // The kernel's own pages, and devices: not the process's memory, and some refuse to be read.
            guard !name.hasPrefix("[v"), !name.hasPrefix("/dev/"), bounds.count == 2 else { continue }
            let isAnonymous = name.isEmpty || name.hasPrefix("[")
            guard fields[1].hasPrefix("rw") || (isAnonymous && fields[1].hasPrefix("r")) else { continue }
            guard let data = Self.read(bounds[0]..<bounds[1], of: memory) else {
                // A shared mapping may be longer than its file.
                if fields[1].hasSuffix("p") { unread.append(String(line)) }
                continue
            }
            regionCount += 1
            look(in: data, "memory \(name)")
        }
    }

    /// `nil` unless all of it can be read.
    private static func read(_ region: Range<UInt64>, of memory: FileHandle) -> Data? {
        guard (try? memory.seek(toOffset: region.lowerBound)) != nil,
            let data = try? memory.read(upToCount: region.count), data.count == region.count
        else { return nil }
        return data
    }
}
