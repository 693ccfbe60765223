import GatewayAPI

/// How many records go into one deposit: up to 128, and no more than one message holds.
enum DepositBatches {
    private static let maximumCount = 128
    /// A hybrid header with its length.
    private static let headerSize = 1_800
    /// Readers that may be added while the records are being sealed.
    private static let newReaders = 16
    /// What stands in front of the records.
    private static let bodySize = 1_024

    /// The records of each deposit, in order. One that is larger than a message by itself stands alone, for the gateway to refuse.
    ///
    /// - Parameters:
    ///   - sizes: what each record adds beside its headers, in bytes.
    ///   - readers: how many headers each of them gets.
    static func split(_ sizes: [Int], readers: Int) -> [Range<Int>] {
        let headers = (readers + newReaders) * headerSize
        var batches: [Range<Int>] = []
        var (start, size) = (0, bodySize)
        for (index, own) in sizes.enumerated() {
            let isFull = index - start == maximumCount || size + own + headers > DepositRecords.maximumSize
            if isFull, index > start {
                batches.append(start..<index)
                (start, size) = (index, bodySize)
            }
            size += own + headers
        }
        if start < sizes.count { batches.append(start..<sizes.count) }
        return batches
    }
}
