import CryptoPrimitives
import Synchronization

/// Tickets for released payloads: each for one payload and one actor, for ten minutes. They are kept in memory, so a restart makes the
/// clinic ask again, which is logged again.
final class TicketOffice: Sendable {
    static let life: Int64 = 600
    /// Above this many the oldest half goes.
    static let capacity = 100_000

    private struct Ticket {
        let payload: PayloadID
        let actor: Ed25519.PublicKey
        let end: Int64
    }

    private let tickets = Mutex<[Bytes32: Ticket]>([:])

    func issue(for payload: PayloadID, to actor: Ed25519.PublicKey, at seconds: Int64) -> Bytes32 {
        let name = Bytes32.random()
        tickets.withLock { tickets in
            if tickets.count >= Self.capacity { Self.makeRoom(&tickets, at: seconds) }
            tickets[name] = Ticket(payload: payload, actor: actor, end: seconds + Self.life)
        }
        return name
    }

    /// The payload, if this is the actor's own ticket and still good.
    func payload(for ticket: Bytes32, presentedBy actor: Ed25519.PublicKey, at seconds: Int64) -> PayloadID? {
        tickets.withLock { tickets in
            guard let ticket = tickets[ticket], ticket.actor == actor, seconds < ticket.end else { return nil }
            return ticket.payload
        }
    }

    private static func makeRoom(_ tickets: inout [Bytes32: Ticket], at seconds: Int64) {
        tickets = tickets.filter { $0.value.end > seconds }
        guard tickets.count >= capacity else { return }
        let ends = tickets.values.map(\.end).sorted()
        let median = ends[ends.count / 2]
        tickets = tickets.filter { $0.value.end > median }
    }
}
