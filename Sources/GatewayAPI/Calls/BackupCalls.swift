package import CryptoPrimitives

/// Keeps a patient's state, sealed to the recovery key. Signed by the patient's inbox key; the first call ties the backup to that key.
package struct StoreBackup: Call {
    package static let path = "/v1/backup/store"
    package static let maximumBackupSize = 4 << 20
    package static let maximumSize = 32 + 4 + maximumBackupSize

    /// Derived from the 24 words: it alone can fetch the backup.
    package let fetchKey: Ed25519.PublicKey
    package let backup: [UInt8]

    package init(fetchKey: Ed25519.PublicKey, backup: [UInt8]) {
        self.fetchKey = fetchKey
        self.backup = backup
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        fetchKey = try reader.value()
        backup = try reader.string(length: UInt32.self, atMost: Self.maximumBackupSize)
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.value(fetchKey)
        writer.string(backup, length: UInt32.self)
    }

    package typealias Answer = Done
}

/// The backup kept for the key that signs this call.
package struct FetchBackup: Call {
    package static let path = "/v1/backup/fetch"
    package static let maximumSize = 0
    package init() {}
    package init(from reader: inout CanonicalReader) throws(FormatError) {}
    package func encode(to writer: inout CanonicalWriter) {}

    package struct Answer: CanonicalCodable, Sendable {
        package static let maximumSize = 4 + StoreBackup.maximumBackupSize
        package let backup: [UInt8]

        package init(backup: [UInt8]) {
            self.backup = backup
        }

        package init(from reader: inout CanonicalReader) throws(FormatError) {
            backup = try reader.string(length: UInt32.self, atMost: StoreBackup.maximumBackupSize)
        }

        package func encode(to writer: inout CanonicalWriter) {
            writer.string(backup, length: UInt32.self)
        }
    }
}
