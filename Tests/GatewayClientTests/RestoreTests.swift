import CryptoPrimitives
import EnvelopeEncryption
import GatewayAPI
import SharingContract
import Synchronization
import TestSupport
import Testing

@testable import GatewayClient

/// A patient whose device is gone, with 24 words and the address of a gateway.
@Suite struct RestoreTests {
    private func expectTheSame(_ one: PatientClient, _ other: PatientClient) {
        #expect(one.state.name == other.state.name)
        #expect(one.state.grants.map(\.control) == other.state.grants.map(\.control))
        #expect(one.state.grants.map(\.leaf) == other.state.grants.map(\.leaf))
        #expect(one.state.grants.map(\.revoked) == other.state.grants.map(\.revoked))
        #expect(one.state.grants.map(\.granteeName) == other.state.grants.map(\.granteeName))
        #expect(one.state.commitments == other.state.commitments)
        #expect(one.state.nextGrant == other.state.nextGrant)
        #expect(one.state.lists.mapValues(\.value) == other.state.lists.mapValues(\.value))
        let isSame = one.session.keyring.seed.isEqual(to: other.session.keyring.seed)
        #expect(isSame)
    }

    @Test func `24 words bring everything back`() async throws {
        try await Town.sharing { town, grant in
            try await town.grant()
            try await town.ana.revoke(grant.content.grant, reason: line("moved away"))
            let again = try await town.restore("ana again")
            try expectTheSame(again, town.ana)
            #expect(again.liveGrants.count == 1)
            let record = try #require(try await again.records(Town.laboratory).first)
            let content = Mutex<[UInt8]>([])
            try await again.open(record, Town.laboratory) { _, bytes in content.withLock { $0.append(copying: bytes) } }
            #expect(content.withLock { $0 } == Array("hemoglobin 13.2".utf8))
        }
    }

    @Test func `grants younger than the backup are found on the ledger`() async throws {
        try await Town.standing { town in
            let old = Mutex<[UInt8]?>(nil)
            town.gateway.lie(FetchBackup.path) { exchange in
                old.withLock { $0 = exchange.answer }
            }
            try await town.restore("ana with the first backup")
            try await town.grant()
            try await town.grant()
            let backup = try #require(old.withLock { $0 })
            town.gateway.lie(FetchBackup.path) { $0.answer = backup }
            let again = try await town.restore("ana with an old backup")
            #expect(again.state.grants.map(\.control) == (try town.ana.state.grants.map(\.control)))
            #expect(again.state.nextGrant == (try town.ana.state.nextGrant))
            // What was found can be ended.
            let control = try #require(again.state.grants.first).control
            try await again.revoke(control, reason: line(""))
        }
    }

    @Test func `a backup that is not ours, or was changed, restores nothing`() async throws {
        try await Town.standing { town in
            let lies: [@Sendable (inout [UInt8]) -> Void] = [
                { $0[$0.count - 1] ^= 1 }, { $0[100] ^= 1 }, { $0.removeLast() }, { $0.append(0) }, { $0 = [] },
            ]
            for (number, lie) in lies.enumerated() {
                town.gateway.lie(about: FetchBackup.self) { answer, _ in
                    var backup = answer.backup
                    lie(&backup)
                    return .init(backup: backup)
                }
                #expect(await reason { try await town.restore("ana \(number)") } == "localData(notA(kind: \"backup\"))")
                #expect(!town.folder("ana \(number)").exists)
            }
        }
    }

    @Test func `other words find no backup`() async throws {
        try await Town.standing { town in
            let reason = await reason {
                _ = try await PatientClient.restore(
                    town.folder("eve"), gateway: town.address, passphrase: KeyFormats.passphrase(),
                    words: RecoveryWords(entropy: KeyFormats.secret("eve's paper")), environment: town.environment)
            }
            #expect(reason == "notFound(backup)")
        }
    }

    @Test func `a backup that the member did not sign is not opened`() async throws {
        try await Town.standing { town in
            town.gateway.lie(FetchBackup.path) { $0.signer = "mallory" }
            #expect(await discrepancy { try await town.restore("ana again") } == .answerNotAuthentic)
        }
    }

    @Test func `a profile that is there is not restored over`() async throws {
        try await Town.standing { town in
            #expect(await reason { try await town.restore("ana") } == "notPossible(profileExists)")
        }
    }

    @Test func `a profile opens again as it was left, with its passphrase alone`() async throws {
        try await Town.sharing { town, _ in
            let before = try town.ana.state.grants.map(\.control)
            // The folder is locked while the profile is open.
            #expect(await reason { _ = try opened(town, KeyFormats.passphrase()) } == "localData(inUse)")
            try await town.leave("ana")
            #expect(await reason { _ = try opened(town, KeyFormats.passphrase("wrong")) } == "localData(passphraseWrong)")
            guard case .patient(let again) = try opened(town, KeyFormats.passphrase()) else {
                Issue.record("not a patient")
                return
            }
            #expect(again.state.grants.map(\.control) == before)
            try await again.session.close()
        }
    }

    private func opened(_ town: Town, _ passphrase: borrowing Passphrase) throws -> OpenedProfile {
        try OpenedProfile.open(town.folder("ana"), passphrase: passphrase, environment: town.environment)
    }
}
