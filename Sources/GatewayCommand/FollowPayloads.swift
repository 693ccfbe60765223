import CryptoPrimitives
import Foundation
import GatewayAPI
import LedgerMirror
import Logging
import RecordGateway
import RecordStorage
import ServiceLifecycle
import SharingContract
import SystemPackage

/// The key of the member in whose name payloads are fetched and handed on.
final class MemberKey: Sendable {
    let key: Ed25519.PrivateKey

    private init(_ key: consuming Ed25519.PrivateKey) {
        self.key = key
    }

    /// As `cordon` hands it over: 32 bytes and a line's end. This program has no code that opens a profile.
    static func read() throws -> MemberKey {
        let input = try? SecretBytes.read(
            upTo: .file, from: FileDescriptor.standardInput.rawValue, atMost: Ed25519.PrivateKey.seedSize + 1)
        guard let input, input.count == Ed25519.PrivateKey.seedSize + 1 else {
            throw Failure.usage("no member's key on standard input: mirror payloads with `cordon --as NAME serve --follow`")
        }
        let seed = input.withBytes { SecretBytes(copying: $0.extracting(0..<Ed25519.PrivateKey.seedSize)) }
        return MemberKey(Ed25519.PrivateKey(seed: seed))
    }
}

/// What a mirror needs to mirror payloads too.
struct FollowPayloads {
    let member: MemberKey
    /// Under which members reach the mirror.
    let address: String
    /// Whether all payloads that are here are compared before the first call.
    let comparesAll: Bool

    func desk(_ store: MirrorStore, _ logger: Logger) -> PayloadDesk {
        PayloadDesk(
            store, member: member.key.duplicate(), address: address, clock: { GatewayFolder.seconds }, logger: logger)
    }

    /// Throws if the ledger does not hold the key as a member's.
    func following(
        _ store: MirrorStore, _ leader: LeaderConnection, _ folder: FilePath, _ logger: Logger
    ) throws -> FollowingPayloads {
        let key = member.key.publicKey
        guard Self.members(store).contains(key) else {
            throw Failure.refused(
                "only a member mirrors payloads, and the ledger holds no member with this profile's key; see `cordon member`")
        }
        let damaged: [PayloadID]
        do {
            damaged = try store.openPayloads(comparingAll: comparesAll) { Progress.reportPayloads($0, of: $1) }
        } catch {
            throw Failure.localData("\(folder) cannot be read or written; is the disk full or read-only?")
        }
        for payload in damaged { logger.error("a mirrored payload is damaged and is fetched again", payload: payload) }
        let signed = SignedLeader(
            leader, key: member.key.duplicate(), members: { Self.members(store) }, clock: { GatewayFolder.seconds })
        return FollowingPayloads(
            follower: PayloadFollower(store, signed.payloads), isMember: { Self.members(store).contains(key) },
            size: { store.head?.size ?? 0 }, logger: logger)
    }

    private static func members(_ store: MirrorStore) -> [Ed25519.PublicKey] {
        ((try? store.ledger()) ?? nil)?.members.map(\.key) ?? []
    }
}

extension Logger {
    fileprivate func error(_ message: Message, payload: PayloadID, count: Int? = nil) {
        var metadata: Metadata = ["payload": "\(payload)"]
        if let count { metadata["count"] = "\(count)" }
        error(message, metadata: metadata)
    }
}

/// Keeps the payloads of a mirror up to its leader's. Whatever goes wrong here is said, and tried again: the ledger is followed beside it.
struct FollowingPayloads: Service {
    let follower: PayloadFollower
    let isMember: @Sendable () -> Bool
    /// Of the ledger. What a leader holds changes with a deposit or an erasure, and both are entries.
    let size: @Sendable () -> UInt64
    let logger: Logger

    private static let pause = Duration.seconds(1)
    /// After which everything is asked for again, whatever came wrong before.
    private static let patience = Duration.seconds(60)
    /// For each second that a list takes, it is not asked for again for so many.
    private static let restPerWork = 9

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var round = Round()
            while !Task.isCancelled {
                await follow(&round)
                try? await Task.sleep(for: Self.pause)
            }
        }
    }

    private struct Round {
        /// Of the ledger when it was last listed; `nil` if that has to be done again.
        var size: UInt64?
        var lastRetry = ContinuousClock.now
        var notBefore = ContinuousClock.now
        /// Nothing is left to ask for until something changes.
        var isThrough = false
        /// What was said last, so that it is said once.
        var trouble: String?
    }

    private func follow(_ round: inout Round) async {
        guard isMember() else {
            return say("this member was removed: its payloads are not kept up any more, and erasures do not reach them", &round)
        }
        let now = ContinuousClock.now
        let isRetry = now - round.lastRetry > Self.patience
        if isRetry {
            follower.retry()
            (round.lastRetry, round.size) = (now, nil)
        }
        do throws(PayloadError) {
            let size = size()
            if round.size != size, now >= round.notBefore {
                let gone = try await follower.list()
                if gone > 0 { logger.info("payloads were erased", metadata: ["count": "\(gone)"]) }
                round.size = size
                round.notBefore = now + (ContinuousClock.now - now) * Self.restPerWork
                round.isThrough = false
            }
            if !round.isThrough { report(try await follower.fetch(), &round) }
        } catch {
            report(error, &round)
        }
    }

    private func report(_ outcome: PayloadFollower.Outcome, _ round: inout Round) {
        // What ends because this ends is nobody's fault.
        guard !Task.isCancelled else { return }
        for (payload, fault) in outcome.faults {
            logger.error("the leader sent \(fault); nothing of it was kept", payload: payload, count: follower.faults)
        }
        for payload in outcome.withheld {
            logger.warning("the leader does not hand out a payload", metadata: ["payload": "\(payload)"])
        }
        round.isThrough = !outcome.isCutShort && outcome.tooLarge == 0
        if outcome.fetched > 0 { logger.info("payloads were mirrored", metadata: ["count": "\(outcome.fetched)"]) }
        guard outcome.tooLarge == 0 else {
            return say("the disk is nearly full: payloads are mirrored no further until there is room", &round)
        }
        round.trouble = nil
    }

    private func report(_ error: PayloadError, _ round: inout Round) {
        guard !Task.isCancelled else { return }
        switch error {
        case .unreachable, .cutShort: say("the leader does not answer for its payloads", &round)
        case .refused(.forbidden): say("the leader hands no payloads to this member", &round)
        case .refused: say("the leader has no payloads to hand out just now", &round)
        case .fault(let fault):
            logger.error("the leader sent \(fault); nothing of it was kept", metadata: ["count": "\(follower.faults)"])
            // Not again at once: it would be the same.
            round.size = size()
        case .local: say("payloads cannot be written; is the disk full or read-only?", &round)
        }
    }

    private func say(_ trouble: String, _ round: inout Round) {
        if round.trouble != trouble { logger.warning("\(trouble)") }
        round.trouble = trouble
    }
}
