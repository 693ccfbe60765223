/// How many of which cosigners a checkpoint must have before it is believed.
package struct Quorum: Hashable, Sendable {
    package let cosigners: [VerifierKey]
    package let threshold: Int

    /// `nil` unless the threshold can be met and takes at least one, the keys are cosigners', and no name or key comes twice: else
    /// one party could stand for two.
    package init?(_ threshold: Int, of cosigners: [VerifierKey]) {
        guard threshold > 0, threshold <= cosigners.count, cosigners.allSatisfy({ $0.kind == .cosignature }),
            Set(cosigners.map(\.name)).count == cosigners.count, Set(cosigners.map(\.publicKey)).count == cosigners.count
        else { return nil }
        self.cosigners = cosigners
        self.threshold = threshold
    }

    /// Throws unless enough of the cosigners cosigned the checkpoint.
    package func verify(_ checkpoint: VerifiedCheckpoint) throws(NoteError) {
        guard try checkpoint.note.verified(by: cosigners).count >= threshold else { throw .unverified }
    }
}
