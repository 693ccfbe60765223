/// Why a file holds no records to deposit. Offsets, line numbers and positions only: nothing of what the file says.
package enum SourceError: Error, Hashable, Sendable {
    case empty
    /// It starts as JSON and does not end as JSON.
    case json(JSONError)
    /// JSON, but not a FHIR resource.
    case notFHIR
    /// A Bundle of a type that holds no state of a patient; `nil` if it has none of R4's types.
    case bundleType(BundleType?)
    case noEntries
    /// The entry at this position, counted from 0, has no resource.
    case entryWithoutResource(Int)
    /// A Bundle among the resources. Whose it is, and what it is about, is asked of resources one by one.
    case bundleWithin
    /// A line of bulk NDJSON, counted from 1.
    indirect case line(Int, SourceError)
}

/// R4's bundle types.
package enum BundleType: String, Sendable {
    case document, collection, transaction, batch, searchset
    case message, history
    case transactionResponse = "transaction-response"
    case batchResponse = "batch-response"

    /// Whether each entry is a resource as it stands. A history has several versions of one and deletions; a response may have no
    /// resource at all; a message asks its receiver to do something.
    var holdsRecords: Bool {
        switch self {
        case .document, .collection, .transaction, .batch, .searchset: true
        case .message, .history, .transactionResponse, .batchResponse: false
        }
    }
}
