package import CryptoPrimitives

/// What a descriptor says of the claims that were issued with its record: two hashes, in the place and of the size that
/// docs/formats.md, section 4.3, names.
package struct ClaimsAnchor: Hashable, Sendable {
    /// Of the anchors, as `Claims.anchor` has it. The anchors themselves go into a tree with those of all other records.
    package let anchors: Hash
    /// SHA-256 of the sealed file in which the patient finds the claims.
    package let file: Hash

    package init(anchors: Hash, file: Hash) {
        (self.anchors, self.file) = (anchors, file)
    }

    init(from reader: inout CanonicalReader) throws(FormatError) {
        anchors = try reader.value()
        file = try reader.value()
    }

    func encode(to writer: inout CanonicalWriter) {
        writer.value(anchors)
        writer.value(file)
    }
}

/// The claims of one record as they are deposited.
///
///     list16(hash) anchors, ascending, 1 to 16,384
///     b32          file, sealed to the compartment alone
///
/// docs/formats.md, section 7.3.
package struct Claims: CanonicalCodable, Hashable, Sendable {
    package static let maximumAnchors = 16_384
    package static let maximumFileSize = 1 << 20
    package static let maximumSize = 2 + maximumAnchors * 32 + 4 + maximumFileSize

    package let anchors: [Hash]
    /// An age file. To whoever is not the patient it means nothing.
    package let file: [UInt8]

    /// `nil` unless the anchors are 1 to 16,384, no two of them alike, and the file is as small as it has to be.
    ///
    /// - Parameter anchors: in any order.
    package init?(anchors: [Hash], file: [UInt8]) {
        let sorted = anchors.sorted()
        guard !sorted.isEmpty, sorted.count <= Self.maximumAnchors, sorted.isAscending(by: \.self),
            file.count <= Self.maximumFileSize
        else { return nil }
        (self.anchors, self.file) = (sorted, file)
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        anchors = try reader.list(length: UInt16.self, atMost: Self.maximumAnchors) { reader throws(FormatError) in
            try reader.value()
        }
        guard !anchors.isEmpty, anchors.isAscending(by: \.self) else { throw .notCanonical }
        file = try reader.string(length: UInt32.self, atMost: Self.maximumFileSize)
    }

    package func encode(to writer: inout CanonicalWriter) {
        encodeAnchors(to: &writer)
        writer.string(file, length: UInt32.self)
    }

    private func encodeAnchors(to writer: inout CanonicalWriter) {
        writer.list(anchors, length: UInt16.self) { $0.value($1) }
    }

    /// What the descriptor says of them.
    package var anchor: ClaimsAnchor {
        var writer = CanonicalWriter()
        encodeAnchors(to: &writer)
        return ClaimsAnchor(anchors: .labelled(.claimsAnchors, writer.bytes), file: SHA256.hash(file))
    }
}
