import AccessPolicy
import CryptoPrimitives
import DurableFiles
package import EnvelopeEncryption
package import GatewayAPI
import MedicalRecords
import SharingContract
import SystemPackage

extension PatientClient {
    /// The records of an open compartment, each checked against the ledger and its depositor.
    package func records(_ category: UInt16) async throws(ClientError) -> [StoredRecord] {
        let key = session.keyring.compartmentKey(category)
        var records: [StoredRecord] = []
        var after: UInt64?
        while true {
            let page = try await session.call(ListRecords(after: after), with: key)
            records += try await verified(page.records, category)
            guard page.hasMore, let last = page.records.last else { return records }
            guard after.map({ $0 < last.position }) ?? true else { throw .notVerified(.answerMalformed) }
            after = last.position
        }
    }

    /// Throws unless every record stands in its deposit and its depositor, who was admitted, signed it for this compartment.
    func verified(_ records: [StoredRecord], _ category: UInt16) async throws(ClientError) -> [StoredRecord] {
        if let newest = records.map(\.deposit).max(), newest >= session.ledger.size { try await session.sync() }
        let compartment = session.keyring.compartmentKey(category).publicKey
        for record in records { try session.verify(record, of: compartment) }
        return records
    }

    package typealias FoundRecord = (category: UInt16, record: StoredRecord)

    /// The one record that is meant by the start of its id, in any open compartment.
    package func record(_ start: String) async throws(ClientError) -> FoundRecord {
        try await records(startingWith: [start])[0]
    }

    /// For each start of an id, the one record that is meant. Depositors choose ids, so one that fits two records means neither.
    package func records(startingWith starts: [String]) async throws(ClientError) -> [FoundRecord] {
        var all: [FoundRecord] = []
        for category in openCategories() { all += try await records(category).map { (category, $0) } }
        return try starts.map { start throws(ClientError) in
            let found = all.filter { $0.record.descriptor.record.description.hasPrefix(start.lowercased()) }
            guard let first = found.first else { throw .notFound(.record) }
            guard found.count == 1 else { throw .notFound(.ambiguousRecord(start)) }
            return first
        }
    }

    /// Fetches and opens one record. What is written is whole and the depositor's own only when this returns.
    package func open(
        _ record: StoredRecord, _ category: UInt16, writing: @escaping Payload.Writing<ClientError>
    ) async throws(ClientError) {
        let key = session.keyring.compartmentKey(category)
        let path = session.folder.receivedFolder.appending("\(record.descriptor.record).age")
        let file = SealedRecordFile(record: record, compartment: key.publicKey, origin: session.origin, path: path)
        let message = FetchOwnPayload(position: record.position)
        let member = try session.ledger.member()
        defer { try? DurableFile.remove(path) }
        try await file.store { take throws(ClientError) in
            try await session.connection.fetchPayload(FetchOwnPayload.path, message, with: key, member: member, into: take)
        }
        try await file.open(with: session.keyring.compartmentIdentity(category), writing: writing)
    }

    /// All versions of a record, the first one first. An author counts them without gaps, so none can be left out unnoticed.
    package func versions(of record: StoredRecord, _ category: UInt16) async throws(ClientError) -> [StoredRecord] {
        let key = session.keyring.compartmentKey(category)
        var versions: [StoredRecord] = []
        var after: UInt64?
        while true {
            let page = try await session.call(ListVersions(record: record.descriptor.record, after: after), with: key)
            versions += try await verified(page.records, category)
            guard page.hasMore, let last = page.records.last else { break }
            guard after.map({ $0 < last.position }) ?? true else { throw .notVerified(.answerMalformed) }
            after = last.position
        }
        let numbers = versions.map { Int($0.descriptor.version) }
        // The number is its depositor's word, so it is compared before anything is made of its size.
        guard versions.count == Int(record.descriptor.version), numbers == Array(1...max(1, versions.count)),
            versions.allSatisfy({ $0.descriptor.record == record.descriptor.record }),
            versions.last?.descriptorCommitment == record.descriptorCommitment
        else { throw .notVerified(.historyIncomplete(leaf: record.deposit)) }
        return versions
    }

    /// Destroys records with all their versions: descriptors, salts, headers and payloads. What others have read they keep.
    package func erase(_ records: [StoredRecord], _ category: UInt16) async throws(ClientError) {
        var batch: [StoredRecord] = []
        for record in records {
            let versions = record.descriptor.version == 1 ? [record] : try await versions(of: record, category)
            // A record goes whole or not at all, so its versions stand in one erasure.
            if batch.count + versions.count > Erasure.maximumCommitments {
                try await erase(batch: batch, category)
                batch = []
            }
            batch += versions
        }
        if !batch.isEmpty { try await erase(batch: batch, category) }
    }

    private func erase(batch: [StoredRecord], _ category: UInt16) async throws(ClientError) {
        let key = session.keyring.compartmentKey(category)
        let erasure = Erasure(basis: .patientsWish, commitments: Set(batch.map(\.descriptorCommitment)))
        let body = ErasureBody(of: erasure, signingWith: key, origin: session.origin)
        let posted = try await session.call(EraseRecords(erasure: erasure, body: body), with: key)
        guard case .erasure(erasure) = posted.leaf.entry.event else { throw .notVerified(.leafNotOurs) }
        try await session.ledger.verify(posted, session.connection)
    }
}

extension Session {
    /// Throws unless the record stands in its deposit and an admitted depositor signed it for this compartment.
    func verify(_ record: StoredRecord, of compartment: Ed25519.PublicKey) throws(ClientError) {
        try ledger.verify(record)
        guard (try? ledger.state.actor(record.descriptor.depositor)) ?? nil != nil else {
            throw .notVerified(.depositorNotAdmitted)
        }
        do {
            try record.descriptor.verifySignature(origin: origin, compartment: compartment)
        } catch {
            throw .notVerified(.descriptorNotSigned)
        }
    }
}
