import ArgumentParser
import CryptoPrimitives
import GatewayClient
import MedicalRecords
import SharingContract

extension ClinicCommand {
    struct Deposit: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "deposit", abstract: "Seals a patient's records and deposits them.",
            discussion: """
                A FHIR R4 bundle or bulk NDJSON is split by category, labels and resource type; every resource stays as it is, byte for
                byte. PDF, DICOM and any other file goes in as it is. --dry-run shows what would become of it, and stores and sends nothing.

                Labels say what is sensitive. They are looked for in FHIR, among its labels and codes; free text is not read, and neither is
                any other file, which counts as restricted until somebody says what is in it: with --label for each thing, such as HIV,
                SUD, MH, SEX, GDIS, SDV or R, or with --not-sensitive.

                --corrects puts what the file holds, which must be one record, in the place of a record that was deposited here before.
                Earlier versions are released to nobody any more; who has read one keeps it.

                With the records go claims: facts of what is in them, signed by this clinic, which the patient can show or prove to others
                without the record; docs/claims.md says which. --no-claims leaves them out.

                Example:
                  cordon --as hillside clinic deposit --patient 12345 fixtures/records/ana.json
                  cordon --as hillside clinic deposit --patient 12345 --category imaging --not-sensitive scan.dcm
                  cordon --as hillside clinic deposit --patient 12345 --label MH letter.pdf --dry-run
                  cordon --as hillside clinic deposit --patient 12345 --corrects 3f9c1a2b4d5e corrected.json
                """)

        @ParentCommand var cordon: Cordon
        @Option(help: "The patient's record number.") var patient: String
        @Argument(help: "A file.") var file: String
        @Option(help: "What the records are, where the rules find nothing more sensitive.") var category: String?
        @Option(help: "A label that all of it gets beside what is found in it. May be given again.") var label: [String] = []
        @Flag(help: "Somebody looked into a file that programs cannot, and nothing in it is sensitive.") var notSensitive = false
        @Option(help: "How finely to split: type or resource.") var granularity: Granularity = .type
        @Flag(help: "Only show what would be deposited.") var dryRun = false
        @Flag(help: "Of a file that speaks of many patients, take what is about this one.") var selectPatient = false

        @Flag(help: "Claim nothing of what is in the records.") var noClaims = false

        @Option(help: "The id of the record that this corrects, or its start; see `clinic records`.") var corrects: String?

        enum Granularity: String, ExpressibleByArgument, CaseIterable {
            case type, resource
        }

        private struct Report: Encodable {
            let resources: Int
            let records: Int
            let byCategory: [String: Int]
            let labels: [String: [String]]
            /// What each record is, in a dry run.
            let each: [DepositPreview]
            let isDeposited: Bool
            let alreadyHere: Int
            let entries: [UInt64]
        }

        func validate() throws {
            if let corrects, corrects.count < 4 { throw ValidationError("Write at least four digits of the record's id.") }
            if notSensitive, !label.isEmpty { throw ValidationError("Either --label or --not-sensitive.") }
        }

        func run() async throws {
            let stated = try category.map { try Names.category($0) }
            let labels = try RecordRules.labels(label)
            let file = try DepositFile(file, category: stated)
            try await cordon.asActor(.clinic) { clinic in
                clinic.makesClaims = !noClaims
                let enrolled = try clinic.enrolled(patient)
                let (items, chosen) = try items(file, enrolled, stated, labels)
                let facts = items.map(\.facts)
                let counts = SplitCounts(of: facts)
                if dryRun {
                    let card =
                        enrolled.content.isConfidential
                        ? "\nThe card is confidential: all of it is labelled as a minor's own too." : ""
                    return try cordon.show(report(facts, counts, 0, []), words(counts, facts, isDryRun: true) + card)
                }
                if let corrects { return try await correct(corrects, with: items, counts, by: clinic) }
                let finished = try await clinic.finishDeposit()
                let new = try clinic.new(items, for: patient)
                guard !new.isEmpty else {
                    guard let finished else {
                        throw Stop.refused(
                            "all of this was deposited before",
                            labels.isEmpty && !notSensitive ? nil : "Labels are changed with `cordon clinic relabel`.")
                    }
                    let found = Names.counted(finished.records.count, "record")
                    return try cordon.show(
                        report(facts, counts, items.count, [finished.leaf]),
                        "All of this is deposited. An earlier command was interrupted after it had sent \(found): entry \(finished.leaf)."
                    )
                }
                let progress = ProgressLine("sealing and depositing")
                let reports = try await clinic.deposit(new, for: patient) { progress.show($0, of: $1) }
                if let chosen { try clinic.remember(chosen, for: patient) }
                let (old, newFacts) = (items.count - new.count, new.map(\.facts))
                try cordon.show(
                    report(facts, counts, old, reports.map(\.leaf)),
                    words(SplitCounts(of: newFacts), newFacts, isDryRun: false)
                        + (old == 0 ? "" : "\n\(Names.counted(old, "record")) had been deposited before."))
            }
        }

        private struct Correction: Encodable {
            let record: String
            let version: UInt32
            let entry: UInt64
        }

        private func correct(_ start: String, with items: [DepositItem], _ counts: SplitCounts, by clinic: ClinicClient)
            async throws
        {
            let done = try await clinic.correct(start, of: patient, with: items)
            guard let descriptor = done.records.first else { throw Stop.refused("nothing was deposited") }
            try cordon.show(
                Correction(record: descriptor.record.description, version: descriptor.version, entry: done.leaf),
                """
                Corrected record \(descriptor.record.description.prefix(12)): version \(descriptor.version), entry \(done.leaf). \
                Earlier versions are released no more; who has read one keeps it.
                """)
        }

        /// And the source they were split from, if they were.
        private func items(
            _ file: DepositFile, _ enrolled: EnrolledPatient, _ stated: MedicalRecords.Category?, _ labels: [Coding]
        ) throws -> ([DepositItem], RecordSource?) {
            switch file.content {
            case .large(let file, let facts): return ([try DepositItem(file, facts: try said(labels, of: facts))], nil)
            case .records(let source):
                let chosen = try checked(source, enrolled)
                let records = chosen.split(granularity: granularity == .resource ? .resource : .type, category: stated)
                let items = try records.map { DepositItem(Record(facts: try said(labels, of: $0.facts), content: $0.content)) }
                return (items, chosen)
            }
        }

        /// With what the person at the keyboard says of it.
        private func said(_ labels: [Coding], of facts: RecordFacts) throws -> RecordFacts {
            guard notSensitive else { return labels.isEmpty ? facts : facts.said(labels) }
            guard !facts.isLabelled else {
                throw Stop.refused(
                    "\(self.file) is looked into for labels, so --not-sensitive says nothing of it",
                    "Leave it out. What was labelled wrongly is put right with `cordon clinic relabel`.")
            }
            return facts.said([])
        }

        /// Records go to the patient they are about. A file that is not looked into says nothing of that, and the clinic answers for it.
        private func checked(_ source: RecordSource, _ patient: EnrolledPatient) throws -> RecordSource {
            if case .opaque = source.form { return source }
            var source = source
            let identity = patient.identity
            if selectPatient { source = source.selecting(known(patient, in: source)) }
            do throws(PatientRefusal) {
                try identity.verify(source)
            } catch {
                throw Stop.refused(
                    "this file is not about the patient enrolled under \(self.patient): \(error.words)", "Nothing was stored.")
            }
            return source
        }

        /// The Patient resource with this record number says by which id the others refer to the patient.
        private func known(_ patient: EnrolledPatient, in source: RecordSource) -> PatientIdentity {
            source.patients.first { $0.recordNumbers.contains { $0.value == patient.recordNumber } } ?? patient.identity
        }

        private func report(_ facts: [RecordFacts], _ counts: SplitCounts, _ old: Int, _ entries: [UInt64]) -> Report {
            let labels = Dictionary(
                facts.map { ($0.category.id, $0.labels.map(\.description)) },
                uniquingKeysWith: { Array(Set($0 + $1)).sorted() })
            return Report(
                resources: counts.resources, records: counts.records,
                byCategory: Dictionary(counts.byCategory.map { ($0.category.id, $0.records) }, uniquingKeysWith: +), labels: labels,
                each: dryRun ? facts.map { DepositPreview($0) } : [], isDeposited: !dryRun, alreadyHere: old, entries: entries)
        }

        private func words(_ counts: SplitCounts, _ facts: [RecordFacts], isDryRun: Bool) -> String {
            let split = counts.byCategory.map { "\($0.category.id) \($0.records)" }.joined(separator: ", ")
            let first =
                counts.resources == 0
                ? "\(Names.counted(counts.records, "file")): \(split)."
                : "\(Names.counted(counts.resources, "resource")) → \(Names.counted(counts.records, "record")): \(split)."
            guard isDryRun else { return "\(first) Sealed here; the gateway cannot read them." }
            let lines = facts.map { "  \(DepositPreview($0).words)" }
            return ([first] + lines + ["Nothing was sent."]).joined(separator: "\n")
        }
    }
}

extension SourceError {
    var words: String {
        switch self {
        case .empty: "it is empty"
        case .json(let error): "it is not JSON as FHIR has it: \(error.reason.words), at byte \(error.offset)"
        case .notFHIR: "it is JSON, but no FHIR resource"
        case .bundleType: "this type of bundle does not hold a patient's records as they stand"
        case .noEntries: "the bundle has no entries"
        case .entryWithoutResource(let index): "entry \(index + 1) of the bundle has no resource"
        case .bundleWithin: "it holds a bundle within a bundle"
        case .line(let number, let error): "line \(number): \(error.words)"
        }
    }
}

extension JSONError.Reason {
    fileprivate var words: String {
        switch self {
        case .cut: "it ends too early"
        case .unexpectedByte: "something stands there that does not belong there"
        case .number: "a number is not written as JSON writes numbers"
        case .escape: "a character is escaped as JSON does not escape it"
        case .controlCharacter: "a control character stands in a text"
        case .notUTF8: "the text is not UTF-8"
        case .byteOrderMark: "it begins with a byte order mark"
        case .duplicateKey: "two values have one name"
        case .tooDeep: "it is nested too deep"
        case .tooLarge: "it is too large"
        case .trailingBytes: "something follows behind the end"
        case .wrongKind: "a value is of another kind than FHIR gives it"
        }
    }
}

extension PatientRefusal {
    var words: String {
        switch self {
        case .noPatient: "nothing in it says whose it is"
        case .severalPatients: "it has several patients"
        case .noRecordNumber: "its patient has no medical record number"
        case .otherRecordNumber: "its patient has another record number"
        case .otherPatient(let positions):
            "\(Names.counted(positions.count, "resource")) of it \(positions.count == 1 ? "is" : "are") about someone else"
        }
    }
}
