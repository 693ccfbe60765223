import CryptoPrimitives
import DurableFiles
import EnvelopeEncryption
package import GatewayAPI
import MedicalRecords
import SharingContract
import SystemPackage

extension PatientClient {
    var wallet: Wallet {
        get { state.wallet ?? Wallet() }
        set { state.wallet = newValue }
    }

    /// Fetches claims that came with new records, checks each of them, and forgets those of records that were corrected, retracted or erased.
    ///
    /// - Parameter progress: called with the records done.
    /// - Returns: records whose claims are not what their issuer signed, or cannot be opened. They are left out.
    package func syncClaims(progress: (Int) -> Void) async throws(ClientError) -> [StoredRecord] {
        let folder = session.folder.claimsFolder
        try session.folder.writing { () throws(FileError) in try DurableFile.makeFolder(folder) }
        var (current, unusable, done) = (Set<UInt64>(), [StoredRecord](), 0)
        let held = heldPositions()
        for category in openCategories() {
            let positions = try await records(category).filter { $0.descriptor.claims != nil }.map(\.position)
            current.formUnion(positions)
            try await claims(category, after: positions.prefix { held.contains($0) }.last) { record, file throws(ClientError) in
                if (try? opened(file, of: record, category)) == nil {
                    unusable.append(record)
                } else {
                    try session.folder.writing { () throws(FileError) in try DurableFile.write(file, to: path(record.position)) }
                }
                current.insert(record.position)
                done += 1
                progress(done)
            }
        }
        for position in held where !current.contains(position) {
            try? DurableFile.remove(path(ofMore: position))
            try? DurableFile.remove(path(position))
        }
        return unusable
    }

    /// All claims sets that the patient holds, the newest record first.
    package func heldClaims() async throws(ClientError) -> [HeldClaims] {
        var held: [HeldClaims] = []
        let positions = heldPositions()
        for category in openCategories() {
            for record in try await records(category) where positions.contains(record.position) {
                guard let bytes = try? DurableFile.read(path(record.position), atMost: ClaimsFile.maximumSize),
                    record.descriptor.claims?.file == SHA256.hash(bytes), let file = try? claimsFile(bytes, category)
                else { throw .localData(.damaged(file: path(record.position).string)) }
                let more = try moreCopies(at: record.position)
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

    private func path(_ position: UInt64) -> FilePath { session.folder.claimsFolder.appending("\(position).age") }

    /// Copies that came later lie beside, sealed to the profile.
    func path(ofMore position: UInt64) -> FilePath { session.folder.claimsFolder.appending("\(position).more.age") }

    private func heldPositions() -> Set<UInt64> {
        let names = (try? DurableFile.names(in: session.folder.claimsFolder)) ?? []
        return Set(names.compactMap { $0.hasSuffix(".age") ? UInt64($0.dropLast(4)) : nil })
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
