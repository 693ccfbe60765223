import AccessPolicy
import CryptoPrimitives
import MedicalRecords

/// A label as people and programs see it, with where it comes from.
struct LabelOrigin: Encodable {
    let label: String
    /// stated, rules, person, card
    let from: [String]

    init(_ label: String, _ origins: Labelling.Origins) {
        self.label = label
        from = [(Labelling.Origins.stated, "stated"), (.rules, "rules"), (.person, "person"), (.card, "card")].filter {
            origins.contains($0.0)
        }.map(
            \.1)
    }

    /// `HIV (code lists)`
    var words: String {
        let names = ["stated": "stated in it", "rules": "code lists", "person": "said here", "card": "the patient's card"]
        return "\(Self.code(label)) (\(from.compactMap { names[$0] }.joined(separator: ", ")))"
    }

    /// Behind the system.
    static func code(_ label: String) -> String {
        Coding(description: label)?.code ?? label
    }
}

/// What is different about the labels of a later version of a record.
struct LabelLine: Encodable {
    let added: [String]
    let removed: [String]
    /// Whether less is protected than before.
    let isLower: Bool
    let reason: String?

    init(_ difference: LabelDifference) {
        added = difference.added.map(\.text)
        removed = difference.removed.map(\.text)
        isLower = difference.isLower
        reason = difference.reason?.text
    }

    var words: String {
        let parts = [("added", added), ("removed", removed)].filter { !$0.1.isEmpty }.map { what, labels in
            "\(what) \(labels.map(LabelOrigin.code).joined(separator: " "))"
        }
        let changes = parts.isEmpty ? "labels looked at by a person" : "labels \(parts.joined(separator: ", "))"
        let why = reason.map { $0.isEmpty ? "" : ": \($0)" } ?? ""
        return "\(changes)\(isLower ? " (protected less than before)" : "")\(why)"
    }
}

extension RecordRules {
    /// Labels as a person writes them.
    static func labels(_ names: [String]) throws -> [Coding] {
        try names.map { name in
            guard let label = builtIn.label(name) else {
                throw Stop.usage(
                    "\"\(name)\" is no label that is known here",
                    "Write a code such as HIV, SUD, MH, SEX, GDIS, SDV or R; for one of another system \"system|code\".")
            }
            return label
        }
    }
}
