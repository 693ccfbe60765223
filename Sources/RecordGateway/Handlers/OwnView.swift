import CryptoPrimitives
import GatewayAPI
import RecordStorage
import SharingContract

/// The patient's own view: calls signed by a compartment's key.
extension Gateway {
    func answer(_ call: ListRecords, from caller: Caller) async throws -> ListRecords.Answer {
        try await reading(for: caller) { view in
            let list = try view.requireCompartment(caller.key)
            let limit = ListRecords.Answer.maximumCount
            let found = try view.records(
                of: caller.key, own: list.own, missing: call.missing, after: call.after, limit: limit + 1)
            var trees: [UInt64: SlotTree] = [:]
            let records = try found.prefix(limit).map { record in
                let tree = try trees[record.deposit] ?? view.slotTree(of: record.deposit)
                trees[record.deposit] = tree
                return StoredRecord(record, tree)
            }
            return ListRecords.Answer(records: records, hasMore: found.count > limit)
        }
    }

    func answer(_ call: ListVersions, from caller: Caller) async throws -> ListVersions.Answer {
        try await reading(for: caller) { view in
            _ = try view.requireCompartment(caller.key)
            guard let record = try view.state.record(call.record), record.compartment == caller.key else {
                throw APIError(.notFound, "no such record in this compartment")
            }
            let later = try record.versions.filter { commitment in
                guard let after = call.after else { return true }
                return try view.state.descriptor(commitment).map { $0.position > after } ?? false
            }
            let limit = ListRecords.Answer.maximumCount
            return ListVersions.Answer(records: try later.prefix(limit).map(view.version), hasMore: later.count > limit)
        }
    }

    func answer(_ call: ListClaims, from caller: Caller) async throws -> ListClaims.Answer {
        try await reading(for: caller) { view in
            _ = try view.requireCompartment(caller.key)
            let page = try view.claims(
                of: caller.key, after: call.after, atMost: ListClaims.Answer.maximumFileBytes, limit: ListClaims.Answer.maximumCount
            )
            return ListClaims.Answer(
                items: page.files.map { .init(position: $0.position, file: $0.bytes) }, hasMore: page.hasMore)
        }
    }

    func answer(_ call: AddHeaders, from caller: Caller) async throws -> Done {
        try requireRoom()
        try await writing(for: caller) { transaction in
            guard let terms = try transaction.state.terms(of: call.grant),
                try transaction.state.grant(call.grant)?.revokedAt == nil
            else { throw APIError(.forbidden, "no live grant of this compartment") }
            let holder = try transaction.requireHeaderAuthor(caller.key, for: terms)
            for header in call.headers {
                // A holder cannot have opened what has no header for him, and must not learn whether there is anything.
                if let holder, try !transaction.hasHeader(for: holder, at: header.position) { continue }
                guard try transaction.hasSlot(at: header.position, of: terms.compartment) else {
                    throw APIError(.notFound, "no such record in this compartment")
                }
                try transaction.storeHeader(header.bytes, for: terms.recipient, at: header.position)
            }
        }
        return Done()
    }

    func ownPayload(_ call: FetchOwnPayload, from caller: Caller) async throws -> PayloadID {
        try await reading(for: caller) { view in
            _ = try view.requireCompartment(caller.key)
            guard let payload = try view.payload(at: call.position, of: caller.key) else {
                throw APIError(.notFound, "no such record in this compartment")
            }
            return payload
        }
    }

    func answer(_ call: FetchHistory, from caller: Caller) async throws -> EvidencePage {
        let now = now
        return try await reading(for: caller) { view in
            let (compartment, isGuardian) = try view.requireHistory(caller.key, at: now)
            let leaves = try view.history(of: compartment, from: call.from, limit: EvidencePage.maximumCount + 1)
            guard isGuardian else { return try view.page(leaves) }
            let page = try view.page(try leaves.filter(view.isShownToGuardians))
            // What is behind a full page is asked for all the same, shown or not.
            let next = leaves.count > EvidencePage.maximumCount ? page.next ?? leaves.last : page.next
            return EvidencePage(items: page.items, next: next)
        }
    }

    func answer(_ call: EraseRecords, from caller: Caller) async throws -> PostedLeaf {
        guard call.body.compartment == caller.key else { throw APIError(.forbidden, "these are not this compartment's records") }
        let evidence = Evidence(salt: .random(), body: call.body)
        let entry = signed(.erasure(call.erasure), evidence)
        let authentic = Result { () throws(Refusal) in try AuthenticEntry(made: entry, verifying: evidence) }
        let committed = try await writing(for: caller) { transaction in
            try transaction.append(authentic.get())
            return try transaction.erase(call.erasure.commitments)
        }
        store.finishErasure(of: committed.result)
        return try posted(committed)
    }
}

extension StoreView {
    /// The descriptor behind a commitment, where it stands, without a header.
    func version(_ commitment: Hash) throws -> StoredRecord {
        let position = try state.descriptor(commitment)?.position ?? 0
        let slot = UInt8(truncatingIfNeeded: position)
        guard let tree = try evidence(of: position >> 8)?.tree, case .descriptor(let descriptor, let salt)? = tree.slots[slot]
        else {
            throw StoreError.differs(.slot(position))
        }
        return StoredRecord(
            deposit: position >> 8, salt: salt, descriptor: descriptor, proof: tree.slotTree.proof(of: slot), header: [])
    }

    /// The evidence of these leaves, as much as fits a page.
    func page(_ leaves: [UInt64]) throws -> EvidencePage {
        var items: [EvidencePage.Item] = []
        var size = 0
        for leaf in leaves {
            guard let evidence = try evidence(of: leaf) else { throw StoreError.differs(.evidenceMissing(leaf)) }
            size += evidence.canonicalBytes.count + 8
            let isFull = items.count == EvidencePage.maximumCount || size > EvidencePage.maximumSize / 2
            if isFull && !items.isEmpty { return EvidencePage(items: items, next: leaf) }
            items.append(.init(leaf: leaf, evidence: evidence))
        }
        return EvidencePage(items: items, next: nil)
    }
}
