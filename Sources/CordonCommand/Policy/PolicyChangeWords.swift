import AccessPolicy
import SharingContract

/// What a publication of policies would change, as it is shown to who signs it.
struct PolicyChangeWords {
    let lines: [String]

    init(_ proposed: PolicyFiles?, _ inForce: PolicyFiles?) {
        // A proposal of policies that cannot be loaded has been refused before.
        guard let proposed, let library = try? PolicyLibrary(proposed.contents) else {
            lines = ["POLICIES that cannot be read"]
            return
        }
        let changes = PolicyChanges(from: inForce.flatMap { try? PolicyLibrary($0.contents) }, to: library)
        var lines = ["POLICIES, \(library.policies.count), to be in force for every decision from then on"]
        lines += changes.added.map { "    NEW \($0.id), version \($0.version), \($0.basis)" }
        lines += changes.changed.map { "    CHANGED \($0.id), version \($0.version), \($0.basis)" }
        lines += changes.removed.map { "    GONE \($0.id): it forbids and obliges nothing any more" }
        if let inForce, inForce.contents[PolicyFiles.schemaName] != proposed.contents[PolicyFiles.schemaName] {
            lines.append("    CHANGED the schema")
        }
        if lines.count == 1 { lines.append("    The same policies as now, written otherwise.") }
        self.lines = lines
    }
}
