import CryptoPrimitives
import EnvelopeEncryption
import MedicalRecords
import SharingContract

extension ClinicClient {
    /// How many times a claims set can be shown before its patient needs new copies.
    static let copies = 8
    /// Claims hold for so many days from the one on which they are issued.
    private static let days: UInt32 = 365

    /// The records with what this clinic claims of the resources in them, if the patient's card lets it. A claims set that does not fit into
    /// a record's claims file is left out; the record is as complete as before.
    func issuingClaims(
        _ outgoing: [Outgoing], _ slot: Card.Slot, patient index: Int
    ) async throws(ClientError) -> [Outgoing] {
        guard makesClaims, let holder = state.patients[index].content.holder else { return outgoing }
        let validity = Validity(from: session.today, last: session.today.adding(days: Self.days))
        let recipient = slot.list.own.hybrid
        var issued: [Outgoing] = []
        for record in outgoing {
            var record = record
            if let claims = record.claimable {
                let sets = await issue(claims, holder: holder.commitment, validity)
                record.claims = try seal(sets, of: record.revision, to: recipient)
            }
            issued.append(record)
        }
        return issued
    }

    /// On all cores.
    private func issue(_ claims: [ResourceClaims], holder: SG3072.Element, _ validity: Validity) async -> [IssuedSet] {
        let origin = session.origin
        let share = max(1, (claims.count + Processor.coreCount - 1) / Processor.coreCount)
        return await withTaskGroup(of: (Int, [IssuedSet]).self) { group in
            for start in stride(from: 0, to: claims.count, by: share) {
                let part = claims[start..<min(start + share, claims.count)]
                let key = session.keyring.actorKey()
                group.addTask {
                    (
                        start,
                        part.map {
                            IssuedSet($0, holder: holder, validity: validity, copies: Self.copies, origin: origin, signingWith: key)
                        }
                    )
                }
            }
            return await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.flatMap(\.1)
        }
    }

    private func seal(
        _ sets: [IssuedSet], of revision: Revision, to recipient: HybridRecipient
    ) throws(ClientError) -> Claims? {
        var (kept, size) = ([IssuedSet](), ClaimsFile.overhead)
        for set in sets.prefix(ClaimsFile.maximumSets) {
            let more = set.set.canonicalBytes.count
            guard size + more <= ClaimsFile.maximumSize else { break }
            kept.append(set)
            size += more
        }
        guard !kept.isEmpty else { return nil }
        let file = ClaimsFile(record: revision.record, version: revision.version, sets: kept.map(\.set))
        let sealed: [UInt8]
        do {
            sealed = try Envelope.seal(file.canonicalBytes.span, to: recipient)
        } catch {
            throw .notVerified(.listNotAuthentic)
        }
        return Claims(anchors: kept.flatMap(\.anchors), file: sealed)
    }
}

extension ClinicClient.Outgoing {
    /// What can be claimed of it: nothing of a file that is not looked into, and nothing of a record that was entered in error.
    fileprivate var claimable: [ResourceClaims]? {
        guard case .bytes(let bytes) = content, revision.state == .current, let claims = try? RecordClaims(content: bytes).claims,
            !claims.isEmpty
        else { return nil }
        return claims
    }
}
