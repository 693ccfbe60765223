import Foundation
import GatewayClient
import TestSupport
import Testing

/// What people do wrong, and what they are told: every command's refusals, with the exit code that programs go by.
@Suite struct FailureTests {
    /// A line of shell, the code it has to end with, and words that have to be among what it says.
    struct Case: CustomStringConvertible {
        let line: String
        let status: Int32
        let says: String

        init(_ line: String, _ status: Int32, _ says: String) {
            (self.line, self.status, self.says) = (line, status, says)
        }

        var description: String { line }
    }

    @Test func `before there is a gateway, each command says what is missing`() async throws {
        let workshop = try Workshop()
        try await workshop.done(": > empty; echo wrong > wrong; printf x > tiny")
        await check(Self.ofProfiles + Self.ofMembers + Self.ofFiles, in: workshop)
    }

    @Test func `with a gateway, each command says why not`() async throws {
        let workshop = try Workshop()
        try await workshop.found()
        try await workshop.serving { _ in
            try await workshop.populate()
            try await workshop.prepareFailures()
            await check(Self.ofOrganisations + Self.ofPatients + Self.ofClinics + Self.ofAuditors, in: workshop)
        }
        await check(Self.unreachable, in: workshop)
    }

    /// By then the network has been spoken to, and what speaks to it lets nobody be ended by a broken pipe.
    @Test func `who reads no further, or writes onto a full disk, learns it by the exit code`() async throws {
        let workshop = try Workshop()
        try await workshop.found()
        try await workshop.serving { _ in
            let cut = try await workshop.sh(
                """
                { until [ -e deaf ]; do sleep 0.1; done; cordon --as north status; echo $? > code; } |
                    { exec <&-; touch deaf; until [ -s code ]; do sleep 0.1; done; cat code; }
                """)
            #expect(cut.output == "141\n" && cut.error.isEmpty, "\(cut.all)")
            let full = try await workshop.sh("cordon --as north status > /dev/full")
            #expect(full.status == 4 && full.error.contains("standard output cannot be written"), "\(full.all)")
            let silent = try await workshop.sh("cordon --as nobody status 2> /dev/full")
            #expect(silent.status == 4, "\(silent.all)")
        }
    }

    @Test func `a demo that nobody watches to its end leaves nothing behind`() async throws {
        let workshop = try Workshop()
        try await workshop.done("mkdir empty; TMPDIR=$PWD/empty cordon demo | head -2; rmdir empty")
    }

    private func check(_ cases: [Case], in workshop: Workshop) async {
        var failures = Failures()
        for refused in cases {
            guard let outcome = try? await workshop.sh(refused.line) else {
                failures.check(false, "\(refused) did not run")
                continue
            }
            let isRight = outcome.status == refused.status && outcome.all.contains(refused.says)
            failures.check(isRight, "\(refused) ended with \(outcome.status): \(outcome.all)")
        }
        #expect(failures.isEmpty, "\(failures)")
    }
}

extension FailureTests {
    private static let ofProfiles = [
        Case("cordon nonsense", 2, "Usage: cordon"),
        Case("cordon status", 2, "Name it with --as"),
        Case("cordon --as ../ana status", 2, "cannot be a profile"),
        Case("cordon --as '' status", 2, "cannot be a profile"),
        Case("cordon --as nobody status", 4, "there is no profile"),
        Case("cordon --as nobody directory", 4, "there is no profile"),
        Case("cordon --as nobody clinic inbox", 4, "there is no profile"),
        Case("cordon --as nobody grant --to x --category general", 4, "there is no profile"),
        Case("cordon --as nobody audit export --out x", 4, "there is no profile"),
        Case("cordon --as nobody serve", 4, "has no gateway"),
        Case("cordon --as nobody member admit tiny", 4, "no application"),
    ]

    private static let ofMembers = [
        Case("cordon --as n init", 2, "--name"),
        Case("cordon --as n init --name ''", 2, "one visible line"),
        Case("cordon --as n init --name \"$(printf 'a\\033[2Jb')\"", 2, "one visible line"),
        Case("cordon --as n init --name X --address nonsense", 2, "such as http://"),
        Case("cordon --as n init --name X --address http://127.0.0.1:1/path", 2, "such as http://"),
        Case("cordon --as n init --name X --address http://127.0.0.1:99999", 2, "such as http://"),
        Case("cordon --as n init --name X --origin 'a b'", 2, "an origin has no spaces"),
        Case("cordon --as n init --name X --address http://127.0.0.1:1 && cordon --as n init --name X", 1, "a gateway"),
        Case("cordon --as n serve --host 0.0.0.0", 2, "TLS is needed"),
        Case("cordon --as n serve --port 99999", 2, "port"),
        Case("cordon --as n serve --certificate tiny", 2, "go together"),
        Case("cordon --as n serve --certificate gone --key gone", 4, "the certificate or its key cannot be read"),
        Case("CORDON_PASSPHRASE_FILE=wrong cordon --as n serve", 4, "passphrase"),
    ]

    private static let ofFiles = [
        Case("cordon --as eve patient new", 2, "--invite"),
        Case("cordon --as eve patient new --invite gone", 4, "no such file"),
        Case("cordon --as eve patient new --invite tiny", 4, "no invite"),
        Case("cordon --as eve patient new --invite fixtures", 4, "a folder"),
        Case("cordon --as eve patient new --invite tiny --restore", 2, "give one"),
        Case("cordon --as eve patient new --restore < tiny", 2, "--gateway"),
        Case("cordon --as eve patient new --restore --gateway http://127.0.0.1:1 < tiny", 4, "24 recovery words"),
        Case("cordon --as eve clinic new --name X --gateway http://127.0.0.1:1 --out x", 3, "cannot be reached"),
        Case("cordon --as eve clinic new --name X --gateway http://127.0.0.1:1 --out /nowhere/x", 4, "cannot be written"),
        Case("cordon --as eve clinic new --name '' --gateway http://127.0.0.1:1 --out x", 2, "not empty"),
        Case("cordon --as eve audit replay tiny", 4, "there is no profile"),
        Case("cordon demo --bundle gone", 4, "no such file"),
        Case("cordon demo --bundle tiny", 4, "Give a FHIR R4 bundle"),
    ]
}

extension FailureTests {
    private static let ofOrganisations = [
        Case("CORDON_PASSPHRASE_FILE=wrong cordon --as ana patient log", 4, "does not open this profile"),
        Case("CORDON_PASSPHRASE_FILE= cordon --as ana patient log < /dev/null", 4, "CORDON_PASSPHRASE_FILE"),
        Case("CORDON_PASSPHRASE_FILE=gone cordon --as ana patient log", 4, "cannot be read"),
        Case("CORDON_PASSPHRASE_FILE=empty cordon --as ana patient log", 4, "is empty"),
        Case("cordon --as north serve", 1, "another process serves"),
        Case("cordon --as ana directory zzz", 1, "nobody of that name"),
        Case("cordon --as north member admit gone", 4, "no such file"),
        Case("cordon --as north member admit ana.card", 4, "no application"),
        Case("cordon --as north member admit late.app --until 2020-01-01", 2, "this day is over"),
        Case("cordon --as north member admit late.app --until 2199-01-01", 2, "too long"),
        Case("cordon --as north member admit late.app --until tomorrow", 2, "is no day"),
        Case("cordon --as hillside member admit late.app", 2, "is not a member"),
        Case("CORDON_PASSPHRASE_FILE=wrong cordon --as north member admit late.app", 4, "does not open"),
        Case("cordon --as late clinic invite", 1, "not admitted"),
        Case("cordon --as hillside clinic new --name X --gateway $A --out x", 1, "exists already"),
        Case("cordon --as aud auditor new --name X --gateway $A --out x", 1, "exists already"),
        Case("cordon --as c clinic new --name X --gateway $A --out /nowhere/x", 4, "cannot be written"),
    ]

    private static let ofPatients = [
        Case("cordon --as ana patient new --invite invite.txt", 1, "exists already"),
        Case("cordon --as eve patient new --restore --gateway $A < other-words", 1, "no backup under these words"),
        Case("cordon --as hillside patient card --for hillside", 2, "not a patient"),
        Case("cordon --as ana patient card --for nobody", 1, "nobody of the name"),
        Case("cordon --as ana patient card --for l", 1, "could be Hillside Clinic, Lakeside Hospital"),
        Case("cordon --as ana patient card --for hillside --category nonsense", 2, "Categories: general"),
        Case("cordon --as ana patient card --for hillside --until 2020-01-01", 2, "this day is over"),
        Case("cordon --as ana patient card --for hillside --until 31/12/2027", 2, "is no day"),
        Case("cordon --as ana patient records --category nonsense", 2, "is no category"),
        Case("cordon --as ana patient records --category genetic", 1, "no records"),
        Case("cordon --as ana patient open ffff", 1, "no such record"),
        Case("cordon --as ana patient open ''", 2, "four digits"),
        Case("cordon --as ana grant --to lakeside --category laboratory < /dev/null", 1, "not signed; nothing was changed"),
        Case("echo n | cordon --as ana grant --to lakeside --category laboratory", 1, "not signed; nothing was changed"),
        Case("cordon --as ana grant --to lakeside", 2, "--category"),
        Case("cordon --as ana grant --to nobody --category laboratory --yes", 1, "nobody of the name"),
        Case("cordon --as ana grant --to lakeside --category nonsense --yes", 2, "is no category"),
        Case("cordon --as ana grant --to lakeside --category laboratory --purpose nonsense --yes", 2, "is no purpose"),
        Case("cordon --as ana grant --to lakeside --category laboratory --until 2020-01-01 --yes", 2, "this day is over"),
        Case("cordon --as ana grant --to lakeside --category laboratory --until 2199-01-01 --yes", 2, "too long"),
        Case("cordon --as ana grant --to state --category laboratory --yes", 1, "an auditor neither deposits nor reads"),
        Case("cordon --as hillside grant --to lakeside --category laboratory --yes", 2, "not a patient"),
        Case("cordon --as ana approve 99", 1, "no such message"),
        Case("cordon --as ana approve x", 2, "Usage"),
        Case("cordon --as ana decline 99", 1, "no such message"),
        Case("cordon --as ana revoke", 2, "--to NAME or --grant NUMBER"),
        Case("cordon --as ana revoke --to ''", 2, "--to NAME or --grant NUMBER"),
        Case("cordon --as ana patient card --for state", 1, "an auditor neither deposits nor reads"),
        Case("cordon --as ana revoke --to hillside", 1, "no such live grant"),
        Case("cordon --as ana revoke --grant 99", 1, "no such live grant"),
        Case("cordon --as ana erase", 2, "Usage"),
        Case("cordon --as ana erase ffff --yes", 1, "no such record"),
        Case("cordon --as hillside patient log", 2, "not a patient"),
        Case("cordon --as hillside patient sync", 2, "not a patient"),
    ]

    private static let ofClinics = [
        Case("cordon --as hillside clinic enrol gone --mrn 1", 4, "no such file"),
        Case("cordon --as hillside clinic enrol cut.card --mrn 1", 4, "no card of Cordon"),
        Case("cordon --as hillside clinic enrol forged.card --mrn 1", 5, "NOT VERIFIED"),
        Case("cordon --as hillside clinic enrol late.app --mrn 1", 4, "no card of Cordon"),
        Case("cordon --as lakeside clinic enrol ana.card --mrn 1", 1, "made for another clinic"),
        Case("cordon --as hillside clinic enrol ana.card --mrn ''", 2, "not empty"),
        Case("cordon --as hillside clinic enrol ana.card --mrn 7", 1, "enrolled under 12345 already"),
        Case("cordon --as lakeside clinic patients", 1, "no patients are enrolled"),
        Case("cordon --as hillside clinic deposit --patient 9 fixtures/records/ana.json", 1, "no patient is enrolled"),
        Case("cordon --as hillside clinic deposit --patient 12345 gone", 4, "no such file"),
        Case("cordon --as hillside clinic deposit --patient 12345 empty", 4, "it is empty"),
        Case("cordon --as hillside clinic deposit --patient 12345 fixtures", 4, "a folder"),
        Case("cordon --as hillside clinic deposit --patient 12345 other.json", 1, "another record number"),
        Case("cordon --as hillside clinic deposit --patient 12345 --category nonsense tiny", 2, "is no category"),
        Case("cordon --as hillside clinic deposit --patient 12345 fixtures/records/ana.json", 1, "deposited before"),
        Case("cordon --as ana clinic deposit --patient 12345 tiny", 2, "not a clinic"),
        Case("cordon --as hillside clinic ask --category medication --until 2199-01-01", 2, "--patient NUMBER or --grant NUMBER"),
        Case("cordon --as hillside clinic ask --patient 9 --category medication --until 2199-01-01", 1, "no patient is enrolled"),
        Case("cordon --as hillside clinic ask --patient 12345 --category medication --until 2020-01-01", 2, "this day is over"),
        Case("cordon --as lakeside clinic ask --grant 9 --category medication --until 2199-01-01", 1, "no such live grant"),
        Case("cordon --as hillside clinic inbox", 1, "no grants"),
        Case("cordon --as lakeside clinic open 1", 1, "nothing was fetched"),
        Case("cordon --as lakeside clinic request 99", 1, "no such live grant"),
        Case("cordon --as lakeside clinic request 1 --purpose nonsense", 2, "is no purpose"),
        Case("cordon --as lakeside clinic request 1 --purpose research", 1, "No records."),
        Case("cordon --as aud clinic request 1", 2, "not a clinic"),
        Case("cordon --as lakeside clinic open 99", 1, "no such live grant"),
        Case("cordon --as lakeside clinic open 1 --as nonsense", 2, "bundle"),
        Case("cordon --as lakeside clinic request 1 && cordon --as lakeside clinic open 1 --out /nowhere/x", 4, "no such file"),
    ]

    private static let ofAuditors = [
        Case("cordon --as hillside audit export --out x", 2, "not an auditor"),
        Case("cordon --as aud audit export --out /nowhere/x", 4, "/nowhere"),
        Case("cordon --as aud audit replay gone", 4, "no such file"),
        Case("cordon --as aud audit replay ana.card", 4, "no audit file"),
        Case("cordon --as aud audit replay cut.audit", 4, "no audit file"),
        Case("cordon --as aud audit replay changed.audit", 5, "NOT VERIFIED"),
        Case("cordon --as aud audit verify changed.audit", 5, "NOT VERIFIED"),
    ]

    /// The gateway has gone. Whatever needs it says so; whatever does not still works.
    private static let unreachable = [
        "ana patient records", "ana patient log", "ana patient inbox", "ana patient sync", "ana patient open ffff",
        "ana grant --to lakeside --category laboratory --yes", "ana revoke --to lakeside", "ana erase ffff --yes",
        "ana patient card --for hillside", "hillside directory", "hillside clinic deposit --patient 12345 tiny",
        "hillside clinic ask --patient 12345 --category general --until 2199-01-01", "hillside clinic invite",
        "lakeside clinic inbox", "lakeside clinic request 1", "aud audit export --out x", "north member admit late.app",
        "eve patient new --invite invite.txt", "eve patient new --restore --gateway $A < words.txt",
    ].map { Case("cordon --as \($0)", 3, "cannot be reached") }
}

extension Workshop {
    /// Files that are wrong in one way each, and a grant under which Lakeside may ask.
    fileprivate func prepareFailures() async throws {
        try await done(
            """
            set -e; : > empty; echo wrong > wrong; printf x > tiny
            sed s/12345/99999/g fixtures/records/ana.json > other.json
            cordon --as late clinic new --name 'Late Clinic' --gateway $A --out late.app
            cordon --as hillside clinic invite > invite.txt
            cordon --as ana patient card --for hillside > ana.card
            head -c 200 ana.card > cut.card
            cordon --as hillside clinic deposit --patient 12345 fixtures/records/ana.json
            cordon --as ana grant --to lakeside --category laboratory --yes
            cordon --as lakeside clinic inbox
            cordon --as aud audit export --out good.audit
            head -c 3000 good.audit > cut.audit
            """)
        try forgeCard()
        var audit = try Data(contentsOf: folder.url.appending(path: "good.audit"))
        // A name in an entry, so that what is changed is never the shape of the file.
        guard let name = audit.range(of: Data("Lakeside Hospital".utf8)) else { throw CocoaError(.fileReadCorruptFile) }
        audit[name.lowerBound] ^= 1
        try audit.write(to: folder.url.appending(path: "changed.audit"))
        var other: [String] = []
        RecoveryWords.random().forEachWord { other.append($1) }
        try Data(other.joined(separator: "\n").utf8).write(to: folder.url.appending(path: "other-words"))
    }

    /// A card whose text is as it should be and whose signature, which stands last, is not.
    private func forgeCard() throws {
        let text = try String(contentsOf: folder.url.appending(path: "ana.card"), encoding: .utf8)
        let lines = text.split(separator: "\n").map(String.init)
        guard var bytes = Data(base64Encoded: lines.dropFirst().dropLast().joined()) else { throw CocoaError(.fileReadCorruptFile) }
        bytes[bytes.count - 1] ^= 1
        let encoded = bytes.base64EncodedString(options: [.lineLength64Characters, .endLineWithLineFeed])
        let forged = [lines[0], encoded, lines[lines.count - 1], ""].joined(separator: "\n")
        try Data(forged.utf8).write(to: folder.url.appending(path: "forged.card"))
    }
}
