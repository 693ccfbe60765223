/// What may be a name in a schema. Paths are kept as they are written: identifiers joined by `::`.
enum SchemaName {
    /// Names of types in JSON syntax.
    private static let keywords: Set<CedarString> = ["Bool", "Boolean", "Entity", "Extension", "Long", "Record", "Set", "String"]
    /// The namespace of the built-in types.
    static let builtIn: CedarString = "__cedar"

    static func isIdentifier(_ text: CedarString) -> Bool {
        Identifier.isWellFormed(text) && !Identifier.isReserved(text)
    }

    /// What may stand where a type is named: a path, or one within `__cedar`.
    static func isReference(_ text: CedarString) -> Bool {
        guard text.text.hasPrefix("__cedar::") else { return Identifier.isName(text) }
        return Identifier.isName(CedarString(text.text.dropFirst("__cedar::".count)))
    }

    static func canBeCommonType(_ text: CedarString) -> Bool {
        isIdentifier(text) && !keywords.contains(text)
    }

    static func isQualified(_ path: CedarString) -> Bool {
        path.utf8.contains(UInt8(ascii: ":"))
    }

    static func join(_ namespace: CedarString, _ name: CedarString) -> CedarString {
        namespace.isEmpty ? name : CedarString("\(namespace)::\(name)")
    }
}
