internal import CryptoPrimitives

/// What is hashed, in the order of the moves: the statement, the announcement, y, the row commitments, x.
struct RecordTranscript {
    private var sponge: Transcript
    private let hasRows: Bool

    init(_ statement: Statement, _ form: RecordProof.Form) {
        sponge = Transcript(sessionID: Transcript.sessionID(tag: form.tag))
        var writer = CanonicalWriter()
        writer.string(statement.canonicalBytes, length: UInt32.self)
        sponge.absorb(writer.bytes)
        hasRows = statement.plan.hasRows
    }

    /// y, by whose powers rows are told apart. Nobody reads it if there are none, and then it is not squeezed.
    mutating func weight(_ announcement: Announcement) -> SG3072.Scalar {
        sponge.absorb(announcement.elements.encoded)
        return hasRows ? sponge.challenge() : .zero
    }

    /// x, of 128 bits.
    mutating func challenge(_ commitments: RowCommitments) -> [UInt8] {
        sponge.absorb(commitments.elements.encoded)
        return sponge.squeeze(RecordProof.challengeSize)
    }
}
