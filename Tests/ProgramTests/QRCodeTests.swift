import Foundation
import TestSupport
import Testing

private let arePresent = ["qrencode", "zbarimg"].allSatisfy { FileManager.default.isExecutableFile(atPath: "/usr/bin/\($0)") }

/// Papers as QR codes, with the programs that draw and read them.
@Suite(.enabled(if: arePresent, "qrencode and zbarimg are not installed")) struct QRCodeTests {
    private let ask = "cordon --as lakeside proof ask --purpose 'a study'"
    private let adult = "--prove 'patient: 18 or older on 2026-11-21'"

    @Test func `a proof goes from image to image, and what no code holds stays on standard output`() async throws {
        let workshop = try Workshop()
        try await workshop.found()
        try await workshop.serving { _ in
            try await workshop.populate()
            try await workshop.done("cordon --as hillside clinic deposit --patient 12345 fixtures/records/ana.json")
            try await workshop.done("cordon --as north member anchors")
            try await workshop.done("\(ask) \(adult) --qr-file r.png > r")
            #expect(try await workshop.done("zbarimg --quiet --raw r.png").hasPrefix("CORDON:PROOF-REQUEST:"))
            let made = try await workshop.sh("cordon --as ana proof make r.png --yes --qr --qr-file p.png > p")
            #expect(made.status == 0 && made.error.contains("██████"), "\(made.all)")
            let proven = try await workshop.done("cordon --as lakeside proof verify p.png --sync")
            #expect(proven.contains("18 or older"), "\(proven)")
            for same in ["verify p", "verify /dev/stdin < p.png"] {
                #expect(try await workshop.done("cordon --as lakeside proof \(same)") == proven)
            }
            let piped = "zbarimg --quiet --raw p.png | cordon --as lakeside proof verify /dev/stdin"
            #expect(try await workshop.done(piped) == proven)
            // The text of a paper in a code that somebody else drew.
            try await workshop.done("\(ask) \(adult) > r; qrencode -o r.png < r; cordon --as ana proof make r.png --yes > p")
            try await workshop.done("cordon --as lakeside proof verify p")
            try await large(workshop)
        }
    }

    /// Several records are too much for one code: nothing is lost by having asked for it.
    private func large(_ workshop: Workshop) async throws {
        let results = ["result", "result#2", "result#3"].map { "--prove '\($0): measured value below 1000'" }.joined(separator: " ")
        try await workshop.done("\(ask) \(adult) \(results) > r")
        let large = try await workshop.sh("cordon --as ana proof make r --yes --qr-file large.png > presentation")
        #expect(large.status == 1 && large.error.contains("> presentation.txt"), "\(large.all)")
        #expect(!FileManager.default.fileExists(atPath: workshop.folder.path("large.png")))
        try await workshop.done("cordon --as lakeside proof verify presentation")
    }

    @Test func `images that hold no paper, or not one, are told apart`() async throws {
        let workshop = try Workshop()
        try await workshop.found()
        try await workshop.serving { _ in try await workshop.populate() }
        try await workshop.done("qrencode -o hello.png hello; head -c 100 hello.png > cut.png")
        try await workshop.done("printf '\\211PNG\\r\\n\\032\\nx' > broken.png")
        try await workshop.done("printf '\\377\\330\\377\\340x' > broken.jpg; head -c 20000000 /dev/zero > huge")
        let cases: [(image: String, says: String)] = [
            ("fixtures/papers/no-code.png", "no QR code in this image"), ("fixtures/papers/two-codes.png", "more than one QR code"),
            ("hello.png", "no proof request"), ("cut.png", "cannot be read"), ("broken.png", "cannot be read"),
            ("broken.jpg", "cannot be read"), ("huge", "no proof request"),
        ]
        for (image, says) in cases {
            let outcome = try await workshop.sh("cordon --as ana proof make \(image) --yes")
            #expect(outcome.status == 4 && outcome.error.contains(says) && outcome.output.isEmpty, "\(image): \(outcome)")
        }
        // One that can be read, of another ledger.
        let foreign = try await workshop.sh("cordon --as lakeside proof verify fixtures/papers/request.jpg")
        #expect(foreign.status == 4 && foreign.error.contains("no presentation"), "\(foreign.all)")
        let request = try await workshop.sh("cordon --as ana proof make fixtures/papers/request.jpg --yes")
        #expect(request.status == 3, "it was read, and then the gateway is missed: \(request.all)")
    }

    @Test func `without the programs it says which package to install, before anything is done`() async throws {
        let workshop = try Workshop()
        try await workshop.found()
        try await workshop.serving { _ in try await workshop.populate() }
        let cordon = "'\(Workshop.programs)/cordon'"
        for path in ["", "/nowhere", ".:relative"] {
            let asked = try await workshop.sh("PATH='\(path)' \(cordon) --as lakeside proof ask --purpose x \(adult) --qr")
            #expect(asked.status == 4 && asked.output.isEmpty && asked.error.contains("apt install qrencode"), "\(asked)")
            let file = try await workshop.sh(
                "PATH='\(path)' \(cordon) --as lakeside proof ask --purpose x \(adult) --qr-file r.png")
            #expect(file.status == 4 && file.output.isEmpty && file.error.contains("apt install qrencode"), "\(file)")
            let read = try await workshop.sh("PATH='\(path)' \(cordon) --as ana proof make fixtures/papers/request.jpg")
            #expect(read.status == 4 && read.error.contains("apt install zbar-tools"), "\(read)")
        }
        let nowhere = try await workshop.sh("\(ask) \(adult) --qr-file no/such/folder/r.png")
        #expect(nowhere.status == 4 && nowhere.output.isEmpty, "\(nowhere)")
        let narrow = "stty cols 40; \(ask) \(adult) --qr > r"
        let shown = try await workshop.sh("script -qec \"\(narrow)\" /dev/null")
        #expect(shown.status == 1 && shown.output.contains("this terminal 40"), "\(shown)")
        let wide = try await workshop.sh("script -qec \"\(narrow.replacing("40", with: "400"))\" /dev/null")
        #expect(wide.status == 0 && wide.output.contains("\u{1B}[40;37;1m"), "\(wide)")
    }

    @Test func `a program that writes without end is stopped, and one that fails is told`() async throws {
        let workshop = try Workshop()
        try await workshop.found()
        try await workshop.serving { _ in try await workshop.populate() }
        try await workshop.done("mkdir bin; printf '#!/bin/sh\\nexec yes QR-Code:x\\n' > bin/zbarimg")
        try await workshop.done("printf '#!/bin/sh\\nexit 7\\n' > bin/qrencode; chmod +x bin/*")
        let endless = try await workshop.sh("PATH=\"$PWD/bin:$PATH\" cordon --as ana proof make fixtures/papers/request.jpg --yes")
        #expect(endless.status == 4 && endless.error.contains("more than one QR code"), "\(endless)")
        let failing = try await workshop.sh("PATH=\"$PWD/bin:$PATH\" \(ask) \(adult) --qr > r")
        #expect(failing.status == 4 && failing.error.contains("it ended with 7"), "\(failing)")
        #expect(try await workshop.done("cat r").hasPrefix("-----BEGIN CORDON PROOF REQUEST-----"))
    }
}
