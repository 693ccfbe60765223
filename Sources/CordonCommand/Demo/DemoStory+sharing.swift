import CryptoPrimitives
import GatewayAPI
import GatewayClient
import MedicalRecords
import SharingContract
import AccessPolicy

extension DemoStory {
    func deposit(_ cast: DemoCast) async throws {
        try await act("Hillside Clinic seals the records and deposits them", cast) {
            let identity = try cast.hillside.enrolled(recordNumber).identity
            do throws(PatientRefusal) {
                try identity.verify(source)
            } catch {
                throw Stop.localData(
                    "the bundle cannot be deposited: \(error.words)", "Give a FHIR R4 bundle of one patient with --bundle.")
            }
            let records = source.split()
            let progress = ProgressLine("sealing and depositing")
            _ = try await cast.hillside.deposit(records, for: recordNumber) { progress.show($0, of: $1) }
            let counts = SplitCounts(records)
            let split = counts.byCategory.map { "\($0.category.id) \($0.records)" }.joined(separator: ", ")
            narrator.tell("\(counts.resources) resources → \(Names.counted(counts.records, "record")): \(split).")
            narrator.tell("Each is sealed at the clinic to keys of the patient: age files, ML-KEM-768 with X25519.")
            let search = try PlaintextSearch(source, in: stage.profile("north").gatewayFolder)
            guard search.found == 0 else { throw Stop.notVerified("the gateway's files hold what was to be sealed") }
            narrator.tell(search.words)
            narrator.tell(seen: [
                (
                    "gateway",
                    "\(counts.records) sealed files, their categories, types, labels, dates, sizes, and who deposited them"
                ),
                ("Lakeside", "nothing"),
                ("everybody", "that somebody's compartments were opened and filled, by one-time keys and hashes"),
            ])
        }
    }

    /// What Lakeside asks for: laboratory if there is some, else what there is most of.
    private var wanted: MedicalRecords.Category {
        let counts = SplitCounts(source.split()).byCategory
        if counts.contains(where: { $0.category == .laboratory }) { return .laboratory }
        return counts.max { $0.records < $1.records }?.category ?? .general
    }

    func ask(_ cast: DemoCast, _ patient: PatientClient) async throws {
        try await act("Lakeside Hospital asks, the patient approves", cast) {
            let wanted = wanted
            try await cast.lakeside.ask(
                .enrolled(recordNumber: recordNumber), category: wanted.code, purpose: .treatment,
                until: cast.lakeside.session.today.adding(days: 90), note: Names.line("referred by Hillside", for: "a note"))
            narrator.tell("Lakeside is told \"delivered\", and nothing else: silence is a refusal.")
            try await patient.readInbox()
            guard let wish = patient.state.wishes.first else { throw ClientError.notFound(.message) }
            narrator.tell("In the patient's inbox: \(WishLine(wish, patient.session).words)")
            let proposed = try await patient.propose(wish)
            narrator.tell("Before signing, the patient reads:")
            narrator.tell(
                try ReadBack(patient).words([proposed]).split(separator: "\n").map { "| \($0)" }.joined(
                    separator: "\n"))
            let given = try await patient.grant(proposed)
            try patient.forget(wish)
            narrator.tell(
                "Signed: grant \(given.number). The patient's device sealed each record's key to it; the gateway could not.")
        }
    }

    func request(_ cast: DemoCast, _ patient: PatientClient) async throws {
        try await act("Lakeside Hospital requests and opens", cast) {
            try await cast.lakeside.readInbox()
            let grant = try cast.lakeside.grant(1)
            let progress = ProgressLine("fetching")
            let staff = try Names.line(Self.staff, for: "a name")
            let records = try await cast.lakeside.request(grant, filter: .all, purpose: .treatment, staff: staff) {
                progress.show($0, of: $1)
            }
            narrator.tell(
                "\(Names.counted(records.count, "record")) for treatment, decision recorded first. Checked: grant, receipt, hashes."
            )
            try compare(records, grant, cast)
            let others = try await cast.lakeside.request(grant, filter: .all, purpose: .research, staff: staff) { _, _ in }
            guard others.isEmpty else { throw Stop.notVerified("records were released for a purpose that was not granted") }
            narrator.tell("The same grant, for research: no records. Lakeside is not told why, nor whether there are any.")
            narrator.tell(seen: [
                ("Lakeside", "what it was granted, and nothing of the other categories"),
                ("gateway", "who asked for what, when and what for; still no content"),
                ("everybody", "that a decision was made on some grant; released or refused, and nothing about whom"),
            ])
        }
    }

    static let staff = "Dr. Okafor"

    /// Every resource must be one of the bundle's, byte for byte.
    private func compare(_ records: [StoredRecord], _ grant: ReceivedGrant, _ cast: DemoCast) throws {
        let originals = Set(source.resources.map { Array(source.bytes[$0.range]) })
        var count = 0
        for record in records {
            let opened = try RecordSource(try cast.lakeside.content(of: record, grant))
            for resource in opened.resources {
                guard originals.contains(Array(opened.bytes[resource.range])) else {
                    throw Stop.notVerified("a resource came back other than it was deposited")
                }
                count += 1
            }
        }
        narrator.tell("Opened: \(Names.counted(count, "resource")), each byte for byte as in the bundle.")
    }

    func revoke(_ cast: DemoCast, _ patient: PatientClient) async throws {
        try await act("The patient takes the grant back", cast) {
            for grant in patient.liveGrants {
                try await patient.revoke(grant.control, reason: Names.line("the referral is over", for: "a reason"))
            }
            narrator.tell("Ended 1 grant. What Lakeside has read it still holds; that cannot be undone.")
            let staff = try Names.line(Self.staff, for: "a name")
            let records = try await cast.lakeside.request(
                try cast.lakeside.grant(1), filter: .all, purpose: .treatment, staff: staff
            ) { _, _ in }
            guard records.isEmpty else { throw Stop.notVerified("records were released after the grant was ended") }
            narrator.tell("Lakeside requests again: no records. May be incomplete: patients can withhold records.")
        }
    }
}
