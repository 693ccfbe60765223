import Foundation
import TestSupport
import Testing

/// What `make install` puts beside the programs: completions, manual pages, a unit.
@Suite struct InstallationTests {
    private struct Dump: Decodable {
        let command: Command

        struct Command: Decodable {
            let commandName: String
            let subcommands: [Command]?

            /// Names of the commands that do something, as they are typed.
            func paths(_ above: [String] = []) -> [[String]] {
                let inner = (subcommands ?? []).filter { $0.commandName != "help" }
                return inner.isEmpty ? [above] : inner.flatMap { $0.paths(above + [$0.commandName]) }
            }
        }
    }

    private static let programs = ["cordon", "cordon-gateway"]

    private func paths(_ program: String, _ workshop: Workshop) async throws -> [[String]] {
        let dump = try await workshop.done("\(program) --experimental-dump-help")
        return try JSONDecoder().decode(Dump.self, from: Data(dump.utf8)).command.paths()
    }

    @Test(arguments: ["bash", "zsh", "fish"])
    func `completions name every command and the shell reads them`(shell: String) async throws {
        let workshop = try Workshop()
        for program in Self.programs {
            let script = try await workshop.done("\(program) --generate-completion-script \(shell) | tee script")
            for word in Set(try await paths(program, workshop).joined()) {
                #expect(script.contains(word), "\(shell): \(word) is not completed")
            }
            // A shell that is not here says nothing.
            let read = try await workshop.sh("! command -v \(shell) > /dev/null || \(shell) -n script")
            #expect(read.status == 0, "\(read.all)")
        }
    }

    private static func isInstalled(_ program: String) -> Bool {
        ["/usr/bin", "/bin"].contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(program)") }
    }

    private static let manual = Fixtures.repository.appending(path: ".ci/manual").path

    @Test(.enabled(if: isInstalled("mandoc"), "mandoc is not installed"))
    func `the manual pages name every command and mandoc has nothing to say`() async throws {
        let workshop = try Workshop()
        for program in Self.programs {
            let path = "\(Workshop.programs)/\(program)"
            let lint = try await workshop.sh(
                "python3 \(Self.manual) \(path) > \(program).1 && mandoc -T lint -W warning \(program).1")
            #expect(lint.status == 0 && lint.all.isEmpty, "\(lint.all)")
            let page = try await workshop.done("mandoc -T ascii \(program).1 | col -b")
            for path in try await paths(program, workshop) {
                #expect(page.contains("   \(path.joined(separator: " "))\n"), "\(path) is not in the manual of \(program)")
            }
            #expect(page.contains("--metrics") && page.contains("cordon"))
        }
    }

    @Test(.enabled(if: isInstalled("systemd-analyze"), "systemd is not installed"))
    func `systemd reads the unit and finds it shut in`() async throws {
        let workshop = try Workshop()
        let unit = Fixtures.repository.appending(path: "docs/cordon-gateway.service").path
        let gateway = "\(Workshop.programs)/cordon-gateway"
        // Where the program will lie nothing lies yet, and neither does its manual.
        let verified = try await workshop.sh(
            """
            sed -e 's#^ExecStart=/usr/local/bin/cordon-gateway#ExecStart=\(gateway)#' -e /^Documentation/d \(unit) > cordon-gateway.service
            systemd-analyze verify ./cordon-gateway.service
            """)
        #expect(verified.status == 0 && !verified.all.contains("cordon-gateway.service"), "\(verified.all)")
        let exposure = try await workshop.sh("systemd-analyze security --offline=true --threshold=20 ./cordon-gateway.service")
        #expect(exposure.status == 0, "\(exposure.all)")
    }

    @Test func `every option that the unit gives is one that the gateway has`() async throws {
        let workshop = try Workshop()
        let unit = try String(contentsOf: Fixtures.repository.appending(path: "docs/cordon-gateway.service"), encoding: .utf8)
        let help = try await workshop.done("cordon-gateway serve --help")
        let options = unit.components(separatedBy: "ExecStart=")[1].components(separatedBy: "\nRestart=")[0]
            .split(whereSeparator: \.isWhitespace).filter { $0.hasPrefix("--") }
        #expect(options.count == 7)
        for option in options { #expect(help.contains(option), "\(option)") }
    }

    /// As a service manager does it: a datagram socket that waits for READY=1.
    @Test func `a gateway tells a service manager when it is ready, and not before`() async throws {
        let workshop = try Workshop()
        try await workshop.found()
        let listener = """
            import os, socket, subprocess, sys
            s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            s.bind("notify")
            s.settimeout(60)
            g = subprocess.Popen(["cordon", "--as", "north", "serve"], stdout=subprocess.PIPE,
                env=dict(os.environ, NOTIFY_SOCKET=os.path.abspath("notify")))
            line = g.stdout.readline().decode()
            print(line.startswith("Serving"), s.recv(1000).decode().splitlines()[0])
            g.terminate()
            print(g.wait())
            """
        try Data(listener.utf8).write(to: workshop.folder.url.appending(path: "manager.py"))
        let told = try await workshop.done("python3 manager.py")
        #expect(told == "True READY=1\n0\n")
        // A socket that is not there keeps nobody from serving.
        try await workshop.done("mv notify gone; rm gone")
    }
}
