package import CryptoPrimitives

/// Policies of statute and institution that the members put in force. docs/formats.md, section 4.1.
package struct PolicyPublication: Hashable, Sendable {
    /// Of the files: see `PolicyFiles.root`.
    package let root: Hash
    /// The leaf of the last change of members or of policies before this one. What was agreed on for other members, or to replace other
    /// policies, is worth nothing: without it, an old set could be brought back by whoever kept its entry.
    package let since: UInt64

    package init(root: Hash, since: UInt64) {
        self.root = root
        self.since = since
    }

    init(from reader: inout CanonicalReader) throws(FormatError) {
        root = try reader.value()
        since = try reader.integer(UInt64.self)
    }

    func encode(to writer: inout CanonicalWriter) {
        writer.value(root)
        writer.integer(since)
    }
}

/// The files of a set of policies: `schema.cedarschema`, `statute/….cedar` and `institution/….cedar`. What they say is not looked at here.
///
///     list16 of (text name, b32 content), ascending by name
///
/// The root is that of RFC 6962 over the files in this order; a leaf is `text name || hash content`. docs/formats.md, section 4.1.
package struct PolicyFiles: Body, Hashable {
    package static let kind = Event.Kind.policySet
    package static let maximumCount = 256
    package static let maximumSize = 256 << 10
    /// Stands in every set.
    package static let schemaName = "schema.cedarschema"

    package struct File: Hashable, Sendable {
        package let name: TextLine
        package let content: [UInt8]
    }

    /// Ascending by name.
    package let files: [File]
    package let root: Hash

    /// Why files are no set of policies.
    package enum Fault: Error, Hashable, Sendable {
        case noSchema
        case tooMany
        /// All files together.
        case tooLarge
        case name(String)
    }

    /// - Parameter contents: by name.
    package init(_ contents: [String: [UInt8]]) throws(Fault) {
        guard contents.count <= Self.maximumCount else { throw .tooMany }
        guard contents[Self.schemaName] != nil else { throw .noSchema }
        var files: [File] = []
        for (name, content) in contents {
            guard let line = TextLine(name), Self.isName(line) else { throw .name(name) }
            files.append(File(name: line, content: content))
        }
        files.sort { $0.name < $1.name }
        guard files.reduce(2, { $0 + 1 + $1.name.text.utf8.count + 4 + $1.content.count }) <= Self.maximumSize else {
            throw .tooLarge
        }
        self.init(sorted: files)
    }

    /// By name.
    package var contents: [String: [UInt8]] {
        Dictionary(uniqueKeysWithValues: files.map { ($0.name.text, $0.content) })
    }

    private init(sorted files: [File]) {
        self.files = files
        root = files.reduce(into: TreeAccumulator()) { $0.append(.leaf($1.leafBytes)) }.root
    }

    package init(from reader: inout CanonicalReader) throws(FormatError) {
        let files = try reader.list(length: UInt16.self, atMost: Self.maximumCount) { reader throws(FormatError) in
            File(name: try reader.text(), content: try reader.string(length: UInt32.self, atMost: Self.maximumSize))
        }
        guard files.isAscending(by: \.name), files.allSatisfy({ Self.isName($0.name) }),
            files.contains(where: { $0.name.text == Self.schemaName })
        else { throw .notCanonical }
        self.init(sorted: files)
    }

    package func encode(to writer: inout CanonicalWriter) {
        writer.list(files, length: UInt16.self) { writer, file in
            writer.text(file.name)
            writer.string(file.content, length: UInt32.self)
        }
    }

    /// Names that any disk holds and none confuses: `a` to `z`, digits, `-`, `_` and `.`, of which the first is no dot.
    private static func isName(_ name: TextLine) -> Bool {
        if name.text == schemaName { return true }
        let parts = name.text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0] == "statute" || parts[0] == "institution", parts[1].hasSuffix(".cedar"),
            parts[1].utf8.first != UInt8(ascii: ".")
        else { return false }
        return parts[1].utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
            case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."): true
            default: false
            }
        }
    }
}

extension PolicyFiles.File {
    /// What is hashed in its place in the tree.
    fileprivate var leafBytes: [UInt8] {
        var writer = CanonicalWriter()
        writer.text(name)
        writer.value(SHA256.hash(content))
        return writer.bytes
    }
}
