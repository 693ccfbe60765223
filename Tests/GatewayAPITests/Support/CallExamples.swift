import CryptoPrimitives
import GatewayAPI
import SharingContract
import TestSupport
import Testing

/// One message of each call and one answer, put together from the other examples.
struct CallExamples {
    typealias Named = (name: String, value: Shown)

    /// All calls with a message or an answer of ours.
    let paths = [
        "entries", "recipients", "payloads", "deposits", "requests", "payloads/fetch", "own/records", "own/versions", "own/claims",
        "own/headers",
        "own/payload", "own/history", "own/erasures", "emergencies", "emergencies/evidence", "anchors", "anchors/publish",
        "audit/evidence", "inbox/send", "inbox/fetch", "inbox/delete", "backup/store",
        "backup/fetch", "mirror/payloads", "mirror/payload",
    ]

    private let world = World()
    private let posted: PostedLeaf
    private let record: StoredRecord
    private let placed: SlotProof
    private let header: [UInt8]
    private let message: [UInt8] = Array("age-encryption.org/v1 and what follows".utf8)

    init() throws {
        posted = try PostedLeaf(canonical: try FormatFile("audit.json").bytes("receipt", "bytes"))
        // The header of an age file ends with the line of its MAC, which begins with three hyphens.
        let file = try FormatFile("envelopes.json").bytes("released", "file")
        let mac = try #require(file.firstRange(of: Array("\n--- ".utf8)))
        header = Array(file.prefix(mac.upperBound + 44))
        let descriptor = try Descriptor(canonical: try FormatFile("descriptors.json").bytes("laboratory", "bytes"))
        let salt = SHA256.hash([17]).value
        let tree = SlotTree(seed: World.salt, commitments: [17: descriptor.commitment(salt: salt)])
        placed = tree.proof(of: 17)
        record = StoredRecord(deposit: 6, salt: salt, descriptor: descriptor, proof: placed, header: header)
    }

    private var postedFields: Shown {
        fields(["index": posted.index, "leaf": posted.leaf.canonicalBytes, "receipt": posted.proof])
    }

    private var recordFields: Shown {
        fields([
            "deposit": record.deposit, "salt": record.salt, "descriptor": record.descriptor.canonicalBytes,
            "proof": record.proof.canonicalBytes, "header": record.header,
        ])
    }

    /// What a call without content, or whose content is a payload, has to show.
    private var nothing: Shown { fields(["fields": fields([:]), "bytes": [] as [UInt8]]) }
    private var payload: Shown { fields(["payload": true]) }
}

extension CallExamples {
    func entries() throws -> [Named] {
        let entry = try Entry(canonical: try FormatFile("entries.json").bytes("revocation", "bytes"))
        let evidence = try Evidence(canonical: try FormatFile("entries.json").bytes("revocation", "evidence", "bytes"))
        let list = world.list("ana/laboratory")
        let permission = world.permission("ana/laboratory", for: "hillside")
        return [
            (
                "APIError",
                try example(
                    APIError(.listNotNewest, "another list came first"), ["code": 5, "explanation": "another list came first"])
            ),
            ("StoredRecord", try example(record, [:]).withFields(recordFields)),
            (
                "entries",
                try example(
                    PostEntry(entry: entry, evidence: evidence, list: list),
                    ["entry": entry.canonicalBytes, "evidence": evidence.canonicalBytes, "list": list.canonicalBytes])
            ),
            ("entries answer", try example(posted, [:]).withFields(postedFields)),
            (
                "recipients",
                try example(
                    FetchRecipientList(compartment: list.compartment, permission: permission),
                    ["compartment": list.compartment, "permission": permission.canonicalBytes])
            ),
            ("recipients answer", try example(list, ["list": list.canonicalBytes])),
        ]
    }

    func deposits() throws -> [Named] {
        let stored = StoredPayload(payload: record.descriptor.payload, size: 1_337)
        let body = try DepositBody(
            canonical: try Evidence(
                canonical: try FormatFile("entries.json").bytes("deposit", "evidence", "bytes")
            ).body)
        let described = try Descriptor(canonical: try FormatFile("descriptors.json").bytes("with claims", "bytes"))
        let claims = try Claims(canonical: try FormatFile("claims.json").bytes("claims", "bytes"))
        let deposit = DepositRecords(
            body: body,
            records: [
                .init(descriptor: record.descriptor, headers: [header, header]),
                .init(descriptor: described, headers: [header, header], claims: claims),
            ])
        let answer = DepositRecords.Answer(posted: posted, places: [.init(salt: record.salt, proof: placed)])
        return [
            ("payloads", payload), ("payloads answer", try example(stored, ["payload": stored.payload, "size": stored.size])),
            (
                "deposits",
                try example(
                    deposit,
                    [
                        "body": body.canonicalBytes,
                        "records": deposit.records.map {
                            fields([
                                "descriptor": $0.descriptor.canonicalBytes, "headers": $0.headers,
                                "claims": $0.claims?.canonicalBytes,
                            ])
                        },
                    ])
            ),
            (
                "deposits answer",
                try example(
                    answer,
                    [
                        "posted": posted.canonicalBytes,
                        "places": [fields(["salt": record.salt, "proof": placed.canonicalBytes])],
                    ])
            ),
        ]
    }

    func requests() throws -> [Named] {
        let request = try FormatFile("requests.json").bytes("request", "bytes")
        let signature = key("grant/release").sign(
            .release, origin: world.origin, RequestHash(of: request).releaseBytes(grant: publicKey("grant")))
        let call = RequestRecords(request: request, releaseSignature: signature)
        let item = RequestRecords.Answer.Item(
            record: record, releasedSalt: SHA256.hash([1]).value, releasedProof: placed, ticket: SHA256.hash([2]).value,
            obligations: [1, 3])
        let answer = RequestRecords.Answer(decision: posted, outcome: .released([item], hasMore: true))
        return [
            ("requests", try example(call, ["request": request, "release": signature])),
            (
                "requests answer",
                try example(
                    answer,
                    [
                        "decision": posted.canonicalBytes, "released": true,
                        "records": [
                            fields([
                                "record": record.canonicalBytes, "salt": item.releasedSalt, "proof": placed.canonicalBytes,
                                "ticket": item.ticket, "obligations": Shown.list(item.obligations.map { .number(UInt64($0)) }),
                            ])
                        ], "has more": true,
                    ])
            ),
            (
                "requests answer, refused",
                try example(
                    RequestRecords.Answer(decision: posted, outcome: .refused(blind: World.salt)),
                    ["decision": posted.canonicalBytes, "released": false, "blind": World.salt])
            ),
            ("payloads/fetch", try example(FetchPayload(ticket: item.ticket), ["ticket": item.ticket])),
            ("payloads/fetch answer", payload),
        ]
    }

    func own() throws -> [Named] {
        let list = ListRecords(after: 1_553, missing: recipient("grant").name)
        let headers = AddHeaders(grant: publicKey("grant"), headers: [.init(position: 1_553, bytes: header)])
        let evidence = try Evidence(canonical: try FormatFile("evidence.json").bytes("erased", "bytes"))
        let page = EvidencePage(items: [.init(leaf: 6, evidence: evidence)], next: 7)
        let pageFields: ShownFields = [
            "items": [fields(["leaf": 6, "evidence": evidence.canonicalBytes])], "next": 7,
        ]
        let erasure = Erasure(basis: .law, commitments: [SHA256.hash([1])])
        let body = ErasureBody(of: erasure, signingWith: key("ana/laboratory"), origin: world.origin)
        return [
            ("own/records", try example(list, ["after": list.after, "missing": list.missing])),
            (
                "own/records answer",
                try example(
                    ListRecords.Answer(records: [record], hasMore: false),
                    ["records": [record.canonicalBytes], "has more": false])
            ),
            (
                "own/versions",
                try example(
                    ListVersions(record: record.descriptor.record, after: 1_553),
                    ["record": record.descriptor.record, "after": 1_553])
            ),
            (
                "own/versions answer",
                try example(
                    ListVersions.Answer(records: [record.withoutHeader], hasMore: false),
                    ["records": [record.withoutHeader.canonicalBytes], "has more": false])
            ),
            ("own/claims", try example(ListClaims(after: 1_553), ["after": 1_553])),
            (
                "own/claims answer",
                try example(
                    ListClaims.Answer(items: [.init(position: 1_554, file: message)], hasMore: true),
                    ["claims": [fields(["position": 1_554, "file": message])], "has more": true])
            ),
            (
                "own/headers",
                try example(headers, ["grant": headers.grant, "headers": [fields(["position": 1_553, "header": header])]])
            ),
            ("own/headers answer", nothing),
            ("own/payload", try example(FetchOwnPayload(position: 1_553), ["position": 1_553])), ("own/payload answer", payload),
            ("own/history", try example(FetchHistory(from: 3), ["from": 3])),
            ("own/history answer", try example(page, pageFields)),
            (
                "own/erasures",
                try example(
                    EraseRecords(erasure: erasure, body: body),
                    [
                        "basis": erasure.basis.rawValue, "commitments": erasure.commitments, "compartment": body.compartment,
                        "signature": body.signature,
                    ])
            ),
            ("own/erasures answer", try example(posted, [:]).withFields(postedFields)),
            ("audit/evidence", try example(ExportEvidence(from: 0), ["from": 0])),
            ("audit/evidence answer", try example(page, pageFields)),
        ]
    }

    func emergencies() throws -> [Named] {
        let body = EmergencyBody(world.declaration(), signingWith: key("desk"), origin: world.origin)
        let answer = DeclareEmergency.Answer(posted: posted, salt: World.salt)
        let evidence = try Evidence(canonical: try FormatFile("entries.json").bytes("review", "evidence", "bytes"))
        return [
            (
                "emergencies",
                try example(
                    DeclareEmergency(body), ["declaration": body.declaration.canonicalBytes, "signature": body.signature])
            ),
            ("emergencies answer", try example(answer, ["posted": posted.canonicalBytes, "salt": World.salt])),
            ("emergencies/evidence", try example(FetchEmergencies(leaves: [12, 15]), ["leaves": [12, 15]])),
            (
                "emergencies/evidence answer",
                try example(
                    EvidencePage(items: [.init(leaf: 15, evidence: evidence)], next: nil),
                    ["items": [fields(["leaf": 15, "evidence": evidence.canonicalBytes])], "next": nil])
            ),
        ]
    }

    func anchors() throws -> [Named] {
        let answer = PublishAnchors.Answer(posted: posted, count: 12, hasMore: false)
        let hashes = (0..<3).map { SHA256.hash([$0]) }.sorted()
        return [
            ("anchors", try example(PostAnchors(anchors: hashes), ["anchors": hashes])), ("anchors answer", nothing),
            ("anchors/publish", nothing),
            (
                "anchors/publish answer",
                try example(answer, ["posted": posted.canonicalBytes, "count": 12, "has more": false])
            ),
        ]
    }

    func mirrors() throws -> [Named] {
        let payloads = [record.descriptor.payload, PayloadID(SHA256.hash([1]).value)].sorted().map {
            StoredPayload(payload: $0, size: 1_337)
        }
        return [
            ("mirror/payloads", try example(ListPayloads(after: payloads[0].payload), ["after": payloads[0].payload])),
            (
                "mirror/payloads answer",
                try example(
                    ListPayloads.Answer(payloads: payloads, hasMore: true),
                    ["payloads": payloads.map { fields(["payload": $0.payload, "size": $0.size]) }, "has more": true])
            ),
            (
                "mirror/payload",
                try example(FetchNamedPayload(payload: payloads[0].payload), ["payload": payloads[0].payload])
            ),
            ("mirror/payload answer", payload),
        ]
    }

    func mail() throws -> [Named] {
        let received = FetchMessages.Answer.Message(number: 12, received: Minute(29_920_920), bytes: message)
        return [
            (
                "inbox/send",
                try example(
                    SendMessage(address: publicKey("ana/inbox"), message: message),
                    ["address": publicKey("ana/inbox"), "message": message])
            ),
            ("inbox/send answer", nothing),
            ("inbox/fetch", try example(FetchMessages(after: nil), ["after": nil])),
            (
                "inbox/fetch answer",
                try example(
                    FetchMessages.Answer(messages: [received]),
                    ["messages": [fields(["number": 12, "received": received.received, "message": message])]])
            ),
            ("inbox/delete", try example(DeleteMessages(numbers: [11, 12]), ["numbers": [11, 12]])),
            ("inbox/delete answer", nothing),
            (
                "backup/store",
                try example(
                    StoreBackup(fetchKey: publicKey("ana/fetch"), backup: message),
                    ["fetching": publicKey("ana/fetch"), "backup": message])
            ),
            ("backup/store answer", nothing),
            ("backup/fetch", nothing),
            ("backup/fetch answer", try example(FetchBackup.Answer(backup: message), ["backup": message])),
        ]
    }
}

extension Shown {
    /// The same example with fields that were put together elsewhere.
    fileprivate func withFields(_ fields: Shown) -> Shown {
        guard case .fields(let pairs) = self else { return self }
        return .fields(pairs.map { $0.name == "fields" ? (name: $0.name, value: fields) : $0 })
    }
}

extension StoredRecord {
    /// As it stands in a list of versions.
    fileprivate var withoutHeader: StoredRecord {
        StoredRecord(deposit: deposit, salt: salt, descriptor: descriptor, proof: proof, header: [])
    }
}
