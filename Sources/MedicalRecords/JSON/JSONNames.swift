/// What names of members mean to a reader, found by their bytes: no `String` is made of a name, and most mean nothing.
struct JSONNames<Meaning: Sendable>: Sendable {
    private struct Entry {
        let name: [UInt8]
        let meaning: Meaning
    }

    /// By the mark of the name.
    private var entries: [[Entry]] = Array(repeating: [], count: JSONString.markCount)

    init(_ meanings: [String: Meaning]) {
        for (text, meaning) in meanings {
            let name = Array(text.utf8)
            entries[JSONString(all: name).mark(in: name.span)].append(Entry(name: name, meaning: meaning))
        }
    }

    func meaning(of key: JSONString, in bytes: [UInt8]) -> Meaning? {
        guard !key.hasEscapes else {
            let name = key.decoded(in: bytes)
            return meaning(of: JSONString(all: name), in: name)
        }
        for entry in entries[key.mark(in: bytes.span)] where key.equals(entry.name, in: bytes) { return entry.meaning }
        return nil
    }
}
