/// A pattern made ready: its fixed pieces as UTF-8, each looked for as early as it can stand. Time is linear in pattern and text.
struct WildcardMatcher: Sendable {
    private struct Piece: Sendable {
        let bytes: [UInt8]
        /// For each prefix, the length of its longest proper prefix that also ends it (Knuth, Morris, Pratt).
        let borders: [Int]

        init(_ bytes: [UInt8]) {
            self.bytes = bytes
            var borders = Array(repeating: 0, count: bytes.count)
            var border = 0
            for index in bytes.indices.dropFirst() {
                while border > 0 && bytes[border] != bytes[index] { border = borders[border - 1] }
                if bytes[border] == bytes[index] { border += 1 }
                borders[index] = border
            }
            self.borders = borders
        }

        /// Where the first occurrence in `text` ends.
        func firstEnd(in text: ArraySlice<UInt8>) -> Int? {
            guard !bytes.isEmpty else { return text.startIndex }
            var matched = 0
            for index in text.indices {
                while matched > 0 && bytes[matched] != text[index] { matched = borders[matched - 1] }
                if bytes[matched] == text[index] { matched += 1 }
                if matched == bytes.count { return index + 1 }
            }
            return nil
        }
    }

    private let first: [UInt8]
    private let middle: [Piece]
    /// Nil where the pattern has no wildcard: then `first` is all of it.
    private let last: [UInt8]?

    init(_ pattern: Pattern) {
        var pieces: [String.UnicodeScalarView] = [.init()]
        for element in pattern.elements {
            switch element {
            case .wildcard: pieces.append(.init())
            case .scalar(let scalar): pieces[pieces.count - 1].append(scalar)
            }
        }
        let bytes = pieces.map { Array(String($0).utf8) }
        first = bytes[0]
        last = bytes.count > 1 ? bytes.last : nil
        middle = bytes.dropFirst().dropLast().filter { !$0.isEmpty }.map(Piece.init)
    }

    func matches(_ string: CedarString) -> Bool {
        let text = Array(string.utf8)
        guard let last else { return text == first }
        guard text.count >= first.count + last.count, text.starts(with: first), text.suffix(last.count).elementsEqual(last) else {
            return false
        }
        var rest = text[first.count..<(text.count - last.count)]
        for piece in middle {
            guard let end = piece.firstEnd(in: rest) else { return false }
            rest = rest[end...]
        }
        return true
    }
}
