package import CryptoPrimitives
import Synchronization

/// A listed payload on its way into a mirror. Nothing is kept of one that is not exactly what was listed: until it is whole it lies in
/// memory or under a temporary name.
package final class PayloadIntake: Sendable {
    package let expected: ListedPayload
    private let upload: Mutex<PayloadUpload?>
    private let store: MirrorStore

    package enum Refusal: Error {
        /// More bytes came, or fewer, than were listed.
        case otherSize
        /// Not the bytes whose digest was signed.
        case otherBytes
        /// The bytes that were signed, and another payload than the one that was asked for.
        case otherPayload
    }

    package init(_ expected: ListedPayload, into store: MirrorStore) {
        self.expected = expected
        self.store = store
        upload = Mutex(PayloadUpload(files: store.files))
    }

    /// Throws `Refusal`, or `StoreError.cannotWrite`.
    package func write(_ bytes: [UInt8]) throws {
        try upload.withLock { upload in
            guard UInt64(bytes.count) <= expected.size - (upload?.size ?? expected.size) else { throw Refusal.otherSize }
            try StoreError.naming { try upload?.write(bytes) }
        }
    }

    /// Makes the payload durable and says that it is here.
    ///
    /// - Parameter digest: SHA-256 of what the leader signed.
    package func finish(signed digest: Hash) throws {
        guard let upload = upload.withLock({ $0.take() }) else { throw Refusal.otherSize }
        let arrival = try arrived(upload, digest)
        try StoreError.naming { try store.store(arrival.row) }
        withExtendedLifetime(arrival) {}
    }

    private func arrived(_ upload: consuming PayloadUpload, _ digest: Hash) throws -> PayloadArrival {
        guard upload.size == expected.size else { throw Refusal.otherSize }
        do {
            return try upload.finish(announced: digest, as: expected.payload, among: store.arrivals)
        } catch PayloadUpload.UploadError.otherPayload {
            throw Refusal.otherPayload
        } catch is PayloadUpload.UploadError {
            throw Refusal.otherBytes
        } catch {
            try StoreError.naming { throw error }
            throw error
        }
    }
}
