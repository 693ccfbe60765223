import ArgumentParser
import CryptoPrimitives
import Foundation
import Glibc
import GatewayAPI
import LedgerMirror
import Logging
import RecordGateway
import RecordStorage
import ServiceLifecycle
import SystemPackage
import UnixSignals

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serves a gateway until it is told to stop.",
        discussion: """
            Before it takes the first call, the store proves itself; what differs is named and nothing is served. Of a long ledger only
            what came since the last snapshot is proven first, and the rest while it serves; with --check all of it comes first.

            Example:
              cordon-gateway serve --folder /var/lib/cordon --host 0.0.0.0 --port 443 --certificate chain.pem --key key.pem
              cordon-gateway serve --folder /var/lib/mirror --follow https://cordon.north.example --port 8470

            A mirror of the payloads too is started by `cordon --as NAME serve --follow`, which has the member's key.
            """)

    @Option(help: "Where keys, ledger and records are kept.") var folder: String
    @Option(help: "On which address to listen. The host of the gateway's own address when left out.") var host: String?
    @Option(help: "On which port to listen. The port of the gateway's own address when left out.") var port: Int?
    @Option(help: "Certificate chain in PEM. Needed off this machine.") var certificate: String?
    @Option(help: "The certificate's private key in PEM.") var key: String?
    @Flag(help: "Say on standard error what was answered, without naming anybody.") var verbose = false
    @Option(help: "How what is said is written: text for people, json for programs.") var log = LogForm.text
    @Option(help: "Where on this machine Prometheus finds figures, such as 127.0.0.1:9460. Nowhere when left out.")
    var metrics: String?

    @Flag(help: "Check everything before the first call, and not only what came since the last snapshot.") var check = false
    @Option(help: "Mirror the ledger of the gateway at this address, and show it. Needs neither keys nor a passphrase.")
    var follow: String?
    @Option(help: "Certificates to trust when following, instead of the system's, in PEM.") var ca: String?
    @Flag(help: "Mirror the payloads too. The member's key, 32 bytes and a line's end, comes on standard input.")
    var payloads = false
    @Option(help: "Under which address members reach this mirror's payloads. Where it listens when left out.")
    var address: String?

    @Flag(help: "Serve though the clock is more than 30 days from the ledger's last entry.") var clockIsRight = false

    func run() async throws {
        if let follow { return try await mirror(follow) }
        guard !payloads, address == nil else { throw Failure.usage("--payloads and --address are for mirrors: give --follow too") }
        let folder = GatewayFolder(folder)
        let description = try folder.description()
        let address = try GatewayAddress(checking: description.address)
        let configuration = try configuration(address)
        let metrics = try metrics.map(Self.metricsConfiguration)
        guard let origin = TextLine(description.origin) else { throw Failure.localData("gateway.json names no ledger") }
        let keys = try folder.keys(passphrase: Passphrase.read())
        let logger = log.logger(level: verbose ? .info : .warning)
        let clock = SteadyClock.system(logger)
        let store = try folder.open(origin, keys, check ? .all : .sinceSnapshot(ofAtLeast: Self.longLedger), clock: clock)
        if !clockIsRight { try requirePlausible(clock.seconds, after: store.head.time) }
        let restored = try folder.restored()
        let isReadOnly = try await folder.mustNotWrite(store)
        let gateway = Gateway(
            store: store, member: keys.member.duplicate(), address: description.address, limits: Self.limits,
            isReadOnly: isReadOnly,
            clock: { clock.seconds })
        let server = GatewayServer(gateway, configuration, logger: logger)
        let service: any Service
        do {
            service = try server.service { port in
                // Not `print`: who waits for this line may be reading from a pipe.
                let line = "Serving \(origin) at \(description.address) (port \(port)). Unwitnessed.\n"
                let state = isReadOnly ? GatewayFolder.readOnlyWords(restored) : ""
                FileHandle.standardOutput.write(Data((line + state).utf8))
                await ServiceNotification.ready(ProcessInfo.processInfo.environment["NOTIFY_SOCKET"])
            }
        } catch {
            throw Failure.localData("the certificate or its key cannot be read")
        }
        let figures = try metrics.map { try MetricsServer(gateway, $0, logger: logger).service() }
        try await run([service] + (figures.map { [$0] } ?? []), folder, logger)
        try store.close()
    }

    /// Entries get the clock's time and the ledger never goes back, so a clock that is far off is asked about before anything is written.
    private func requirePlausible(_ now: Int64, after last: Minute) throws {
        let distance = now - last.secondsSince1970
        guard !(-Self.usualGap...Self.usualGap).contains(distance) else { return }
        throw Failure.refused(
            """
            by this computer's clock it is \(Minute(secondsSince1970: now)), and the ledger's last entry is of \(last). \
            If the clock is right, say so with --clock-is-right; if not, set it first: a wrong time on the ledger cannot be taken back
            """)
    }

    /// Entries of a ledger of which not all is checked at every start: up to here it takes about a second.
    private static let longLedger: UInt64 = 10_000

    private static let usualGap: Int64 = 30 * 86_400

    private static var limits: GatewayLimits {
        var limits = GatewayLimits()
        limits.fit(descriptors: sysconf(Int32(_SC_OPEN_MAX)))
        return limits
    }

    private func configuration(_ address: GatewayAddress) throws -> GatewayServer.Configuration {
        try configuration(host: host ?? address.host, port: port ?? address.port)
    }

    private func configuration(host: String, port: Int) throws -> GatewayServer.Configuration {
        guard (certificate == nil) == (key == nil) else { throw Failure.usage("--certificate and --key go together") }
        guard (0...65_535).contains(port) else { throw Failure.usage("a port is a number up to 65535") }
        let tls = certificate.flatMap { chain in key.map { GatewayServer.TLSFiles(certificateChain: chain, privateKey: $0) } }
        do {
            return try GatewayServer.Configuration(host: host, port: port, tls: tls)
        } catch {
            throw Failure.usage("\(host) can be reached from outside this machine, so TLS is needed: give --certificate and --key")
        }
    }

    private func mirror(_ leader: String) async throws {
        let leader = try GatewayAddress(checking: leader)
        guard metrics == nil else { throw Failure.usage("a mirror has no figures: --metrics and --follow do not go together") }
        let configuration = try configuration(host: host ?? "127.0.0.1", port: port ?? Self.mirrorPort)
        let mirror = Follow(
            folder: FilePath(folder), leader: LeaderConnection(address: leader.text.text, trustRoots: ca),
            configuration: configuration, logger: log.logger(level: verbose ? .info : .warning),
            payloads: try followPayloads(configuration))
        try await mirror.run()
    }

    private func followPayloads(_ configuration: GatewayServer.Configuration) throws -> FollowPayloads? {
        guard payloads else {
            guard address == nil else { throw Failure.usage("--address is for a mirror of payloads: give --payloads too") }
            return nil
        }
        let address = try address.map { try GatewayAddress(checking: $0) } ?? GatewayAddress(listeningOn: configuration)
        return FollowPayloads(member: try MemberKey.read(), address: address.text.text, comparesAll: check)
    }

    private static let mirrorPort = 8470

    private func run(_ services: [any Service], _ folder: GatewayFolder, _ logger: Logger) async throws {
        let group = ServiceGroup(
            configuration: .init(services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        do {
            try await group.run()
        } catch let error as StoreError {
            throw Failure(error, folder.path)
        } catch {
            throw Failure.refused("the gateway stopped: is the port taken, its own or that of the metrics?")
        }
    }

    /// Figures are for programs on this machine alone.
    private static func metricsConfiguration(_ address: String) throws -> GatewayServer.Configuration {
        guard let address = MetricsAddress(address) else {
            throw Failure.usage("--metrics takes an address of this machine and a port, such as 127.0.0.1:9460")
        }
        do {
            return try GatewayServer.Configuration(host: address.host, port: address.port, tls: nil)
        } catch {
            throw Failure.usage("metrics are for this machine alone: give an address such as 127.0.0.1:9460")
        }
    }
}

/// How a log is written.
enum LogForm: String, ExpressibleByArgument, CaseIterable {
    case text, json

    func logger(level: Logger.Level) -> Logger {
        var logger = Logger(label: "cordon-gateway") { label in
            switch self {
            case .text: StreamLogHandler.standardError(label: label)
            case .json: JSONLineLog { FileHandle.standardError.write(Data($0.utf8)) }
            }
        }
        logger.logLevel = level
        return logger
    }
}
