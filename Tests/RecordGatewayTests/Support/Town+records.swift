import AccessPolicy
import CryptoPrimitives
import GatewayAPI
import MedicalRecords
import SharingContract
import TestSupport

/// A record as its depositor has it: sealed, as far as a gateway can tell.
struct SealedRecord: Sendable {
    let payload: [UInt8]
    let descriptor: Descriptor
    var claims: Claims?

    func header(for recipient: RecipientKey) -> [UInt8] {
        Array("age-encryption.org/v1 \(descriptor.record) for \(recipient.name)".utf8)
    }
}

extension Town {
    func sealed(
        _ name: String, in compartment: String = laboratory, by clinic: String = "hillside", size: Int = 500, version: UInt32 = 1,
        state: Descriptor.State = .current, category: MedicalRecords.Category = .laboratory, labels: [String] = [],
        claims: Claims? = nil
    ) -> SealedRecord {
        var generator = SeededGenerator(seed: name.utf8.reduce(UInt64(version)) { $0 &* 257 &+ UInt64($1) })
        let payload = generator.bytes(size)
        guard let identifier = PayloadID(of: payload),
            let facts = RecordFacts(
                category: category, mediaType: .text, types: [],
                labels: labels.sorted().map { Coding(system: SensitivityCodes.system, code: $0) }, isLabelled: true,
                days: nil, codes: []),
            let stored = StoredFacts(facts)
        else { preconditionFailure("a payload has 32 bytes and its facts are few") }
        let fields = Descriptor.Fields(
            record: Descriptor.RecordID(SHA256.hash(Array(name.utf8)).value), version: version, state: state,
            payload: identifier,
            payloadSize: UInt64(size), contentCommitment: SHA256.hash(payload, [1]), facts: stored.canonicalBytes,
            claims: claims?.anchor)
        return SealedRecord(
            payload: payload,
            descriptor: Descriptor(
                fields, signingWith: key(clinic), origin: world.origin, compartment: publicKey(compartment)),
            claims: claims)
    }

    /// Claims of which each has other anchors, with a file of this size.
    static func claims(_ name: String, anchors: Int = 3, size: Int = 100) -> Claims {
        let hashes = (0..<anchors).map { SHA256.hash(Array("\(name) \($0)".utf8)) }
        let file = Array("sealed claims of \(name)".utf8)
        guard let claims = Claims(anchors: hashes, file: file + [UInt8](repeating: 1, count: max(0, size - file.count))) else {
            preconditionFailure("claims have anchors and a file")
        }
        return claims
    }

    @discardableResult
    func upload(_ payload: [UInt8], by clinic: String = "hillside") async throws -> StoredPayload {
        let message = SignedMessage(
            PayloadPath.upload, payload, contentType: ContentType.payload, by: clinic, at: gateway.now)
        return try StoredPayload(canonical: try await gateway.body(of: message))
    }

    func depositing(
        _ records: [SealedRecord], in compartment: String = laboratory, by clinic: String = "hillside", list: RecipientList? = nil,
        permission: DepositPermission? = nil
    ) -> DepositRecords {
        let list = list ?? self.list(compartment)
        let body = DepositBody(
            compartment: publicKey(compartment), recipientList: list.hash,
            permission: permission ?? world.permission(compartment, for: clinic))
        return DepositRecords(
            body: body,
            records: records.map { record in
                .init(
                    descriptor: record.descriptor, headers: ([list.own] + list.recipients).map(record.header),
                    claims: record.claims)
            })
    }

    @discardableResult
    func deposit(
        _ names: [String], in compartment: String = laboratory, by clinic: String = "hillside", size: Int = 500,
        category: MedicalRecords.Category = .laboratory, labels: [String] = []
    ) async throws -> DepositRecords.Answer {
        let records = names.map { sealed($0, in: compartment, by: clinic, size: size, category: category, labels: labels) }
        for record in records { try await upload(record.payload, by: clinic) }
        return try await gateway.call(depositing(records, in: compartment, by: clinic), by: clinic)
    }
}

extension Town {
    /// - Parameter release: whose release key signs; the grant's own when left out.
    func requesting(
        _ grant: String, by clinic: String, purpose: PurposeOfUse = .treatment, filter: Filter = .all, release: String? = nil
    ) -> RequestRecords {
        let request = Request(
            origin: world.origin, grant: publicKey(grant), filter: filter, purpose: purpose, staff: line("Dr. Okafor"),
            actor: publicKey(clinic), nonce: .random())
        return requesting(request, release: release ?? grant)
    }

    func requesting(_ request: Request, release: String) -> RequestRecords {
        let bytes = request.canonicalBytes
        let signed = RequestHash(of: bytes).releaseBytes(grant: request.grant)
        return RequestRecords(
            request: bytes, releaseSignature: key(release + "/release").sign(.release, origin: world.origin, signed))
    }

    func request(_ grant: String, by clinic: String) async throws -> RequestRecords.Answer {
        try await gateway.call(requesting(grant, by: clinic), by: clinic)
    }

    /// What a request released; none if it was refused.
    func released(_ grant: String, by clinic: String) async throws -> [RequestRecords.Answer.Item] {
        guard case .released(let items, _) = try await request(grant, by: clinic).outcome else { return [] }
        return items
    }

    /// A payload as the gateway sends it, on a connection of its own.
    func fetch(_ ticket: Bytes32, by clinic: String) async throws -> Answer {
        try await gateway.send(fetching(ticket, by: clinic))
    }

    func fetching(_ ticket: Bytes32, by clinic: String) -> SignedMessage {
        SignedMessage(FetchPayload.path, FetchPayload(ticket: ticket).canonicalBytes, by: clinic, at: gateway.now)
    }

    func ownPayload(at position: UInt64, by compartment: String = laboratory) async throws -> Answer {
        let call = FetchOwnPayload(position: position)
        return try await gateway.send(
            SignedMessage(FetchOwnPayload.path, call.canonicalBytes, by: compartment, at: gateway.now))
    }
}

extension Town {
    func erasing(_ records: [StoredRecord], in compartment: String = laboratory) -> EraseRecords {
        erasing(Set(records.map(\.descriptorCommitment)), in: compartment)
    }

    func erasing(_ commitments: Set<Hash>, in compartment: String = laboratory, signedBy signer: String? = nil) -> EraseRecords {
        let erasure = Erasure(basis: .patientsWish, commitments: commitments)
        return EraseRecords(
            erasure: erasure,
            body: ErasureBody(of: erasure, signingWith: key(signer ?? compartment), origin: world.origin))
    }
}
