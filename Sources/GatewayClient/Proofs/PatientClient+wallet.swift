import CryptoPrimitives
import DurableFiles
import EnvelopeEncryption
package import GatewayAPI
import MedicalRecords
import SharingContract
import SystemPackage

/// What is not as it should be with a patient's claims. All others are here.
package struct ClaimsReport: Sendable {
    /// Records whose claims are as they were deposited, and are not what their issuer signed, or cannot be opened. They are left out.
    package internal(set) var unusable: [StoredRecord] = []
    /// Records whose claims are not here, as the gateway did not give them.
    package internal(set) var missing: [MissingClaims] = []
    /// Records of which copies that came later were damaged here. They are lost.
    package internal(set) var lostCopies: [StoredRecord] = []

    package var isEmpty: Bool { unusable.isEmpty && missing.isEmpty && lostCopies.isEmpty }
}

extension PatientClient {
    var wallet: Wallet {
        get { state.wallet ?? Wallet() }
        set { state.wallet = newValue }
    }

    /// Fetches claims that came with new records, and those whose file is damaged here; checks each of them, and forgets those of records
    /// that were corrected, retracted or erased.
    ///
    /// - Parameter progress: called with the records done.
    package func syncClaims(progress: (Int) -> Void) async throws(ClientError) -> ClaimsReport {
        try session.folder.writing { () throws(FileError) in try DurableFile.makeFolder(session.folder.claimsFolder) }
        var (report, current, done) = (ClaimsReport(), Set<UInt64>(), 0)
        for category in openCategories() {
            let records = try await records(category).filter { $0.descriptor.claims != nil }
            current.formUnion(records.map(\.position))
            var held: Set<UInt64> = []
            for record in records where try isHere(record, category, &report) { held.insert(record.position) }
            guard held.count < records.count else { continue }
            let missing = try await claims(category, except: held) { record, file throws(ClientError) in
                try keep(file, of: record, category, &report)
                current.insert(record.position)
                done += 1
                progress(done)
            }
            report.missing += missing
        }
        for name in fileNames() where UInt64(name.prefix { $0 != "." }).map({ !current.contains($0) }) ?? false {
            try? DurableFile.remove(session.folder.claimsFolder.appending(name))
        }
        try await forgetGiven()
        return report
    }

    private func forgetGiven() async throws(ClientError) {
        let before = state.wallet?.given.count
        state.wallet?.forgetGiven(before: session.today)
        guard state.wallet?.given.count != before else { return }
        try save()
        await backUpIfPossible()
    }

    /// All claims sets that the patient holds, the newest record first. What is damaged is not held.
    package func heldClaims() async throws(ClientError) -> [HeldClaims] {
        var held: [HeldClaims] = []
        let positions = Set(fileNames().compactMap { $0.hasSuffix(".age") ? UInt64($0.dropLast(4)) : nil })
        for category in openCategories() {
            for record in try await records(category) where positions.contains(record.position) {
                guard let bytes = bytes(at: path(ofClaims: record.position), of: record),
                    let file = try? claimsFile(bytes, category)
                else { continue }
                let more = moreCopies(at: record.position) ?? [:]
                held += file.sets.map { set in
                    HeldClaims(
                        set: set.with(set.copies + (more[set.claimsHash]?.copies ?? [])), category: category,
                        issuer: record.descriptor.depositor, record: record.descriptor.record, version: record.descriptor.version,
                        position: record.position)
                }
            }
        }
        return held.sorted { $0.position > $1.position }
    }
}

// The files.
extension PatientClient {
    func path(ofClaims position: UInt64) -> FilePath { session.folder.claimsFolder.appending("\(position).age") }

    /// Copies that came later lie beside, sealed to the profile.
    func path(ofMore position: UInt64) -> FilePath { session.folder.claimsFolder.appending("\(position).more.age") }

    /// What is not good is kept too, so that it is not fetched again and again. A later program may find it good.
    func path(ofUnusable position: UInt64) -> FilePath { session.folder.claimsFolder.appending("\(position).bad.age") }

    private func fileNames() -> [String] { (try? DurableFile.names(in: session.folder.claimsFolder)) ?? [] }

    /// A file's bytes if they are those that the record's descriptor names.
    private func bytes(at path: FilePath, of record: StoredRecord) -> [UInt8]? {
        guard let bytes = try? DurableFile.read(path, atMost: Claims.maximumFileSize),
            record.descriptor.claims?.file == SHA256.hash(bytes)
        else { return nil }
        return bytes
    }

    /// Whether the record's claims lie here as they were deposited. Copies that are damaged are cleared away.
    private func isHere(_ record: StoredRecord, _ category: UInt16, _ report: inout ClaimsReport) throws(ClientError) -> Bool {
        if moreCopies(at: record.position) == nil {
            report.lostCopies.append(record)
            try? DurableFile.remove(path(ofMore: record.position))
        }
        if bytes(at: path(ofClaims: record.position), of: record) != nil { return true }
        guard let unusable = bytes(at: path(ofUnusable: record.position), of: record) else { return false }
        try keep(unusable, of: record, category, &report)
        return true
    }

    private func keep(
        _ file: [UInt8], of record: StoredRecord, _ category: UInt16, _ report: inout ClaimsReport
    ) throws(ClientError) {
        let isGood = (try? opened(file, of: record, category)) != nil
        let unusable = path(ofUnusable: record.position)
        try session.folder.writing { () throws(FileError) in
            try DurableFile.write(file, to: isGood ? path(ofClaims: record.position) : unusable)
        }
        if !isGood {
            report.unusable.append(record)
        } else if DurableFile.exists(unusable) {
            try? DurableFile.remove(unusable)
        }
    }

    private func claimsFile(_ file: [UInt8], _ category: UInt16) throws -> ClaimsFile {
        try ClaimsFile(canonical: try Envelope.open(file, with: session.keyring.compartmentIdentity(category)))
    }

    /// Throws unless the file is about this record, and each copy of each set is signed by the record's author for this holder and stands
    /// among the anchors that the descriptor commits to.
    private func opened(_ bytes: [UInt8], of record: StoredRecord, _ category: UInt16) throws -> ClaimsFile {
        let (file, descriptor) = (try claimsFile(bytes, category), record.descriptor)
        guard file.record == descriptor.record, file.version == descriptor.version else {
            throw ClientError.notVerified(.claimsOther)
        }
        let holder = session.keyring.holderSecret().commitment(for: descriptor.depositor)
        var anchors: [Hash] = []
        for set in file.sets {
            for (copy, commitment) in zip(set.copies, try set.commitments(holder: holder)) {
                let credential = Credential(
                    issuer: descriptor.depositor, validity: set.validity, signature: copy.signature, commitment: commitment)
                try credential.verify(set.schema, origin: session.origin)
                anchors.append(credential.anchor)
            }
        }
        guard let claims = Claims(anchors: anchors, file: bytes), claims.anchor == descriptor.claims else {
            throw ClientError.notVerified(.claimsOther)
        }
        return file
    }
}
