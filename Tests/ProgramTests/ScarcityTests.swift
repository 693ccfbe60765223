import Foundation
import TestSupport
import Testing

/// Too few file descriptors, too little memory.
@Suite struct ScarcityTests {
    @Test func `idle connections beyond the file descriptors of a gateway make others wait, and take nothing from it`() async throws
    {
        let workshop = try Workshop()
        try await workshop.found()
        try await workshop.serving(under: "ulimit -n 96") { _ in
            try await workshop.populate()
            try await workshop.done("cordon --as hillside clinic deposit --patient 12345 fixtures/records/ana.json")
            try await workshop.holding(connections: 300) {
                // Answered once idle connections are closed, or told that nobody answers.
                let outcome = try await workshop.sh("cordon --as ana patient records")
                let isTold = outcome.status == 3 && outcome.error.contains("gateway")
                #expect(outcome.status == 0 || isTold, "\(outcome.status): \(outcome.all)")
            }
            try await workshop.done("for i in $(seq 60); do cordon --as ana patient records && exit 0; sleep 1; done; exit 1")
            try await workshop.done("cordon --as ana grant --to lakeside --category laboratory --yes")
            #expect(
                try await workshop.done("cordon --as lakeside clinic inbox && cordon --as lakeside clinic request 1").contains(
                    "5 records"))
        }
        try await workshop.serving { _ in
            try await workshop.done("cordon --as aud audit export --out a && cordon --as aud audit replay a")
        }
    }

    /// From as little memory as the program needs to reach for a gateway to enough: it ends in order, and for want of memory with these words.
    @Test(arguments: [
        ("cordon --as north serve", "256 MiB"),
        ("cordon --as hillside clinic inbox", "Close other programs"),
    ])
    func `without the memory to try a passphrase, that is what is said`(line: String, advice: String) async throws {
        let workshop = try Workshop()
        try await workshop.found()
        try await workshop.serving { _ in
            try await workshop.done("cordon --as hillside clinic new --name Hillside --gateway $A --out h.app")
        }
        var told = 0
        for kilobytes in stride(from: 100_000, through: 400_000, by: 50_000) {
            // With less than this the system does not load it, or NIO ends it, for no thread can be begun.
            let reaching = try await workshop.sh("ulimit -v \(kilobytes); timeout 10 cordon --as north status").status
            guard reaching == 3 else { continue }
            let outcome = try await workshop.sh("ulimit -v \(kilobytes); exec timeout --signal=TERM 10 \(line)")
            #expect(outcome.status < 126, "\(kilobytes): \(outcome.all)")
            guard outcome.status == 4 else { continue }
            #expect(outcome.error.contains("not enough memory to try the passphrase"), "\(kilobytes): \(outcome.all)")
            #expect(outcome.error.contains(advice), "\(outcome.all)")
            told += 1
        }
        #expect(told > 0)
    }
}

extension Workshop {
    /// Connections on which nothing is said, for the time of `body`.
    fileprivate func holding(connections: Int, _ body: () async throws -> Void) async throws {
        try await done(
            """
            touch hold; : > held
            (exec python3 -c '
            import os, socket, sys, time
            held = []
            for i in range(\(connections)):
                s = socket.socket(); s.setblocking(False); s.connect_ex(("127.0.0.1", int(sys.argv[1].split(":")[-1]))); held.append(s)
            open("held", "w").write("held")
            while os.path.exists("hold"): time.sleep(0.1)
            ' $A > /dev/null 2>&1 &)
            until test -s held; do sleep 0.1; done
            """)
        do {
            try await body()
            try await done("rm hold")
        } catch {
            _ = try? await sh("rm hold")
            throw error
        }
    }
}
