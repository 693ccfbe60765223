import Foundation
import Subprocess
import TestSupport
import Testing

/// A second reader: `cordon serve --follow`.
@Suite struct FollowTests {
    private static func get(_ address: String) -> String {
        "/usr/bin/python3 -c 'import sys,urllib.request; sys.stdout.buffer.write(urllib.request.urlopen(sys.argv[1]).read())' \(address)"
    }

    private struct Mirrored: Sendable {
        let workshop: Workshop
        let port: Int

        var options: [String] { ["--follow", workshop.address, "--port", "\(port)"] }

        init() throws {
            workshop = try Workshop()
            port = LoopbackPort.next()
        }

        /// Waits until the mirror has come to the leader's checkpoint: it asks every second.
        func catchUp() async throws {
            try await workshop.done(
                """
                for i in $(seq 600); do
                \(FollowTests.get("\(workshop.address)/checkpoint")) > leads; \(FollowTests.get("http://127.0.0.1:\(port)/checkpoint")) > follows
                cmp -s leads follows && exit 0; sleep 0.1; done; exit 1
                """)
        }
    }

    @Test func `a mirror shows the marks of claims as the gateway does`() async throws {
        let mirrored = try Mirrored()
        let (workshop, mirror) = (mirrored.workshop, "http://127.0.0.1:\(mirrored.port)")
        try await workshop.found()
        try await workshop.serving { _ in
            try await workshop.serving("mirror", options: mirrored.options) { _ in
                try await workshop.populate()
                _ = try await AnchorTests.deposit("one", workshop)
                let told = try await workshop.done("cordon --as north member anchors --json")
                let entry = try #require(told.firstMatch(of: /\[\s*(\d+)/)?.output.1)
                try await workshop.done(
                    """
                    \(Self.get("$A/anchors/\(entry)")) > a
                    for i in $(seq 600); do \(Self.get("\(mirror)/anchors/\(entry)")) > b 2> /dev/null; cmp -s a b && break; sleep 0.1; done
                    [ -s a ] && cmp a b
                    """)
                let beside = try await workshop.sh(Self.get("\(mirror)/anchors/1"))
                #expect(beside.status != 0 && beside.error.contains("404"))
            }
        }
    }

    @Test func `a mirror shows what the gateway shows, takes nothing, and outlives it`() async throws {
        let mirrored = try Mirrored()
        let (workshop, mirror) = (mirrored.workshop, "http://127.0.0.1:\(mirrored.port)")
        try await workshop.found()
        try await workshop.serving { _ in
            try await workshop.serving("mirror", options: mirrored.options) { _ in
                try await workshop.populate()
                try await workshop.done("cordon --as hillside clinic deposit --patient 12345 fixtures/records/ana.json")
                try await mirrored.catchUp()
                let size = try await workshop.done("sed -n 2p leads").trimmingCharacters(in: .newlines)
                for path in ["tile/0/000.p/\(size)", "tile/entries/000.p/\(size)"] {
                    let same = try await workshop.sh(
                        "\(Self.get("$A/\(path)")) > a; \(Self.get("\(mirror)/\(path)")) > b; [ -s a ] && cmp a b")
                    #expect(same.status == 0, "\(path): \(same.all)")
                }
                #expect(try await workshop.done(Self.get("\(mirror)/health")).contains("\"status\":\"mirror\""))
            }
        }
        // The gateway is gone; the mirror starts again and shows what it has.
        try await workshop.serving("mirror", options: mirrored.options) { _ in
            let kept = try await workshop.sh("\(Self.get("\(mirror)/checkpoint")) | cmp - leads")
            #expect(kept.status == 0)
            let posted = try await workshop.done(
                """
                /usr/bin/python3 - <<'P'
                import urllib.request, urllib.error
                for path in ['requests', 'deposits', 'entries', 'payloads', 'inbox/send', 'own/records', 'audit/evidence', 'mirror/payloads', 'mirror/payload', 'nonsense']:
                    try:
                        urllib.request.urlopen('\(mirror)/v1/' + path, b'x'); print('taken')
                    except urllib.error.HTTPError as e:
                        print(e.code, int.from_bytes(e.read(2), 'big'))
                P
                """)
            #expect(posted == String(repeating: "503 12\n", count: 10))
        }
    }

    @Test func `a mirror that is killed goes on where it was`() async throws {
        let mirrored = try Mirrored()
        let workshop = mirrored.workshop
        try await workshop.found()
        try await workshop.serving { _ in
            for round in 0..<3 {
                try await workshop.serving("mirror", options: mirrored.options) { gateway in
                    if round == 0 { try await workshop.populate() }
                    try await mirrored.catchUp()
                    try gateway.kill(.kill)
                }
            }
        }
    }

    @Test func `a mirror whose gateway shows another ledger stops, and says so`() async throws {
        let mirrored = try Mirrored()
        let workshop = mirrored.workshop
        try await workshop.found()
        try await workshop.serving { _ in
            try await workshop.populate()
            try await workshop.serving("mirror", options: mirrored.options) { _ in try await mirrored.catchUp() }
            try await workshop.done("cordon --as north backup kept")
            try await workshop.admitMany(1)
            try await workshop.serving("mirror", options: mirrored.options) { _ in try await mirrored.catchUp() }
        }
        // Back to before the last admission.
        try await workshop.done("mv home/north lost; cordon --as north restore kept && cordon --as north restore --nothing-lost")
        try await workshop.serving { _ in
            let behind = try await workshop.sh("cordon --as mirror serve --follow $A --port \(mirrored.port)")
            #expect(behind.status == 5 && behind.error.contains("older state"), "\(behind.all)")
        }
        // Another ledger at the same address.
        try await workshop.done("rm -r home/north; cordon --as north init --name 'North Consortium' --address $A")
        try await workshop.serving { _ in
            let other = try await workshop.sh("cordon --as mirror serve --follow $A --port \(mirrored.port)")
            #expect(other.status == 5 && other.error.contains("not signed with the key"), "\(other.all)")
        }
    }

    @Test func `it stops while it serves, as soon as the gateway comes back with less`() async throws {
        let mirrored = try Mirrored()
        let workshop = mirrored.workshop
        try await workshop.found()
        try await workshop.serving { _ in
            try await workshop.populate()
            try await workshop.done("cordon --as north backup kept")
            try await workshop.admitMany(1)
        }
        try await workshop.done(
            """
            cordon --as north serve > n 2>&1 & echo $! > north.pid
            /usr/bin/timeout 60 sh -c 'until grep -q Serving n; do sleep 0.1; done'
            cordon --as mirror serve --follow $A --port \(mirrored.port) > m 2> m.err & echo $! > mirror.pid
            /usr/bin/timeout 60 sh -c 'until grep -q Serving m; do sleep 0.1; done'
            kill $(cat north.pid); wait $(cat north.pid)
            mv home/north lost; cordon --as north restore kept; cordon --as north restore --nothing-lost
            cordon --as north serve > n 2>&1 & echo $! > north.pid
            wait $(cat mirror.pid); echo $? > status
            kill $(cat north.pid); wait
            """)
        #expect(try await workshop.done("cat status") == "5\n")
        #expect(try await workshop.done("cat m.err").contains("The mirror serves no more"))
    }

    @Test func `what cannot be followed is said`() async throws {
        let workshop = try Workshop()
        for (line, status, says) in [
            ("cordon --as m serve --follow nonsense", 2, "such as http://"),
            ("cordon --as m serve --follow $A/path", 2, "such as http://"),
            ("cordon --as m serve --follow $A", 3, "nothing is mirrored yet"),
            ("cordon --as m serve --follow $A --host 0.0.0.0", 2, "TLS is needed"),
            ("cordon --as m serve --follow $A --port 99999", 2, "port"),
            ("cordon --as m serve --follow $A --metrics 127.0.0.1:9460", 2, "do not go together"),
            ("cordon --as m serve --follow $A --certificate passphrase --key passphrase", 3, "nothing is mirrored yet"),
            ("cordon serve --follow $A", 2, "--as"),
        ] as [(String, Int32, String)] {
            let outcome = try await workshop.sh(line)
            #expect(outcome.status == status && outcome.all.contains(says), "\(line): \(outcome)")
        }
    }
}
