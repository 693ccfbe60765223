package import CryptoPrimitives
import GatewayAPI
import MedicalRecords
import SharingContract

/// To whom new copies of claims were issued, and of how many sets.
package struct CopiesIssued: Sendable {
    /// As the card has it.
    package let patient: TextLine
    package let recordNumber: String
    package internal(set) var sets: Int
}

/// What one reading of an inbox has come to.
struct AnsweredWishes: Sendable {
    fileprivate(set) var issued: [CopiesIssued] = []
    /// Wishes of enrolled patients that were looked at.
    fileprivate var count = 0

    fileprivate mutating func add(_ patient: EnrolledPatient) {
        if let index = issued.firstIndex(where: { $0.recordNumber == patient.recordNumber }) {
            issued[index].sets += 1
        } else {
            issued.append(CopiesIssued(patient: patient.content.name, recordNumber: patient.recordNumber, sets: 1))
        }
    }
}

// What a patient can make a clinic compute is bounded: by reading, by day and by set.
extension ClinicClient {
    static let wishesPerReading = 256
    static let setsPerPatientAndDay = 32

    private struct Answer {
        let wish: ClaimsWish
        let patient: EnrolledPatient
        let issued: IssuedSet
    }

    /// Issues new copies of what was issued before. A wish that is not answered is thrown away, as any other message is: its patient may
    /// ask again on another day.
    func answer(_ wishes: [ClaimsWish], _ answering: inout AnsweredWishes) async throws(ClientError) {
        guard !wishes.isEmpty, (try? requireAdmitted()) != nil else { return }
        let now = session.now.number
        var known = (state.copiesIssued ?? []).filter { max(now, $0.time) - min(now, $0.time) < Minute.perDay }
        var answers: [Answer] = []
        for wish in wishes {
            guard let patient = enrolled(wish), answering.count < Self.wishesPerReading else { continue }
            answering.count += 1
            let ofPatient = known.filter { $0.inbox == wish.inbox }
            let set = wish.set.claimsHash
            guard ofPatient.count < Self.setsPerPatientAndDay, !ofPatient.contains(where: { $0.set == set }),
                let issued = issueAgain(wish, patient)
            else { continue }
            known.append(IssuedAgain(inbox: wish.inbox, set: set, time: now))
            answers.append(Answer(wish: wish, patient: patient, issued: issued))
        }
        guard !answers.isEmpty, try await post(answers.flatMap(\.issued.anchors)) else { return }
        for answer in answers where try await send(answer) { answering.add(answer.patient) }
        state.copiesIssued = known
    }

    /// Who asks, if it is a patient of this clinic who asks about a record that it deposited and that still says the same.
    private func enrolled(_ wish: ClaimsWish) -> EnrolledPatient? {
        guard wish.issuer == key, (try? wish.verifySignature(origin: session.origin)) != nil,
            let patient = state.patients.first(where: { $0.content.inbox == wish.inbox }),
            let record = patient.records[wish.record.description], record.version == wish.version, !record.isRetracted
        else { return nil }
        return patient
    }

    /// `nil` unless the copy that is shown is one that this clinic signed for this holder, and holds still.
    private func issueAgain(_ wish: ClaimsWish, _ patient: EnrolledPatient) -> IssuedSet? {
        let set = wish.set
        guard session.today <= set.validity.last, let holder = patient.content.holder?.commitment, let copy = set.copies.first,
            let commitment = try? set.commitments(holder: holder).first
        else { return nil }
        let credential = Credential(issuer: key, validity: set.validity, signature: copy.signature, commitment: commitment)
        guard (try? credential.verify(set.schema, origin: session.origin)) != nil else { return nil }
        return IssuedSet(
            again: set, holder: holder, copies: Self.copies, origin: session.origin, signingWith: session.keyring.actorKey())
    }

    /// - Returns: `false` if the gateway refused them: then nobody can show these copies.
    private func post(_ anchors: [Hash]) async throws(ClientError) -> Bool {
        try await isTaken(PostAnchors(anchors: anchors.sorted()))
    }

    private func send(_ answer: Answer) async throws(ClientError) -> Bool {
        let card = answer.patient.content
        let copies = ClaimsCopies(
            answering: answer.wish, with: answer.issued.set.copies, signingWith: session.keyring.actorKey(), origin: session.origin)
        let message = try InboxMessage.claimsCopies(copies).sealed(to: card.inboxRecipient)
        return try await isTaken(SendMessage(address: card.inbox, message: message))
    }

    private func isTaken(_ call: some Call) async throws(ClientError) -> Bool {
        do {
            _ = try await session.call(call, with: session.keyring.actorKey())
            return true
        } catch {
            guard case .refused = error else { throw error }
            return false
        }
    }
}
