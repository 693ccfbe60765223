import AccessPolicy
import CryptoPrimitives
package import GatewayAPI
import SharingContract

extension PatientClient {
    /// How often the records may change while their claims are being fetched.
    private static let claimsAttempts = 3

    /// Fetches the sealed claims of an open compartment's records, the oldest first. Every file is the one that its descriptor names, which
    /// the depositor signed, and none is left out.
    ///
    /// - Parameters:
    ///   - position: only claims of records behind it.
    ///   - take: given each record and its file. It is not called again for a record when the records have changed meanwhile.
    package func claims(
        _ category: UInt16, after position: UInt64? = nil,
        taking take: (StoredRecord, [UInt8]) throws(ClientError) -> Void
    ) async throws(ClientError) {
        var last = position
        for _ in 0..<Self.claimsAttempts {
            guard try await !takeClaims(category, after: &last, take) else { return }
        }
        throw .notVerified(.claimsIncomplete)
    }

    /// - Returns: `false` if what came is not what the records name: a version may have come meanwhile, or the gateway lies.
    private func takeClaims(
        _ category: UInt16, after last: inout UInt64?, _ take: (StoredRecord, [UInt8]) throws(ClientError) -> Void
    ) async throws(ClientError) -> Bool {
        let position = last
        var expected = try await records(category).filter { record in
            record.descriptor.claims != nil && position.map { $0 < record.position } ?? true
        }[...]
        let key = session.keyring.compartmentKey(category)
        while !expected.isEmpty {
            let page = try await session.call(ListClaims(after: last), with: key)
            for item in page.items {
                guard let record = expected.popFirst(), item.position == record.position else { return false }
                guard SHA256.hash(item.file) == record.descriptor.claims?.file else { throw .notVerified(.claimsOther) }
                try take(record, item.file)
                last = record.position
            }
            guard page.hasMore || expected.isEmpty else { return false }
        }
        return true
    }
}
