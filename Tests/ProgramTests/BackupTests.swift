import Foundation
import GRDB
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// What an operator does before and after a disk is lost.
@Suite struct BackupTests {
    /// Ana's records are deposited, laboratory is granted to Lakeside and read, and a backup is made while the gateway serves.
    private func story(
        _ after: @Sendable (Workshop) async throws -> Void = { _ in }
    ) async throws -> Workshop {
        let workshop = try Workshop()
        try await workshop.found()
        try await workshop.serving { _ in
            try await workshop.populate()
            try await workshop.done(
                """
                set -e; cordon --as hillside clinic deposit --patient 12345 fixtures/records/ana.json
                \(Workshop.noise(300_000)) > large; cordon --as hillside clinic deposit --patient 12345 large
                cordon --as ana grant --to lakeside --category laboratory --yes; cordon --as lakeside clinic inbox
                cordon --as lakeside clinic request 1; cordon --as north backup kept
                """)
            try await after(workshop)
        }
        return workshop
    }

    @Test func `a backup made while the gateway serves comes back with everything`() async throws {
        let workshop = try await story()
        let restored = try await workshop.done("mv home/north lost; cordon --as north --json restore kept 2>/dev/null")
        #expect(restored.contains("\"isReadOnly\":true"))
        // Until somebody vouches for it, it shows what it has and takes nothing.
        try await workshop.serving { _ in
            #expect(try await workshop.done("cordon --as ana patient records").contains("laboratory"))
            for line in [
                "cordon --as lakeside clinic request 1", "cordon --as ana grant --to lakeside --category general --yes",
                "echo more >> large; cordon --as hillside clinic deposit --patient 12345 large",
                "cordon --as ana revoke --to lakeside",
            ] {
                var refused = try await workshop.sh(line)
                // Of a large upload the connection may be gone before the refusal is read: then nothing is told but that.
                for _ in 0..<3 where refused.status == 3 { refused = try await workshop.sh(line) }
                #expect(refused.status == 1 && refused.error.contains("takes nothing"), "\(line): \(refused.all)")
            }
        }
        let vouched = try await workshop.sh("cordon --as north restore --nothing-lost")
        #expect(vouched.status == 0, "\(vouched.all)")
        try await workshop.serving { _ in
            #expect(try await workshop.done("cordon --as lakeside clinic request 1").hasPrefix("5 records"))
            try await workshop.done(
                "cordon --as ana revoke --to lakeside; cordon --as hillside clinic deposit --patient 12345 large")
            try await workshop.done("cordon --as aud audit export --out a && cordon --as aud audit replay a")
        }
        #expect(try await workshop.sh("cordon --as north restore --nothing-lost").status == 1)
    }

    @Test func `a backup is made of a gateway that does not run, also after it was killed`() async throws {
        let workshop = try Workshop()
        try await workshop.found()
        try await workshop.serving { gateway in
            try await workshop.populate()
            try gateway.kill(.kill)
        }
        let made = try await workshop.done("cordon --as north --json backup kept")
        #expect(made.contains("\"entries\":"))
        #expect(try await workshop.sh("cordon --as north backup kept").status == 1)
        #expect(try await workshop.done("ls").contains("partial") == false)
        try await workshop.done("cordon --as north-2 restore kept")
    }

    @Test func `clients that saw more than a restored ledger do not believe it`() async throws {
        let workshop = try await story { try await $0.done("cordon --as ana grant --to lakeside --category general --yes") }
        try await workshop.done("mv home/north lost; cordon --as north restore kept && cordon --as north restore --nothing-lost")
        try await workshop.serving { _ in
            let behind = try await workshop.sh("cordon --as ana patient records")
            #expect(behind.status == 5 && behind.error.contains("older state"), "\(behind.all)")
            // Made longer again, it is another ledger.
            try await workshop.done(
                """
                set -e; for i in 1 2 3; do echo more >> large; cordon --as hillside clinic deposit --patient 12345 large; done
                """)
            let forked = try await workshop.sh("cordon --as ana patient records")
            #expect(forked.status == 5 && forked.error.contains("NOT VERIFIED"), "\(forked.all)")
        }
    }

    @Test func `what was erased after the backup does not come back, and a ledger with lost entries takes none`() async throws {
        let workshop = try await story { workshop in
            try await workshop.done(
                """
                set -e; cordon --as aud audit export --out before
                id=$(cordon --as ana --json patient records --category laboratory | grep -o '"record":"[0-9a-f]*"' | head -1 | cut -d'"' -f4)
                cordon --as ana erase $id --yes; cordon --as aud audit export --out north.audit
                """)
        }
        let before = try workshop.count("SELECT COUNT(*) FROM slot WHERE descriptor IS NOT NULL", in: "kept")
        // An export that knows nothing newer proves that nothing is known to be lost.
        try await workshop.done("mv home/north lost; cordon --as early restore kept --newer before")
        #expect(try await workshop.done("cordon --as early --json restore --nothing-lost").contains("false"))
        for (name, newer) in [("a", "north.audit"), ("b", "lost/gateway")] {
            let restored = try await workshop.sh("cordon --as \(name) restore kept --newer \(newer)")
            #expect(restored.status == 0 && restored.output.contains("READ-ONLY for good"), "\(restored.all)")
            #expect(!restored.error.contains("warning"))
            let left = try workshop.count(
                "SELECT COUNT(*) FROM slot WHERE descriptor IS NOT NULL", in: "home/\(name)/gateway")
            #expect(left == before - 1)
            let vouched = try await workshop.sh("cordon --as \(name) restore --nothing-lost")
            #expect(vouched.status == 1 && vouched.error.contains("--successor"), "\(vouched.all)")
        }
        #expect(try await workshop.sh("cordon --as c restore kept").error.contains("warning: records that were erased"))
        // It is served, and says what it is.
        try await workshop.serving("a") { _ in
            let behind = try await workshop.sh("cordon --as ana patient records")
            #expect(behind.status == 5)
            let status = try await workshop.done("cordon --as a status")
            #expect(status.contains("is a member"))
        }
        // Also when the file that says so is gone.
        try await workshop.done("rm home/a/gateway/restored.json")
        try await workshop.serving("a") { _ in
            let refused = try await workshop.sh("cordon --as a member admit hillside.app")
            #expect(refused.status != 0)
        }
    }

    @Test func `a successor names the ledger before it, is empty, and is not taken for it`() async throws {
        let workshop = try await story { try await $0.done("cordon --as aud audit export --out north.audit") }
        let begun = try await workshop.done(
            "mv home/north lost; cordon --as north --json restore kept --newer north.audit --successor 2>/dev/null")
        #expect(begun.contains("\"successor\":\"north-consortium.cordon/"))
        try await workshop.serving { _ in
            for person in ["ana", "hillside", "lakeside", "aud"] {
                let told = try await workshop.sh("cordon --as \(person) status")
                #expect(told.status == 5 && told.error.contains("began in the place of the one this profile"), "\(told.all)")
            }
            #expect(try await workshop.done("cordon --as north status").contains("The ledger has 2 entries"))
            // Who starts anew takes part.
            try await workshop.done(
                """
                set -e; cordon --as hill-2 clinic new --name 'Hillside Clinic' --gateway $A --out h.app
                cordon --as north member admit h.app; cordon --as hill-2 status
                """)
        }
    }

    @Test func `what is no good backup is named, and nothing is put in place`() async throws {
        let workshop = try await story()
        try await workshop.done("cp -r kept good")
        let cases: [(spoil: String, status: Int32, says: String)] = [
            ("rm -r kept", 4, "no backup"),
            ("rm kept/backup.checkpoint", 4, "no backup"),
            ("printf x >> kept/backup.checkpoint", 4, "no backup"),
            ("sed -i 's/^14$/13/;s/^1[0-9]$/9/' kept/backup.checkpoint", 5, "checkpoint"),
            ("rm kept/gateway.keys", 4, "key file"),
            ("printf x >> kept/gateway.keys", 4, "key file"),
            ("rm kept/gateway.json", 4, "no gateway"),
            ("rm kept/store.sqlite", 4, "no store"),
            ("head -c 50000 kept/store.sqlite > s; mv s kept/store.sqlite", 4, "cannot be read"),
            ("rm kept/payloads/*", 5, "is missing"),
            (
                "for f in kept/payloads/*; do printf changed-in-place | dd of=$f bs=1 seek=100 conv=notrunc 2>/dev/null; done", 5,
                "is damaged"
            ),
        ]
        for spoiled in cases {
            let outcome = try await workshop.sh("rm -rf kept; cp -r good kept; \(spoiled.spoil); cordon --as n restore kept")
            #expect(outcome.status == spoiled.status && outcome.all.contains(spoiled.says), "\(spoiled.spoil): \(outcome)")
            #expect(try await workshop.sh("ls home/n 2>/dev/null").output == "")
        }
        try await workshop.done("rm -rf kept; cp -r good kept")
        for (line, status, says) in [
            ("cordon --as north restore kept", 1, "choose it with --as"),
            ("cordon --as n restore", 2, "which backup"),
            ("cordon --as n restore kept --nothing-lost", 2, "either name a backup"),
            ("cordon --as n restore kept --address http://127.0.0.1:1", 2, "are a successor's"),
            ("cordon --as n restore kept --newer passphrase", 4, "neither an auditor's export"),
            ("cordon --as n restore kept --newer gone", 4, "neither an auditor's export"),
            ("echo wrong > wrong; CORDON_PASSPHRASE_FILE=wrong cordon --as n restore kept", 4, "passphrase"),
            ("cordon --as n restore --nothing-lost", 4, "no gateway"),
            ("cordon --as ana backup x", 4, "has no gateway"),
            ("cordon --as north backup gone/x/y", 4, "cannot be written"),
            ("CORDON_PASSPHRASE_FILE=wrong cordon --as north backup x", 4, "passphrase"),
        ] as [(String, Int32, String)] {
            let outcome = try await workshop.sh(line)
            #expect(outcome.status == status && outcome.all.contains(says), "\(line): \(outcome)")
        }
    }

    @Test func `a newer state of another ledger, or one that was changed, is not believed`() async throws {
        let workshop = try await story()
        // Founded anew under the same name, at the same address.
        try await workshop.done("cordon --as other init --name 'North Consortium' --address $A")
        let foreign = try await workshop.sh("cordon --as n restore kept --newer home/other/gateway")
        #expect(foreign.status == 5 && foreign.error.contains("not"), "\(foreign.all)")
        try workshop.meddle(
            "UPDATE leaf SET bytes = (SELECT bytes FROM leaf WHERE number = 1) WHERE number = 2", in: "home/north/gateway")
        let outcome = try await workshop.sh("cordon --as n restore kept --newer home/north/gateway")
        #expect(outcome.status == 5, "\(outcome.all)")
        #expect(try await workshop.sh("cordon --as n2 restore kept && cordon --as north backup x").status == 5)
    }
}

extension Workshop {
    fileprivate func count(_ sql: String, in store: String) throws -> Int {
        let queue = try DatabaseQueue(path: folder.path("\(store)/store.sqlite"))
        defer { try? queue.close() }
        return try queue.read { try Int.fetchOne($0, sql: sql) ?? 0 }
    }

    fileprivate func meddle(_ sql: String, in store: String) throws {
        let queue = try DatabaseQueue(path: folder.path("\(store)/store.sqlite"))
        defer { try? queue.close() }
        try queue.write { try $0.execute(sql: sql) }
    }
}

/// Backups that are cut off.
@Suite struct CutBackupTests {
    @Test func `a backup that is killed has its name only if it is whole`() async throws {
        let workshop = try Workshop()
        try await workshop.found()
        try await workshop.serving { _ in
            try await workshop.populate()
            try await workshop.done(
                "\(Workshop.noise(3_000_000)) > large; cordon --as hillside clinic deposit --patient 12345 large")
            // At instants spread over as long as one takes, and a little longer.
            let whole = try await workshop.done(
                """
                start=$(date +%s%N); cordon-gateway backup --folder home/north/gateway --to whole > /dev/null; end=$(date +%s%N)
                for i in $(seq 16); do
                    after=$(( (end - start) * i / 14000 )); seconds=$(printf '%d.%06d' $((after / 1000000)) $((after % 1000000)))
                    timeout --signal KILL $seconds cordon-gateway backup --folder home/north/gateway --to cut-$i > /dev/null 2>&1 || true
                done
                ls -d cut-* | grep -v partial || true
                """)
            for name in whole.split(separator: "\n") {
                let restored = try await workshop.sh("cordon --as of-\(name) restore \(name)")
                #expect(restored.status == 0, "\(name): \(restored.all)")
            }
        }
    }
}
