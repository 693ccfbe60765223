package import CryptoPrimitives

/// A hash whose output is as long as one asks for.
package protocol ExtendableOutput: Sendable {
    init()
    mutating func absorb(_ bytes: [UInt8])
    /// The first `count` bytes of output for what came in so far.
    func output(_ count: Int) -> [UInt8]
}

package struct SHAKE128: ExtendableOutput {
    private var hash = SHAKE(.bits128)

    package init() {}

    package mutating func absorb(_ bytes: [UInt8]) { hash.absorb(bytes) }
    package func output(_ count: Int) -> [UInt8] { hash.output(count) }
}

/// The duplex sponge of draft-irtf-cfrg-fiat-shamir: a squeeze gives the next bytes of
///
///     XOF(session id (32 bytes) || 136 zero bytes || everything absorbed)
///
/// Squeezes that follow one another read on in one stream; to absorb anything starts a new one. The zeros fill the first block, so
/// that the session id has it to itself.
package struct DuplexSponge<XOF: ExtendableOutput>: Sendable {
    private static var rate: Int { 168 }

    private var xof = XOF()
    private var squeezed = 0

    package init(sessionID: Bytes32) {
        xof.absorb(sessionID.bytes + [UInt8](repeating: 0, count: Self.rate - Bytes32.count))
    }

    package mutating func absorb(_ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        squeezed = 0
        xof.absorb(bytes)
    }

    package mutating func squeeze(_ count: Int) -> [UInt8] {
        defer { squeezed += count }
        return Array(xof.output(squeezed + count).dropFirst(squeezed))
    }

    /// `DeriveSessionID`: 32 bytes squeezed after the tag of an application.
    package static func sessionID(tag: [UInt8]) -> Bytes32 {
        guard let label = Bytes32(Array("irtf-cfrg-fiat-shamir/session-id".utf8)) else {
            preconditionFailure("the label has 32 bytes")
        }
        var sponge = DuplexSponge(sessionID: label)
        sponge.absorb(tag)
        guard let id = Bytes32(sponge.squeeze(Bytes32.count)) else { preconditionFailure("32 bytes were asked for") }
        return id
    }
}

extension DuplexSponge {
    /// A verifier's challenge, any number below the order: `Ns` + 16 bytes through `DecodeField`, so that the bias is below 2^-128.
    mutating func challenge<Scalar: GroupScalar>(_: Scalar.Type = Scalar.self) -> Scalar {
        Scalar(squeezed: squeeze(Scalar.size + 16))
    }
}

/// The sponge that everything but a published vector uses.
package typealias Transcript = DuplexSponge<SHAKE128>
