import AccessPolicy

/// What has to go with records that are opened, by the obligations under which they were released.
package struct OpeningDuties: Hashable, Sendable {
    /// What goes with a record.
    package enum Paper: Hashable, Sendable {
        /// The notice of 42 CFR 2.32.
        case part2Notice
        /// What the patient consented to.
        case consentCopy
    }

    package let papers: Set<Paper>

    /// All of them have to be met, or nothing is opened.
    package init(_ records: [ReceivedRecord]) throws(ClientError) {
        var papers: Set<Paper> = []
        for code in Set(records.flatMap(\.obligations)).sorted() {
            guard let obligation = Obligation(code: code) else { throw .notPossible(.unknownObligation(code)) }
            if let paper = Self.paper(for: obligation) { papers.insert(paper) }
        }
        self.papers = papers
    }

    /// `nil` for what others do: the gateway's notice to the patient, and the review.
    static func paper(for obligation: Obligation) -> Paper? {
        switch obligation {
        case .part2Notice: .part2Notice
        case .consentCopy: .consentCopy
        case .notifyPatient, .review: nil
        }
    }
}
