package import CryptoPrimitives
package import MedicalRecords

/// What a grant shall cover, put together from what a person types: `laboratory for treatment by Lakeside Clinic on 2026-11-22`.
package struct ConsentWords: Hashable, Sendable {
    package let category: Category
    package let purpose: PurposeOfUse
    /// The actor's name, or a part of it.
    package let name: String
    /// `nil` is today.
    package let day: Day?

    /// `nil` if the text has another form, or a day that there is not.
    package init?(_ text: String) {
        guard let (category, rest) = text.parted(by: "for"), let (purpose, whom) = rest.parted(by: "by"),
            let category = Category(id: category.trimmed.lowercased()), let purpose = PurposeOfUse(id: purpose.trimmed.lowercased())
        else { return nil }
        (self.category, self.purpose) = (category, purpose)
        // A name may have an "on" in it; a day stands at the end.
        var words = whom.split(separator: " ")
        if words.count > 2, words[words.count - 2].lowercased() == "on", words[words.count - 1].contains("-"),
            words[words.count - 1].first?.isNumber == true
        {
            guard let day = Day(String(words[words.count - 1])) else { return nil }
            self.day = day
            words.removeLast(2)
        } else {
            day = nil
        }
        guard !words.isEmpty else { return nil }
        name = words.joined(separator: " ")
    }
}

extension AskedConsent {
    /// As people read it.
    func words(_ name: (Ed25519.PublicKey) -> String) -> String {
        let category = Category(code: category)?.id ?? "category \(category)"
        return "consent: \(name(actor)) may read \(category) for \(purpose.id) on \(day)"
    }
}
