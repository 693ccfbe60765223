import Foundation

/// Processor time of one run of `cordon`, from its start to its end, for what clinics and patients do. No peer does any of it, so this is
/// published and compared with nothing.
enum ClientCosts {
    private static let runs = 7

    static func measure(on stage: Stage, _ bundle: DepositBundle, in folder: ScratchFolder) throws -> String {
        var lines: [String] = []
        func add(_ title: String, _ runs: [ProgramRun]) {
            let (processor, wall) = (median(runs.map(\.processor)), median(runs.map(\.wall)))
            lines.append(String(format: "| %@ | %.0f ms | %.0f ms |", title, processor / .milliseconds(1), wall / .milliseconds(1)))
        }
        for (profile, title) in [("hillside", "deposit of \(bundle.size)"), ("quickside", "deposit, passphrase aside")] {
            add(
                title,
                try (0..<runs).map { _ in
                    try stage.restore(profile)
                    return try stage.deposit(bundle.path, by: profile)
                })
        }
        let grant = ["--as", "ana", "grant", "--to", "lakeside", "--yes", "--category"]
        let first = try stage.run(grant + ["laboratory"])
        _ = try stage.run(["--as", "lakeside", "clinic", "inbox"])
        add("grant", try [first] + ["general", "medication"].map { try stage.run(grant + [$0]) })
        let request = ["--as", "lakeside", "clinic", "request", "1"]
        add("release: request, fetch and check", try (0..<runs).map { _ in try stage.run(request) })
        add(
            "open what was released",
            try (0..<runs).map { _ in
                try stage.run(["--as", "lakeside", "clinic", "open", "1", "--out", folder.url.appending(path: "opened").path])
            })
        add("the patient's log, all of it checked", try (0..<runs).map { _ in try stage.run(["--as", "ana", "patient", "log"]) })
        return (["| one run of cordon | processor | wall |", "|---|---|---|"] + lines).joined(separator: "\n") + "\n"
    }

    private static func median(_ values: [Duration]) -> Duration { values.sorted()[values.count / 2] }
}
