import ArgumentParser
import DurableFiles
import GatewayClient
import Glibc
import MedicalRecords
import Synchronization
import SystemPackage
import UnixSignals

struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo", abstract: "Plays the whole road once: two clinics, a patient, a gateway, an auditor.",
        discussion: """
            A gateway is started on this machine, in a temporary folder that is removed at the end. Keys, network, ledger and store are
            the real ones; only the passphrases are made cheap to try.

            Example:
              cordon demo
              cordon demo --bundle patient.json
            """)

    @ParentCommand var cordon: Cordon
    @Option(help: "A FHIR R4 bundle of one patient, who has a medical record number in it.")
    var bundle = "fixtures/records/ana.json"

    func run() async throws {
        let bytes: [UInt8]
        do {
            bytes = try DurableFile.read(FilePath(bundle), atMost: 256 << 20)
        } catch {
            throw Stop.localData("\(bundle): \(error.words)", "Give a FHIR R4 bundle of one patient with --bundle.")
        }
        let source: RecordSource
        do {
            source = try RecordSource(bytes)
        } catch {
            throw Stop.localData("\(bundle) cannot be shown: \(error.words)", "Give a FHIR R4 bundle of one patient with --bundle.")
        }
        // Before anything is there that they would leave behind.
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        signal(SIGPIPE, SIG_IGN)
        let stage = try DemoStage()
        defer { stage.clear() }
        Terminal.farewell.withLock { $0 = { stage.clear() } }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for await _ in signals {
                    stage.clear()
                    Glibc.exit(130)
                }
            }
            try await DemoStory(stage, source: source, file: FilePath(bundle)).tell()
            group.cancelAll()
        }
    }
}
