import AccessPolicy
import CryptoPrimitives
package import GatewayAPI
import SharingContract

/// A record whose claims did not come, or others in their place.
package struct MissingClaims: Sendable {
    package let record: StoredRecord
    package let reason: ClientError
}

extension PatientClient {
    /// How often the records may change while their claims are being fetched.
    private static let claimsAttempts = 3

    /// Fetches the sealed claims of an open compartment's records, the oldest first. Every file that is given is the one that its descriptor
    /// names, which the depositor signed. One that is not, or that does not come, keeps nothing from the others.
    ///
    /// - Parameters:
    ///   - held: positions of records whose claims are not wanted.
    ///   - take: given each record and its file. It is not called again for a record when the records have changed meanwhile.
    /// - Returns: records whose claims did not come.
    package func claims(
        _ category: UInt16, except held: Set<UInt64> = [],
        taking take: (StoredRecord, [UInt8]) throws(ClientError) -> Void
    ) async throws(ClientError) -> [MissingClaims] {
        var (done, others) = (held, [MissingClaims]())
        var missing: [MissingClaims] = []
        for _ in 0..<Self.claimsAttempts {
            missing = try await takeClaims(category, &done, &others, take)
            guard !missing.isEmpty, missing.allSatisfy(\.reason.isLie) else { break }
        }
        return others + missing
    }

    /// - Parameters:
    ///   - done: positions of which nothing is wanted; those that came are added.
    ///   - others: records for which another file came are added.
    /// - Returns: records for which nothing came. A version may have come meanwhile, or the gateway keeps something back.
    private func takeClaims(
        _ category: UInt16, _ done: inout Set<UInt64>, _ others: inout [MissingClaims],
        _ take: (StoredRecord, [UInt8]) throws(ClientError) -> Void
    ) async throws(ClientError) -> [MissingClaims] {
        var expected = try await records(category).filter { $0.descriptor.claims != nil }[...]
        var (last, missing, isMore) = (UInt64?.none, [StoredRecord](), true)
        var reason = ClientError.notVerified(.claimsIncomplete)
        while isMore, let first = expected.firstIndex(where: { !done.contains($0.position) }) {
            // What stands in front of it is not asked for.
            last = expected[..<first].last?.position ?? last
            expected = expected[first...]
            let page: ListClaims.Answer
            do {
                page = try await session.call(ListClaims(after: last), with: session.keyring.compartmentKey(category))
            } catch {
                guard error.isForNow else { throw error }
                reason = error
                break
            }
            let before = expected.count
            for item in page.items {
                missing += expected.prefix { $0.position < item.position }.filter { !done.contains($0.position) }
                expected = expected.drop { $0.position < item.position }
                // Of no record that was there a moment ago.
                guard let record = expected.first, record.position == item.position else { continue }
                expected = expected.dropFirst()
                last = record.position
                guard done.insert(record.position).inserted else { continue }
                if SHA256.hash(item.file) == record.descriptor.claims?.file {
                    try take(record, item.file)
                } else {
                    others.append(MissingClaims(record: record, reason: .notVerified(.claimsOther)))
                }
            }
            isMore = page.hasMore && expected.count < before
        }
        missing += expected.filter { !done.contains($0.position) }
        return missing.map { MissingClaims(record: $0, reason: reason) }
    }
}

extension ClientError {
    /// Whether another time may be a better one.
    fileprivate var isForNow: Bool {
        switch self {
        case .refused, .unreachable: true
        case .notFound, .notPossible, .localData, .notVerified, .incomplete: false
        }
    }
}
