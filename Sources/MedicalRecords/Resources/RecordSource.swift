/// A file that someone deposits, read and checked: a FHIR bundle, one FHIR resource, bulk NDJSON, or anything else as it is.
///
/// What it is decides the content, not the name. The bytes stay as they are; resources are ranges of them.
package struct RecordSource: Sendable {
    package enum Form: Hashable, Sendable {
        case bundle(BundleType)
        case resource
        /// One resource a line: the NDJSON of FHIR's bulk data export.
        case bulk
        /// A file that is not looked into.
        case opaque(MediaType)
    }

    package enum BrokenLines: Sendable {
        case refused, skipped
    }

    package struct BrokenLine: Hashable, Sendable {
        /// Counted from 1, blank lines too.
        package let number: Int
        package let error: SourceError
    }

    package let bytes: [UInt8]
    package let form: Form
    /// In the order of the file. Empty for an opaque one.
    package internal(set) var resources: [Resource] = []
    /// `meta.security` of the bundle itself, which holds for every resource in it.
    package private(set) var bundleLabels: [Coding] = []
    /// The lines of bulk NDJSON that were skipped.
    package private(set) var brokenLines: [BrokenLine] = []

    /// - Parameter brokenLines: whether a broken line of bulk NDJSON refuses the file or is left out and listed.
    package init(_ bytes: [UInt8], brokenLines: BrokenLines = .refused) throws(SourceError) {
        guard JSONToken.endOfSpace(from: 0, in: bytes.span) < bytes.count else { throw .empty }
        let mediaType = MediaType(sniffing: bytes)
        guard mediaType == .fhirJSON else {
            try self.init(opaque: bytes, mediaType)
            return
        }
        do throws(SourceError) {
            try self.init(document: bytes)
        } catch {
            guard BulkLines.areLikely(in: bytes) else { throw error }
            try self.init(lines: bytes, brokenLines)
        }
    }

    /// The exact bytes of a resource of this source.
    package func bytes(of resource: Resource) -> ArraySlice<UInt8> {
        bytes[resource.range]
    }
}

extension RecordSource {
    private init(opaque bytes: [UInt8], _ mediaType: MediaType) throws(SourceError) {
        self.bytes = bytes
        form = .opaque(mediaType)
        guard bytes.first == UInt8(ascii: "[") else { return }
        do throws(JSONError) {
            try JSONCursor.checkDocument(bytes)
        } catch {
            // A text may begin like this. None goes on like this.
            guard error.reason != .tooDeep else { throw .json(error) }
            return
        }
        // A list of resources is FHIR that went wrong on its way here, and would be stored without labels.
        throw .notFHIR
    }

    /// Whether a file that starts so is an archive or compressed. Nothing here unpacks, so what it holds has no category, no labels and no
    /// known size.
    package static func isPacked(_ start: [UInt8]) -> Bool {
        MediaType(sniffing: start) == .octets && packed.contains { start.starts(with: $0) }
    }

    /// How gzip (RFC 1952), ZIP, bzip2, xz, Zstandard (RFC 8878), 7z and RAR begin.
    private static let packed: [[UInt8]] = [
        [0x1F, 0x8B], [0x50, 0x4B, 0x03, 0x04], [0x50, 0x4B, 0x05, 0x06], Array("BZh".utf8), [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00],
        [0x28, 0xB5, 0x2F, 0xFD], [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], Array("Rar!".utf8),
    ]

    private init(document bytes: [UInt8]) throws(SourceError) {
        self.bytes = bytes
        let document: FHIRDocument?
        do throws(JSONError) {
            document = try FHIRDocument(bytes)
        } catch {
            throw .json(error)
        }
        switch document {
        case nil: throw .notFHIR
        case .resource(let resource):
            form = .resource
            resources = [resource]
        case .bundle(let bundle):
            let type = bundle.type.flatMap(BundleType.init)
            guard let type, type.holdsRecords else { throw .bundleType(type) }
            if let position = bundle.emptyEntry { throw .entryWithoutResource(position) }
            guard !bundle.resources.isEmpty else { throw .noEntries }
            form = .bundle(type)
            resources = bundle.resources
            if resources.contains(where: \.isBundle) { throw .bundleWithin }
            bundleLabels = bundle.labels
        }
    }

    private init(lines bytes: [UInt8], _ treatment: BrokenLines) throws(SourceError) {
        self.bytes = bytes
        form = .bulk
        for line in BulkLines(bytes) {
            do throws(SourceError) {
                resources.append(try line.resource(in: bytes))
            } catch {
                guard treatment == .skipped else { throw .line(line.number, error) }
                brokenLines.append(BrokenLine(number: line.number, error: error))
            }
        }
        if resources.isEmpty { throw .notFHIR }
    }
}
