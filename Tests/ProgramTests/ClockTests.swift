import CryptoPrimitives
import Foundation
import GatewayAPI
import MerkleLedger
import RecordStorage
import SharingContract
import SystemPackage
import TestSupport
import Testing
import GatewayClient

/// Times on the ledger never go back, so a gateway asks before it writes under a clock that is far from the last entry.
@Suite struct ClockTests {
    @Test func `a ledger whose last entry is long ago is served only when somebody says that the clock is right`() async throws {
        let workshop = try Workshop()
        try workshop.begin(daysAgo: 40)
        let refused = try await workshop.sh("cordon --as north serve")
        #expect(refused.status == 1 && refused.error.contains("--clock-is-right"), "\(refused.all)")
        try await workshop.serving(options: ["--clock-is-right"]) { _ in try await workshop.populate() }
        // From now on the last entry is of today.
        try await workshop.serving { _ in try await workshop.done("cordon --as ana patient sync") }
    }

    @Test func `nor is one whose last entry is of a day to come`() async throws {
        let workshop = try Workshop()
        try workshop.begin(daysAgo: -40)
        let refused = try await workshop.sh("cordon --as north serve")
        #expect(refused.status == 1 && refused.error.contains("cannot be taken back"), "\(refused.all)")
    }
}

extension Workshop {
    /// What `cordon init` would have left if it had been called on another day.
    fileprivate func begin(daysAgo days: Int64) throws {
        let folder = profile("north").gatewayFolder
        try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
        let keys = MemberKeys.random()
        let origin = Self.line("north.example/ledger")
        let member = MemberChange.Member(key: keys.member.publicKey, name: Self.line("North"), address: Self.line(address))
        let genesis = MemberChange.Genesis(rulesVersion: Contract.rulesVersion, ledgerKey: keys.ledger.publicKey)
        let entry = Entry(origin: origin, bodiless: .member(.add(member, genesis: genesis))).signed(with: keys.member)
        let name = try #require(KeyName(origin.text))
        let then = Minute(secondsSince1970: Int64(Date().timeIntervalSince1970) - days * 86_400)
        try LedgerStore.create(
            in: folder, genesis: entry, signer: NoteSigner(name: name, key: keys.ledger.duplicate()), clock: { then })
        let sealed = try keys.sealed(passphrase: SecretBytes(copying: Array(Self.passphrase.utf8).span))
        try Data(sealed).write(to: URL(filePath: folder.appending("gateway.keys").string))
        try Data(#"{"address":"\#(address)","origin":"\#(origin)"}"#.utf8)
            .write(to: URL(filePath: folder.appending("gateway.json").string))
    }
}
