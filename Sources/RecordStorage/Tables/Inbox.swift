package import CryptoPrimitives
import Foundation
import GRDB

/// A sealed message that waits for its reader.
package struct StoredMessage: Sendable {
    package let number: UInt64
    package let received: Minute
    package let bytes: [UInt8]
}

extension StoreView {
    /// Messages for an address, the oldest first.
    package func messages(for address: Ed25519.PublicKey, after number: UInt64?, limit: Int) throws -> [StoredMessage] {
        guard let after = Int64(exactly: number ?? 0) else { return [] }
        return try database.rows(
            "SELECT number, received, bytes FROM message WHERE address = ? AND number > ? ORDER BY number LIMIT ?",
            [address.blob, after, limit]
        ).map { row throws in
            let received = Minute(UInt32(clamping: try row.unsigned("received")))
            return StoredMessage(number: try row.unsigned("number"), received: received, bytes: try row.bytes("bytes"))
        }
    }
}

extension StoreTransaction {
    /// How many unread messages may wait at one address, from one sender anywhere, and from one sender at one address.
    package struct MessageLimits: Sendable {
        package let perAddress: Int64
        package let perSender: Int64
        package let perSenderAndAddress: Int64

        /// For those whom a member admitted.
        package static let actor = MessageLimits(perAddress: 256, perSender: 1_024, perSenderAndAddress: 64)
        /// For a grant's key, of which anybody can make many: a slip, and what may follow. Actors' messages do not count against it.
        package static let grant = MessageLimits(perAddress: 4_096, perSender: 4, perSenderAndAddress: 4)
        /// For a compartment's key, of which anybody can make many, too: wishes for new copies of claims.
        package static let compartment = MessageLimits(perAddress: 4_096, perSender: 32, perSenderAndAddress: 16)
    }

    /// Unread messages are thrown away after 90 days.
    private static let messageLife: UInt32 = 90 * Minute.perDay

    /// `false` if the inbox, or the sender's share of it or of all inboxes, is full.
    package func storeMessage(
        _ bytes: [UInt8], for address: Ed25519.PublicKey, from sender: Ed25519.PublicKey, within limits: MessageLimits
    ) throws -> Bool {
        let waiting = try database.number("SELECT COUNT(*) FROM message WHERE address = ?", [address.blob]) ?? 0
        let sent = try database.number("SELECT COUNT(*) FROM message WHERE sender = ?", [sender.blob]) ?? 0
        let here =
            try database.number(
                "SELECT COUNT(*) FROM message WHERE sender = ? AND address = ?", [sender.blob, address.blob]) ?? 0
        guard waiting < limits.perAddress, sent < limits.perSender, here < limits.perSenderAndAddress else { return false }
        try database.run(
            "INSERT INTO message (address, sender, received, bytes) VALUES (?, ?, ?, ?)",
            [address.blob, sender.blob, Int64(now.number), bytes.blob])
        return true
    }

    package func deleteMessages(_ numbers: [UInt64], of address: Ed25519.PublicKey) throws {
        for number in numbers {
            guard let number = Int64(exactly: number) else { continue }
            try database.run("DELETE FROM message WHERE number = ? AND address = ?", [number, address.blob])
        }
    }

    package func deleteOldMessages() throws {
        try database.run("DELETE FROM message WHERE received < ?", [Int64(now.number) - Int64(Self.messageLife)])
    }
}
