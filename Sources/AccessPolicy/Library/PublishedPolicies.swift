import Cedar

extension PolicyLibrary {
    /// The schema's name among the files of a set.
    package static let schemaName = "schema.cedarschema"

    /// A whole set: its files by name.
    package init(_ files: [String: [UInt8]]) throws(LibraryError) {
        guard let schema = files[Self.schemaName] else { throw .unreadable(file: Self.schemaName, reason: "it is not there") }
        let policies = files.filter { $0.key != Self.schemaName }.sorted { $0.key < $1.key }
        try self.init(
            schema: Source(name: Self.schemaName, bytes: schema), policies: policies.map { Source(name: $0.key, bytes: $0.value) })
    }

    /// The files of `policies/`, which are compiled into the program: a ledger begins with them.
    package static let builtIn: [String: [UInt8]] = [
        "institution/break-glass.cedar": PackageResources.break_glass_cedar,
        "institution/roles.cedar": PackageResources.roles_cedar,
        "schema.cedarschema": PackageResources.schema_cedarschema,
        "statute/court-order.cedar": PackageResources.court_order_cedar,
        "statute/minors.cedar": PackageResources.minors_cedar,
        "statute/part2.cedar": PackageResources.part2_cedar,
    ]
}

/// What becomes of a library's policies when another takes its place.
package struct PolicyChanges: Sendable {
    package let added: [LibraryPolicy]
    package let removed: [LibraryPolicy]
    /// As they would read from then on.
    package let changed: [LibraryPolicy]

    /// - Parameter old: `nil` where there are no policies yet.
    package init(from old: PolicyLibrary?, to new: PolicyLibrary) {
        let before = Dictionary(uniqueKeysWithValues: (old?.policies ?? []).map { ($0.id, $0) })
        let after = Set(new.policies.map(\.id))
        added = new.policies.filter { before[$0.id] == nil }
        removed = (old?.policies ?? []).filter { !after.contains($0.id) }
        changed = new.policies.filter { policy in before[policy.id].map { $0.policy.body != policy.policy.body } ?? false }
    }
}
