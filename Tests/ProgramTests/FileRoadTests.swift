import CryptoPrimitives
import Foundation
import TestSupport
import Testing

/// Files that nobody looks into go the same road as FHIR, and come out as they went in.
@Suite struct FileRoadTests {
    @Test func `a PDF is read by another clinic and by its patient`() async throws {
        let workshop = try Workshop()
        try await workshop.found()
        try await workshop.serving { _ in
            try await workshop.populate()
            let deposited = try await workshop.done(
                "cordon --as hillside clinic deposit --patient 12345 fixtures/records/referral.pdf")
            #expect(deposited == "1 file: general 1. Sealed here; the gateway cannot read them.\n")
            try await workshop.done(
                """
                set -e; cordon --as ana grant --to lakeside --category general --unlabelled --yes
                cordon --as lakeside clinic inbox; cordon --as lakeside clinic request 1
                cordon --as lakeside clinic open 1 --as files --out received
                cmp received/*.pdf fixtures/records/referral.pdf
                cordon --as ana patient open $(cordon --as ana patient records | cut -d' ' -f1) > own.pdf
                cmp own.pdf fixtures/records/referral.pdf
                """)
            // Whoever stops reading, or names what is no file, leaves nothing lying about and replaces nothing.
            let cut = try await workshop.sh(
                "cordon --as ana patient open $(cordon --as ana patient records | cut -d' ' -f1) | head -c 9")
            #expect(cut.output.hasPrefix("%PDF") && cut.status == 0)
            let left = try FileManager.default.contentsOfDirectory(atPath: workshop.folder.url.path)
            #expect(!left.contains { $0.hasPrefix("cordon-") || $0.hasSuffix(".partial") }, "\(left)")
            let pipe = try await workshop.sh("mkfifo pipe; cordon --as lakeside clinic open 1 --as bundle --out pipe")
            #expect(pipe.status != 0)
            try await workshop.done("test -p pipe")
            let joined = try await workshop.sh("cordon --as lakeside clinic open 1 --as bundle")
            #expect(joined.status == 1 && joined.error.contains("none of the records is FHIR"))
        }
    }

    @Test func `a record that is being opened leaves nothing behind when the command is stopped`() async throws {
        let workshop = try Workshop()
        try Data(repeating: 0, count: 40_000_000).write(to: workshop.folder.url.appending(path: "scan"))
        try await workshop.found()
        try await workshop.serving { _ in
            try await workshop.populate()
            let stopped = try await workshop.sh(
                """
                cordon --as hillside clinic deposit --patient 12345 --category imaging scan
                id=$(cordon --as ana patient records | cut -d' ' -f1); mkdir out
                cordon --as ana patient open $id --out out/scan & pid=$!
                while kill -0 $pid && ! ls out/*.partial; do :; done 2> /dev/null
                kill $pid; wait $pid; echo "ended with $?"; ls -A out
                """)
            // Or it was done before it could be stopped.
            let isDone = stopped.output.contains("ended with 0") && stopped.output.hasSuffix("scan\n")
            #expect(isDone || stopped.output.hasSuffix("ended with 143\n"), "\(stopped)")
        }
    }

    @Test(.enabled(if: Corpora.arePresent, Comment(rawValue: Corpora.comment)))
    func `DICOM files, broken ones too, come back byte for byte`() async throws {
        let workshop = try Workshop()
        let folder = try Corpora.url("dicom")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".dcm") }.sorted()
        try await workshop.found()
        try await workshop.serving { _ in
            try await workshop.populate()
            for file in files {
                try await workshop.done(
                    "cordon --as hillside clinic deposit --patient 12345 --category imaging \(folder.appending(path: file).path)")
            }
            try await workshop.done(
                """
                set -e; cordon --as ana grant --to lakeside --category imaging --unlabelled --yes
                cordon --as lakeside clinic inbox; cordon --as lakeside clinic request 1
                cordon --as lakeside clinic open 1 --as files --out received
                """)
        }
        let originals = try files.map { try Data(contentsOf: folder.appending(path: $0)) }
        let received = workshop.folder.url.appending(path: "received")
        let opened = try FileManager.default.contentsOfDirectory(atPath: received.path)
            .map { try Data(contentsOf: received.appending(path: $0)) }
        #expect(files.count == 16 && opened.count == 16)
        #expect(Set(opened) == Set(originals))
    }
}
