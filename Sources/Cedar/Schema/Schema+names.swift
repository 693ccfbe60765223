// Types as a person reads them.
extension Schema {
    func name(of type: TypeID) -> String { types.name(of: type, schema: self) }
}

extension TypeTable {
    /// As Cedar syntax writes it. A large type is cut: a name is for a message.
    func name(of id: TypeID, schema: Schema) -> String {
        var budget = 40
        return name(of: id, schema: schema, budget: &budget)
    }

    private func name(of id: TypeID, schema: Schema, budget: inout Int) -> String {
        guard budget > 0 else { return "…" }
        budget -= 1
        switch self[id] {
        case .never: return "no value"
        case .singleton(let value): return value ? "true" : "false"
        case .bool: return "Bool"
        case .long: return "Long"
        case .string: return "String"
        case .set(.never): return "an empty set"
        case .set(let element): return "Set<\(name(of: element, schema: schema, budget: &budget))>"
        case .anySet: return "a set"
        case .anyEntity: return "an entity"
        case .entity(let ids): return ids.map { schema.name($0).description }.joined(separator: " or ")
        case .extension(let type): return type.rawValue
        case .record(let record):
            var parts: [String] = []
            for attribute in record.attributes {
                parts.append(
                    "\(attribute.name)\(attribute.isRequired ? "" : "?"): \(name(of: attribute.type, schema: schema, budget: &budget))"
                )
                if budget <= 0 { break }
            }
            if record.isOpen || parts.count < record.attributes.count { parts.append("…") }
            return "{\(parts.joined(separator: ", "))}"
        }
    }
}
