import Foundation
import TestSupport
import Testing

/// A gateway on a disk of its own that fills up. Needs the right to mount one.
@Suite(.enabled(if: SmallDisk.canMount, "no right to mount a small disk")) struct DiskFullTests {
    @Test func `a full disk refuses what would be stored, loses nothing, and still ends grants`() async throws {
        let workshop = try Workshop()
        let disk = try SmallDisk(workshop.folder.url.appending(path: "home/north/gateway"), megabytes: 90)
        defer { disk.unmount() }
        try await workshop.found()
        try await workshop.serving { _ in
            try await workshop.populate()
            try await workshop.done(
                """
                set -e; cordon --as hillside clinic deposit --patient 12345 fixtures/records/ana.json
                cordon --as ana grant --to lakeside --category laboratory --yes; cordon --as lakeside clinic inbox
                \(Workshop.noise(4_000_000)) > large
                """)
            let filled = try await workshop.sh(
                "for i in $(seq 12); do printf $i >> large; cordon --as hillside clinic deposit --patient 12345 large || exit $?; done"
            )
            #expect(filled.status == 1 && filled.error.contains("disk is nearly full"), "\(filled.all)")
            let granted = try await workshop.sh("cordon --as ana grant --to lakeside --category medication --yes")
            #expect(granted.status == 1 && granted.error.contains("disk is nearly full"), "\(granted.all)")
            // What does not store records goes on.
            #expect(try await workshop.done("cordon --as lakeside clinic request 1").hasPrefix("5 records"))
            try await workshop.done("cordon --as ana revoke --to lakeside")
            #expect(try await workshop.sh("cordon --as lakeside clinic request 1").status == 1)
            // To the last byte: refused, and nothing half done.
            try disk.fill()
            let refused = try await workshop.sh("cordon --as ana patient records")
            #expect(refused.status == 1 || refused.status == 3, "\(refused.all)")
        }
        try disk.grow(megabytes: 300)
        try await workshop.serving { _ in
            #expect(
                try await workshop.done("cordon --as ana patient records --category laboratory").split(separator: "\n").count == 5)
            try await workshop.done("cordon --as ana grant --to lakeside --category medication --yes")
            try await workshop.done("cordon --as aud audit export --out a && cordon --as aud audit replay a")
        }
    }

    @Test func `a backup that does not fit leaves nothing, and the gateway goes on`() async throws {
        let workshop = try Workshop()
        let disk = try SmallDisk(workshop.folder.url.appending(path: "small"), megabytes: 2)
        defer { disk.unmount() }
        try await workshop.found()
        try await workshop.serving { _ in
            try await workshop.populate()
            try await workshop.done(
                "\(Workshop.noise(4_000_000)) > large; cordon --as hillside clinic deposit --patient 12345 large")
            let refused = try await workshop.sh("cordon --as north backup small/kept")
            #expect(refused.status == 4 && refused.error.contains("disk is full"), "\(refused.all)")
            #expect(try await workshop.done("ls small") == "")
            try await workshop.done("cordon --as ana patient sync")
        }
        try disk.grow(megabytes: 100)
        try await workshop.done("cordon --as north backup small/kept; cordon --as other restore small/kept")
    }
}
