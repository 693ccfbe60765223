import Foundation

/// How long it takes `cordon` to start, find that there is nothing to do, and say so; and the same where it looks for its gateway and
/// finds none. The peer starts, prints its version, and ends.
enum StartContests {
    private static let runs = 20

    static func all(in folder: ScratchFolder) throws -> [Contest] {
        let titles = ["cordon status, no such profile", "cordon status, no gateway there"]
        guard let cordon = ProgramPaths.built("cordon"), let age = PeerProgram.installed("age")?.path else {
            return titles.map { Contest(title: $0, peer: "age --version", ours: { .zero }, theirs: nil) }
        }
        let home = folder.url.appending(path: "start")
        let gateway = home.appending(path: "north/gateway")
        try FileManager.default.createDirectory(at: gateway, withIntermediateDirectories: true)
        // Nobody listens on port 1.
        let description = #"{"address":"http://127.0.0.1:1","origin":"north"}"#
        try Data(description.utf8).write(to: gateway.appending(path: "gateway.json"))
        let environment = ["CORDON_HOME": home.path]
        let peer = { try measure { try ProgramRun.run(age, ["--version"]).wall } }
        return [
            Contest(
                title: titles[0], peer: "age --version",
                ours: {
                    try measure {
                        try ProgramRun.run(cordon, ["--as", "nobody", "status"], environment: environment, expecting: 4).wall
                    }
                }, theirs: peer),
            Contest(
                title: titles[1], peer: "age --version",
                ours: {
                    try measure {
                        try ProgramRun.run(cordon, ["--as", "north", "status"], environment: environment, expecting: 3).wall
                    }
                }, theirs: peer),
        ]
    }

    private static func measure(_ run: () throws -> Duration) rethrows -> Duration {
        var sum = Duration.zero
        for _ in 0..<runs { sum += try run() }
        return sum / runs
    }
}
