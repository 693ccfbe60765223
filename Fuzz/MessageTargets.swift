import AccessPolicy
import CryptoPrimitives
import GatewayAPI
import GatewayClient
import HTTPTypes
import MedicalRecords
import RecordStorage
import SharingContract

/// What clients and gateways say to each other, what people hand over, and what decisions are made from.
enum MessageTargets {
    static let all = [
        FuzzTarget(name: "papers") { bytes in
            checkPaper(Card.self, bytes)
            checkPaper(EmergencyCard.self, bytes)
            checkPaper(Invite.self, bytes)
            checkPaper(PersonAddress.self, bytes)
            checkPaper(Application.self, bytes)
            checkPaper(Candidacy.self, bytes)
            checkPaper(Proposal.self, bytes)
            checkPaper(ProofRequest.self, bytes)
            checkPaper(Presentation.self, bytes)
            _ = try? (try? Card(canonical: bytes))?.verify()
            _ = try? (try? EmergencyCard(canonical: bytes))?.verify()
            _ = try? (try? Invite(canonical: bytes))?.verify()
            _ = try? (try? Application(canonical: bytes))?.verify()
            _ = try? (try? Candidacy(canonical: bytes))?.verify()
            _ = try? (try? Proposal(canonical: bytes))?.verify()
            _ = try? (try? ProofRequest(canonical: bytes))?.verify()
        },
        .canonical(
            "messages",
            [
                GrantSlip.self, AccessWish.self, DepositNotice.self, EmergencyNotice.self, ClaimsWish.self, ClaimsCopies.self,
                Pin.self,
            ]),
        .canonical("calls", calls),
        FuzzTarget(name: "decisions", check: checkDecision),
        FuzzTarget(name: "http", check: checkFields),
        FuzzTarget(name: "audit", check: checkAudit),
    ]

    private static let calls: [any (CanonicalCodable & SendableMetatype).Type] = [
        APIError.self, AddHeaders.self, DeclareEmergency.self, DeclareEmergency.Answer.self, DeleteMessages.self,
        DepositRecords.self, DepositRecords.Answer.self, Done.self,
        EraseRecords.self,
        EvidencePage.self, ExportEvidence.self, FetchBackup.self, FetchBackup.Answer.self, FetchEmergencies.self, FetchHistory.self,
        FetchMessages.self,
        FetchMessages.Answer.self, FetchNamedPayload.self, FetchOwnPayload.self, FetchPayload.self, FetchRecipientList.self,
        ListClaims.self, ListClaims.Answer.self, ListPayloads.self, ListPayloads.Answer.self, ListRecords.self,
        ListRecords.Answer.self, ListVersions.self,
        ListVersions.Answer.self, PostAnchors.self, PostEntry.self, PostedLeaf.self,
        PublishAnchors.self, PublishAnchors.Answer.self,
        RequestRecords.self, RequestRecords.Answer.self,
        SendMessage.self, StoreBackup.self, StoredPayload.self, StoredRecord.self,
    ]

    /// A paper's text forgives white space, so it is its content that has one form.
    private static func checkPaper<Value: Paper>(_ kind: Value.Type, _ bytes: [UInt8]) {
        if let paper = try? Value(canonical: bytes) {
            require(paper.canonicalBytes == bytes, "\(Value.kind) has one encoding")
            require((try? Value(text: Array(paper.text.utf8)))?.canonicalBytes == bytes, "\(Value.kind) comes back from its text")
            if let code = paper.code {
                require((try? Value(text: Array(code.utf8)))?.canonicalBytes == bytes, "\(Value.kind) comes back from its QR code")
            }
        }
        guard let paper = try? Value(text: bytes) else { return }
        require((try? Value(text: Array(paper.text.utf8)))?.text == paper.text, "\(Value.kind) has one text but for white space")
    }

    /// A consent compiles, always to the same. A decision record has one encoding, and its verdict says what its rulings say.
    private static func checkDecision(_ bytes: [UInt8]) {
        for format in [
            Consent.self, GrantFacts.self, ConsentName.self, RuledRecord.self, Ruling.self, StoredFacts.self, Request.self,
            Filter.self,
        ] as [any CanonicalCodable.Type] {
            requireCanonical(format, bytes)
        }
        let key = Ed25519.PublicKey(.zero)
        let scope = ConsentScope(control: key, compartment: key, grantee: key, from: Day(1), until: Day(2))
        let compiled = ConsentCompiler.compile(bytes, scope)
        require(ConsentCompiler.compile(bytes, scope) == compiled, "a consent always compiles to the same")
        require(compiled.permit == nil || (try? Consent(canonical: bytes)) != nil, "what is no consent permits nothing")
        decide(bytes, scope, compiled)
        guard let record = try? DecisionRecord(canonical: bytes) else { return }
        require(record.canonicalBytes == bytes, "a decision record has one encoding")
        require(record.released.count + record.heldBack.count <= record.records.count, "a record is released or held back")
    }

    /// The bytes as a consent, and as the facts of the one record that is asked for.
    private static func decide(_ bytes: [UInt8], _ scope: ConsentScope, _ compiled: CompiledConsent) {
        let request = Request(
            origin: .none, grant: scope.control, filter: .all, purpose: .treatment, staff: .none, actor: scope.grantee, nonce: .zero
        )
        let grant = GrantFacts(scope, consent: bytes, compilation: compiled.hash, isRevoked: false, isReleaseSigned: true)
        let inputs = DecisionInputs(
            now: Minute(Minute.perDay), requestHash: Hash(.zero), request: request, grant: grant, consent: bytes)
        let candidate = Candidate(
            commitment: Hash(.zero), position: 1, record: .zero, depositor: scope.grantee, facts: bytes, isRetracted: false)
        var engine = DecisionEngine(inputs)
        var draft = DecisionDraft()
        draft.add([candidate], engine.rule(on: [candidate]))
        let made = draft.record(inputs, refusal: engine.refusal)
        require((try? DecisionRecord(canonical: made.canonicalBytes)) == made, "a decision comes out of its bytes")
        require(made.verdict != .allowed || compiled.permit != nil, "only a consent permits")
        // The same consent as a delegation's: it never gives more than a grant of it by itself.
        let above = ConsentScope(
            control: Ed25519.PublicKey(Hash(.zero).value), compartment: scope.compartment, grantee: scope.grantee, from: scope.from,
            until: scope.until, holder: .delegate)
        let facts = GrantFacts(
            above, consent: bytes, compilation: ConsentCompiler.compile(bytes, above).hash, isRevoked: false, isReleaseSigned: false
        )
        let under = GrantFacts(
            scope, consent: bytes, compilation: compiled.hash, isRevoked: false, isReleaseSigned: true, authority: above.control)
        var delegated = DecisionEngine(
            DecisionInputs(
                now: inputs.now, requestHash: inputs.requestHash, request: request, grant: under, consent: bytes,
                authorities: [Authority(facts, consent: bytes)]))
        let rulings = delegated.rule(on: [candidate])
        require(
            delegated.refusal != nil || rulings.allSatisfy { !$0.isAllowed } || made.verdict == .allowed,
            "a delegation gives nothing that its grant does not")
    }

    /// A restore reads the same leaves from it as an auditor, and a replay comes to an end, whatever it finds.
    private static func checkAudit(_ bytes: [UInt8]) {
        guard let export = try? AuditExport(bytes) else { return }
        require(export.bytes == bytes, "an audit file has one encoding")
        let file = try? AuditFile(bytes)
        require(file?.note == export.note, "a restore reads the checkpoint that an auditor reads")
        require(file?.leaves == export.leaves.map(\.canonicalBytes), "a restore reads the leaves that an auditor reads")
        guard case .member(.add(let member, let genesis?), _) = export.leaves.first?.entry.event,
            let first = export.leaves.first
        else { return }
        let pin = Pin(
            origin: first.entry.origin, genesis: Hash.leaf(first.canonicalBytes), ledgerKey: genesis.ledgerKey,
            address: member.address)
        let report = Replay.run(export, pin: pin, decisions: true) { _, _ in }
        require(report.same <= report.decisions, "what came out the same was decided again")
    }

    /// Lines `Name: value`, as the fields of a request and of an answer to it. docs/formats.md has both messages as examples.
    private static func checkFields(_ bytes: [UInt8]) {
        guard let text = text(bytes) else { return }
        var fields = HTTPFields()
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: ": ", maxSplits: 1)
            guard parts.count == 2, let name = HTTPField.Name(String(parts[0])) else { continue }
            fields.append(HTTPField(name: name, value: String(parts[1])))
        }
        if let value = fields[.contentDigest], let digest = ContentDigest(fieldValue: value) {
            require(digest.fieldValue.utf8.elementsEqual(value.utf8), "a digest has one form")
        }
        let target = RequestSignature.Target(
            method: .post, uri: "https://north.example/v1/requests", contentType: ContentType.message)
        if let accepted = try? RequestSignature(verifying: fields, of: target, at: 1_795_255_260) {
            require(
                fields[values: .signatureInput] == ["sig=\(accepted.base.signatureParameters)"],
                "what is signed is what stands there")
        }
        _ = member.map {
            try? ResponseSignature.verify(
                fields, status: 429, answering: target, signature: fields[.signature] ?? "", by: $0)
        }
    }

    private static let member = Ed25519.PublicKey(
        hexadecimal: "b0daa620fa0367dd038543ccbfa97ef7c51917903733d18d69b984a0b1c5aded")
}
