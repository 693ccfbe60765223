import AccessPolicy
import CryptoPrimitives
import GatewayAPI
import RecordStorage
import SharingContract

extension Gateway {
    func answer(_ call: FetchRecipientList, from caller: Caller) async throws -> RecipientList {
        let (today, now, origin) = (today, now, store.origin)
        return try await reading(for: caller) { view in
            let isOwn =
                try caller.key == call.compartment
                || view.delegation(of: caller.key, at: now)?.terms.compartment == call.compartment
            if !isOwn { try Self.requirePermission(call, caller, view, today, origin) }
            guard let list = try view.list(of: call.compartment) else {
                throw APIError(.notFound, "this compartment is not open here")
            }
            return list
        }
    }

    private static func requirePermission(
        _ call: FetchRecipientList, _ caller: Caller, _ view: StoreView, _ today: Day, _ origin: TextLine
    ) throws {
        try view.requireDepositor(caller.key, on: today)
        guard let permission = call.permission, permission.compartment == call.compartment, permission.clinic == caller.key,
            today < permission.until, (try? permission.verifySignature(origin: origin)) != nil
        else { throw APIError(.forbidden, "the patient has not allowed this clinic to deposit here") }
    }

    /// Where the records of a deposit stand, in the order of the call.
    private struct Taken: Sendable {
        let leaf: UInt64
        let places: [DepositRecords.Answer.Placed]
    }

    /// Takes in records whose payloads are here, sealed to the newest list. Who deposits the very same again, because the answer was lost,
    /// gets it again.
    func answer(_ call: DepositRecords, from caller: Caller) async throws -> DepositRecords.Answer {
        guard !call.records.isEmpty, Set(call.records.map(\.descriptor.payload)).count == call.records.count else {
            throw APIError(.malformed, "a deposit holds at least one record, and every record has a payload of its own")
        }
        try requireRoom()
        let tree = Self.tree(call.records)
        let root = tree.slotTree.root
        let evidence = Evidence(salt: .random(), body: call.body, tree: tree)
        let entry = signed(.deposit(Deposit(root: root)), evidence)
        let authentic = Result { () throws(Refusal) in try AuthenticEntry(made: entry, verifying: evidence) }
        let committed = try await writing(for: caller) { transaction in
            if let known = try Self.known(call, caller, transaction) { return known }
            guard call.body.permission.clinic == caller.key else {
                throw APIError(.forbidden, "this permission is another clinic's")
            }
            try transaction.view.requireDepositor(caller.key, on: transaction.now.day)
            let list = try Self.newestList(for: call, transaction)
            for record in call.records { try Self.check(record, list, transaction) }
            let index = try transaction.append(authentic.get())
            return Taken(leaf: index, places: try Self.place(call.records, tree, list, index, transaction))
        }
        guard let leaf = try await store.committed(committed.result.leaf) else {
            throw APIError(.unavailable, "nothing was written")
        }
        return DepositRecords.Answer(posted: try PostedLeaf(leaf), places: committed.result.places)
    }

    /// The deposit that holds just these descriptors, by this caller, under this body.
    private static func known(_ call: DepositRecords, _ caller: Caller, _ transaction: StoreTransaction) throws -> Taken? {
        let descriptors = call.records.map(\.descriptor)
        guard let first = descriptors.first, descriptors.allSatisfy({ $0.depositor == caller.key }),
            let record = try transaction.state.record(first.record), record.versions.indices.contains(Int(first.version) - 1),
            let position = try transaction.state.descriptor(record.versions[Int(first.version) - 1])?.position,
            let evidence = try transaction.view.evidence(of: position >> 8), evidence.body == call.body.canonicalBytes,
            let tree = evidence.tree, tree.slots.count == descriptors.count
        else { return nil }
        let slotTree = tree.slotTree
        var places: [Descriptor: DepositRecords.Answer.Placed] = [:]
        for case (let slot, .descriptor(let descriptor, let salt)) in tree.slots {
            places[descriptor] = .init(salt: salt, proof: slotTree.proof(of: slot))
        }
        let found = descriptors.compactMap { places[$0] }
        return found.count == descriptors.count ? Taken(leaf: position >> 8, places: found) : nil
    }

    /// An entry of the gateway's own.
    func signed(_ event: Event, _ evidence: Evidence) -> Entry {
        let commitment = bodyCommitment(kind: event.kind, salt: evidence.salt, body: evidence.body)
        return Entry(origin: store.origin, event: event, bodyCommitment: commitment).signed(with: member)
    }

    private static func newestList(for call: DepositRecords, _ transaction: StoreTransaction) throws -> RecipientList {
        guard let list = try transaction.view.list(of: call.body.compartment) else {
            throw APIError(.notFound, "this compartment is not open here")
        }
        guard list.hash == call.body.recipientList else {
            throw APIError(.listNotNewest, "another list came first: fetch the newest and seal again")
        }
        return list
    }

    private static func check(_ record: DepositRecords.Record, _ list: RecipientList, _ transaction: StoreTransaction) throws {
        guard record.claims?.anchor == record.descriptor.claims else {
            throw APIError(.malformed, "the claims of a record are not those that its descriptor names")
        }
        guard record.headers.count == list.recipients.count + 1 else {
            throw APIError(.malformed, "a record needs one header for each recipient")
        }
        // A payload that a second record named would outlive the erasure of the first.
        guard try transaction.uploadedSize(of: record.descriptor.payload) == record.descriptor.payloadSize else {
            throw APIError(.notFound, "the payload of a record was not uploaded, or belongs to another record")
        }
        guard (try? StoredFacts(canonical: record.descriptor.facts)) != nil else {
            throw APIError(.malformed, "the facts of a record cannot be read")
        }
    }

    private static func tree(_ records: [DepositRecords.Record]) -> Evidence.Tree {
        let slots = zip(SlotTree.drawSlots(records.count), records).map { slot, record in
            (slot, Evidence.Slot.descriptor(record.descriptor, salt: .random()))
        }
        return Evidence.Tree(seed: .random(), slots: Dictionary(uniqueKeysWithValues: slots))
    }

    /// Stores the headers and claims and tells for each record, in the order of the call, where it stands.
    private static func place(
        _ records: [DepositRecords.Record], _ tree: Evidence.Tree, _ list: RecipientList, _ index: UInt64,
        _ transaction: StoreTransaction
    ) throws -> [DepositRecords.Answer.Placed] {
        let slotTree = tree.slotTree
        var places: [Descriptor.RecordID: DepositRecords.Answer.Placed] = [:]
        var positions: [Descriptor.RecordID: UInt64] = [:]
        for (slot, content) in tree.slots {
            guard case .descriptor(let descriptor, let salt) = content else { continue }
            places[descriptor.record] = .init(salt: salt, proof: slotTree.proof(of: slot))
            positions[descriptor.record] = EvidenceRules.position(leaf: index, slot: slot)
        }
        return try records.map { record in
            guard let position = positions[record.descriptor.record], let place = places[record.descriptor.record] else {
                preconditionFailure("every record has a slot")
            }
            for (recipient, header) in zip([list.own] + list.recipients, record.headers) {
                try transaction.storeHeader(header, for: recipient, at: position)
            }
            if let claims = record.claims {
                try transaction.storeClaims(claims.file, at: position)
                try transaction.keepAnchors(claims.anchors)
            }
            return place
        }
    }
}
