import Cedar
import CryptoPrimitives

/// One policy of a library: it forbids, or it obliges.
package struct LibraryPolicy: Sendable {
    package let id: String
    /// The law or the house rule that it carries out.
    package let basis: String
    package let version: String
    /// The file it stands in, such as `statute/part2.cedar`.
    package let file: String
    /// Empty if it forbids.
    package let obligations: [Obligation]
    let policy: Policy

    package var forbids: Bool { obligations.isEmpty }

    /// - Throws: whatever is wrong with it, by itself.
    init(_ body: PolicyBody, in file: String) throws(LibraryError) {
        let place = LibraryError.Place(file: file, position: body.position)
        func annotation(_ name: CedarString) throws(LibraryError) -> String {
            guard let text = body.annotations[name]?.description, !text.isEmpty else {
                throw .annotationMissing(name.description, place)
            }
            return text
        }
        id = try annotation("id")
        // Decisions name it.
        guard TextLine(id) != nil else { throw .idNotALine(place) }
        basis = try annotation("basis")
        version = try annotation("version")
        self.file = file
        // A word that is misspelt would be an obligation that nobody hears of.
        if let other = body.annotations.keys.sorted().first(where: { !Self.annotations.contains($0) }) {
            throw .annotationUnknown(other.description, place)
        }
        switch body.effect {
        case .forbid:
            guard body.annotations["oblige"] == nil else { throw .obligingForbid(id, place) }
            obligations = []
        case .permit:
            guard let names = body.annotations["oblige"]?.description else { throw .permits(id, place) }
            obligations = try Self.obligations(names, place)
        }
        try PolicyLint.check(body, id, place)
        guard let policy = Policy(id: CedarString(id), body) else { throw .template(id, place) }
        self.policy = policy
    }

    private static let annotations: Set<CedarString> = ["id", "basis", "version", "oblige"]

    private static func obligations(_ text: String, _ place: LibraryError.Place) throws(LibraryError) -> [Obligation] {
        var obligations: [Obligation] = []
        for name in text.split(separator: ",", omittingEmptySubsequences: false).map({ $0.drop { $0 == " " } }) {
            guard let obligation = Obligation(rawValue: String(name)) else { throw .obligationUnknown(String(name), place) }
            obligations.append(obligation)
        }
        return obligations
    }
}
