package import CryptoPrimitives
package import MedicalRecords

/// A record's facts as they lie in its descriptor, for the gateway to decide by and for people to recognise the record.
/// docs/formats.md, section 4.6.
package struct StoredFacts: CanonicalCodable, Hashable, Sendable {
    package static let maximumSize = 16_000
    private static let version: UInt8 = 2

    package let category: Category
    package let mediaType: TextLine
    /// FHIR resource types with their counts, ascending.
    package let types: [TypeCount]
    /// With where each comes from, ascending.
    package let givenLabels: [GivenLabel]
    /// Hash of the rules that looked for labels, if any did: see `RecordRules.labelHash`.
    package let rules: Hash?
    /// Whether a person at the depositing clinic said what labels there are, or that there are none.
    package let isByPerson: Bool
    /// Why a person changed the labels, in the version in which that was done; may be empty.
    package let relabelling: TextLine?
    package let days: DaySpan?

    package struct TypeCount: Hashable, Sendable {
        package let type: TextLine
        package let count: UInt32
    }

    package struct GivenLabel: Hashable, Sendable {
        /// "system|code".
        package let text: TextLine
        package let origins: Labelling.Origins
    }

    /// Sensitivity and confidentiality labels as "system|code", ascending.
    package var labels: [TextLine] { givenLabels.map(\.text) }

    /// Whether it is of care that a minor consented to alone, which is nobody else's (45 CFR 164.502(g)(3)(i)).
    package var isMinorsOwn: Bool {
        labels.contains { Coding(description: $0.text).map(SensitivityCodes.name) == "MINOROWN" }
    }

    /// Whether anybody looked for labels.
    package var isLabelled: Bool { rules != nil || isByPerson }

    /// How facts of this category begin: a store finds records by these bytes and need not know what they mean.
    package static func beginning(category: UInt16) -> [UInt8] {
        var writer = CanonicalWriter()
        writer.integer(version)
        writer.integer(category)
        return writer.bytes
    }

    /// `nil` if they are too large to be stored: some thousands of types or labels.
    ///
    /// - Parameter rules: hash of those that the facts were found by.
    package init?(_ facts: RecordFacts, rules: Hash = RecordRules.builtInLabelHash) {
        guard let mediaType = TextLine(facts.mediaType.rawValue) else { return nil }
        category = facts.category
        self.mediaType = mediaType
        types = facts.types.compactMap { count in
            TextLine(count.type).map { TypeCount(type: $0, count: UInt32(clamping: count.count)) }
        }.sorted { $0.type < $1.type }
        givenLabels = facts.labelling.labels.compactMap { label in
            TextLine(label.coding.description).map { GivenLabel(text: $0, origins: label.origins) }
        }.sorted { $0.text < $1.text }
        self.rules = facts.labelling.isByRules ? rules : nil
        isByPerson = facts.labelling.isByPerson
        relabelling = nil
        days = facts.days
        guard types.count == facts.types.count, givenLabels.count == facts.labels.count, isStorable else { return nil }
    }

    /// Whether they fit into their bounds.
    var isStorable: Bool {
        types.count <= Self.maximumCount && givenLabels.count <= Self.maximumCount && canonicalBytes.count <= Self.maximumSize
    }

    /// What is said of the version that retracts a record: all of it, but that the content is a reason now.
    package var retracted: StoredFacts {
        guard let text = TextLine(MediaType.text.rawValue) else { preconditionFailure("a media type is one line") }
        return StoredFacts(of: self, mediaType: text, labels: givenLabels, isByPerson: isByPerson, relabelling: nil)
    }

    init(
        of record: StoredFacts, mediaType: TextLine, labels: [GivenLabel], isByPerson: Bool, relabelling: TextLine?
    ) {
        self.mediaType = mediaType
        category = record.category
        types = record.types
        givenLabels = labels
        rules = record.rules
        self.isByPerson = isByPerson
        self.relabelling = relabelling
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
        givenLabels = try reader.list(length: UInt8.self, atMost: Self.maximumCount) { reader throws(FormatError) in
            GivenLabel(text: try reader.text(), origins: .init(rawValue: try reader.integer(UInt8.self)))
        }
        rules = try reader.optional { reader throws(FormatError) in try reader.value() }
        isByPerson = try reader.flag()
        relabelling = try reader.optional { reader throws(FormatError) in try reader.text() }
        days = try reader.optional { reader throws(FormatError) in try Self.days(&reader) }
        guard types.isAscending(by: \.type), givenLabels.isAscending(by: \.text), isConsistent else { throw .notCanonical }
    }

    /// Whether each label comes from a card or from somebody who looked, and a change of labels from a person.
    private var isConsistent: Bool {
        var possible: Labelling.Origins = rules == nil ? [.card] : [.card, .stated, .rules]
        if isByPerson { possible.insert(.person) }
        return givenLabels.allSatisfy { !$0.origins.isEmpty && $0.origins.isSubset(of: possible) }
            && (relabelling == nil || isByPerson)
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.integer(Self.version)
        writer.integer(category.code)
        writer.text(mediaType)
        writer.list(types, length: UInt8.self) { writer, type in
            writer.text(type.type)
            writer.integer(type.count)
        }
        writer.list(givenLabels, length: UInt8.self) { writer, label in
            writer.text(label.text)
            writer.integer(label.origins.rawValue)
        }
        writer.optional(rules) { $0.value($1) }
        writer.flag(isByPerson)
        writer.optional(relabelling) { $0.text($1) }
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
