import EnvelopeEncryption
import Foundation
import MedicalRecords
import TestSupport

/// A FHIR bundle, deposited by `cordon` from the start of the program to its end: unlocked, read, split, sealed, uploaded, put on the
/// ledger and checked there. The peer seals the same file with `age` and uploads it with `curl`, to a server that writes it down and
/// says so: nothing is split, signed, synced or proven.
enum DepositContests {
    static func all(on stage: Stage, _ bundle: DepositBundle, in folder: ScratchFolder) throws -> [Contest] {
        let peer = try UploadPeer(bundle.path, in: folder)
        let titles = [("hillside", "deposit a FHIR bundle of \(bundle.size)"), ("quickside", "deposit it, passphrase aside")]
        for (profile, _) in titles { try stage.keep(profile) }
        let claims = Contest(
            title: "deposit it with claims, passphrase aside", peer: "without claims",
            ours: { try stage.timedDeposit(bundle.path, []) }, theirs: { try stage.timedDeposit(bundle.path, ["--no-claims"]) })
        return [claims]
            + titles.map { profile, title in
                Contest(
                    title: title, peer: "age -r, then curl -T",
                    ours: {
                        try stage.restore(profile)
                        return try stage.deposit(bundle.path, by: profile).wall
                    }, theirs: peer.map { peer in { try peer.round() } })
            }
    }
}

extension Stage {
    fileprivate func timedDeposit(_ path: String, _ options: [String]) throws -> Duration {
        try restore("quickside")
        return try run(["--as", "quickside", "clinic", "deposit", "--patient", recordNumber, path] + options).wall
    }

    func deposit(_ path: String, by profile: String) throws -> ProgramRun {
        try run(["--as", profile, "clinic", "deposit", "--patient", recordNumber, path])
    }
}

struct DepositBundle {
    let path: String
    let size: String
    /// Of the patient it is about.
    let recordNumber: String
    private static let corpus = "fhir-synthea/bundles/v24-2513dd98-e1c9-4476-b879-5a2142caccde.json.gz"

    init(in folder: ScratchFolder) throws {
        let bytes = Corpora.arePresent ? try Array(Corpora.gunzip(Self.corpus)) : try Fixtures.bytes("records/ana.json")
        path = folder.url.appending(path: "deposit.json").path
        size = "\((bytes.count + 512) / 1_024) KiB"
        guard let number = try RecordSource(bytes).patients.first?.recordNumbers.first?.value else {
            throw ScanningError.wrongCount
        }
        recordNumber = number
        try Data(bytes).write(to: URL(filePath: path))
    }
}

private final class UploadPeer {
    private let server = Process()
    private let address: String
    private let (age, curl): (String, String)
    private let recipient = X25519Identity.random().recipient.description
    private let (input, sealed): (String, String)

    /// `nil` if one of the programs is missing.
    init?(_ input: String, in folder: ScratchFolder) throws {
        guard let age = PeerProgram.installed("age"), let curl = PeerProgram.installed("curl"),
            let python = PeerProgram.installed("python3")
        else { return nil }
        (self.age, self.curl) = (age.path, curl.path)
        (self.input, sealed) = (input, folder.url.appending(path: "peer.age").path)
        let output = Pipe()
        server.executableURL = python
        server.arguments = [PeerProgram.source("upload_server.py").path, folder.url.path]
        server.standardOutput = output
        try server.run()
        let line = output.fileHandleForReading.availableData
        address = "http://127.0.0.1:\(String(decoding: line, as: UTF8.self).filter(\.isNumber))/deposit"
    }

    func round() throws -> Duration {
        let sealing = try ProgramRun.run(age, ["-r", recipient, "-o", sealed, input])
        // Without the header, curl waits a second for a leave that this server does not give.
        return try sealing.wall + ProgramRun.run(curl, ["--silent", "--fail", "--header", "Expect:", "-T", sealed, address]).wall
    }

    deinit {
        // Not a signal that can be blocked: the server has the mask of whichever thread started it.
        kill(server.processIdentifier, SIGKILL)
        server.waitUntilExit()
    }
}
