package import AccessPolicy
package import CryptoPrimitives
package import EnvelopeEncryption
package import GatewayAPI
package import MedicalRecords
package import SharingContract

extension ClinicClient {
    private func reader(_ received: ReceivedGrant) -> GrantReader {
        GrantReader(session: session, slip: received.content, asker: .organisation)
    }

    /// Requests what a grant covers and fetches it, sealed. The decision is on the ledger before anything comes.
    ///
    /// - Parameter declare: gives the emergency that the next answer relies on. One holds for one answer.
    /// - Returns: the records, none if the request was refused. Why is not told. Throws `incomplete` when some did not come: those that did
    ///   are kept.
    package func request(
        _ received: ReceivedGrant, filter: Filter, purpose: PurposeOfUse, staff: TextLine, progress: (Int, Int) -> Void,
        declaring declare: (() async throws(ClientError) -> UInt64)? = nil
    ) async throws(ClientError) -> [StoredRecord] {
        try await session.sync()
        try requireAdmitted()
        return try await reader(received).request(
            filter: filter, purpose: purpose, staff: staff, progress: progress, declaring: declare)
    }

    /// Versions of the records that were received under a grant.
    package func held(_ received: ReceivedGrant) throws(ClientError) -> [Descriptor.RecordID: UInt32] {
        try reader(received).held()
    }

    /// Records received under a grant, in the order of their deposit.
    package func records(_ received: ReceivedGrant) throws(ClientError) -> [StoredRecord] {
        try fetched(received).map(\.record)
    }

    /// The same, with what has to be done with each.
    package func fetched(_ received: ReceivedGrant) throws(ClientError) -> [ReceivedRecord] {
        try reader(received).fetched()
    }

    /// The whole content of a record that was received, for what fits into memory.
    package func content(of record: StoredRecord, _ received: ReceivedGrant) throws(ClientError) -> [UInt8] {
        try reader(received).content(of: record)
    }

    /// Opens a record that was received. What is written is whole and the depositor's own only when this returns.
    package func open(
        _ record: StoredRecord, _ received: ReceivedGrant, writing: @escaping Payload.Writing<ClientError>
    ) async throws(ClientError) {
        try await reader(received).open(record, writing: writing)
    }
}
