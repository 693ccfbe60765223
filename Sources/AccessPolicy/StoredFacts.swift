package import CryptoPrimitives
package import MedicalRecords

/// A record's facts as they lie in its descriptor, for the gateway to decide by and for people to recognise the record.
/// docs/formats.md, section 4.6.
package struct StoredFacts: CanonicalCodable, Hashable, Sendable {
    package static let maximumSize = 16_000
    private static let version: UInt8 = 1

    package let category: Category
    package let mediaType: TextLine
    /// FHIR resource types with their counts, ascending.
    package let types: [TypeCount]
    /// Sensitivity and confidentiality labels as "system|code", ascending.
    package let labels: [TextLine]
    package let isLabelled: Bool
    package let days: DaySpan?

    package struct TypeCount: Hashable, Sendable {
        package let type: TextLine
        package let count: UInt32
    }

    /// How facts of this category begin: a store finds records by these bytes and need not know what they mean.
    package static func beginning(category: UInt16) -> [UInt8] {
        var writer = CanonicalWriter()
        writer.integer(version)
        writer.integer(category)
        return writer.bytes
    }

    /// `nil` if they are too large to be stored: some thousands of types or labels.
    package init?(_ facts: RecordFacts) {
        guard let mediaType = TextLine(facts.mediaType.rawValue) else { return nil }
        category = facts.category
        self.mediaType = mediaType
        types = facts.types.compactMap { count in
            TextLine(count.type).map { TypeCount(type: $0, count: UInt32(clamping: count.count)) }
        }.sorted { $0.type < $1.type }
        labels = facts.labels.compactMap { TextLine($0.description) }.sorted()
        isLabelled = facts.isLabelled
        days = facts.days
        guard types.count <= Self.maximumCount, labels.count <= Self.maximumCount, types.count == facts.types.count,
            labels.count == facts.labels.count, canonicalBytes.count <= Self.maximumSize
        else { return nil }
    }

    /// What is said of the version that retracts a record: all of it, but that the content is a reason now.
    package var retracted: StoredFacts { StoredFacts(of: self) }

    private init(of record: StoredFacts) {
        guard let text = TextLine(MediaType.text.rawValue) else { preconditionFailure("a media type is one line") }
        mediaType = text
        category = record.category
        types = record.types
        labels = record.labels
        isLabelled = record.isLabelled
        days = record.days
    }

    private static let maximumCount = 255

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        guard try reader.integer(UInt8.self) == Self.version, let category = Category(code: try reader.integer(UInt16.self))
        else { throw .unknownTag }
        self.category = category
        mediaType = try reader.text()
        types = try reader.list(length: UInt8.self, atMost: Self.maximumCount) { reader throws(FormatError) in
            TypeCount(type: try reader.text(), count: try reader.integer(UInt32.self))
        }
        labels = try reader.list(length: UInt8.self, atMost: Self.maximumCount) { reader throws(FormatError) in try reader.text() }
        guard types.isAscending(by: \.type), labels.isAscending(by: \.self) else { throw .notCanonical }
        isLabelled = try reader.flag()
        days = try reader.optional { reader throws(FormatError) in try Self.days(&reader) }
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.integer(Self.version)
        writer.integer(category.code)
        writer.text(mediaType)
        writer.list(types, length: UInt8.self) { writer, type in
            writer.text(type.type)
            writer.integer(type.count)
        }
        writer.list(labels, length: UInt8.self) { $0.text($1) }
        writer.flag(isLabelled)
        writer.optional(days) { writer, days in
            writer.integer(Self.number(days.earliest))
            writer.integer(Self.number(days.latest))
        }
    }
}

extension StoredFacts {
    /// People were born before 1970, so days are counted from 0001-01-01 here.
    private static let epoch: Int32 = 719_162

    private static func number(_ day: ClinicalDay) -> UInt32 { UInt32(day.number + epoch) }

    private static func days(_ reader: inout CanonicalReader) throws(FormatError) -> DaySpan {
        func day() throws(FormatError) -> ClinicalDay {
            guard let number = Int32(exactly: try reader.integer(UInt32.self)), number <= Int32.max - epoch,
                let day = ClinicalDay(number: number - epoch)
            else { throw .notCanonical }
            return day
        }
        let (earliest, latest) = (try day(), try day())
        guard let span = DaySpan(earliest: earliest, latest: latest) else { throw .notCanonical }
        return span
    }
}
