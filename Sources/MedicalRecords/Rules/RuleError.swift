/// What is wrong with a file of rules, and with which of them. Rules are public, so their names and offsets may be told.
package struct RuleError: Error, Hashable, Sendable {
    package enum File: String, Sendable {
        case codeLists = "code-lists.json"
        case categories = "categories.json"
        case labels = "labels.json"
        case claimSchemas = "claim-schemas.json"
        case claimCodes = "claim-codes.json"
        case claimUnits = "claim-units.json"
    }

    package enum Reason: Hashable, Sendable {
        case json(JSONError)
        /// An object where a list belongs, or another such exchange.
        case wrongKind
        case missingKey
        case unknownKey
        case unknownCategory
        case unknownCodeList
        case unknownSystem
        case unknownConfidentiality
        /// A sensitivity that the file does not itself count among the known labels.
        case unknownLabel
        /// Two rules for one thing, or one thing twice in a list.
        case repeated
        /// A list of categories by sensitivity that leaves one out.
        case incomplete
        /// An empty code, or one that is nothing but a star.
        case emptyCode
        case tooManyCodeLists
        case unknownUnit
        /// A schema with more fields than a set of claims has places, or a text or number beyond its bound.
        case tooLarge
    }

    package let file: File
    /// The names that lead to the rule, with slashes between them: `lists/hiv/snomed`.
    package let rule: String
    package let reason: Reason

    package init(_ file: File, _ rule: String, _ reason: Reason) {
        self.file = file
        self.rule = rule
        self.reason = reason
    }
}
