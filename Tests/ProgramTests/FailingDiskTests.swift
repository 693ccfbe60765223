import Foundation
import Subprocess
import TestSupport
import Testing

/// A disk that stops taking anything, or takes its time.
@Suite struct FailingDiskTests {
    @Test(.enabled(if: SmallDisk.canMount, "no right to mount a small disk"))
    func `on a read-only disk a gateway does not start, says why, and starts when the disk is writable again`() async throws {
        let workshop = try Workshop()
        let disk = try SmallDisk(workshop.folder.url.appending(path: "home/north/gateway"), megabytes: 90)
        defer { disk.unmount() }
        try await workshop.found()
        try disk.remount(readOnly: true)
        let outcome = try await workshop.sh("cordon --as north serve")
        #expect(outcome.status == 4 && outcome.error.contains("cannot be written"), "\(outcome.all)")
        try disk.remount(readOnly: false)
        try await workshop.serving { _ in try await workshop.done("cordon --as north status") }
    }

    @Test(.enabled(if: FailingDisk.canBeMade, "no C compiler"))
    func `when the disk turns read-only, entries are refused, the ledger is read on, and nothing is lost`() async throws {
        let workshop = try Workshop()
        let disk = try await FailingDisk(workshop)
        try await workshop.found()
        try await workshop.serving(under: disk.conditions) { _ in
            try await workshop.populate()
            try await workshop.done(
                """
                set -e; cordon --as hillside clinic deposit --patient 12345 fixtures/records/ana.json
                cordon --as ana grant --to lakeside --category laboratory --yes; cordon --as lakeside clinic inbox
                """)
            try disk.begin(.readOnly)
            for line in ["ana grant --to lakeside --category medication --yes", "ana revoke --to lakeside", "ana patient records"] {
                let refused = try await workshop.sh("cordon --as \(line)")
                #expect(refused.status == 1 && refused.error.contains("cannot write to its disk"), "\(line): \(refused.all)")
            }
            let deposit = try await workshop.sh("cordon --as hillside clinic deposit --patient 12345 fixtures/records/ana.json")
            #expect(deposit.status == 1, "\(deposit.all)")
            // What nobody has to sign is still there for everybody.
            try await workshop.done(
                "python3 -c 'import sys,urllib.request; urllib.request.urlopen(sys.argv[1]).read()' $A/checkpoint")
            try disk.end(.readOnly)
            #expect(try await workshop.done("cordon --as lakeside clinic request 1").hasPrefix("5 records"))
            try await workshop.done("cordon --as ana grant --to lakeside --category medication --yes")
        }
        try await workshop.serving { _ in
            try await workshop.done("cordon --as ana revoke --to lakeside")
            try await workshop.done("cordon --as aud audit export --out a && cordon --as aud audit replay a")
        }
    }

    @Test(.enabled(if: FailingDisk.canBeMade, "no C compiler"))
    func `on a slow disk a gateway that is stopped while many write ends, and keeps what it acknowledged`() async throws {
        let workshop = try Workshop()
        let disk = try await FailingDisk(workshop)
        try await workshop.found()
        let end = try await workshop.serving(under: disk.conditions) { _ in
            try await workshop.populate()
            for number in 1...Self.patients { try await workshop.enrol("p\(number)", recordNumber: "\(number)", at: "hillside") }
            try disk.begin(.slow)
            // All at once, and the gateway is told to stop when the first was answered.
            try await workshop.done(
                """
                for i in $(seq \(Self.patients)); do
                (cordon --as p$i grant --to lakeside --category laboratory --yes && echo $i >> done; echo $i >> ended) > said$i 2>&1 &
                done; until test -s done || test \"$(cat ended 2> /dev/null | wc -l)\" = \(Self.patients); do sleep 0.1; done
                """)
        }
        #expect(end == .exited(0))
        try await workshop.done("until test $(cat ended | wc -l) = \(Self.patients); do sleep 0.1; done")
        let done = try String(contentsOfFile: workshop.folder.path("done"), encoding: .utf8).split(separator: "\n")
        #expect(!done.isEmpty)
        try await workshop.serving { _ in
            for number in done {
                let grants = try await workshop.done("cordon --as p\(number) patient grants")
                #expect(grants.contains("Lakeside"), "what p\(number) was told is not there: \(grants)")
            }
            try await workshop.done("cordon --as aud audit export --out a && cordon --as aud audit replay a")
        }
    }

    private static let patients = 8
}
