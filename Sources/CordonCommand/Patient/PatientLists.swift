import AccessPolicy
import ArgumentParser
import CryptoPrimitives
import GatewayClient
import MedicalRecords
import SharingContract

extension PatientCommand {
    struct Grants: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "grants", abstract: "Lists your grants, and what you have hidden.",
            discussion: """
                Example:
                  cordon --as ana patient grants
                  cordon --as ana patient grants --all
                """)

        @ParentCommand var cordon: Cordon
        @Flag(help: "Also those that are over or were ended.") var all = false

        private struct Line: Encodable {
            let number: UInt64
            let to: String?
            let category: String
            let purposes: String
            let from: String
            let until: String?
            let isLive: Bool
            let releases: Int
            let isForEmergencies: Bool
            /// What a restriction hides; nothing is released under one.
            var hides: String?
            /// Whether its reader may also decide.
            let isDelegation: Bool
            /// Who made it in the patient's place.
            let madeBy: String?

            init(_ grant: GivenGrant, isLive: Bool, _ session: Session) {
                number = grant.number
                to = grant.isRestriction ? nil : grant.granteeName.text
                category = Names.category(grant.category)
                purposes = Names.purposes(grant.purposes)
                from = grant.from.description
                until = grant.isRestriction ? nil : grant.until.description
                self.isLive = isLive
                isForEmergencies = grant.isForEmergencies
                isDelegation = grant.isDelegation
                madeBy = grant.madeBy?.text
                releases = session.ledger.releases(under: grant.control).count
                hides = grant.restriction.map { RestrictionWords.words($0, grant.category, session) }
            }

            var words: String {
                let over = isLive ? "" : "  (over)"
                if let hides { return "\(number)  \(hides), until you lift it\(over)" }
                let purpose = purposes.isEmpty ? "as your consent says" : purposes
                let covers = "\(category), \(purpose)\(isForEmergencies ? " once it is declared" : "")"
                if let madeBy {
                    return "-  \(to ?? "")  \(covers), until \(until ?? "")\(over)  made by \(madeBy) for you"
                }
                let decides = isDelegation ? " (may decide for you)" : ""
                return
                    "\(number)  \(to ?? "")\(decides)  \(covers), until \(until ?? "")\(over)  used \(Names.counted(releases, "time"))"
            }
        }

        func run() async throws {
            try await cordon.asPatient { patient in
                try await patient.sync()
                let live = Set((patient.liveGrants + patient.liveRestrictions).map(\.control))
                let lines = patient.state.grants.filter { all || live.contains($0.control) }.map {
                    Line($0, isLive: live.contains($0.control), patient.session)
                }
                let others = try await patient.liveDelegatedGrants().map { Line($0, isLive: true, patient.session) }
                guard !(lines + others).isEmpty else { throw Stop.refused("no grants") }
                try cordon.show(lines + others, (lines + others).map(\.words).joined(separator: "\n"))
            }
        }
    }

    struct Inbox: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "inbox", abstract: "Shows who asks for access, what was deposited, and which emergencies were declared.",
            discussion: """
                Approve with `cordon approve NUMBER`. To stay silent is to decline.

                Example:
                  cordon --as ana patient inbox
                """)

        @ParentCommand var cordon: Cordon

        private struct Content: Encodable {
            let wishes: [WishLine]
            let deposits: [NoticeLine]
            let emergencies: [EmergencyNoticeLine]
            /// What others let this person decide.
            let delegations: [DelegationLine]
        }

        private struct EmergencyNoticeLine: Encodable {
            let from: String
            let entry: UInt64
            let received: String
        }

        private struct NoticeLine: Encodable {
            let from: String
            let category: String
            let records: UInt16
            let received: String
        }

        func run() async throws {
            try await cordon.asPatient { patient in
                try await patient.readInbox()
                let wishes = patient.state.wishes.map { WishLine($0, patient.session) }
                let notices = patient.state.notices.map { notice in
                    NoticeLine(
                        from: WishLine.name(notice.content.actor, patient.session),
                        category: Names.category(notice.content.category),
                        records: notice.content.count, received: Minute(notice.received).description)
                }
                let emergencies = patient.unreadEmergencyNotices.map { notice in
                    EmergencyNoticeLine(
                        from: WishLine.name(notice.content.actor, patient.session), entry: notice.content.leaf,
                        received: Minute(notice.received).description)
                }
                let held = patient.liveDelegations.map(DelegationLine.init)
                guard !wishes.isEmpty || !notices.isEmpty || !emergencies.isEmpty || !held.isEmpty else {
                    throw Stop.refused("nothing new")
                }
                let words =
                    emergencies.map {
                        "!  \($0.from) declared an emergency, entry \($0.entry); see `cordon patient log`  (\($0.received))"
                    } + wishes.map(\.words)
                    + notices.map {
                        "-  \($0.from) deposited \(Names.counted(Int($0.records), "record")): \($0.category)  (\($0.received))"
                    }
                    + held.map { "-  \($0.person) lets you decide about \($0.words)" }
                try cordon.show(
                    Content(wishes: wishes, deposits: notices, emergencies: emergencies, delegations: held),
                    words.joined(separator: "\n"))
                try patient.forgetNotices()
            }
        }
    }

    struct Sync: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "sync", abstract: "Brings everything up to date: ledger, unfinished grants, backup, claims and copies.",
            discussion: """
                Claims of which few copies are left to be shown are asked for again, from whoever issued them.

                Example:
                  cordon --as ana patient sync
                """)

        @ParentCommand var cordon: Cordon
        @Flag(help: "Tell every clinic again of its grant, if one says that it was never told.") var resend = false

        private struct Done: Encodable {
            let entries: UInt64
            let liveGrants: Int
            /// To whom grants are not complete.
            let unfinished: [String]
            /// Who is no reader of new records any more, as the grant ran out.
            let ranOut: [String]
            let isBackedUp: Bool
            /// Who was asked for new copies of claims.
            let asked: [Asked]

            struct Asked: Encodable {
                let issuer: String
                let claims: Int
            }

            var words: String {
                let complete = liveGrants - unfinished.count
                let names = ranOut.joined(separator: ", ")
                let over = ranOut.isEmpty ? "" : " New records are no longer sealed to \(names): the grant ran out."
                return "\(entries) entries checked, \(Names.counted(complete, "live grant")) complete, "
                    + (isBackedUp ? "backup stored." : "backup not stored.") + over
                    + asked.map { "\nAsked \($0.issuer) for new copies of \(Names.counted($0.claims, "claim"))." }.joined()
            }
        }

        func run() async throws {
            try await cordon.asPatient { patient in
                let report = try await patient.synchronise(resendingSlips: resend) { name in
                    if Terminal.showsProgress { Terminal.note("checking the grant to \(name)") }
                }
                let progress = ProgressLine("fetching and checking claims")
                let claims = try await patient.syncClaims { progress.show($0, of: 0) }
                let asked = try await patient.askForCopies()
                let done = Done(
                    entries: patient.session.ledger.size, liveGrants: patient.liveGrants.count,
                    unfinished: report.unfinished.map(\.grant.granteeName.text), ranOut: report.ranOut.map(\.granteeName.text),
                    isBackedUp: report.backupFailure == nil, asked: asked.map { .init(issuer: $0.issuer.text, claims: $0.sets) })
                try cordon.show(done, done.words)
                Warnings.show(of: patient)
                for line in claims.warnings { Terminal.note(line) }
                try Self.require(report, patient.session.folder.name)
                if let missing = claims.missing.first { throw ClaimsReport.stop(missing.reason) }
            }
        }

        /// What is left to do is an error, so that a program that synchronises by the clock hears of it.
        private static func require(_ report: SyncReport, _ profile: String) throws {
            let again = "What is signed stays signed. Run `cordon --as \(profile) patient sync` again later."
            if let first = report.unfinished.first {
                let lines = report.unfinished.map { unfinished in
                    let grant = unfinished.grant
                    return
                        "the grant of \(Names.category(grant.category)) to \(grant.granteeName) is not complete: \(Explanation(unfinished.reason).message)"
                }
                throw Stop(Explanation(code: Explanation(first.reason).code, message: lines.joined(separator: "; "), advice: again))
            }
            if let failure = report.backupFailure {
                let inner = Explanation(failure)
                throw Stop(Explanation(code: inner.code, message: "the backup was not stored: \(inner.message)", advice: again))
            }
        }
    }
}

/// A wish for access as people see it.
struct WishLine: Encodable {
    let number: Int
    let from: String
    let fingerprint: String
    let category: String
    let purpose: String
    let until: String
    let note: String
    let received: String

    init(_ wish: ReceivedWish, _ session: Session) {
        number = wish.number
        from = Self.name(wish.content.actor, session)
        fingerprint = Fingerprint.text(wish.content.actor)
        category = Names.category(wish.content.category)
        purpose = wish.content.purpose.id
        until = wish.content.until.description
        note = wish.content.note.text
        received = Minute(wish.received).description
    }

    static func name(_ key: Ed25519.PublicKey, _ session: Session) -> String {
        let actor = try? session.ledger.state.actor(key)
        return actor?.actor.name.text ?? Fingerprint.text(key)
    }

    var words: String {
        "\(number)  \(from) asks for \(category), \(purpose), until \(until)" + (note.isEmpty ? "" : ": \(note)")
    }
}
