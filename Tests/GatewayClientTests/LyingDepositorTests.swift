import CryptoPrimitives
import DurableFiles
import EnvelopeEncryption
import GatewayAPI
import SharingContract
import SystemPackage
import TestSupport
import Testing

@testable import GatewayClient

/// An admitted clinic that deposits something else than it signs for. No gateway can see it; every reader must.
@Suite struct LyingDepositorTests {
    private struct Lie {
        var committed = "hemoglobin 13.2"
        var sealed = "hemoglobin 13.2"
        var compartment: Ed25519.PublicKey?
    }

    /// Deposits as a client would, but for the lie.
    private func deposit(_ lie: Lie, in town: Town) async throws {
        let session = try town.hillside.session
        let slot = try #require(try town.hillside.enrolled("12345").content.slots.first)
        let fileKey = FileKey.random()
        let record = Descriptor.RecordID.random()
        var payload: [UInt8] = []
        var sealer = PayloadSealer(fileKey: fileKey)
        sealer.seal(Array(lie.sealed.utf8).span, appendingTo: &payload)
        let sealed = sealer.finish(appendingTo: &payload)
        let binding = ContentBinding(
            origin: session.origin, compartment: (lie.compartment ?? slot.compartment).value, record: record.value, version: 1)
        let commitment = ContentCommitment(to: Array(lie.committed.utf8).span, bound: binding, under: fileKey)
        let fields = Descriptor.Fields(
            record: record, version: 1, state: .current, payload: sealed.id, payloadSize: sealed.size,
            contentCommitment: Hash(commitment.value), facts: try FormatFile("facts.json").bytes("laboratory", "bytes"))
        let key = session.keyring.actorKey()
        let descriptor = Descriptor(fields, signingWith: key, origin: session.origin, compartment: slot.compartment)
        let path = FilePath(town.gateway.folder.path("payload"))
        try DurableFile.write(payload, to: path)
        _ = try await session.connection.upload(
            size: Int64(sealed.size), digest: SHA256.hash(payload), pieces: PayloadPieces(file: FileReader(path).file), with: key,
            member: session.ledger.member()
        ).send()
        let list = try await session.call(
            FetchRecipientList(compartment: slot.compartment, permission: slot.permission), with: key)
        var headers: [[UInt8]] = []
        for recipient in [list.own] + list.recipients { headers.append(try Header.wrap(fileKey, to: recipient.hybrid).bytes) }
        let body = DepositBody(compartment: slot.compartment, recipientList: list.hash, permission: slot.permission)
        let call = DepositRecords(body: body, records: [.init(descriptor: descriptor, headers: headers)])
        _ = try await session.call(call, with: key)
    }

    /// What reader and patient find in the newest record.
    private func found(_ lie: Lie) async throws -> [Discrepancy?] {
        var found: [Discrepancy?] = []
        try await Town.sharing { town, grant in
            try await deposit(lie, in: town)
            let record = try #require(try await town.request(grant).last)
            found.append(await discrepancy { _ = try town.content(record, grant) })
            let own = try #require(try await town.ana.records(Town.laboratory).last)
            found.append(await discrepancy { try await town.ana.open(own, Town.laboratory) { _, _ in } })
        }
        return found
    }

    @Test func `a record that is what was committed to opens`() async throws {
        #expect(try await found(Lie()) == [nil, nil])
    }

    @Test func `other content than was committed to is found`() async throws {
        #expect(try await found(Lie(sealed: "hemoglobin 31.2")) == [.contentOther, .contentOther])
        #expect(try await found(Lie(sealed: "")) == [.contentOther, .contentOther])
    }

    @Test func `a record that was committed to for another patient is found`() async throws {
        #expect(try await found(Lie(compartment: publicKey("bob/laboratory"))) == [.contentOther, .contentOther])
    }
}

/// Papers that were changed on their way.
@Suite struct ChangedPaperTests {
    @Test func `a changed card is not taken, nor one for another clinic or another patient`() async throws {
        try await Town.standing { town in
            var changed = try await town.card().canonicalBytes
            changed[changed.count - 1] ^= 1
            let card = try Card(canonical: changed)
            #expect(await discrepancy { try town.hillside.enrol(card, recordNumber: "2") } == .paperNotAuthentic)
            let good = try await town.card()
            #expect(
                await reason { try town.lakeside.enrol(good, recordNumber: "2") } == "notPossible(cardForAnotherClinic)")
        }
    }

    @Test func `a changed invite enrols nobody`() async throws {
        try await Town.standing { town in
            var changed = try town.hillside.invite().canonicalBytes
            changed[10] ^= 1
            let invite = try Invite(canonical: changed)
            let found = await discrepancy {
                _ = try await PatientClient.enrol(
                    town.folder("bob"), invite: invite, name: line("Bob"), passphrase: KeyFormats.passphrase(),
                    words: Town.words(), environment: town.environment)
            }
            #expect(found == .paperNotAuthentic)
            #expect(!town.folder("bob").exists)
        }
    }

    @Test func `an invite to another ledger than the one that answers enrols nobody`() async throws {
        try await Town.standing { town in
            let pin = try town.hillside.session.pin
            let other = Pin(origin: pin.origin, genesis: SHA256.hash([1]), ledgerKey: pin.ledgerKey, address: pin.address)
            let invite = Invite(
                pin: other, name: line("Hillside Clinic"), signingWith: try town.hillside.session.keyring.actorKey())
            let found = await discrepancy {
                _ = try await PatientClient.enrol(
                    town.folder("bob"), invite: invite, name: line("Bob"), passphrase: KeyFormats.passphrase(),
                    words: Town.words(), environment: town.environment)
            }
            #expect(found == .otherLedger)
            #expect(!town.folder("bob").exists)
        }
    }
}
