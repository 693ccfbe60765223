package import CryptoPrimitives
package import MedicalRecords

extension StoredFacts {
    /// How far the record is confided: the highest label of the scale, `normal` where there is none, and at least `restricted` where
    /// nobody looked.
    package var confidentiality: Confidentiality {
        let stated = labels.compactMap { Coding(description: $0.text).flatMap(Confidentiality.init(label:)) }.max() ?? .normal
        return isLabelled ? stated : max(stated, .restricted)
    }

    /// Whether these facts protect less than others of the same record: a label of those is missing, or they confide it to more.
    package func isLower(than other: StoredFacts) -> Bool {
        let isOnScale = { (label: TextLine) in Coding(description: label.text).flatMap(Confidentiality.init(label:)) != nil }
        return confidentiality < other.confidentiality || !Set(other.labels.filter { !isOnScale($0) }).isSubset(of: labels)
    }

    /// Other labels, as a person says.
    ///
    /// - Parameters:
    ///   - added: each once; those it has already may be among them.
    ///   - removed: those it has.
    ///   - reason: why. Not empty where less is protected than before.
    package func relabelled(
        adding added: [Coding], removing removed: [Coding], because reason: TextLine
    ) throws(RelabelError) -> StoredFacts {
        var labels = Dictionary(uniqueKeysWithValues: givenLabels.map { ($0.text, $0.origins) })
        for label in removed {
            guard let text = TextLine(label.description), let origins = labels.removeValue(forKey: text) else {
                throw .notThere(label)
            }
            guard !origins.contains(.card) else { throw .askedByCard(label) }
            guard !added.contains(label) else { throw .addedAndRemoved(label) }
        }
        for label in added {
            guard let text = TextLine(label.description) else { throw .tooLarge }
            labels[text, default: []].insert(.person)
        }
        let facts = with(labels, relabelling: reason)
        guard facts.labels != self.labels || facts.isLabelled != isLabelled else { throw .nothingChanged }
        guard !reason.isEmpty || !facts.isLower(than: self) else { throw .reasonMissing }
        guard facts.isStorable else { throw .tooLarge }
        return facts
    }

    /// With what a person said of the version before: a correction of the content does not take that back.
    package func keepingWord(of earlier: StoredFacts) throws(RelabelError) -> StoredFacts {
        guard earlier.isByPerson else { return self }
        var labels = Dictionary(uniqueKeysWithValues: givenLabels.map { ($0.text, $0.origins) })
        for label in earlier.givenLabels where label.origins.contains(.person) { labels[label.text, default: []].insert(.person) }
        let facts = with(labels, relabelling: nil)
        guard facts.isStorable else { throw .tooLarge }
        return facts
    }

    /// With what a confidential card asks for, whoever looked into the record and whatever he found. `nil` if it does not fit.
    package var ofMinorsOwnConsent: StoredFacts? {
        var labels = Dictionary(uniqueKeysWithValues: givenLabels.map { ($0.text, $0.origins) })
        let isRestricted = self.labels.contains { label in
            Coding(description: label.text).flatMap(Confidentiality.init(label:)).map { $0 >= .restricted } ?? false
        }
        for label in [SensitivityCodes.minorsOwn] + (isRestricted ? [] : [Confidentiality.restricted.label]) {
            guard let text = TextLine(label.description) else { return nil }
            labels[text, default: []].insert(.card)
        }
        let facts = with(labels, isByPerson: isByPerson, relabelling: relabelling)
        return facts.isStorable ? facts : nil
    }

    private func with(_ labels: [TextLine: Labelling.Origins], isByPerson: Bool = true, relabelling: TextLine?) -> StoredFacts {
        let given = labels.map { GivenLabel(text: $0, origins: $1) }.sorted { $0.text < $1.text }
        return StoredFacts(of: self, mediaType: mediaType, labels: given, isByPerson: isByPerson, relabelling: relabelling)
    }
}

/// Why labels cannot be changed so.
package enum RelabelError: Error, Hashable, Sendable {
    case notThere(Coding)
    case addedAndRemoved(Coding)
    /// The patient's card asks for this label.
    case askedByCard(Coding)
    /// The record has these labels already.
    case nothingChanged
    /// Less would be protected than before, and nothing says why.
    case reasonMissing
    case tooLarge
}

/// What is different about the labels of a later version. It is found by comparing the two, and does not depend on its author's word.
package struct LabelDifference: Hashable, Sendable {
    /// "system|code", ascending.
    package let added: [TextLine]
    package let removed: [TextLine]
    /// Whether less is protected than before.
    package let isLower: Bool
    /// Why, if the author says that only the labels changed; may be empty.
    package let reason: TextLine?
}

extension StoredFacts {
    /// `nil` if nothing is different and nobody says that it is.
    package func difference(from earlier: StoredFacts) -> LabelDifference? {
        let (old, new) = (Set(earlier.labels), Set(labels))
        let difference = LabelDifference(
            added: new.subtracting(old).sorted(), removed: old.subtracting(new).sorted(), isLower: isLower(than: earlier),
            reason: relabelling)
        let isSame = old == new && isLabelled == earlier.isLabelled && relabelling == nil
        return isSame ? nil : difference
    }
}
