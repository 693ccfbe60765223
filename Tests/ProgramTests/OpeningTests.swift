import CryptoPrimitives
import DurableFiles
import EnvelopeEncryption
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import GatewayClient

/// What goes with opened records, with the built programs.
@Suite struct OpeningTests {
    /// Lakeside has fetched Ana's laboratory records, each under these obligations.
    private func holding(_ obligations: [UInt8], _ body: @Sendable (Workshop) async throws -> Void) async throws {
        let workshop = try Workshop()
        try await workshop.found()
        try await workshop.serving { _ in
            try await workshop.populate()
            try await workshop.done(
                """
                set -e
                cordon --as hillside clinic deposit --patient 12345 fixtures/records/ana.json
                cordon --as ana grant --to lakeside --category laboratory --yes
                cordon --as lakeside clinic inbox
                cordon --as lakeside clinic request 1
                """)
            try await workshop.asClinic("lakeside") { clinic in
                let grant = try clinic.grant(1)
                let fetched = try clinic.records(grant).map { ReceivedRecord($0, obligations: obligations) }
                let index = ReceivedIndex(records: fetched).canonicalBytes
                let folder = clinic.session.folder.receivedFolder.appending(grant.content.grant.description)
                try DurableFile.write(
                    try Envelope.seal(index.span, to: clinic.session.keyring.stateIdentity().recipient()),
                    to: folder.appending("index.age"))
            }
            try await body(workshop)
        }
    }

    private static let statement = "42 CFR part 2 prohibits unauthorized use or disclosure of these records."

    @Test func `the notice and the consent lie beside the records, and are shown`() async throws {
        try await holding([1, 3]) { workshop in
            let opened = try await workshop.sh("cordon --as lakeside clinic open 1 --as bundle --out labs.json")
            #expect(opened.status == 0 && opened.error.contains(Self.statement), "\(opened)")
            let notice = try await workshop.done("cat labs.json.part2-notice.txt")
            #expect(notice.contains(Self.statement))
            let consent = try await workshop.done("cat labs.json.consent.txt")
            for words in ["Lakeside Hospital", "laboratory records, for treatment", "SHA-256"] { #expect(consent.contains(words)) }
            #expect(opened.error.contains("CONSENT"))
            try await workshop.done("grep -q resourceType labs.json && test ! -e labs.json.consent.json")
            let piped = try await workshop.sh("cordon --as lakeside clinic open 1 --as bundle > piped.json")
            #expect(piped.error.contains(Self.statement) && piped.error.contains("CONSENT"))
            try await workshop.done("cmp labs.json piped.json")
            try await workshop.done("cordon --as lakeside clinic open 1 --as files --out got")
            try await workshop.done("cmp got/part2-notice.txt labs.json.part2-notice.txt && test -s got/consent.txt")
        }
    }

    @Test func `a published policy obliges, and the reader's folder shows it`() async throws {
        let workshop = try Workshop()
        try await workshop.found()
        try await workshop.serving { _ in
            try await workshop.populate()
            try await workshop.done(
                """
                set -e; printf 'in treatment since March' > a.txt; printf 'knee' > b.txt
                cordon --as hillside clinic deposit --patient 12345 --label SUD a.txt
                cordon --as hillside clinic deposit --patient 12345 --category general --not-sensitive b.txt
                cordon --as ana grant --to lakeside --category substance-use --yes
                cordon --as ana grant --to lakeside --category general --yes
                cordon --as lakeside clinic inbox
                cordon --as lakeside clinic request 1; cordon --as lakeside clinic request 2
                cordon --as lakeside clinic open 1 --as files --out sensitive
                cordon --as lakeside clinic open 2 --as files --out harmless
                """)
            #expect(try await workshop.done("cat sensitive/part2-notice.txt").contains(Self.statement))
            #expect(try await workshop.done("cat sensitive/consent.txt").contains("substance-use records, for treatment"))
            #expect(try await workshop.sh("ls harmless/part2-notice.txt harmless/consent.txt").status != 0)
        }
    }

    @Test func `nothing is opened on a condition that the program does not know`() async throws {
        try await holding([1, 9]) { workshop in
            for form in [
                "--as bundle --out labs.json", "--as ndjson --out labs.json", "--as files --out got", "--provenance labs.json",
            ] {
                let opened = try await workshop.sh("cordon --as lakeside clinic open 1 \(form)")
                #expect(opened.status == 1 && opened.output.isEmpty, "\(opened)")
                #expect(opened.error.contains("Update cordon"), "\(opened)")
                try await workshop.done("test ! -e labs.json && test ! -e got && test ! -e labs.json.consent.txt")
            }
        }
    }

    @Test func `where nothing is asked for, nothing is added, and labels say where they come from`() async throws {
        try await holding([2, 4]) { workshop in
            let opened = try await workshop.sh("cordon --as lakeside clinic open 1 --as files --out got --provenance labels.json")
            #expect(opened.status == 0 && opened.error.isEmpty, "\(opened)")
            try await workshop.done("test ! -e got/part2-notice.txt && test ! -e got/consent.txt")
            let provenance = try await workshop.done("cat labels.json")
            #expect(provenance.contains("\"Provenance\"") && provenance.contains("urn:x-cordon:label-rules:"), "\(provenance)")
        }
    }
}
