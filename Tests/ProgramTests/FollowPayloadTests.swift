import Foundation
import Subprocess
import TestSupport
import Testing

/// A second reader that keeps the payloads too: `cordon --as south serve --follow URL --payloads`.
@Suite struct FollowPayloadTests {
    private static let leader = "home/north/gateway/payloads"
    private static let mirror = "home/south/mirror/payloads"

    private struct Pair: Sendable {
        let workshop: Workshop
        let port = LoopbackPort.next()

        init() async throws {
            workshop = try Workshop()
            try await workshop.found()
        }

        var options: [String] { ["--follow", workshop.address, "--payloads", "--port", "\(port)"] }

        /// The people, the member South, and so many large records of Ana.
        func populate(_ records: Int, bytes: Int = 300_000) async throws {
            try await workshop.populate()
            try await workshop.done(
                """
                set -e
                cordon --as south member new --name South --address https://south.example --gateway $A --out south.can
                cordon --as north member propose --add south.can --yes
                """)
            for number in 0..<records { try await deposit(number, bytes: bytes) }
        }

        func deposit(_ number: Int, bytes: Int = 300_000) async throws {
            try await workshop.done(
                "\(Workshop.noise(bytes)) > large-\(number); cordon --as hillside clinic deposit --patient 12345 large-\(number)"
            )
        }

        /// Waits until the mirror's folder holds what the gateway's does.
        func catchUp(_ mirror: String = FollowPayloadTests.mirror) async throws {
            try await waiting("diff -rq \(FollowPayloadTests.leader) \(mirror) > differs 2>&1")
        }

        func waiting(_ condition: String) async throws {
            try await workshop.done("for i in $(seq 900); do { \(condition); } && exit 0; sleep 0.1; done; cat *.log >&2; exit 1")
        }

        /// Waits until the mirror shows the checkpoint that the gateway shows now.
        func catchUpLedger() async throws {
            func get(_ address: String) -> String {
                "/usr/bin/python3 -c 'import sys,urllib.request; sys.stdout.buffer.write(urllib.request.urlopen(sys.argv[1]).read())' \(address)/checkpoint"
            }
            try await workshop.done(get("$A") + " > leads")
            try await waiting(get("http://127.0.0.1:\(port)") + " | cmp -s - leads")
        }

        /// Serves the mirror while `body` runs, and writes what it says to `mirror.log`.
        func mirroring(_ body: @Sendable (Workshop.RunningGateway) async throws -> Void) async throws {
            try await workshop.serving("south", options: options, log: "mirror.log", body)
        }
    }

    @Test func `a damaged payload of the gateway is put back from the mirror`() async throws {
        let pair = try await Pair()
        let workshop = pair.workshop
        try await workshop.serving { _ in
            try await pair.populate(2)
            try await workshop.done("cordon --as hillside clinic deposit --patient 12345 fixtures/records/ana.json")
            try await pair.mirroring { _ in try await pair.catchUp() }
        }
        try await workshop.done(
            """
            set -e; f=$(ls \(Self.leader) | head -1); echo $f > damaged
            printf changed-in-place | dd of=\(Self.leader)/$f bs=1 seek=150000 conv=notrunc 2> /dev/null
            ! cmp -s \(Self.leader)/$f \(Self.mirror)/$f
            """)
        let named = try await workshop.sh("cordon --as north serve --check")
        let damaged = try await workshop.done("cat damaged").trimmingCharacters(in: .newlines)
        #expect(named.status == 5 && named.error.contains("payload \(damaged) is damaged"), "\(named.all)")
        try await workshop.done("cp \(Self.mirror)/$(cat damaged) \(Self.leader)/")
        try await workshop.serving { _ in
            try await workshop.done(
                """
                set -e
                for id in $(cordon --as ana patient records | cut -d' ' -f1); do
                cordon --as ana patient open $id > open-$id; done
                for f in large-0 large-1; do for g in open-*; do cmp -s $f $g && echo $f; done; done > same
                [ "$(sort -u same | wc -l)" = 2 ]
                """)
        }
    }

    @Test func `only who is a member mirrors payloads`() async throws {
        let pair = try await Pair()
        let workshop = pair.workshop
        try await workshop.serving { _ in
            try await workshop.populate()
            try await workshop.done(
                "cordon --as south member new --name South --address https://s.example --gateway $A --out south.can")
            for (line, status, says) in [
                ("cordon --as hillside serve --follow $A --payloads", 2, "member"),
                ("cordon --as ana serve --follow $A --payloads", 2, "member"),
                ("cordon --as nobody serve --follow $A --payloads", 4, "nobody"),
                ("cordon --as south serve --follow $A --payloads --port \(pair.port)", 1, "only a member mirrors payloads"),
                ("CORDON_PASSPHRASE_FILE=south.can cordon --as south serve --follow $A --payloads", 4, "passphrase"),
                ("CORDON_PASSPHRASE_FILE=south.can cordon --as north serve --follow $A --payloads", 4, "passphrase"),
                ("cordon --as south serve --payloads", 2, "for mirrors"), ("cordon --as north serve --payloads", 2, "for mirrors"),
                ("cordon --as south serve --follow $A --address https://s.example", 2, "--payloads too"),
                ("cordon --as south serve --follow $A --payloads --address nonsense", 2, "such as http://"),
                ("cordon --as south serve --follow $A --payloads --metrics 127.0.0.1:9460", 2, "do not go together"),
                ("cordon-gateway serve --folder m --follow $A --payloads < /dev/null", 2, "no member's key"),
                ("head -c 32 /dev/zero | cordon-gateway serve --folder m --follow $A --payloads", 2, "no member's key"),
                ("head -c 33 /dev/urandom | cordon-gateway serve --folder m --follow $A --payloads", 1, "only a member"),
            ] as [(String, Int32, String)] {
                let outcome = try await workshop.sh("timeout 60 sh -c '\(line)'")
                #expect(outcome.status == status && outcome.all.contains(says), "\(line): \(outcome)")
            }
            #expect(try await workshop.done("find home m -path '*mirror/payloads/*'; find m -name payloads") == "")
        }
    }

    @Test func `an erasure reaches the mirror, its restart, and a mirror of it`() async throws {
        let pair = try await Pair()
        let workshop = pair.workshop
        let second = ["--follow", "http://127.0.0.1:\(pair.port)", "--payloads", "--port", "\(LoopbackPort.next())"]
        try await workshop.serving { _ in
            try await pair.populate(2)
            try await pair.mirroring { _ in
                try await pair.catchUp()
                try await workshop.serving("north", options: second, log: "second.log") { _ in
                    try await pair.catchUp("home/north/mirror/payloads")
                    try await workshop.done(
                        "cordon --as ana erase $(cordon --as ana patient records | cut -d' ' -f1 | head -1) --yes")
                    #expect(try await workshop.done("ls \(Self.leader) | wc -l") == "1\n")
                    try await pair.catchUp()
                    // The mirror of the mirror asks of itself, for the ledger told it before the payloads were gone.
                    try await pair.catchUp("home/north/mirror/payloads")
                }
            }
            // Erased while the mirror is away.
            try await workshop.done(
                "cordon --as ana erase $(cordon --as ana patient records | cut -d' ' -f1 | head -1) --yes")
            try await pair.mirroring { _ in
                try await pair.catchUp()
                #expect(try await workshop.done("ls \(Self.mirror)") == "")
            }
        }
    }

    @Test func `a mirror whose member was removed fetches and hands out nothing more, and says so`() async throws {
        let pair = try await Pair()
        let workshop = pair.workshop
        try await workshop.serving { _ in
            try await pair.populate(1)
            try await workshop.done(
                """
                set -e
                cordon --as west member new --name West --address https://west.example --gateway $A --out west.can
                cordon --as north member propose --add west.can --out w --yes; cordon --as south member approve w --yes
                """)
            try await pair.mirroring { _ in
                try await pair.catchUp()
                try await workshop.done(
                    "set -e; cordon --as north member remove South --out s --yes; cordon --as west member approve s --yes")
                try await pair.waiting("grep -q 'this member was removed' mirror.log")
                try await pair.catchUpLedger()
                try await pair.deposit(1)
                try await pair.catchUpLedger()
                #expect(try await workshop.done("ls \(Self.mirror) | wc -l; ls \(Self.leader) | wc -l") == "1\n2\n")
                // Whoever follows it gets nothing from it, and loses nothing by it.
                let port = LoopbackPort.next()
                let second = ["--follow", "http://127.0.0.1:\(pair.port)", "--payloads", "--port", "\(port)"]
                try await workshop.serving("west", options: second, log: "west.log") { _ in
                    try await pair.waiting("grep -q 'no member of the ledger signed' west.log")
                    #expect(try await workshop.done("ls home/west/mirror/payloads") == "")
                }
            }
            let again = try await workshop.sh("timeout 60 cordon --as south serve --follow $A --payloads --port \(pair.port)")
            #expect(again.status == 1 && again.error.contains("only a member mirrors payloads"), "\(again.all)")
        }
    }

    @Test func `what is changed on the way is said, not kept, and keeps the ledger from nothing`() async throws {
        let pair = try await Pair()
        let (workshop, proxy) = (pair.workshop, LyingProxy(workshop: pair.workshop))
        try await proxy.serving {
            try await pair.populate(1)
            for lie in [LyingProxy.Lie.flip, .fewer, .more, .endless, .cut] {
                try proxy.tell(lie)
                try await pair.mirroring { _ in
                    try await pair.waiting("grep -q 'nothing of it was kept\\|does not hand out' mirror.log")
                    #expect(try await workshop.done("ls \(Self.mirror)") == "", "\(lie)")
                    try await pair.catchUpLedger()
                }
            }
            try proxy.tell(nil)
            try await pair.mirroring { _ in try await pair.catchUp() }
            // A list that the leader did not sign deletes nothing.
            try proxy.tell(.empty)
            try await pair.mirroring { _ in
                try await pair.waiting("grep -q 'nothing of it was kept' mirror.log")
                try await pair.catchUp()
            }
        }
    }

    @Test func `a mirror that is killed in the middle of a payload begins it again`() async throws {
        let pair = try await Pair()
        let (workshop, proxy) = (pair.workshop, LyingProxy(workshop: pair.workshop))
        try await proxy.serving {
            try await pair.populate(1)
            try proxy.tell(.stall)
            try await pair.mirroring { mirror in
                try await pair.waiting("ls \(Self.mirror) | grep -q partial")
                try mirror.kill(.kill)
            }
            #expect(try await workshop.done("ls \(Self.mirror) | grep -vc partial || true") == "0\n")
            try proxy.tell(nil)
            try await pair.mirroring { _ in try await pair.catchUp() }
        }
    }

    @Test func `a mirror that goes on without payloads says that erasures do not reach them`() async throws {
        let pair = try await Pair()
        let workshop = pair.workshop
        try await workshop.serving { _ in
            try await pair.populate(1)
            try await pair.mirroring { _ in try await pair.catchUp() }
            let plain = ["--follow", workshop.address, "--port", "\(pair.port)"]
            try await workshop.serving("south", options: plain, log: "plain.log") { _ in
                try await pair.waiting("grep -q 'erasures do not reach them' plain.log")
            }
            // And what was damaged meanwhile is found when everything is compared.
            try await workshop.done(
                "printf changed-in-place | dd of=\(Self.mirror)/$(ls \(Self.mirror)) bs=1 seek=150000 conv=notrunc 2> /dev/null")
            try await workshop.serving("south", options: pair.options + ["--check"], log: "mirror.log") { _ in
                try await pair.waiting("grep -q 'is damaged and is fetched again' mirror.log")
                try await pair.catchUp()
            }
        }
    }

    @Test(.enabled(if: SmallDisk.canMount, "no right to mount a small disk"))
    func `a disk that is nearly full stops payloads, not the ledger, and room is enough to go on`() async throws {
        let pair = try await Pair()
        let workshop = pair.workshop
        let disk = try SmallDisk(workshop.folder.url.appending(path: "home/south/mirror"), megabytes: 80)
        defer { disk.unmount() }
        try await workshop.serving { _ in
            try await pair.populate(1, bytes: 6_000_000)
            try await pair.mirroring { _ in
                try await pair.catchUp()
                for number in 1..<4 { try await pair.deposit(number, bytes: 6_000_000) }
                try await pair.waiting("grep -q 'nearly full' mirror.log")
                try await pair.catchUpLedger()
                #expect(try await workshop.done("ls \(Self.mirror) | wc -l") != "4\n")
                try disk.grow(megabytes: 300)
                try await pair.catchUp()
            }
        }
    }
}
