import AccessPolicy
import CryptoPrimitives
import GatewayAPI
import GatewayClient
import MedicalRecords
import SharingContract

// What `--for NAME` does: a person decides or reads in a patient's place.

extension GrantCommand {
    private struct Given: Encodable {
        let inPlaceOf: String
        let to: String
        let fingerprint: String
        let category: String
        let purposes: [String]
        let until: String
        let number: UInt64
    }

    func run(inPlaceOf name: String) async throws {
        let order = try GrantOrder(self)
        guard !dryRun else { throw Stop.usage("--dry-run needs the patient's own records", "Leave it out, or leave out --for.") }
        try await cordon.asPatient { patient in
            try await patient.sync()
            let grantee = try patient.session.actor(named: grantee)
            var proposed: [(held: HeldDelegation, grant: PatientClient.ProposedGrant)] = []
            for item in try order.plainItems(patient) {
                let held = try patient.delegation(of: name, for: item.consent, until: until == nil ? nil : item.until)
                let end = until == nil ? min(item.until, held.until) : item.until
                proposed.append((held, try await patient.propose(under: held, to: grantee, item.consent, until: end)))
            }
            guard let first = proposed.first else { throw ClientError.notFound(.delegation(name: name)) }
            try agree(proposed.map(\.grant), grantee, of: first.held.content.name)
            var given: [Given] = []
            for item in proposed {
                let grant = try await patient.grant(item.grant, under: item.held)
                given.append(
                    Given(
                        inPlaceOf: item.held.content.name.text, to: grantee.actor.name.text,
                        fingerprint: Fingerprint.text(grantee.actor.key), category: Names.category(grant.category),
                        purposes: item.grant.purposes.map(\.id).sorted(), until: grant.until.description, number: grant.number))
            }
            try cordon.show(given, "Signed, for \(first.held.content.name). It stands in the log there, with your name.")
            Warnings.show(of: patient)
        }
    }

    private func agree(_ proposed: [PatientClient.ProposedGrant], _ grantee: ActorState, of patient: TextLine) throws {
        let lines = proposed.map { item in
            let purposes = item.purposes.map { $0.id.uppercased() }.sorted().joined(separator: " and ")
            return "  \(Names.category(item.category).uppercased()) records for \(purposes), until \(Names.written(item.until))"
        }
        let head = "In the place of \(patient): \(grantee.actor.name) (key \(Fingerprint.text(grantee.actor.key))) may read"
        let readBack = ([head] + lines + ["It ends at the latest with what lets you decide."]).joined(separator: "\n")
        if yes {
            if !cordon.json { Terminal.note(readBack) }
        } else {
            guard Terminal.confirms("\(readBack) Sign?") else { throw Stop.refused("not signed; nothing was changed") }
        }
    }
}

extension RevokeCommand {
    private struct EndedFor: Encodable {
        let inPlaceOf: String
        let grants: [UInt64]
        let to: String
    }

    func run(inPlaceOf name: String, reason: TextLine) async throws {
        guard let grantee else { throw Stop.usage("whose? With --for give --to NAME", "See `cordon patient grants`.") }
        let code = try category.map { try Names.category($0).code }
        try await cordon.asPatient { patient in
            try await patient.sync()
            var ended: [UInt64] = []
            for held in try patient.delegations(of: name) where code == nil || held.consent?.category == code {
                for grant in patient.grants(under: held) where grant.granteeName.text.lowercased().contains(grantee.lowercased()) {
                    try await patient.revoke(grant, under: held, reason: reason)
                    ended.append(grant.number)
                }
            }
            guard !ended.isEmpty else { throw ClientError.notFound(.grant) }
            try cordon.show(
                EndedFor(inPlaceOf: name, grants: ended, to: grantee),
                "Ended \(Names.counted(ended.count, "grant")). What was read before stays with who read it.")
            Warnings.show(of: patient)
        }
    }
}

extension PatientCommand.Records {
    func run(inPlaceOf name: String, _ wanted: [UInt16]) async throws {
        try await cordon.asPatient { patient in
            try await patient.sync()
            var records: [Descriptor.RecordID: StoredRecord] = [:]
            for held in try patient.delegations(of: name) where wanted.isEmpty || wanted.contains(held.consent?.category ?? 0) {
                for record in try await patient.records(under: held) { records[record.descriptor.record] = record }
            }
            let lines = records.values.sorted { $0.position < $1.position }.map { RecordLine($0, patient.session) }
            guard !lines.isEmpty else { throw Stop.refused("no records") }
            try cordon.show(lines, lines.map(\.words).joined(separator: "\n"))
        }
    }
}

extension PatientCommand.Open {
    func run(inPlaceOf name: String) async throws {
        try await cordon.asPatient { patient in
            try await patient.sync()
            for held in try patient.delegations(of: name) {
                let found = try await patient.records(under: held).filter {
                    $0.descriptor.record.description.hasPrefix(record.lowercased())
                }
                guard found.count <= 1 else { throw ClientError.notFound(.ambiguousRecord(record)) }
                guard let first = found.first else { continue }
                let output = try OutputFile(out)
                try await patient.open(first, under: held, writing: output.writing)
                return try output.finish()
            }
            throw ClientError.notFound(.record)
        }
    }
}

extension PatientCommand.Log {
    func run(inPlaceOf name: String) async throws {
        try await cordon.asPatient { patient in
            try await patient.sync()
            let held = try patient.delegations(of: name).filter { $0.content.body.power == .guardianship }
            guard let first = held.first else {
                throw ClientError.notPossible(.beyondDelegation("it is no guardianship, and shows no log"))
            }
            var lines: [Line] = []
            for guardianship in held {
                lines += try await patient.log(under: guardianship).map { Line($0, patient.session, of: first.content.name.text) }
            }
            guard !lines.isEmpty else { throw Stop.refused("nothing has happened yet") }
            lines.sort { $0.entry < $1.entry }
            try cordon.show(lines, lines.map(\.words).joined(separator: "\n"))
        }
    }
}
