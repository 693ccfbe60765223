import CryptoPrimitives
import DurableFiles
import Foundation
import LedgerMirror
import Logging
import RecordGateway
import RecordStorage
import ServiceLifecycle
import SharingContract
import SystemPackage
import UnixSignals

/// Serves a mirror of another gateway's ledger.
struct Follow {
    let folder: FilePath
    let leader: LeaderConnection
    let configuration: GatewayServer.Configuration
    let logger: Logger
    /// `nil` where payloads are not mirrored.
    let payloads: FollowPayloads?

    /// Until it is told to stop, or the leader lies.
    func run() async throws {
        let store = try opened()
        let follower = LedgerFollower(store) { [leader] path, maximum throws(FollowError) in
            try await leader.get(path, atMost: maximum)
        }
        try await begin(follower, store)
        guard let head = store.head, let ledger = try store.ledger() else { throw Failure.localData("\(folder) cannot be read") }
        let (address, key) = (leader.address, Self.fingerprint(ledger.genesis.ledgerKey))
        let following = try followingPayloads(store)
        let server = MirrorServer(
            store, configuration, desk: payloads?.desk(store, logger), clock: { GatewayFolder.seconds }, logger: logger)
        let what = following == nil ? "" : " and its payloads"
        let service: any Service
        do {
            service = try server.service { port in
                let line =
                    "Serving a mirror of \(head.origin)\(what), which \(address) keeps, on port \(port). Its key is \(key).\n"
                FileHandle.standardOutput.write(Data(line.utf8))
                await ServiceNotification.ready(ProcessInfo.processInfo.environment["NOTIFY_SOCKET"])
            }
        } catch {
            throw Failure.localData("the certificate or its key cannot be read")
        }
        let group = ServiceGroup(
            configuration: .init(
                services: [service, Following(follower: follower, logger: logger)] + (following.map { [$0] } ?? []),
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        do {
            try await group.run()
        } catch FollowError.fault(let fault) {
            throw Self.stopped(fault)
        } catch is FollowError {
            throw Failure.localData("\(folder) cannot be written; is the disk full or read-only?")
        } catch {
            throw Failure.refused("the mirror stopped: is the port taken?")
        }
        await leader.close()
        try store.close()
    }

    private func followingPayloads(_ store: MirrorStore) throws -> FollowingPayloads? {
        guard let payloads else {
            if store.hasPayloads {
                logger.warning("payloads lie here, and erasures do not reach them: serve with --payloads, or remove them")
            }
            return nil
        }
        return try payloads.following(store, leader, folder, logger)
    }

    private func opened() throws -> MirrorStore {
        do {
            return try MirrorStore(folder, progress: Progress.report)
        } catch StoreError.inUse {
            throw Failure.refused("another process serves \(folder); stop it first")
        } catch StoreError.differs(let difference) {
            throw Failure.notVerified(
                "the mirror does not agree with itself: \(difference). It is not served. Remove \(folder), and it is fetched again")
        } catch {
            throw Failure.localData("\(folder) cannot be read or written")
        }
    }

    /// A mirror that has something serves it while its leader is away; one that has nothing has nothing to serve.
    private func begin(_ follower: LedgerFollower, _ store: MirrorStore) async throws {
        do {
            try await follower.sync { done, all in Progress.report(done, of: all) }
        } catch .fault(let fault) {
            throw Self.stopped(fault)
        } catch .unreachable {
            guard store.head != nil else {
                throw Failure(code: 3, message: "the gateway at \(leader.address) cannot be reached, and nothing is mirrored yet")
            }
            logger.warning("the leader cannot be reached")
        } catch .local {
            throw Failure.localData("\(folder) cannot be written; is the disk full or read-only?")
        }
    }

    private static func stopped(_ fault: LeaderFault) -> Failure {
        .notVerified(
            """
            NOT VERIFIED: the gateway that is followed lied: \(fault). The mirror serves no more. Tell the consortium, and keep the \
            mirror's folder: it holds what the gateway signed before and, as contradiction.checkpoint, what it signed now
            """)
    }

    /// As people compare it: the first 80 bits in groups of four digits.
    private static func fingerprint(_ key: Ed25519.PublicKey) -> String {
        let digits = Array(key.description.prefix(20))
        return stride(from: 0, to: 20, by: 4).map { String(digits[$0..<$0 + 4]) }.joined(separator: " ")
    }
}

/// Asks the leader again and again. Ends only when it is told to, or with what the leader did.
private struct Following: Service {
    let follower: LedgerFollower
    let logger: Logger

    private static let pause = Duration.seconds(1)

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            var isReached = true
            while !Task.isCancelled {
                do throws(FollowError) {
                    try await follower.sync()
                    isReached = true
                } catch {
                    switch error {
                    case .unreachable: break
                    // A proxy's page, or somebody on the way: what is shown stays good, and the next answer may be the leader's.
                    case .fault(let fault) where !fault.isSigned: break
                    case .fault, .local: throw error
                    }
                    if isReached { logger.warning("the leader cannot be reached, or something else answers in its place") }
                    isReached = false
                }
                try? await Task.sleep(for: Self.pause)
            }
        }
    }
}
