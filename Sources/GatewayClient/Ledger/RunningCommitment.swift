import EnvelopeEncryption
import Synchronization

/// The content commitment, computed by a task of its own.
final class RunningCommitment: Sendable {
    private let hasher: Mutex<ContentCommitment.Hasher?>

    init(_ hasher: consuming sending ContentCommitment.Hasher) {
        self.hasher = Mutex(hasher)
    }

    func update(_ content: Span<UInt8>) {
        hasher.withLock { $0?.update(content) }
    }

    /// `nil` if content is missing.
    func finalize() -> ContentCommitment? {
        hasher.withLock { $0.take()?.finalize() }
    }
}
