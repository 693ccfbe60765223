package import CryptoPrimitives

/// The end of an actor's key. It signs nothing after this leaf.
package struct KeyRevocation: Hashable, Sendable {
    package enum Reason: UInt8, CaseIterable, Sendable {
        case compromised = 1
        case superseded = 2
        case ended = 3
    }

    package let key: Ed25519.PublicKey
    package let reason: Reason

    package init(key: Ed25519.PublicKey, reason: Reason) {
        self.key = key
        self.reason = reason
    }

    init(from reader: inout CanonicalReader) throws(FormatError) {
        key = try reader.value()
        guard let reason = Reason(rawValue: try reader.integer(UInt8.self)) else { throw .unknownTag }
        self.reason = reason
    }

    func encode(to writer: inout CanonicalWriter) {
        writer.value(key)
        writer.integer(reason.rawValue)
    }
}

package struct KeyRevocationBody: Body, Hashable {
    package static let kind = Event.Kind.keyRevocation
    package static let maximumSize = 256
    package let note: TextLine

    package init(note: TextLine) {
        self.note = note
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        note = try reader.text()
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.text(note)
    }
}
